"""Figures of runs as ``plotly.graph_objects.Figure``, for a notebook as for the pages; needs no Streamlit.

The map on the page keeps its own node in the browser, which would be slow if each epoch came as a figure; it takes
``map_layout`` and ``map_trace`` from here and puts its own colours and dots in. plotly is imported when it is first
needed, since that takes half a second.

::

    from ui import figures
    from vae_core.runs.index import find_run
    figures.latent_map(find_run("two-knobs"), epoch=10).show()
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from ui.store import tail
from vae_core import loss_registry
from vae_core.analysis import curves, projections
from vae_core.config import Config
from vae_core.paths import ROOT
from vae_core.runs import tables
from vae_core.runs.run import Run, Status

if TYPE_CHECKING:
    import plotly.graph_objects as go

FEW, MANY = 300, 5_000  # dots, of which fewer are drawn larger, and more smaller
COLOURS = 48  # of classes, in style.css
MARK = 7  # pixels across a ring of the test set


@lru_cache(maxsize=1)
def colours() -> dict[str, str]:
    """The lecture's colours for a light ground, from ``static/style.css``: ``x``, ``encoder``, ``mean``, ``z``,
    ``decoder``, ``ink``, ``quiet``, ``line``, ``page``, and ``c0``, ``c1`` and so on for the classes, as #rrggbb."""
    style = (ROOT / "static" / "style.css").read_text(encoding="utf-8")
    return dict(re.findall(r"--ll-([\w-]+): light-dark\((#[0-9a-f]{6}),", style))


def class_colour(place: int) -> str:
    """The colour of a class on a light ground, as #rrggbb: ``classColour`` of ``static/lib/canvas.js`` in Python."""
    return colours()[f"c{place % COLOURS}"]


def axis_names(view: str, first: int, second: int, basis: projections.Basis) -> list[str]:
    """What the two directions of a map are called: across, and up. Short enough for a phone's width.

    The *main plane* is that of the two main directions, within which it was turned: no axis is one of them alone.
    """
    if view == "dims" and len(basis.centre) == 1:
        return ["the only number of the code (mean)", "spread at random, to tell the dots apart"]
    if view == "dims":
        return [f"number {place + 1} of the code (mean)" for place in (first, second)]
    shares = basis.explained or (0.0,) * basis.directions.shape[1]
    if basis.turned and len(shares) == 2:
        return [f"in the main plane ({share:.0%} of the variance)" for share in shares]
    return [f"main direction {k + 1} ({share:.0%} of the variance)" for k, share in enumerate(shares)]


def panels(config: Config) -> list[tuple[str, str]]:
    """The panels of a run's loss curves: the name of each term (``curves.terms``), and the lecture's colour for it."""
    error = f"Reconstruction ({loss_registry.get(config.reconstruction).short})"
    if not config.is_vae:
        return [(error, "decoder")]
    total = "Total: both together" if config.beta == 1 else f"Total: reconstruction + {config.beta:g} × KL"
    return [(error, "decoder"), ("KL penalty", "mean"), (total, "ink")]


def map_layout(axes: Sequence[str], window: Sequence[Sequence[float]]) -> dict[str, Any]:
    """The layout of a map as JSON, without colours: ``axes`` as ``axis_names`` gives them, ``window`` [[x0, x1],
    [y0, y1]]. A bent map, whose axes have no names, gets neither numbers nor a margin for them."""
    import plotly.graph_objects as go

    named = bool(axes[0])
    x, y = (
        {
            "title": {"text": name, "font": {"size": 13}}, "range": [float(end) for end in ends],
            "showticklabels": named, "zeroline": named,
        }
        for name, ends in zip(axes, window, strict=True)
    )  # fmt: skip
    layout = go.Layout(
        xaxis=x, yaxis=y, hovermode="closest", dragmode="pan",
        # As the plain view has it (``marginOf`` in canvas_view.js), or the dots would jump when Plotly takes over.
        margin={"l": 52 if named else 8, "r": 8, "t": 8, "b": 48 if named else 8},
        legend={"orientation": "h", "x": 0, "y": 1.01, "yanchor": "bottom", "itemsizing": "constant"},
        modebar={"orientation": "v"}, newselection={"line": {"width": 2, "dash": "dot"}},
    )  # fmt: skip
    return layout.to_plotly_json()


def map_trace(count: int) -> dict[str, Any]:
    """How the dots of a class look on a map of so many dots, as JSON, without colour and places."""
    import plotly.graph_objects as go

    return go.Scattergl(
        mode="markers", marker={"size": 8 if count < FEW else 5 if count < MANY else 4, "opacity": 0.75},
        selected={"marker": {"opacity": 0.95}}, unselected={"marker": {"opacity": 0.08}},
    ).to_plotly_json()  # fmt: skip


