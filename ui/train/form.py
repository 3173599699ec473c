"""The form in front of a training: three presets in plain words, everything else under Advanced."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import streamlit as st

from ui.shell import browser_input, clock, prefetch, visitor
from ui.shell.errors import plain
from ui.text import glossary
from ui.train import preset_cards
from ui.train.network_diagram import network_diagram
from vae_core import architecture
from vae_core.architecture import Network
from vae_core.config import FIELDS, PRESETS, Config, ConfigError, default_of
from vae_core.datasets import own, registry
from vae_core.jobs import queue
from vae_core.jobs.limits import hosted_limits
from vae_core.runs.run import RunError
from vae_core.training import expected_time
from vae_core.words import many

CHOICES = {name: field.metadata["choices"] for name, field in FIELDS.items() if "choices" in field.metadata}
# The terms of the glossary that a setting needs; what only the setting says comes before them.
TERMS = {
    "dataset": ("mnist",),
    "model": ("vae", "autoencoder"), "latent_dim": ("latent-dim",), "hidden_dim": ("hidden",), "beta": ("beta",),
    "reconstruction": ("bce", "mse"), "epochs": ("epoch",), "batch_size": ("batch",),
    "learning_rate": ("learning-rate",), "seed": ("seed",),
}  # fmt: skip
OWN = {"dataset": "The pictures to learn from.", "hidden_dim": "Leave empty for the default."}
OWN_SHOWN = 20  # of the visitor's own datasets, the newest
ORDER = (
    *("dataset", "model", "network", "latent_dim", "hidden_dim", "beta", "reconstruction"),
    *("epochs", "batch_size", "learning_rate", "seed", "device"),
)


def visible_fields() -> list[str]:
    """The settings under Advanced; one with a single choice is left out."""
    return [name for name in ORDER if len(CHOICES.get(name, "..")) > 1]


def setup_form() -> None:
    """Draw the form and start a training when asked. Never returns a value: the address then names the run."""
    if st.session_state.get("start_when_known") and visitor.is_known():
        _start()
        st.rerun()
    if browser_input.in_widget("one_epoch") is None:  # a widget that is never empty: the form has just been opened
        st.session_state["preset"] = "lecture"
        st.session_state["dataset"] = st.session_state["form_default"] = registry.preferred()
        _fill()
    _follow_address()
    _follow_default()
    # Set at every run of the page: a browser that had to redraw before it had shown the first would know only zeros.
    for name in ("preset", *FIELDS):
        st.session_state[name] = browser_input.in_widget(name)
    words = {name: (*each, _time_of(name)) for name, each in _presets_in_words().items()}
    preset_cards.preset_cards(preset_cards.payload(words, _preset()), _choose_preset)
    st.caption("These pictures were drawn by our own models, which learned from MNIST.")
    begin = st.container()
    st.page_link("pages/pictures.py", label="Or use your own pictures", icon=":material/add_photo_alternate:")
    with st.expander("Advanced: every setting", icon=":material/tune:"):
        _advanced()
    with begin:
        _begin()


def _begin() -> None:
    """What the settings come to, what stands in the way, and Start."""
    config = None
    try:
        config = _config()
    except (ConfigError, RunError) as error:
        st.error(plain(str(error)))
    if config is not None:
        changed = "" if config == _suggested(config.dataset) else ", with your own settings"
        pictures = many(registry.get(config.dataset).train_size, "picture")
        st.markdown(
            f"**You will train{changed}:** {plain(config.title)} · {many(config.epochs, 'epoch')} of {pictures}. It "
            f"takes {expected_time.of(config).words}."
        )
    _downloading()
    obstacle = "" if config is None else registry.obstacle(config.dataset)
    if obstacle:
        st.error(plain(obstacle))
    elif config is not None and not registry.is_here(config.dataset):
        st.caption(
            f"{plain(registry.TITLES[config.dataset])} is not on this machine yet. It will be downloaded first (10 to "
            "30 MB)."
        )
    if limits := hosted_limits():
        st.caption(limits.words)
    st.toggle(
        "One epoch at a time", key="one_epoch", help="Training pauses after each epoch, so that you can look around."
    )
    st.button(
        "Start",
        key="start_training",
        type="primary",
        icon=":material/play_arrow:",
        disabled=config is None or bool(obstacle),
        on_click=_start,
    )
    if st.session_state.get("start_when_known"):
        st.caption("Still connecting; it starts in a moment.")
    if refused := st.session_state.pop("start_error", None):
        st.error(plain(refused))


@st.fragment(run_every=1.0)
def _progress() -> None:
    if not prefetch.is_at_work():
        st.rerun()  # the form may now begin with it
    if words := prefetch.sentence():
        st.caption(f"{words} Then it can be chosen here. You can train on MNIST (5,000) meanwhile.")


def _downloading() -> None:
    """How far MNIST is, which is fetched beside the pages; nothing is polled where nothing is fetched."""
    if prefetch.is_at_work():
        _progress()


def help_text(name: str) -> str:
    """What a setting means: the glossary's words where it is a term, else the setting's own sentence."""
    if name not in TERMS:
        return str(FIELDS[name].metadata["help"])
    return glossary.tips(*TERMS[name], before=OWN.get(name, ""))


def _advanced() -> None:
    columns: Any = ()
    for place, name in enumerate(visible_fields()):
        if place % 3 == 0:
            columns = st.columns(3)  # row by row, so that a phone, which stacks them, keeps the order
        limits = FIELDS[name].metadata
        words: dict[str, Any] = {"label": limits["label"], "key": name, "help": help_text(name)}
        number = {**words, "value": None}  # what an emptied field says
        with columns[place % 3]:
            if name in CHOICES:
                of_datasets = name == "dataset"
                st.selectbox(
                    **words, options=datasets() if of_datasets else list(CHOICES[name]),
                    format_func=_dataset_in_words if of_datasets else CHOICES[name].__getitem__,
                    on_change=_fill_dataset if of_datasets else None,
                )  # fmt: skip
            elif name in ("beta", "learning_rate"):
                st.number_input(**number, step=0.1 if name == "beta" else 1e-4, format="%.4g")
            elif name == "hidden_dim":
                fixed = not _network().has_hidden_dim
                st.number_input(
                    **number, step=1, placeholder="the network’s own" if fixed else "default", disabled=fixed
                )
            else:
                st.number_input(**number, step=1)
    st.markdown(f"**{_network().title} network.** {_network().sentence}")
    with suppress(ConfigError, RunError):  # the form says what is wrong
        network_diagram(_config())


def _time_of(preset: str) -> str:
    """How long a preset takes here on the chosen dataset."""
    return expected_time.of(visitor.within_limits(PRESETS[preset].config(_dataset()))).short


def _choose_preset(name: str) -> None:
    st.session_state["preset"] = name
    _fill()


def _presets_in_words() -> dict[str, tuple[str, str]]:
    """Label and sentence of each preset; on own pictures the first is what suits them, and nothing is a digit."""
    words = {name: (preset.label, preset.sentence) for name, preset in PRESETS.items()}
    if own.manifest_of(_dataset()) is None:
        return words
    first, *others = words
    suits = ("What suits these pictures", "Settings for a set of this size, with a penalty that keeps its codes tidy.")
    return {first: suits, **{name: (words[name][0], words[name][1].replace("digit", "picture")) for name in others}}


def datasets() -> list[str]:
    """What one can train on: datasets for all, and the visitor's own pictures."""
    offered = [*registry.TITLES, *visitor.own_datasets()[:OWN_SHOWN]]
    return offered if (chosen := _dataset()) in offered else [*offered, chosen]


