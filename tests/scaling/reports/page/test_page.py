"""The page holds all of a report, in order, and nothing that a reader's machine must fetch."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from scaling.reports import page, table
from scaling.results import Study
from tests.scaling.reports.page import studies
from tests.scaling.reports.page.reading import Element, read

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder

ORDER = [
    "verdict", "figures", "cases", "workers", "failures", "time", "findings", "laws",
    "environment", "method", "again",
]  # fmt: skip


@pytest.fixture
def found(study: StudyBuilder) -> Element:
    """The page of a study with one of everything."""
    return read(page.text(studies.full(study)))


def test_verdict_first_then_all_the_rest(study: StudyBuilder, found: Element) -> None:
    """The sections stand in the order in which they are read, the verdict with its advice."""
    assert [one.attributes["id"] for one in found.all("section")] == ORDER
    told = Study(study.data)
    assert found.one("verdict").text == " ".join(("Verdict", told.verdict(), *told.advice))


def test_headings_are_an_outline(found: Element) -> None:
    """One first heading, and no level is left out."""
    levels = [int(one.tag[1]) for one in found.all("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_nothing_is_fetched_and_nothing_runs(study: StudyBuilder, found: Element) -> None:
    """No script, no frame, no address but those within the page; a policy forbids the rest."""
    assert not found.all("script", "iframe", "object", "embed", "base", "form", "img")
    for element in found.walk():
        assert not [name for name in element.attributes if name.startswith("on") or name == "src"]
        for name in ("href", "xlink:href"):
            assert element.attributes.get(name, "#").startswith(("#", "data:"))
    whole = page.text(Study(study.data))
    assert "@import" not in whole
    assert set(re.findall(r"url\(\W?", whole)) <= {"url(#"}
    (policy,) = (
        one.attributes["content"] for one in found.all("meta") if "http-equiv" in one.attributes
    )
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:;")


def test_every_link_leads_somewhere(found: Element) -> None:
    """Ids are unique, over all figures too, and no link within the page is dead."""
    ids = [one.attributes["id"] for one in found.walk() if "id" in one.attributes]
    assert len(ids) == len(set(ids))
    links = [one.attributes["href"][1:] for one in found.all("a")]
    assert set(links) >= {*ORDER, "caution-a"}
    assert set(links) <= set(ids)


def test_figures_have_names(found: Element) -> None:
    """Each figure is one image with a title and a description; that of losses stands below."""
    for figure in found.all("figure"):
        (drawing,) = figure.all("svg")
        assert drawing.attributes["role"] == "img"
        named = drawing.attributes["aria-labelledby"].split()
        assert all(found.one(name).text for name in named)
    names = [one.attributes["id"] for one in found.all("figure")]
    assert names == ["figure-speedup", "figure-efficiency", "figure-seconds", "figure-losses"]
    assert found.one("time").all("figure")


def test_tables_have_captions_and_scopes(found: Element) -> None:
    """Every table names itself, its columns and its rows."""
    assert found.all("table")
    for one in found.all("table"):
        assert one.all("caption")[0].text
        assert all(cell.attributes["scope"] in {"col", "row"} for cell in one.all("th"))
        for row in one.all("tr"):
            assert row.all("th", "td")[0].tag == "th"
            assert len(row.all("th", "td")) == len(one.all("tr")[0].all("th"))


def test_table_is_that_of_the_terminal(study: StudyBuilder, found: Element) -> None:
    """The same cells, intervals too; the letters of cautions lead to what they mean."""
    told = Study(study.data)
    (expected,) = table.tables(told.results)
    rows = found.one("cases").all("tr")[1:]
    for row, cells in zip(rows, expected.rows, strict=True):
        shown = [cell.text for cell in row.all("th", "td")]
        assert [*shown[:-1], shown[-1].replace(" ", "")] == list(cells)
    marks = {str(caution): mark for caution, mark in table.caution_marks(told.results).items()}
    links = [link for row in rows for link in row.all("a")]
    assert links
    assert all(marks[link.attributes["title"]] == link.text for link in links)
    for caution, mark in table.caution_marks(told.results).items():
        assert found.one(f"caution-{mark}").text == f"{mark} {caution} {caution.explanation}"


def test_blocks_and_their_end_stand_with_the_table(study: StudyBuilder) -> None:
    """A reader of the numbers sees there that the run did not end."""
    told = read(page.text(studies.single(study))).one("cases").text
    assert "2 blocks, and the run did not end by itself; no intervals." in told


def test_cases_that_went_wrong_stand_out(found: Element) -> None:
    """What has no value for a bad reason is marked; what was skipped is not."""
    marked = [one.text for one in found.all("td") if "alarm" in one.attributes["class"]]
    assert sorted(marked) == ["failed", "wrong"]
    assert "skipped" in found.one("cases").text


def test_failures_say_what_the_code_said(found: Element) -> None:
    """The reasons of all cases without a value, the user's traceback and output."""
    told = found.one("failures")
    assert "joblib (2 workers) failed: item 17: killed" in told.text
    assert "threads (2 workers) gave a wrong answer: item 3 differs" in told.text
    assert "dask (2 workers) was skipped: not installed" in told.text
    assert "joblib (2 workers) raised: Traceback: item 17: killed Died: item 17: killed" in (
        told.text
    )
    assert "joblib (2 workers) printed: item 17: killed (printed)" in told.text


