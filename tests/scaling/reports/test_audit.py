"""Findings in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaling.analysis.audit.finding import Finding, Severity
from scaling.model import Case
from scaling.reports import audit
from scaling.results import Study

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder


def told(study: StudyBuilder, *findings: Finding) -> list[str]:
    """Return the lines for a study that has these findings."""
    read = Study(study.data)
    read.__dict__["findings"] = findings
    return list(audit.lines(read))


@pytest.fixture
def cases(study: StudyBuilder) -> list[Case]:
    """Six cases."""
    return [study.case("processes", workers=count) for count in (2, 4, 8, 16, 32, 64)]


def test_no_findings_no_lines(study: StudyBuilder) -> None:
    """A study without findings has no section."""
    assert told(study) == []


def test_finding_has_its_cases_and_remedy(study: StudyBuilder, cases: list[Case]) -> None:
    """The worst case comes before the evidence, the others after it, all within 80 columns."""
    keys = tuple(case.key for case in cases)
    lost = "workers waited for items 38% of the time"
    assert told(study, Finding("large-items", Severity.MEDIUM, keys, lost, "send a path")) == [
        "Findings, the worst first:",
        "medium  large-items  processes (2 workers): workers waited for items 38% of the",
        "        time; also processes (4 workers), processes (8 workers), processes (16",
        "        workers) and 2 more.",
        "        -> Send a path.",
    ]


def test_finding_of_the_whole_study(study: StudyBuilder) -> None:
    """Without cases there is the rule, its evidence and the remedy."""
    found = Finding("dominant-item", Severity.LOW, (), "item 7 takes 1 s", "split it " + "x " * 60)
    lines = told(study, found)
    assert lines[1] == "low     dominant-item: item 7 takes 1 s."
    assert lines[2].startswith("        -> Split it x")
    assert lines[3].startswith("           x")
    assert max(map(len, lines)) <= 80


def test_many_findings_are_cut(study: StudyBuilder) -> None:
    """Eight are shown; the rest is in the document for programs."""
    one = Finding("gil", Severity.HIGH, (), "e", "r")
    lines = told(study, *[one] * 11)
    assert sum("gil" in line for line in lines) == 8
    assert lines[-1] == "        3 more with --json"
