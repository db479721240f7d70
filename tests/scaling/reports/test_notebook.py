"""What a notebook shows of a study: HTML that holds every text as text."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from scaling.analysis.units import printable
from scaling.model import SERIAL
from scaling.records import Failure
from scaling.reports import notebook, table, terminal
from scaling.results import Study
from tests.scaling.examples import HOSTILE

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder

ALLOWED = {
    "div", "p", "strong", "table", "caption", "thead", "tbody", "tr", "th", "td", "ul", "li",
}  # fmt: skip


class Page(HTMLParser):
    """Reads HTML as a browser does: elements, attributes, text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.cells: list[str] = []
        self.said = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag in {"th", "td"}:
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.said += data
        if self.open and self.open[-1] in {"th", "td"}:
            self.cells[-1] += data


def shown(study: Study) -> Page:
    """Return what the notebook shows, once every element was closed."""
    page = Page(notebook.html(study))
    assert page.open == []
    return page


def test_tables_hold_the_cells_of_the_report(study: StudyBuilder) -> None:
    """The same texts as in the terminal, with the verdict, the cautions and the protocol."""
    study.case(SERIAL, [2.0] * 6)
    study.case("threads", [1.0] * 6, workers=2)
    found = Study(study.data)
    page = shown(found)
    (one,) = table.tables(found.results)
    assert terminal.title(found, one) in page.said
    assert page.cells == [*one.headings, *(text for row in one.rows for text in row)]
    assert found.verdict() in page.said
    for caution in table.caution_marks(found.results):
        assert f"({caution}): {caution.explanation}" in page.said


@pytest.mark.parametrize("text", HOSTILE)
def test_texts_of_users_are_shown_as_text(study: StudyBuilder, text: str) -> None:
    """Names and messages add no element and no attribute."""
    study.case(SERIAL, [2.0] * 6)
    died = study.case("threads", workers=2)
    study.session(died, 1, [], status="failed", failure=Failure("raised", text))
    study.cases = [replace(case, workload=text) for case in study.cases]
    page = shown(Study(study.data))
    assert page.tags <= ALLOWED
    assert page.attributes <= {"style", "scope"}
    assert printable(text) in page.said
    assert "threads (2 workers) failed" in page.said


def test_colours_are_the_notebooks(study: StudyBuilder) -> None:
    """Dark notebooks stay dark: no colour of our own but a grey line."""
    study.case(SERIAL, [2.0])
    text = notebook.html(Study(study.data))
    assert "color: inherit" in text
    assert "#" not in text
    assert "<script" not in text


@pytest.mark.parametrize("plan", [{}, {"weak": True}, {"null": True}, {"cases": ()}])
def test_studies_of_every_kind(study: StudyBuilder, plan: dict[str, object]) -> None:
    """Few blocks, weak, null, without a usable case, without any: words, never None or nan."""
    study.case(SERIAL, [2.0, 2.1], twin="-a" if "null" in plan else "")
    study.case("threads" if "null" not in plan else SERIAL, twin="-b" if "null" in plan else "")
    study.plan = plan
    said = shown(Study(study.data)).said
    assert "None" not in said
    assert "nan" not in said.split()


def test_wide_tables_scroll(study: StudyBuilder) -> None:
    """A narrow notebook cuts nothing off."""
    study.case(SERIAL, [2.0])
    assert notebook.html(Study(study.data)).count('<div style="overflow-x: auto">\n<table') == 1


def test_several_sizes_are_several_tables(study: StudyBuilder) -> None:
    """Each with its number of items."""
    for size in (10, 20):
        study.case(SERIAL, [size / 10] * 6, size=size)
    text = notebook.html(Study(study.data))
    assert text.count("<table") == 2
    assert "demo, 10 items" in text
    assert "demo, 20 items" in text
