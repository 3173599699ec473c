"""The pages of the lecture's ideas: what they say is what the gallery's models measure."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace

import numpy as np
import pytest

from tests.pages.test_pages import _here, check, show, words  # noqa: F401  (the fixture that keeps the visitor's runs apart)
from ui.components import browser_decoder
from ui.shell import pages
from ui.shell.pages import PAGES
from ui.store import cache, gallery
from ui.text import claims
from ui.understand import autoencoder, bubbles, noise
from vae_core import paths
from vae_core.analysis import posterior, sampling
from vae_core.config import Config
from vae_core.datasets import registry
from vae_core.training.checkpoint import load_model


@pytest.mark.parametrize("page", [page.name for page in PAGES])
def test_of_the_gallery_nothing_is_missing_on_a_fresh_machine_without_a_network(page, monkeypatch):
    monkeypatch.setenv("VAE_DOWNLOAD", "0")
    assert not registry.is_here("mnist")
    app = show(page)
    check(app)
    assert not app.error
    assert "not on this machine" not in words(app)
    assert "redrawn" not in words(app)


@pytest.mark.parametrize("page", ["map", "morph", "loss", "train"])
def test_without_the_pictures_of_a_run_the_page_says_so_and_the_rest_works(page, elsewhere):
    app = show(page, run="elsewhere")
    check(app)
    assert not app.error
    assert "not on this machine" in words(app)


def test_the_sentences_of_each_page_are_the_measured_numbers():
    report = autoencoder.dice_report(str(gallery.gallery("autoencoder").path))
    text = words(show("autoencoder"))
    assert f"| {report['error']:.1f} |" in text and f"{report['lost']:.0f}%" in text
    assert claims.tell("dice") in text and claims.tell("halfway") in text and claims.tell("path") in text
    free, held = (bubbles.overlaps(f"two-knobs-beta-{beta}") for beta in (0, 4))
    text = words(show("bubbles"))
    assert f" {free.touching or 'none'} of {free.shown} overlap" in text
    assert f" {held.touching} of {held.shown} overlap" in text
    worth = noise.worth_of_the_trick(str(gallery.gallery("two-knobs").path))
    told = re.search(r"about ([\d,]+) rolls", words(show("noise")))
    assert told and float(told[1].replace(",", "")) == pytest.approx(float(np.median(worth.plain)), rel=0.05)
    lecture = gallery.gallery("lecture").metrics()[-1]["test"]
    assert f" to {lecture['kl']:.0f} nats" in words(show("loss"))


def test_what_the_pages_claim_holds_in_the_gallery():
    classic, vae = (autoencoder.dice_report(str(gallery.gallery(name).path)) for name in ("autoencoder", "lecture"))
    assert abs(classic["error"].mean - vae["error"].mean) < 5 < vae["error_with_noise"].mean - classic["error"].mean
    free, light, held, huge = (bubbles.overlaps(name) for name in bubbles.TWO_KNOBS)
    assert free.radius < light.radius < held.radius < huge.radius
    assert free.spread > light.spread > held.spread > huge.spread
    assert free.touching <= light.touching < held.touching < huge.touching
    forces = bubbles.forces_in_words("two-knobs")
    assert forces.shrink == pytest.approx(forces.swell, rel=0.15)  # "almost even"
    # Averaged over pictures, the encoder has nothing more to gain by moving all of them out or in.
    assert abs(forces.outward - forces.inward) < 3 * forces.outward_error and forces.inward > 0
    beyond = [autoencoder.beyond_the_dice(str(gallery.gallery(name).path))[1] for name in MAPS]
    assert beyond[0] > 0.2 > 0.05 > beyond[1]  # "farther out than all of them"
    assert max(autoencoder.dice_on_the_map(str(gallery.gallery(name).path))[0] for name in MAPS) < 10  # "few"
    worth = noise.worth_of_the_trick(str(gallery.gallery("two-knobs").path))
    assert (worth.plain > 1_000).all() and (worth.with_baseline > 1).all()


def test_under_its_own_beta_no_other_run_is_below_the_dashed_line():
    tested = [run.metrics()[-1]["test"] for run in map(gallery.gallery, BETAS)]
    betas = [gallery.gallery(name).config.beta for name in BETAS]
    for beta, mine in zip(betas, tested, strict=True):
        assert min(t["reconstruction"] + beta * t["kl"] for t in tested) == mine["reconstruction"] + beta * mine["kl"]


MAPS = ("two-knobs-autoencoder", "two-knobs")
BETAS = ("beta-0", "beta-0.1", "lecture", "beta-4", "beta-10")


def test_the_loss_of_a_visitors_run_and_of_a_classic_one(finished_run):
    shutil.copytree(finished_run.path, paths.runs_dir() / "mine")
    app = show("loss", run="mine")
    check(app)
    assert not app.warning and not app.error
    assert app.selectbox(key="run_picker").value == "mine"
    app = show("loss", run="autoencoder")
    check(app)
    assert "pays no penalty" in words(app)
    assert "Five models" in words(app)


@pytest.mark.parametrize(
    "page, missing", [("autoencoder", "two-knobs-autoencoder"), ("bubbles", "two-knobs-beta-4"), ("noise", "two-knobs")]
)
def test_a_damaged_or_missing_model_of_the_gallery_is_one_sentence(page, missing, monkeypatch, tmp_path):
    gallery = tmp_path / "gallery"
    shutil.copytree(paths.GALLERY, gallery)
    monkeypatch.setattr(paths, "GALLERY", gallery)
    (gallery / missing / "config.json").write_text("{")
    app = show(page)
    check(app)
    assert len(app.error) == 1 and "cannot be read" in app.error[0].value
    shutil.rmtree(gallery / missing)
    app = show(page)
    check(app)
    assert len(app.error) == 1 and "needs the gallery" in app.error[0].value


def test_missing_forces_are_one_sentence(monkeypatch, tmp_path):
    gallery = tmp_path / "gallery"
    shutil.copytree(paths.GALLERY, gallery)
    monkeypatch.setattr(paths, "GALLERY", gallery)
    (gallery / "two-knobs" / "forces.npz").unlink()
    (gallery / "two-knobs" / "dice.npz").write_bytes(b"no zip")
    for page, word in (("bubbles", "no measured forces"), ("noise", "damaged")):
        app = show(page)
        check(app)
        assert len(app.error) == 1 and word in app.error[0].value.replace("\\", "")


def test_the_pages_stand_under_understand():
    understand = [page.name for page in pages.PAGES if page.section == "Understand"]
    assert understand[:4] == ["autoencoder", "bubbles", "noise", "loss"]


def test_the_classic_model_of_two_numbers_differs_from_the_vae_in_its_kind_alone():
    classic, vae = gallery.gallery("two-knobs-autoencoder").config, gallery.gallery("two-knobs").config
    assert replace(classic, model="vae") == vae
    classic, vae = gallery.gallery("autoencoder").config, gallery.gallery("lecture").config
    assert isinstance(classic, Config) and replace(classic, model="vae") == vae


def test_the_holes_of_the_maps_are_holes():
    for name in MAPS:
        run = gallery.gallery(name)
        sent = autoencoder._map_of_codes(str(run.path), "a title")
        codes = run.latents(run.config.epochs).mean[: cache.COMMON]
        away = posterior.nearest(codes, np.array([sent["hole"]]))[0]
        assert sent["far"] > sent["wide"] > sent["gap"]
        # The noise leaves the VAE's map no place between its codes that is as far from all of them.
        assert away > sent["far"] if not run.config.is_vae else sent["wide"] < away <= sent["far"]


def test_the_classic_hole_is_no_digit_and_torch_draws_the_same_picture():
    run = gallery.gallery("two-knobs-autoencoder")
    hole = np.array([autoencoder._map_of_codes(str(run.path), "a title")["hole"]])
    last = run.config.epochs
    codes = run.latents(last).mean[: cache.COMMON].astype(np.float32)
    z = np.concatenate([hole, codes])
    pictures, by_torch = (
        browser_decoder.decoded(run, last, z),
        sampling.decode(load_model(run, last), z).reshape(-1, 784),
    )
    assert np.abs(255 * pictures - by_torch).max() < 1
    alike = posterior.agreement(pictures, pictures[1:], run.labels()[: cache.COMMON])
    assert alike[0] <= 0.6 < np.median(alike[1:])
