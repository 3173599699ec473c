"""Figures 1 and 2 of the lecture on /autoencoder: both networks side by side, and the space of pictures beside that of
codes, with the same picture lit in all of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import streamlit as st

from ui.components import browser_decoder
from ui.components.bridge import base64_of, component, size_of, versioned
from ui.components.images import sprite, webp
from ui.components.payloads.understand import TwoSpacesData
from ui.store import cache
from ui.store.gallery import last
from vae_core.runs.run import Run

_two_spaces = component("two_spaces", "understand/two_spaces.js")
SHOWN = 200  # test pictures in both spaces
FITTED = 2_000  # those by which the two directions of the space of pictures are found
NET = 13  # lines of the decoder's net, each way
FINE = 49  # places along each of them


def principal(pictures: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Of pictures (n, pixels) in [0, 1]: their average, their two first principal components (2, pixels), and the share
    of all variance that lies along these. Signs: the larger half of each direction's weights is positive."""
    middle = pictures.mean(0)
    values, vectors = np.linalg.eigh(np.cov(pictures, rowvar=False))
    two = vectors[:, [-1, -2]].T
    two *= np.where(two.sum(1, keepdims=True) < 0, -1, 1)
    return middle, two, float(values[-2:].sum() / values.sum())


@cache.of_pictures(2, of=lambda _, vae_path: vae_path)
def spaces(classic_path: str, vae_path: str) -> TwoSpacesData | None:
    """Of two gallery models of two numbers that keep the same pictures; None without these. Raises RunError."""
    classic, vae = Run(Path(classic_path), gallery=True), Run(Path(vae_path), gallery=True)
    pictures = cache.originals(vae, np.arange(min(FITTED, len(cache.labels(vae_path)))))
    if pictures is None:
        return None
    shape, epoch = vae.dataset.shape, last(vae)
    x = shape.flat(pictures) / np.float32(255)
    middle, two, share = principal(x)
    found, code = cache.latents(vae_path, epoch), cache.latents(classic_path, last(classic)).mean[:SHOWN]
    assert found.std is not None
    mean, std = found.mean[:SHOWN], found.std[:SHOWN]
    noise = np.random.default_rng(0).standard_normal(mean.shape, np.float32)
    z = mean + noise * std
    copies = browser_decoder.decoded(vae, epoch, z)
    classics = browser_decoder.decoded(classic, last(classic), code)
    reach = float(np.quantile(np.abs(found.mean), 0.98))
    sheet = browser_decoder.decoded(vae, epoch, _net(reach))

    def seen(flat: np.ndarray) -> str:
        return base64_of((flat - middle) @ two.T, "f4")

    def as_bytes(flat: np.ndarray) -> np.ndarray:
        return shape.pictures(np.rint(255 * flat).astype(np.uint8))[None]

    return versioned({
        "names": list(vae.dataset.label_names), "labels": base64_of(cache.labels(vae_path)[:SHOWN], "u1"),
        "size": size_of(vae), "share": share, "start": int(cache.examples(vae_path)[3]),
        "pictures": sprite(pictures[None, :SHOWN]), "copies": webp(as_bytes(copies)),
        "classics": webp(as_bytes(classics)),
        "inputs": seen(x[:SHOWN]), "outputs": seen(copies), "sheet": seen(sheet),
        "codes": base64_of(code, "f4"), "means": base64_of(mean, "f4"), "stds": base64_of(std, "f4"),
        "noise": base64_of(noise, "f4"), "reach": reach, "lines": NET, "fine": FINE,
    })  # type: ignore[return-value]  # fmt: skip


def _net(reach: float) -> np.ndarray:
    """Codes along NET upright lines and then NET level ones, FINE on each, (2 * NET * FINE, 2)."""
    across, along = np.meshgrid(*(np.linspace(-reach, reach, k, dtype=np.float32) for k in (NET, FINE)), indexing="ij")
    return np.concatenate([np.stack([across, along], -1), np.stack([along, across], -1)]).reshape(-1, 2)


def two_spaces(classic: Run, vae: Run) -> None:
    """Both figures, with their words. Raises RunError if a model is not whole."""
    st.markdown("#### What each machine does with one picture")
    data = spaces(str(classic.path), str(vae.path))
    if data is None:
        st.caption("This needs the test pictures, which are not on this machine.")
        return
    _two_spaces(key="two_spaces", data=data)
    st.markdown(
        "**Above**: the classic machine makes a *point* of a picture. The VAE makes a bubble, and noise picks a point "
        "in it. **Below**: the same picture in two spaces. On the left each picture is one dot, though it has "
        f"{vae.dataset.shape.pixels} numbers. The dots show it along the two directions in which these pictures differ "
        f"most (their first two principal components). That is {data['share']:.0%} of how they differ; the rest cannot "
        "be seen here. On the right is its code. The net is the VAE decoder’s: straight lines of codes on the right, "
        "and the pictures that it draws from them on the left. All that this decoder can draw lies on that one bent "
        "sheet, of which you see the shadow. So a copy lands on the sheet, at some way from its picture."
    )