def test_findings_have_evidence_and_remedy(study: StudyBuilder, found: Element) -> None:
    """Each finding of the audit is there with its case, and what to do."""
    notices = [one.text for one in found.one("findings").all("li")]
    findings = Study(study.data).findings
    assert findings
    for finding, notice in zip(findings, notices, strict=True):
        assert notice.startswith(f"{finding.severity} {finding.rule}")
        assert finding.evidence[1:] in notice
        assert finding.remedy[1:] in notice


def test_finding_of_several_cases(study: StudyBuilder) -> None:
    """The evidence stands with the case that it is about, the worst; the others follow."""
    study.case("serial", [0.2] * 6)
    for workers in (1, 2):
        study.case("processes", [0.1] * 6, workers=workers)
    told = read(page.text(Study(study.data))).one("findings").text
    assert "opening-costs-more processes (1 worker) Opening takes 500 ms, the work 100 ms" in told
    assert ". Also: processes (2 workers). " in told


def test_law_and_prediction(study: StudyBuilder) -> None:
    """The law that the times were made with, and twice the most workers."""
    told = read(page.text(studies.lawful(study))).one("laws")
    assert "Chosen: usl" in told.text
    assert told.text.count("X = gamma N / (1 + alpha (N - 1) + beta N (N - 1))") == 1
    captions = [one.text for one in told.all("caption")]
    assert captions == [
        "processes: throughput (items/s) by workers",
        "processes: laws, with 95 % intervals of their parameters",
    ]
    rows = {row.all("th")[0].text: row.text for row in told.all("tr")}
    assert rows["usl"].startswith("usl 25.00 (24.93 to 25.08) 0.05000 (")
    assert "processes at 64 workers:" in told.text
    assert "(95 %" in told.text


def test_command_is_quoted(study: StudyBuilder) -> None:
    """What is run again is a line for a shell; seed, versions and study stand below."""
    study.case("serial", [1.0])
    header = replace(study.header, command=("scale", "run", "two words; $x"))
    text = read(page.text(Study(replace(study.data, header=header)))).one("again").text
    assert text.startswith("How to reproduce scale run 'two words; $x' Workload demo Seed 1 ")
    assert "Versions ray==2.60.0 Study study-1" in text


def test_study_of_a_notebook_has_no_command(study: StudyBuilder) -> None:
    """What no shell can run does not stand there as if it could."""
    study.case("serial", [1.0])
    header = replace(study.header, command=("scaling.run",))
    told = read(page.text(Study(replace(study.data, header=header)))).one("again")
    assert not told.all("code")
    assert "called scaling.run: no command does the same." in told.text


def test_time_is_one_that_people_read(study: StudyBuilder) -> None:
    """Of a text that is no time, all is shown."""
    assert "2026-01-01 00:00 UTC" in read(page.text(studies.single(study))).all("header")[0].text
    header = replace(study.header, created="some day")
    found = read(page.text(Study(replace(study.data, header=header))))
    assert found.all("header")[0].text.endswith("; some day")


@pytest.mark.parametrize("made", studies.ODD)
def test_odd_studies_read_well(study: StudyBuilder, made: Callable[[StudyBuilder], Study]) -> None:
    """Weak, null, several sizes, one case, no value at all: no placeholder is shown."""
    found = read(page.text(made(study)))
    assert not re.findall(r"\b(None|nan|inf|NaN)\b", found.text)
    assert found.all("section")[0].attributes["id"] == "verdict"
    assert found.one("cases").all("table")


def test_sections_without_content_are_left_out(study: StudyBuilder) -> None:
    """One case has nothing that failed, nothing lost and no number of workers."""
    found = read(page.text(studies.twins(study)))
    names = [one.attributes["id"] for one in found.all("section")]
    assert names == ["verdict", "figures", "cases", "findings", "environment", "method", "again"]


def test_study_without_cases_has_a_page(study: StudyBuilder) -> None:
    """A header alone is enough."""
    assert "The study has no cases." in read(page.text(Study(study.data))).text


def test_same_study_gives_the_same_small_file(study: StudyBuilder) -> None:
    """Equal bytes, under a megabyte."""
    whole = page.text(studies.full(study))
    assert whole == page.text(Study(study.data))
    assert len(whole.encode()) < 1_000_000
