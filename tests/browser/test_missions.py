"""Missions as a visitor does them, each from question to reason; the tally outlives a page and a reload."""

from __future__ import annotations

from tests.browser.test_browser import settle
from ui.text import glossary
from ui.understand.missions import MISSIONS


def test_every_mission_can_be_finished_and_the_tally_lasts(server, open_page):
    page = open_page(server.url + "/missions")
    right = 0
    for done, (name, mission) in enumerate(MISSIONS.items(), start=1):
        page.wait_for_selector(f".st-key-mission_box h4 >> text={mission.name}")
        settle(page)
        if mission.pictures is not None:  # with the keyboard
            answers = page.locator(".ll-answers input")
            assert answers.count() == len(mission.answers)
            assert page.locator(".ll-answers label").first.bounding_box()["width"] > 150
            answers.nth(0).focus()
            page.keyboard.press("Space")
            page.keyboard.press("ArrowRight")
            page.keyboard.press("ArrowLeft")
            assert answers.nth(0).is_checked() and answers.nth(0).get_attribute("aria-label").startswith("Answer A")
        elif mission.guess is None:
            page.click(f".st-key-answer_{name} label >> text={mission.answers[0]}")
        else:
            page.locator(f".st-key-guess_{name} input[type=range]").focus()
            page.keyboard.press("End")
        settle(page)
        page.click(".st-key-commit_mission button")
        verdict = page.locator(".st-key-mission_box [data-testid=stAlert]")
        verdict.wait_for()
        right += "Right" in verdict.text_content()
        page.wait_for_selector("text=Why?")
        charts = page.locator(".st-key-mission_box .ll-rows canvas, .st-key-mission_box .ll-figures svg")
        charts.first.wait_for()
        assert charts.first.get_attribute("aria-label")
        page.wait_for_selector(f"text={right} of {done} right")
        if done == 3:
            settle(page)
            assert f"{name}." in page.url
            page.reload()
            page.wait_for_selector(f"text={right} of 3 right")
            page.wait_for_selector(f".st-key-mission_box h4 >> text={mission.name}")
        if done == 4:  # on to the page where one can play with it, and back
            page.click(f".st-key-mission_box [data-testid=stPageLink] >> text={mission.then[1]}")
            page.wait_for_url(f"**/{mission.then[0]}*")
            settle(page)
            page.go_back()
            page.wait_for_selector(f"text={right} of 4 right")
        if done < len(MISSIONS):
            settle(page)
            page.click(".st-key-next_mission button")
    page.wait_for_selector("text=All done")
    assert page.locator(".st-key-next_mission").count() == 0


def test_the_glossary_filters_and_leads_to_its_neighbours(server, open_page):
    page = open_page(server.url + "/glossary?term=kl")
    page.wait_for_selector(".st-key-term_kl_asked .katex")
    settle(page)
    assert page.locator(".ll-index a").count() == len(glossary.ALL)
    sent = len(page.sent)
    page.locator(".ll-index a >> text=Trustworthiness").press("Enter")  # far below; asks nobody
    page.wait_for_function("() => document.activeElement.classList.contains('st-key-term_trustworthiness')")
    assert 110 < page.locator(".st-key-term_trustworthiness").bounding_box()["y"] < 1000
    page.locator(".ll-up").last.press("Enter")
    page.wait_for_function("() => document.activeElement.closest('.ll-index')")
    assert len(page.sent) == sent
    page.fill(".st-key-find input", "neighbours")
    page.press(".st-key-find input", "Enter")
    page.wait_for_selector(".st-key-term_encoder", state="detached")
    assert page.locator(".st-key-term_umap").count() == 1
    assert page.locator(".ll-index a >> text=UMAP").count() == 1
    assert page.locator(".ll-index a >> text=Encoder").count() == 0
    page.click(".st-key-term_kl_asked a >> text=Prior")
    page.wait_for_selector(".st-key-term_prior_asked")
    page.wait_for_url(lambda url: "term=prior" in url, timeout=8000)
    page.fill(".st-key-find input", "")
    page.press(".st-key-find input", "Enter")
    page.wait_for_selector(".st-key-term_trustworthiness")
    settle(page)
    page.click(".st-key-term_tsne a >> text=UMAP")  # from far below, the term comes into sight, and the address has it
    page.wait_for_function("() => document.activeElement.classList.contains('st-key-term_umap_asked')")
    assert 0 < page.locator(".st-key-term_umap_asked").bounding_box()["y"] < 700
    page.wait_for_url(lambda url: "term=umap" in url, timeout=8000)
    page.reload()
    page.wait_for_selector(".st-key-term_umap_asked")
    page.go_back()
    page.wait_for_selector(".st-key-term_prior_asked")


def test_a_colour_of_a_formula_is_lifted_on_the_dark_ground(server, open_page):
    for scheme, colour in {"light": "rgb(31, 122, 53)", "dark": "rgb(125, 220, 138)"}.items():
        page = open_page(server.url + "/glossary?term=mean", scheme=scheme)
        page.wait_for_selector(".st-key-term_mean_asked .katex-html [style*=color]")
        page.wait_for_function(
            "colour => getComputedStyle(document.querySelector("
            "'.st-key-term_mean_asked .katex-html [style*=color]')).color === colour",
            arg=colour,
        )