def latent_map(run: Run, epoch: int, view: str = "pca", first: int = 0, second: int = 1) -> go.Figure:
    """The means of the kept test images at an epoch, a trace for each class, as the map's page shows them.

    ``view``: ``pca`` (the main directions of the newest epoch) or ``dims`` (the numbers ``first`` and ``second`` of the
    code, from 0). The window is the same at every epoch, so that figures of two epochs can be laid side by side.

    Raises RunError if the run cannot be read or has no means of this epoch, ValueError for another view, and
    IndexError for a number that the code does not have.
    """
    import plotly.graph_objects as go

    if view not in ("pca", "dims"):
        raise ValueError(f"view must be pca or dims; you gave {view!r}.")
    film = tail.film_epochs(tail.film(run) or run.latent_epochs()) or [epoch]
    means = {e: run.latents(e).mean for e in sorted({*film, epoch})}
    line = projections.forebears(run.latent_epochs(), film[-1])
    basis = projections.view_of(lambda e: run.latents(e).mean, line, view, first, second)
    flat = {e: projections.on_plane(basis, mean) for e, mean in means.items()}
    layout = map_layout(axis_names(view, first, second, basis), projections.view_range([flat[e] for e in film]))
    labels, images = run.labels(), run.test_indices()
    figure = _styled(go.Figure(layout=layout), f"{run.title}, epoch {epoch}")
    for c, name in enumerate(run.dataset.label_names):
        of_class = labels == c
        figure.add_scattergl(
            **map_trace(len(labels)) | {"x": flat[epoch][of_class, 0], "y": flat[epoch][of_class, 1]},
            name=html.escape(name), customdata=images[of_class], marker_color=class_colour(c),
            hovertemplate="test image %{customdata}<br>(%{x:.2f}, %{y:.2f})",
        )  # fmt: skip
    return figure


def curves_of(run: Run, status: Status) -> tuple[np.ndarray, np.ndarray]:
    """The training's line and the tests' rings: epochs and a column for each of ``panels``, nats per image.

    As few as ``curves.POINTS`` and ``curves.TESTS``; no line before the start. Raises RunError.
    """
    points = tail.points(run) if status.steps_per_epoch else np.zeros((0, 3))
    return curves.trained(points, status.steps_per_epoch, run.config), curves.tested(tail.metrics(run), run.config)


def loss_curves(run: Run) -> go.Figure:
    """A panel for each term of the loss: the training as a line, the test set as rings, in nats per image.

    Points are as few as on the page (``curves_of``), and the window leaves out the first steps (``curves.window``).
    Raises RunError if the run cannot be read.
    """
    from plotly.subplots import make_subplots

    (line, rings), names = curves_of(run, run.status()), panels(run.config)
    figure = _styled(make_subplots(1, len(names), subplot_titles=[name for name, _ in names]), run.title)
    for k, (_, paint) in enumerate(names, start=1):
        place, ink = {"row": 1, "col": k, "showlegend": k == 1}, colours()[paint]
        figure.add_scatter(
            x=line[:, 0], y=line[:, k], mode="lines", name="training", legendgroup="training", opacity=0.75,
            line={"color": ink, "width": 1.75}, **place,
        )  # fmt: skip
        figure.add_scatter(
            x=rings[:, 0], y=rings[:, k], mode="markers", name="test", legendgroup="test",
            marker={"color": colours()["page"], "size": MARK, "line": {"color": ink, "width": 2}}, **place,
        )  # fmt: skip
        figure.update_yaxes(range=curves.window(line[:, k], rings[:, k]), row=1, col=k)
    figure.update_xaxes(title_text="epoch", rangemode="tozero")
    figure.update_yaxes(title_text="nats per image", col=1)
    return figure


def rate_distortion(runs: Sequence[Run]) -> go.Figure:
    """Reconstruction over KL of the test set after the newest epoch of each run, in nats per image, KL on a log axis.

    A point a run, labelled by its beta; points of the same dataset, error and latent size are joined, since only these
    can be compared. Left out are runs without a KL (classic autoencoders, or before the first epoch) and those whose KL
    is 0. Raises RunError if one of the runs cannot be read.
    """
    import plotly.graph_objects as go

    found = tables.overview(runs)
    found = found[(found["test_kl"] > 0) & (found["epochs"] > 0)].sort_values("test_kl")
    figure = go.Figure()
    paints = [colours()[f"c{c}"] for c in range(10)]
    for k, ((dataset, error, size), group) in enumerate(found.groupby(["dataset", "error", "latent_dim"])):
        figure.add_scatter(
            x=group["test_kl"], y=group["test_reconstruction"], mode="lines+markers+text",
            name=f"{dataset}, {error}, {size} numbers", text=[f"beta {beta:g}" for beta in group["beta"]],
            textposition="top center", cliponaxis=False, marker={"size": 9},
            line={"color": paints[k % 10], "width": 1.5}, customdata=[html.escape(title) for title in group["title"]],
            hovertemplate="%{customdata}<br>KL %{x:.2f}, reconstruction %{y:.2f}",
        )  # fmt: skip
    figure.update_layout(legend={"orientation": "h", "y": 1.01, "yanchor": "bottom"})
    figure.update_xaxes(type="log", title_text="KL, nats per image")
    figure.update_yaxes(title_text="reconstruction, nats per image")
    return _styled(figure, "Reconstruction against KL")


def _styled(figure: go.Figure, title: str) -> go.Figure:
    """A figure in the page's style on a light ground. The title is text: nothing in it is rendered."""
    paint = colours()
    figure.update_layout(
        template="none", margin_t=90,
        title={"text": html.escape(title), "font": {"size": 15}, "y": 0.97, "yref": "container", "yanchor": "top"},
        paper_bgcolor=paint["page"], plot_bgcolor=paint["page"], font_color=paint["ink"],
    )  # fmt: skip
    figure.update_xaxes(gridcolor=paint["line"], zerolinecolor=paint["line"])
    figure.update_yaxes(gridcolor=paint["line"], zerolinecolor=paint["line"])
    return figure
