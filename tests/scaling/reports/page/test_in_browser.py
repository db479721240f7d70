"""A browser shows the page: it fits, it is quiet, it can be read in light and in dark."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from scaling.reports import page
from tests.scaling.conftest import StudyBuilder
from tests.scaling.examples import HOSTILE
from tests.scaling.reports.page import studies

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

WIDTHS = (400, 800, 1400)
SCHEMES = ("light", "dark")
SCRIPTS = '<script>window.ran = 1</script><img src="x" onerror="window.ran = 1"><svg onload=ran=1>'
HOSTILE_TEXT = " ".join((*HOSTILE, SCRIPTS, "x" * 400, "W_" * 200))
PAGES = ("full", "hostile", "lawful")

_OVERFLOW = """() => {
  const wide = document.documentElement;
  return wide.scrollWidth - wide.clientWidth;
}"""
_NAMELESS = """() => [...document.querySelectorAll("img, svg, figure svg, table, nav, section")]
  .filter(one => !one.closest("defs") && one.getClientRects().length)
  .filter(one => {
    const by = (one.getAttribute("aria-labelledby") || "").split(" ").filter(Boolean)
      .map(id => document.getElementById(id)?.textContent || "").join("").trim();
    return !(by || one.getAttribute("aria-label") || one.querySelector(":scope > caption"));
  }).map(one => one.outerHTML.slice(0, 80))"""
_TALLEST = """() => {
  const drawn = document.querySelector("figure svg");
  drawn.setAttribute("width", "100pt");
  drawn.setAttribute("height", "1000pt");
  return drawn.closest("figure").getBoundingClientRect().height;
}"""
_SHEET_PX = 29.7 / 2.54 * 96
"""Height of a sheet of A4: what is higher is cut by the printer."""
_SMALL_LINKS = """() => [...document.querySelectorAll("td a")]
  .map(one => one.getBoundingClientRect())
  .filter(box => Math.min(box.width, box.height) < 24).length"""
_FAINT = """() => {
  const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
  const light = colour => numbers(colour).slice(0, 3).map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, k) => sum + v * [0.2126, 0.7152, 0.0722][k], 0);
  const ground = one => {
    for (; one; one = one.parentElement) {
      const found = numbers(getComputedStyle(one).backgroundColor);
      if (found.length < 4 || found[3] > 0) return getComputedStyle(one).backgroundColor;
    }
    return "rgb(255, 255, 255)";
  };
  const ratios = {};
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const one = node.parentElement;
    if (!node.textContent.trim() || !one.getClientRects().length) continue;
    const style = getComputedStyle(one);
    const ink = one.closest("svg") ? style.fill : style.color;
    const pair = [light(ink), light(ground(one))].sort((a, b) => b - a);
    ratios[`${ink} on ${ground(one)}`] = (pair[0] + 0.05) / (pair[1] + 0.05);
  }
  return ratios;
}"""


@dataclass
class Shown:
    """A page in a browser, and what happened while it was shown."""

    page: Page
    file: Path
    requests: list[str] = field(default_factory=list)
    noise: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for this file: while it is open, no other event loop can run."""
    program = shutil.which("chromium")
    if program is None and "CI" not in os.environ:
        pytest.skip("chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        opened = started.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The pages that are looked at, each made once."""
    folder = tmp_path_factory.mktemp("pages")
    made = {
        "full": studies.full(StudyBuilder()),
        "hostile": studies.hostile(StudyBuilder(), HOSTILE_TEXT),
        "lawful": studies.lawful(StudyBuilder()),
    }
    for name, study in made.items():
        (folder / f"{name}.html").write_text(page.text(study), encoding="utf-8")
    return {name: folder / f"{name}.html" for name in made}


@pytest.fixture(scope="module", params=SCHEMES)
def scheme(request: pytest.FixtureRequest) -> Any:
    """Light or dark."""
    return request.param


@pytest.fixture(scope="module", params=PAGES)
def shown(
    request: pytest.FixtureRequest, browser: Browser, files: dict[str, Path], scheme: Any
) -> Iterator[Shown]:
    """A page that was opened and has settled; the tests of this file look at it in their order."""
    context = browser.new_context(color_scheme=scheme)
    found = Shown(context.new_page(), files[request.param])
    found.page.on("request", lambda one: found.requests.append(one.url))
    found.page.on("console", lambda one: found.noise.append(one.text))
    found.page.on("pageerror", lambda one: found.noise.append(str(one)))
    found.page.on("dialog", lambda one: found.noise.append(one.message))
    found.page.goto(found.file.as_uri(), wait_until="networkidle")
    yield found
    context.close()


def test_nothing_leaves_the_page(shown: Shown) -> None:
    """Its own file is all that is asked for; nothing runs, and the console has nothing to say."""
    assert [url for url in shown.requests if not url.startswith("data:")] == [shown.file.as_uri()]
    assert shown.noise == []
    assert shown.page.evaluate("() => window.ran") is None
    assert shown.page.title().startswith("Scaling of ")


def test_page_fits_every_width(shown: Shown) -> None:
    """Wide tables scroll in their own box, and long names break: the page never overflows."""
    for width in WIDTHS:
        shown.page.set_viewport_size({"width": width, "height": 900})
        assert shown.page.evaluate(_OVERFLOW) <= 0


def test_text_stands_out(shown: Shown, scheme: Any) -> None:
    """At least 4.5 to 1 against what it stands on; a dark page is dark."""
    ratios: dict[str, float] = shown.page.evaluate(_FAINT)
    assert len(ratios) >= 4
    assert {pair: ratio for pair, ratio in ratios.items() if ratio < 4.5} == {}
    ground = shown.page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(255, 255, 255)") is (scheme == "light")


def test_all_has_a_name(shown: Shown) -> None:
    """Figures, tables and sections are named for those who do not see them."""
    assert shown.page.evaluate(_NAMELESS) == []


def test_letters_can_be_hit(shown: Shown) -> None:
    """Links of one letter are large enough for a finger, on a phone too."""
    for width in WIDTHS:
        shown.page.set_viewport_size({"width": width, "height": 900})
        assert shown.page.evaluate(_SMALL_LINKS) == 0


def test_boxes_can_be_reached_by_keys(shown: Shown) -> None:
    """What scrolls takes the focus, and shows it."""
    shown.page.focus(".scroll")
    shown.page.keyboard.press("Tab")
    shown.page.keyboard.press("Shift+Tab")
    style = "() => getComputedStyle(document.activeElement).outlineStyle"
    assert shown.page.evaluate("() => document.activeElement.className") == "scroll"
    assert shown.page.evaluate(style) == "solid"


def test_print_is_light_and_whole(shown: Shown) -> None:
    """On paper the ground is white, tables show all columns, and the links are gone."""
    shown.page.set_viewport_size({"width": 690, "height": 980})
    shown.page.emulate_media(media="print")
    ground = shown.page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(255, 255, 255)"
    assert not shown.page.locator("nav").is_visible()
    assert shown.page.evaluate(_TALLEST) < _SHEET_PX
    assert shown.page.evaluate(_OVERFLOW) <= 0
    assert shown.page.pdf(format="A4")[:5] == b"%PDF-"
