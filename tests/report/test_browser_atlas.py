"""The atlas and the gallery in a real browser: offline, by pointer, by keyboard, dark, narrow."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from adversaries.hunt.archive import Archive
from adversaries.hunt.records import Provenance
from adversaries.hunt.score import score
from kvcr.atlas import atlas
from kvcr.atlas_page import Links, Reported, atlas_page
from kvcr.gallery import gallery_page
from tests.report.test_browser import CHROMIUM, opened, sync_api
from theory.policy import Admission, named_policy
from theory.request import Instance

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The pages under test, as files."""
    folder = tmp_path_factory.mktemp("atlas")
    bands = atlas(alphas=[Fraction(1, 2), Fraction(1)], policies=("svf",))
    link = Reported(
        "svf", Admission.HEAD_OF_LINE, Fraction(1), Fraction(5), Fraction(231, 41), 7, "r.html"
    )
    archive = Archive(folder / "found.jsonl")
    hostile = Provenance("<img src=x onerror=alert(1)> " + "W" * 5_000)
    for pairs in (((0, 10), (59, 1), (59, 1)), ((0, 9), (30, 1), (30, 1), (30, 1))):
        instance = Instance.of(60, *pairs)
        archive.add(score(instance, named_policy("svf")), hostile)
        archive.add(score(instance, named_policy("ljf", Admission.BACKFILL)), hostile)
    texts = {"atlas": atlas_page(bands, Links((link,))), "gallery": gallery_page(archive)}
    for name, text in texts.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in texts}


@pytest.mark.parametrize("name", ["atlas", "gallery"])
def test_nothing_is_loaded_or_logged_and_nothing_overflows(
    chromium: Any, pages: dict[str, Path], name: str
) -> None:
    page = opened(chromium, pages[name], viewport={"width": 400, "height": 800})
    page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
    assert [url for url in page.noise if not url.startswith("data:")] == [pages[name].as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    page.close()


def test_pointer_and_keyboard_tell_source_and_theorem(
    chromium: Any, pages: dict[str, Path]
) -> None:
    page = opened(chromium, pages["atlas"])
    readout = page.locator(".readout").first
    asked = readout.inner_text()
    frame = page.locator(".frame.shapes").first
    frame.scroll_into_view_if_needed()
    box = frame.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.6)
    told = readout.inner_text()
    assert "α ≤ 1/2" in told
    assert "identical-ramps" in told
    assert "25/9" in told
    assert "T4" in told
    page.mouse.move(0, 0)
    assert readout.inner_text() == asked
    while not frame.evaluate("f => f === document.activeElement"):
        page.keyboard.press("Tab")
    assert readout.inner_text() == told
    page.keyboard.press("ArrowRight")
    assert "no constant holds" in readout.inner_text()
    page.keyboard.press("ArrowRight")
    assert readout.inner_text() == told
    page.keyboard.press("Escape")
    assert readout.inner_text() == asked
    page.close()


def test_a_picture_is_one_tab_stop_and_lights_one_alpha(
    chromium: Any, pages: dict[str, Path]
) -> None:
    page = opened(chromium, pages["atlas"])
    frames = page.locator(".frame.shapes").count()
    stops = page.locator(".frame.shapes, .frame.shapes *").evaluate_all(
        "found => found.filter(e => e.tabIndex >= 0).length"
    )
    assert stops == frames > 1
    other = page.locator(".many .frame.shapes").first
    other.scroll_into_view_if_needed()
    box = other.bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 30)
    lit = page.locator(".many .slice.same")
    assert lit.count() == page.locator(".many .frame.shapes").count()
    assert {shape.get_attribute("data-kind") for shape in lit.all()} == {"0"}
    page.close()


@pytest.mark.parametrize("name", ["atlas", "gallery"])
def test_dark_mode_is_dark(chromium: Any, pages: dict[str, Path], name: str) -> None:
    page = opened(chromium, pages[name], color_scheme="dark")
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert sum(int(part) for part in colour[4:-1].split(",")) < 150
    page.close()


def test_the_table_is_there_in_print_and_without_scripts(
    chromium: Any, pages: dict[str, Path]
) -> None:
    page = opened(chromium, pages["atlas"])
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.locator("#c0-numbers").is_visible()
    page.close()
    page = opened(chromium, pages["atlas"], java_script_enabled=False)
    assert page.locator(".slice title").count() == page.locator(".slice").count() > 0
    page.close()


def test_the_gallery_filters(chromium: Any, pages: dict[str, Path]) -> None:
    page = opened(chromium, pages["gallery"])
    cards = page.locator(".card:visible")
    everything = cards.count()
    page.select_option("#policy", "svf")
    assert 0 < cards.count() < everything
    assert {card.get_attribute("data-policy") for card in cards.all()} == {"svf"}
    page.select_option("#policy", "")
    page.select_option("#admission", "backfill")
    assert {card.get_attribute("data-policy") for card in cards.all()} == {"ljf"}
    page.select_option("#admission", "")
    page.select_option("#alpha", label="2/3 M")
    assert all(float(card.get_attribute("data-alpha")) <= 2 / 3 for card in cards.all())
    assert 0 < cards.count() < everything
    assert page.locator("#count").inner_text() == f"{cards.count()} of {everything} shown"
    page.close()
