"""The lecture's ideas under a real finger: what moves is what the core computes, and nothing travels meanwhile."""

from __future__ import annotations

import re
from functools import partial

import numpy as np
import pytest

from ui.store import cache
from ui.understand import autoencoder, bound, bubbles, pca
from vae_core import loss_registry, measured
from vae_core.analysis import posterior, sampling
from vae_core.datasets import registry
from vae_core.losses import bce, mse
from vae_core.training.checkpoint import load_model

from .test_browser import SET_RANGE, gallery, pixels, settle


def numbers(page, selector: str, name: str) -> np.ndarray:
    return np.array([float(v) for v in page.locator(selector).first.get_attribute(f"data-{name}").split(",")])


def drag(page, selector: str, *places: tuple[float, float]) -> None:
    """Press on a canvas and move over places given as shares of its width and height."""
    page.locator(selector).first.scroll_into_view_if_needed()
    box = page.locator(selector).first.bounding_box()
    for k, (x, y) in enumerate(places):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=1 if k == 0 else 5)
        if k == 0:
            page.mouse.down()
    page.mouse.up()


def decoded(name: str, z: np.ndarray) -> np.ndarray:
    return (
        sampling.decode(load_model(gallery(name), gallery(name).config.epochs), z.astype(np.float32)[None])
        .astype(int)
        .ravel()
    )


def opened(server, open_page, path: str, first: str):
    page = open_page(f"{server.url}/{path}")
    page.wait_for_selector(first)
    settle(page)
    return page


def restored(page, key: str) -> None:
    """The address has what was done, and a reload brings it back."""
    settle(page)  # the address is written when the finger rests
    assert f"{key}=" in page.url
    page.reload()


def hundred_of(page, k: int) -> np.ndarray:
    shown = pixels(page, f".ll-hundred figure:nth-child({k + 1}) canvas").reshape(10, 28, 10, 28).swapaxes(1, 2)
    return shown.reshape(100, 28, 28)


def dice_are_chosen(page) -> None:
    """Another shape, and one class: the hundred pictures of both models are those of the same rolls from such dice."""
    lines, buttons = page.locator(".ll-dice label"), page.locator(".ll-dice .ask button")
    assert lines.count() == 5 and not buttons.first.is_visible()
    for click, code in (
        (None, "mixture"), (lines.nth(0), "prior"), (lines.nth(3), "classes"), (buttons.nth(8), "classes-7"),
    ):  # fmt: skip
        if click is not None:
            click.click()
            settle(page)
        for k, run in enumerate(("autoencoder", "lecture")):
            assert (hundred_of(page, k) == cache.samples(str(gallery(run).path), 10, 100, 0, 1.0, code)).all(), code
    assert "dice=classes" in page.url and "class=7" in page.url
    bars = page.locator(".ll-dice label:nth-child(1) i").evaluate_all(
        "all => all.map((i) => parseFloat(i.style.width))"
    )
    rows = [measured.load("noise_shapes")["models"][name]["10"]["prior"][0] for name in ("autoencoder", "lecture")]
    assert bars == pytest.approx([100 * value for value in rows], abs=0.01)


def pca_adds_up_pictures(page) -> None:
    """Its copies are drawn in the browser, with as many numbers as the slider says."""
    sent, run = len(page.sent), gallery("lecture")
    codes = pca.codes_of(run, cache.examples(str(run.path)))
    for k in (2, 20, 0):
        page.evaluate(SET_RANGE, [".ll-pca input", k])
        page.wait_for_selector(f".ll-idea[data-numbers='{k}']")
        shown = pixels(page, ".ll-pca .ll-rows > :nth-child(4) canvas").reshape(28, 10, 28).swapaxes(0, 1)
        wanted = 255 * pca.flat().drawn(codes[:, :k]).reshape(10, 28, 28)
        assert np.abs(shown - wanted).max() <= 1
        assert f"{measured.load('pca')['errors'][k]:.1f}" in page.locator(".ll-pca .words").text_content()
    page.locator(".ll-pca .ll-rows canvas").nth(1).click(position={"x": 5, "y": 5})
    page.wait_for_selector(".ll-idea[data-chosen='0']")
    assert len(page.sent) == sent


