"""Reports in a real browser: nothing loaded, nothing logged, hover, keyboard, dark, narrow."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from adversaries.report import Entry, html, read_exhibit
from kvcr.proof_report import proof_report
from tests.report.certificates import CLAIMS, comparing, noted, refuting
from theory.request import Instance, Request

sync_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The pages under test, written to files as a reader would have them."""
    draw = random.Random(5)
    many = tuple(Request(draw.randint(0, 800), draw.randint(1, 400)) for _ in range(2_000))
    hostile = "<img src=x onerror=alert(1)> " + "W" * 10_000
    raws = {"-".join(claim[:2]): refuting(*claim) for claim in CLAIMS}
    raws["many"] = comparing(Instance(9_000, many))
    raws["hostile"] = comparing(noted(hostile), name=hostile, provenance={hostile: hostile})
    texts = {n: html([Entry(read_exhibit(raw, f"{n}.json"))], "1.0") for n, raw in raws.items()}
    texts["proof"] = proof_report("L3")
    folder = tmp_path_factory.mktemp("reports")
    for name, text in texts.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in texts}


def opened(browser: Any, path: Path, **options: Any) -> Any:
    page = browser.new_page(**{"viewport": {"width": 1000, "height": 900}} | options)
    page.noise = []
    page.on("console", lambda message: page.noise.append(message.text))
    page.on("pageerror", lambda error: page.noise.append(str(error)))
    page.on("dialog", lambda dialog: page.noise.append(dialog.message))
    page.on("request", lambda request: page.noise.append(request.url))
    page.goto(path.as_uri())
    return page


NAMES = ("svf-head-of-line", "svf-backfill", "sjf-head-of-line", "many", "hostile", "proof")


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_loaded_or_logged_and_nothing_overflows(
    browser: Any, pages: dict[str, Path], name: str
) -> None:
    page = opened(browser, pages[name], viewport={"width": 400, "height": 800})
    page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
    assert [url for url in page.noise if not url.startswith("data:")] == [pages[name].as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    page.close()


@pytest.mark.parametrize("name", NAMES[:3])
def test_pointer_and_keyboard_tell_about_each_shape(
    browser: Any, pages: dict[str, Path], name: str
) -> None:
    page = opened(browser, pages[name])
    readout = page.locator(".readout")
    asked = readout.inner_text()
    frame = page.locator(".frame.shapes").first
    frame.scroll_into_view_if_needed()
    boxes = [shape.bounding_box() for shape in frame.locator(".shape").all()]
    largest = max(range(len(boxes)), key=lambda k: boxes[k]["width"] * boxes[k]["height"])
    frame.locator(".shape").nth(largest).hover(force=True)
    assert "starts at step" in readout.inner_text()
    page.mouse.move(0, 0)
    assert readout.inner_text() == asked
    shapes = frame.locator(".shape").count()
    page.evaluate("document.querySelector('article').focus()")
    while not frame.evaluate("f => f === document.activeElement"):
        page.keyboard.press("Tab")
    told = []
    for _ in range(shapes):
        told.append(readout.inner_text())
        page.keyboard.press("ArrowRight")
    assert len(set(told)) == shapes
    assert readout.inner_text() == told[0]
    page.keyboard.press("Escape")
    assert readout.inner_text() == asked
    page.close()


def test_one_kind_is_lit_in_both_pictures(browser: Any, pages: dict[str, Path]) -> None:
    page = opened(browser, pages["svf-head-of-line"])
    page.locator(".shape").nth(3).hover(force=True)
    lit = page.locator(".shape.same")
    assert {shape.get_attribute("data-kind") for shape in lit.all()} == {"1"}
    assert page.locator(".frame.dimmed").count() == 2
    page.close()


def test_dark_mode_is_dark(browser: Any, pages: dict[str, Path]) -> None:
    shades = []
    page = opened(browser, pages["proof"])
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        shades.append(sum(int(part) for part in colour[4:-1].split(",")))
    page.close()
    assert shades[0] > 700
    assert shades[1] < 150


def test_the_page_is_complete_without_scripts(browser: Any, pages: dict[str, Path]) -> None:
    page = opened(browser, pages["svf-head-of-line"], java_script_enabled=False)
    text = page.locator("main").inner_text()
    assert "REFUTED." in text
    assert "Point at a shape" not in text
    assert page.locator(".shape title").count() == page.locator(".shape").count() > 0
    page.close()


def test_print_opens_the_short_tables(browser: Any, pages: dict[str, Path]) -> None:
    page = opened(browser, pages["svf-head-of-line"])
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.locator("details.short:not([open])").count() == 0
    assert not page.locator(".readout").is_visible()
    page.close()


def test_the_certificate_can_be_downloaded(browser: Any, pages: dict[str, Path]) -> None:
    page = opened(browser, pages["svf-head-of-line"])
    with page.expect_download() as waiting:
        page.locator("a[download]").click()
    assert Path(waiting.value.path()).read_bytes() == refuting(*CLAIMS[0])
    assert waiting.value.suggested_filename == "svf-head-of-line.json"
    page.close()
