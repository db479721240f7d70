"""Whatever users, hosts and libraries say is text on the page, never markup."""

from __future__ import annotations

from functools import cache

import pytest

from scaling.analysis.units import printable
from scaling.reports import page
from tests.scaling.conftest import StudyBuilder
from tests.scaling.examples import HOSTILE
from tests.scaling.reports.page import studies
from tests.scaling.reports.page.reading import Element, read, shape

ENDING = "</style></script></title></svg></pre>--><!--]]>&lt;&#60;\x00\ud800"
LONG = "x" * 3000


@cache
def page_of(text: str) -> Element:
    """Return the page of a study in which everything is this text."""
    return read(page.text(studies.hostile(StudyBuilder(), text)))


@pytest.mark.parametrize("text", [*HOSTILE, ENDING, LONG])
def test_text_makes_no_element(text: str) -> None:
    """Tags and attributes are those that a harmless text gives; figures may break their lines."""
    found, harmless = page_of(text), page_of("harmless")
    for tree in (found, harmless):
        for figure in tree.all("figure"):
            figure.parts.clear()
    assert shape(found) == shape(harmless)


@pytest.mark.parametrize("text", [*HOSTILE, ENDING])
def test_text_is_shown_as_it_is(text: str) -> None:
    """Every place shows it, without the characters that steer a screen."""
    shown = " ".join(printable(text).split())
    found = page_of(text)
    for name in ("failures", "environment", "method", "again"):
        assert shown in found.one(name).text
    assert shown in found.all("title")[0].text
    assert f"Host {shown} System {shown}" in found.text
    assert f"Commit of rayscale {shown} Commit of the workload {shown}" in found.text
    assert f"Study {shown} Begun {shown}" in found.text
    assert "\x1b" not in found.text
    assert "\u202e" not in found.text


def test_long_names_are_cut_in_the_title_alone() -> None:
    """A title stays a title; the table's caption has the whole name."""
    found = page_of(LONG)
    assert len(found.all("h1")[0].text) < 200
    assert LONG in found.one("cases").all("caption")[0].text