def test_a_code_is_dragged_into_a_hole(server, open_page):
    page = opened(server, open_page, "autoencoder", ".ll section[data-z] canvas")
    dice_are_chosen(page)
    sheets = page.locator(".ll-hundred canvas")
    box = sheets.nth(0).bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.35, box["y"] + box["height"] * 0.15)
    page.wait_for_selector(".ll-hundred[data-roll='13']")
    marks = [page.locator(".ll-hundred i").nth(k).bounding_box() for k in (0, 1)]
    tops = [sheets.nth(k).bounding_box() for k in (0, 1)]
    assert marks[0]["y"] - tops[0]["y"] == pytest.approx(marks[1]["y"] - tops[1]["y"], abs=1)
    assert marks[0]["x"] - tops[0]["x"] == pytest.approx(marks[1]["x"] - tops[1]["x"], abs=1)
    page.locator("section[data-run=two-knobs] .plane").scroll_into_view_if_needed()
    page.wait_for_function("() => window.latentLabTold.values.has('decoder of two-knobs 20')")  # once it is seen
    settle(page)
    sent = len(page.sent)
    for run in ("two-knobs-autoencoder", "two-knobs"):
        section = f"section[data-run={run}]"
        start = numbers(page, section, "z")
        drag(page, f"{section} .plane", (0.5, 0.5), (0.2, 0.8), (0.85, 0.9))
        z = numbers(page, section, "z")
        assert (z != start).all()
        codes = gallery(run).latents(20).mean[: cache.COMMON]
        assert numbers(page, section, "away")[0] == pytest.approx(posterior.nearest(codes, z[None])[0], rel=1e-4)
        assert np.abs(pixels(page, f"{section} .here") - decoded(run, z)).max() <= 1
        near = codes[np.linalg.norm(codes - z, axis=1).argmin()]
        away, far = posterior.nearest(codes, sampling.noise(100, 2, 0)), np.quantile(posterior.gaps(codes), 0.99)
        assert autoencoder.dice_on_the_map(str(gallery(run).path))[0] == (away > far).sum()
        assert np.abs(pixels(page, f"{section} .near") - decoded(run, near)).max() <= 1
    page.click("button.hole")
    for run in ("two-knobs-autoencoder", "two-knobs"):  # a second's flight
        hole = ",".join(map(str, autoencoder._map_of_codes(str(gallery(run).path), "")["hole"]))
        page.wait_for_selector(f"section[data-run={run}][data-z='{hole}'] .verdict")
    page.wait_for_selector("section[data-run=two-knobs-autoencoder] .verdict >> text=In a hole")
    page.click("button.dice")
    for run in ("two-knobs-autoencoder", "two-knobs"):
        lost, kinds, most = autoencoder.dice_on_the_map(str(gallery(run).path))
        told = page.locator(f"section[data-run={run}] .fallen").text_content()
        assert f"{lost} of 100" in told and f"{kinds} of 10" in told and f"{most} times" in told
    page.locator("section[data-run=two-knobs] .plane").focus()
    before = numbers(page, "section[data-run=two-knobs]", "z")
    page.keyboard.press("ArrowUp")
    after = numbers(page, "section[data-run=two-knobs]", "z")
    assert after[1] > before[1] and after[0] == before[0]
    assert len(page.sent) == sent
    pca_adds_up_pictures(page)
    restored(page, "b")
    page.wait_for_selector("section[data-run=two-knobs][data-z]")
    assert numbers(page, "section[data-run=two-knobs]", "z") == pytest.approx(after, abs=1e-3)


SCENE = ".st-key-bubble_scene .ll"