def _dataset_in_words(name: str) -> str:
    manifest = own.manifest_of(name)
    if manifest is None:
        return registry.TITLES[name]
    return f"{manifest.title} · {sum(manifest.counts):,} own pictures · {clock.when(manifest.created)}"


def _follow_address() -> None:
    """A link may name the visitor's own pictures; once, so that another dataset can be chosen after it."""
    asked = browser_input.from_address("dataset")
    if asked is None or asked == st.session_state.get("asked_dataset"):
        return
    st.session_state["asked_dataset"] = asked
    if own.manifest_of(asked) is not None and visitor.may_use(asked):
        st.session_state["dataset"], st.session_state["preset"] = asked, "lecture"
        st.session_state["form_default"] = None
        _fill()


def _follow_default() -> None:
    """MNIST has come meanwhile: the form then starts with it, unless the visitor has chosen anything."""
    given, best = st.session_state.get("form_default"), registry.preferred()
    if given in (None, best) or _dataset() != given:
        return
    with suppress(ConfigError, RunError):
        if _config() == _suggested(given):
            st.session_state["dataset"] = st.session_state["form_default"] = best
            _fill()


def _preset() -> str:
    return browser_input.word(browser_input.in_widget("preset"), PRESETS) or "lecture"


def _dataset() -> str:
    name = browser_input.word(browser_input.in_widget("dataset"), registry.TITLES)
    return name if name and visitor.may_use(name) else str(default_of("dataset"))


