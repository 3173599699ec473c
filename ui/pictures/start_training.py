"""Enough pictures? Then what will be trained, how long it takes, and the button that freezes the set and starts it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from ui.pictures import mine
from ui.shell import visitor
from ui.shell.errors import plain
from vae_core import architecture
from vae_core.config import Config
from vae_core.jobs.limits import hosted_limits
from vae_core.pictures import freezing, quality, variation
from vae_core.pictures.preparing import Preparation
from vae_core.pictures.sets import PictureSet
from vae_core.training import expected_time
from vae_core.training.expected_time import Pictures
from vae_core.words import many


def start(picture_set: PictureSet, preparation: Preparation, vary: bool) -> None:
    """What is missing, or the button."""
    info = picture_set.info
    sentence = quality.enough(info)
    if info.count < quality.FEWEST:
        st.progress(info.count / quality.FEWEST, text=plain(sentence))
        return
    config = suggested(picture_set, preparation, vary)
    with st.container(border=True, key="own_ready"):
        st.markdown(in_words(config, info.count, preparation, vary))
        with st.container(horizontal=True, vertical_alignment="center"):
            train = st.button("Train", key="own_train", type="primary", icon=":material/play_arrow:", width=220)
            every = st.button("All settings", key="own_all_settings", type="tertiary", icon=":material/tune:")
        st.caption(
            f"{plain(sentence)} {held_back(info.count)} of the {info.count:,} are held back as test pictures: the "
            "model never learns from them, so they show what it has really learned.".strip()
        )
        if limits := hosted_limits():
            st.caption(limits.words)
    if train or every:
        with mine.said(), st.spinner("Getting the pictures ready…"):
            _go(picture_set, preparation, vary, every=every)


def _go(picture_set: PictureSet, preparation: Preparation, vary: bool, *, every: bool) -> None:
    """Freeze the set, then start the training, or show the form with the set chosen."""
    if not visitor.is_known():
        st.info(visitor.NOT_KNOWN)
        return
    pictures = pictures_of(picture_set.info.count, preparation, vary)
    mine.make_room(pictures.train_size * pictures.shape.pixels)
    spec = freezing.freeze(picture_set, preparation, vary)
    if every:
        st.session_state["new_training"] = True
        st.switch_page("pages/train.py", query_params={"dataset": spec.name})
    config = replace(suggested(picture_set, preparation, vary), dataset=spec.name, hidden_dim=None)
    run = visitor.start(config, one_epoch=False)
    st.session_state.pop("new_training", None)
    st.switch_page("pages/train.py", query_params={"run": run.id})


def suggested(picture_set: PictureSet, preparation: Preparation, vary: bool) -> Config:
    """Settings that suit the set. The dataset is not made yet, so it is still the default one."""
    changes: dict[str, Any] = freezing.suggested(picture_set, preparation, vary)
    return visitor.within_limits(Config(**changes))


def held_back(count: int) -> int:
    """How many test pictures a set of so many has."""
    return min(max(round(count / freezing.HELD_BACK), freezing.FEWEST_TEST), count - 1)


def pictures_of(count: int, preparation: Preparation, vary: bool) -> Pictures:
    """What of the frozen set decides over the time."""
    test = held_back(count)
    train = count - test
    return Pictures(preparation.shape, train * (variation.copies_for(train) if vary else 1), test)


def in_words(config: Config, count: int, preparation: Preparation, vary: bool) -> str:
    """The settings and the time, as one says it."""
    pictures = pictures_of(count, preparation, vary)
    network = architecture.TITLES[config.network].lower()
    numbers = "two numbers" if config.latent_dim == 2 else many(config.latent_dim, "number")
    copies = f", varied to {pictures.train_size:,}" if pictures.train_size > count else ""
    return (
        f"**{many(config.epochs, 'epoch')}** on {many(count - pictures.test_size, 'picture')}{copies}, with the "
        f"**{network}** network and **{numbers}** for each picture. It takes "
        f"**{expected_time.of(config, pictures).words}**."
    )
