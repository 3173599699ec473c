"""The latent map as its browser tests meet it: opened, its dots found on the screen, what is drawn on it counted."""

from __future__ import annotations

import numpy as np

from tests.browser.test_browser import settle
from vae_core.analysis import knn

MAP = ".st-key-latent_scatter"
STORY = ".st-key-story_rows .strip:nth-of-type({}) canvas"
# Where a dot stands on the screen, from Plotly's own axes and the trace that it is in.
WHERE = """i => {
  const plot = document.querySelector('.st-key-latent_scatter .js-plotly-plot'), box = plot.getBoundingClientRect();
  for (const trace of plot._fullData) {
    const k = [...(trace.customdata ?? [])].indexOf(i), { xaxis: X, yaxis: Y } = plot._fullLayout;
    if (k < 0) continue;
    return [box.x + X._offset + X.l2p(trace.x[k]), box.y + Y._offset + Y.l2p(trace.y[k]), trace.x[k], trace.y[k]];
  }
}"""

# The code at a place of the plot, in pixels from its corner.
PLACE_AT = """([x, y]) => {
  const { xaxis, yaxis } = document.querySelector('.st-key-latent_scatter .js-plotly-plot')._fullLayout;
  return [xaxis.p2d(x), yaxis.p2d(y)];
}"""

SPOT = "i => document.querySelector('.st-key-latent_scatter .plot').spotOf(i)"

# Of a canvas over the map: how many pixels are drawn on, and where and how strongly, as one number.
DRAWN = f"""(which) => {{
  const c = document.querySelector('{MAP} canvas.' + (which ?? 'over'));
  const {{ data }} = c.getContext('2d').getImageData(0, 0, c.width, c.height);
  let count = 0, where = 0;
  for (let i = 3; i < data.length; i += 4) if (data[i]) (count++, (where += i * data[i]));
  return [count, where];
}}"""


def opened(open_page, server, address: str, epoch: int | None = None, **options):
    page = open_page(f"{server.url}/latent?{address}", webgl=True, **options)
    if epoch is None:
        epoch = 20 if "two-knobs" in address else 10
    page.wait_for_selector(f"{MAP} .js-plotly-plot[data-epoch='{epoch}']")
    page.wait_for_selector(".ll-figures svg circle")
    settle(page)
    return page


def measures_of_solitude(mean: np.ndarray) -> np.ndarray:
    """Distance to the nearest other dot, for those that surely stand on the screen."""
    near = knn.nearest(mean, mean, 2)[:, 1]
    away = np.linalg.norm(mean - mean[near], axis=1)
    inside = (np.abs(mean - mean.mean(0)) < 1.5 * mean.std(0)).all(1)
    return np.where(inside, away, 0)