def _network() -> Network:
    return architecture.get(browser_input.word(browser_input.in_widget("network"), architecture.TITLES) or "lecture")


def _suggested(dataset: str) -> Config:
    """The chosen preset's settings for a dataset, on a shared server no more than it trains."""
    return visitor.within_limits(PRESETS[_preset()].config(dataset))


def _fill() -> None:
    """Put the chosen preset's settings into the widgets."""
    config = _suggested(_dataset())
    for name, value in config.to_json().items():
        st.session_state[name] = None if name == "hidden_dim" else value


def _fill_dataset() -> None:
    """Another dataset needs other numbers of epochs and pictures per step; everything else stays as it was set.

    A set of one's own may be small, coloured or large, so it says more of what suits it.
    """
    st.session_state["form_default"] = None  # chosen
    asks = registry.defaults(_dataset()) if own.manifest_of(_dataset()) else ()
    suggested = visitor.within_limits(Config(dataset=_dataset(), **registry.defaults(_dataset())))
    for name in {"epochs", "batch_size", *asks}:
        st.session_state[name] = getattr(suggested, name)


def _config() -> Config:
    """The settings in the form. Raises ConfigError or RunError with what is wrong with them."""
    settings: dict[str, Any] = {name: browser_input.in_widget(name) for name in FIELDS}
    config = Config(**settings)  # looks at their types
    if not visitor.may_use(config.dataset):
        raise RunError(queue.NOT_YOUR_PICTURES)
    if limits := hosted_limits():
        limits.accept(config)
    return config


def _start() -> None:
    """Before the page is drawn again, so that it shows the run at once.

    The settings are read here: one that was typed just before the click came with it, and was never drawn.
    """
    st.session_state.pop("start_when_known", None)
    one_epoch = browser_input.one_of(browser_input.in_widget("one_epoch"), (True, False))
    if one_epoch is None:
        return  # a second click, while the page already shows the run; or a visitor who has been on other pages since
    if not visitor.is_known():
        st.session_state["start_when_known"] = True
        return
    try:
        config = _config()
    except (ConfigError, RunError):
        return  # the form says what is wrong with it
    try:
        if config.device == "cuda":
            from vae_core.training.device import pick_device

            pick_device(config.device)
        run = visitor.start(config, one_epoch=one_epoch)
    except (ConfigError, RunError) as error:
        st.session_state["start_error"] = str(error)
        return
    st.session_state.pop("new_training", None)
    browser_input.set_address(run=run.id, dataset=None)