def shown_bubbles(name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Of the canvas of a gallery model: mean, logvar, class, and the overlap of each two of different classes."""
    run = gallery(name)
    forces, latents = posterior.stored_forces(run), run.latents(20)
    assert forces is not None and latents.logvar is not None
    mean, logvar, labels = latents.mean[forces.places], latents.logvar[forces.places], run.labels()[forces.places]
    mean, logvar = mean.astype(float), logvar.astype(float)
    pairs = posterior.overlap(mean[:, None], logvar[:, None], mean, logvar)
    return mean, logvar, labels, pairs * (labels[:, None] != labels)


def between(name: str, pair: np.ndarray) -> np.ndarray:
    """Where the product of two bubbles is largest, by its definition."""
    mean, logvar, *_ = shown_bubbles(name)
    sure = np.exp(-logvar[pair])
    return (mean[pair] * sure).sum(0) / sure.sum(0)


def check_scene(page, name: str, pair: np.ndarray) -> None:
    """What the canvas says of two bubbles of a model is what was measured."""
    page.wait_for_selector(f"{SCENE}[data-beta='{gallery(name).config.beta:g}'][data-drawn='{name}']")
    *_, pairs = shown_bubbles(name)
    assert numbers(page, SCENE, "pair").tolist() == pair.tolist()
    assert numbers(page, SCENE, "share")[0] == pytest.approx(pairs[tuple(pair)], rel=1e-3, abs=1e-6)
    assert numbers(page, SCENE, "touching")[0] == bubbles.overlaps(name).touching
    z = numbers(page, SCENE, "z")
    assert z == pytest.approx(between(name, pair), abs=1e-3)
    assert np.abs(pixels(page, f"{SCENE} .here") - decoded(name, z)).max() <= 2  # a decoder without its idle units
    forces = posterior.stored_forces(gallery(name))
    assert forces is not None
    told = page.locator(f"{SCENE} table.forces td").all_text_contents()
    push, pull = (float(v.replace("−", "-")) for v in told[:2])
    assert push == pytest.approx(np.linalg.norm(forces.on_mean[-1][pair[0]]), abs=0.06)
    mean, *_ = shown_bubbles(name)
    assert pull == pytest.approx(gallery(name).config.beta * np.linalg.norm(mean[pair[0]]), abs=0.06)


def test_bubbles_glide_from_beta_to_beta_and_over_the_epochs(server, open_page):
    page = opened(server, open_page, "bubbles", f"{SCENE}[data-drawn='two-knobs']")
    *_, pairs = shown_bubbles("two-knobs")
    pair = np.sort(np.unravel_index(pairs.argmax(), pairs.shape))
    check_scene(page, "two-knobs", pair)
    page.click(f"{SCENE} .stops button >> nth=3")  # it glides there, and its decoder comes
    check_scene(page, "two-knobs-beta-4", pair)
    settle(page)
    sent = len(page.sent)
    page.evaluate(SET_RANGE, [f"{SCENE} .track input", 2.6])
    page.wait_for_selector(f"{SCENE} .state >> text=a glide between two models, not a measurement")
    assert page.locator(SCENE).get_attribute("data-beta") == ""
    assert set(page.locator(f"{SCENE} table.forces td").all_text_contents()) == {"–"}
    page.evaluate(SET_RANGE, [f"{SCENE} .track input", 2.99])  # nobody hits a model to the pixel
    check_scene(page, "two-knobs-beta-4", pair)
    page.click(f"{SCENE} .how")
    page.wait_for_selector(f"{SCENE} .laid >> text=turned about the centre")
    page.keyboard.press("Escape")
    page.click(f"{SCENE} .strong")
    *_, pairs = shown_bubbles("two-knobs-beta-4")
    check_scene(page, "two-knobs-beta-4", np.sort(np.unravel_index(pairs.argmax(), pairs.shape)))
    page.click(f"{SCENE} .plane.all", position={"x": 5, "y": 200})  # beside all bubbles: the ring goes there
    page.wait_for_selector(f"{SCENE}[data-pair=''] .say >> text=The ring is in no bubble")
    drag(page, f"{SCENE} .plane.all", (0.5, 0.5), (0.4, 0.4))
    z = numbers(page, SCENE, "z")
    assert np.abs(pixels(page, f"{SCENE} .here") - decoded("two-knobs-beta-4", z)).max() <= 2
    page.keyboard.press("ArrowUp")
    assert numbers(page, SCENE, "z")[1] > z[1]
    page.click(f"{SCENE} .next")
    second = np.sort(np.unravel_index(np.argsort(np.triu(pairs), axis=None)[-2], pairs.shape))
    check_scene(page, "two-knobs-beta-4", second)

    page.locator(".st-key-bubbles").scroll_into_view_if_needed()  # below, side by side: they come once they are seen
    page.wait_for_selector(".time input")
    settle(page)
    assert len(page.sent) <= sent + 1
    sent = len(page.sent)
    for epoch in (20, 2):
        page.evaluate(SET_RANGE, [".time input", epoch])
        for name in bubbles.TWO_KNOBS:
            section = f"section[data-run='{name}']"
            expected = bubbles.overlaps(name, epoch)
            assert numbers(page, section, "touching")[0] == expected.touching
            assert f"{expected.spread:.2f}" in page.locator(f"{section} .facts").text_content()
    page.evaluate(SET_RANGE, [".time input", 20])
    page.click(".views button >> nth=1")
    forces = bubbles.forces_in_words("two-knobs")
    told = page.locator("section[data-run=two-knobs] .facts b").all_text_contents()
    expected = [forces.outward, forces.inward, forces.shrink, forces.swell]
    assert [float(v.replace("−", "-")) for v in told] == pytest.approx(expected, abs=0.06)
    page.click(".digits button >> nth=3")
    assert numbers(page, "section[data-run=two-knobs]", "shown")[0] == 108
    page.click(".views button >> nth=2")
    latents = gallery("two-knobs").latents(20)
    _, covariance = posterior.aggregate(latents.mean[:2_000], latents.logvar[:2_000])
    wide = np.sqrt(np.linalg.eigvalsh(covariance))[::-1]
    assert f"{wide[0]:.2f} × {wide[1]:.2f}" in page.locator("section[data-run=two-knobs] .facts").text_content()
    assert len(page.sent) == sent
    restored(page, "view")
    page.locator(".st-key-bubbles .ll").scroll_into_view_if_needed()
    page.wait_for_selector("section[data-shown='108']")
    assert page.locator("[aria-pressed=true]", has_text="All together").count() == 1
    check_scene(page, "two-knobs-beta-4", second)


GRAPH = ".ll-flow .stage"


def check_graph(page, run, dice) -> None:
    """The gradients on the graph of the computation are those of autograd, for the 7 and a roll of the noise."""
    import torch

    page.click(".ll-flow .play")  # a rest
    page.click(".ll-flow .roll")
    roll, place = int(numbers(page, GRAPH, "roll")[0]), dice.places[7]
    network = load_model(run, 20)
    picture = torch.tensor(registry.load_test("mnist-55k").images[[run.test_indices()[place]]]).float() / 255
    bubble = network.encode(picture)
    assert bubble.logvar is not None
    mean, std = (part.detach().requires_grad_(True) for part in (bubble.mean, torch.exp(bubble.logvar / 2)))
    eps = torch.tensor(dice.eps[[roll]]).float().requires_grad_(True)
    z = mean + eps * std
    z.retain_grad()
    logits = network.decode_logits(z)
    logits.retain_grad()
    loss = bce(logits, picture).sum()
    loss.backward()
    assert numbers(page, GRAPH, "loss")[0] == pytest.approx(loss.item(), rel=1e-3)
    for name, each in {"mean": mean, "std": std, "noise": eps, "z": z}.items():
        assert numbers(page, GRAPH, name) == pytest.approx(each.grad[0].numpy(), rel=5e-3, abs=0.05), name
    assert numbers(page, GRAPH, "out")[0] == pytest.approx(logits.grad.norm().item(), rel=0.01)
    page.click(".ways button >> text=Drawn inside")
    for name in ("mean", "std", "noise"):  # it stops at z
        assert page.locator(GRAPH).get_attribute(f"data-{name}") == ""
    assert numbers(page, GRAPH, "z") == pytest.approx(z.grad[0].numpy(), rel=5e-3, abs=0.05)
    assert page.locator(f"{GRAPH} [data-node=draw]").is_visible()
    assert not page.locator(f"{GRAPH} [data-node=noise]").is_visible()
    page.click(".ways button >> text=The trick")


def test_draws_follow_the_mean_and_gradients_are_those_of_the_core(server, open_page):
    page = opened(server, open_page, "noise", ".ll[data-draws='10']")
    run = gallery("two-knobs")
    dice, std = posterior.stored_draws(run), run.latents(20).std
    assert dice is not None and std is not None
    sent = len(page.sent)
    page.click("[data-add='1']")
    page.click(".digits button >> nth=7")
    check_graph(page, run, dice)
    mean, z = numbers(page, ".ll[data-draws]", "mean"), numbers(page, ".ll[data-draws]", "z")
    eps = (z - mean) / std[dice.places[7]]
    assert np.abs(dice.eps - eps).max(1).min() < 1e-3
    shown = page.locator(".ll[data-draws]").get_attribute("data-z")
    page.wait_for_function("z => document.querySelector('.crowd').dataset.z === z", arg=shown)
    assert np.abs(pixels(page, ".crowd") - decoded("two-knobs", z)).max() <= 1
    drag(page, ".plane.bubble", (0.5, 0.5), (0.6, 0.4))
    moved = numbers(page, ".ll[data-draws]", "mean")
    assert np.abs(moved - mean).min() > 0.01
    assert numbers(page, ".ll[data-draws]", "z") - moved == pytest.approx(z - mean, abs=1e-6)  # the dice lie still
    page.click("[data-add='100']")
    assert "100 draws" in page.locator(".many").text_content()
    ways = {
        "trick": posterior.with_the_trick(dice.slope[7], dice.eps)[0],
        "none": posterior.without_the_trick(dice.loss[7], dice.eps, std[dice.places[7]])[0],
        "helped": posterior.without_the_trick(dice.loss[7], dice.eps, std[dice.places[7]], baseline=True)[0],
    }
    page.evaluate(SET_RANGE, [".throws input", 50])
    for way, each in ways.items():
        section = f"section[data-way={way}]"
        assert numbers(page, section, "average") == pytest.approx(each[:50].mean(0), rel=1e-3, abs=1e-2)
        assert numbers(page, section, "scatter")[0] == pytest.approx(np.sqrt(posterior.scatter(each)), rel=1e-3)
    assert len(page.sent) == sent
    restored(page, "digit")
    page.wait_for_selector(".ll[data-draws='100'][data-digit='7']")
    assert numbers(page, ".ll[data-draws]", "mean") == pytest.approx(moved, abs=1e-3)
    wide = "[...document.querySelectorAll('[data-way]')].map((s) => +s.dataset.wide)"
    assert len(set(page.evaluate(wide))) == 1  # beside each other, on one scale
    page.set_viewport_size({"width": 390, "height": 800})
    page.reload()
    page.wait_for_selector(".ll[data-draws='100'][data-digit='7']")
    trick, none, helped = page.evaluate(wide)  # one below another, each fills its map and says how wide that is
    assert trick < helped < none
    assert f"{none / trick:.0f} times the first" in page.locator("section[data-way=none]").text_content()


def test_the_losses_on_the_page_are_the_cores(server, open_page):
    import torch

    page = opened(server, open_page, "loss?run=lecture", ".st-key-tradeoff .ll[data-ready='1']")
    sent = len(page.sent)
    page.evaluate(SET_RANGE, [".st-key-pixel .knobs label:nth-child(1) input", 0.25])
    page.evaluate(SET_RANGE, [".st-key-pixel .knobs label:nth-child(2) input", 0.8])
    x, logit = torch.tensor([[0.25]]), torch.logit(torch.tensor([[0.8]]))
    assert numbers(page, ".st-key-pixel .ll", "bce")[0] == pytest.approx(bce(logit, x).item(), rel=1e-5)
    assert numbers(page, ".st-key-pixel .ll", "square")[0] == pytest.approx(mse(logit, x).item(), rel=1e-4)
    drag(page, ".st-key-pixel .chart", (0.5, 0.5), (0.97, 0.5))
    assert float(page.locator(".st-key-pixel label:nth-child(2) input").input_value()) > 0.9

    run, model = gallery("lecture"), load_model(gallery("lecture"), 10)
    place = int(np.flatnonzero(run.labels() == 4)[0])
    page.click(".st-key-damage .digits button >> nth=4")
    mean = run.latents(10).mean[[place]]
    picture = torch.tensor(registry.load_test("mnist-55k").images[[run.test_indices()[place]]]).float() / 255
    logits = model.decode_logits(torch.tensor(mean))
    assert numbers(page, ".st-key-damage .ll", "bce")[0] == pytest.approx(bce(logits, picture).item(), rel=1e-3)
    page.evaluate(SET_RANGE, [".st-key-damage .knobs input", 1])
    page.click(".kinds button >> nth=2")
    grey = torch.zeros(1, 784)
    assert numbers(page, ".st-key-damage .ll", "bce")[0] == pytest.approx(bce(grey, picture).item(), rel=1e-3)
    assert numbers(page, ".st-key-damage .ll", "square")[0] == pytest.approx(mse(grey, picture).item(), rel=1e-3)

    latents = run.latents(10)
    assert latents.logvar is not None
    total = posterior.penalty(latents.mean, latents.logvar).kl.sum()
    assert numbers(page, ".st-key-penalty .ll", "total")[0] == pytest.approx(total, rel=1e-3)
    page.evaluate(SET_RANGE, [".st-key-penalty .one input", 0.5])
    page.evaluate(SET_RANGE, [".st-key-penalty .two input", 2])
    found = posterior.penalty(np.array([[2.0]]), np.log([[0.5]])).kl[0]
    assert numbers(page, ".st-key-penalty .ll", "kl")[0] == pytest.approx(found, rel=1e-6)

    page.evaluate(SET_RANGE, [".st-key-tradeoff .knobs input", 3])
    assert page.locator(".st-key-tradeoff .ll").get_attribute("data-beta") == "4"
    beta4 = gallery("beta-4")
    expected = (
        sampling.decode(load_model(beta4, 10), sampling.sample_prior(10, 20, 0)).transpose(1, 0, 2).reshape(28, 280)
    )
    assert (pixels(page, ".st-key-tradeoff .invented").reshape(28, 280) == expected).all()
    assert f"{beta4.metrics()[10]['test']['kl']:.1f} nats" in page.locator(".st-key-tradeoff .facts").text_content()
    assert len(page.sent) == sent
    the_floor_and_the_bound_are_the_cores(page, run, picture.numpy(), place)
    restored(page, "beta")
    page.wait_for_selector(".st-key-tradeoff .ll[data-beta='4']")
    assert re.search("run=lecture", page.url)


def the_floor_and_the_bound_are_the_cores(page, run, x, place):
    """Of the picture that was chosen, with its greys and without: the one switch is thrown for all parts at once."""
    entropy = float(loss_registry.entropy(x)[0])
    assert numbers(page, ".st-key-damage .ll", "floor")[0] == pytest.approx(entropy, rel=1e-4)
    page.locator(".st-key-bound").scroll_into_view_if_needed()
    shown = partial(page.wait_for_selector, timeout=60_000)
    shown(".st-key-bound .ll[data-ready='1'][data-wanted='4']")  # the first rolls, with its greys, the fifth picture
    images = registry.load_test("mnist-55k").images[run.test_indices()[place]]
    average = bound.estimates(str(run.path), 10, images.tobytes(), 0)[0]
    assert numbers(page, ".st-key-bound .ll", "limit")[0] == pytest.approx(average[-1], abs=1e-3)
    page.evaluate(SET_RANGE, [".st-key-bound .knobs input", 0])
    assert numbers(page, ".st-key-bound .ll", "limit")[0] == pytest.approx(average[0], abs=1e-3)
    assert page.locator(".st-key-bound .ll").get_attribute("data-draws") == "1"
    page.click(".st-key-bound .roll")
    shown(".st-key-bound .ll[data-ready='1'][data-wanted='24']")
    page.click(".st-key-floor .inks button >> nth=1")  # another part's switch
    page.locator(".st-key-bound").scroll_into_view_if_needed()  # out of sight it asks for nothing
    shown(".st-key-bound .ll[data-ready='1'][data-wanted='34']")
    assert numbers(page, ".st-key-damage .ll", "floor")[0] == numbers(page, ".st-key-floor .ll", "floor")[0] == 0
    assert "0.0 grey" in page.locator(".st-key-floor table").text_content()
    white = (images >= 128) * np.uint8(255)
    assert numbers(page, ".st-key-bound .ll", "limit")[0] == pytest.approx(
        bound.estimates(str(run.path), 10, white.tobytes(), 1)[0][0], abs=1e-3
    )


NONSENSE = [
    "autoencoder?a=x,y&b=1e99,2&dice=many&rolled=many",
    "bubbles?view=none&epoch=99&digits=xyz&glide=9&pair=3,3.5&z=1e9,0&reach=0",
    "noise?digit=12&draws=-5&mean=1&way=none&roll=1e9",
    "loss?pixel=2&guess=0&damage=fire&much=nan&v=-1&m=&beta=x&ink=red&picture=1e9",
]


@pytest.mark.parametrize("path", NONSENSE)
def test_nonsense_in_the_address_is_as_good_as_nothing(server, open_page, path):
    page = opened(server, open_page, path, ".ll canvas")
    assert page.locator("[data-testid=stException], [data-testid=stAlert]").count() == 0
    assert "NaN" not in page.locator("[data-testid=stMain]").text_content()
