"""Cells are formatted once for all reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaling.model import SERIAL
from scaling.records import Failure
from scaling.reports.table import HEADINGS, failures, shared_cores, tables
from scaling.results import Study

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder


def test_interval_is_in_the_unit_of_the_median(study: StudyBuilder) -> None:
    """A lower end under a second is not shown in milliseconds beside seconds."""
    study.case(SERIAL, [0.95, 1.0, 1.0, 1.0, 1.0, 1.05])
    row = dict(zip(HEADINGS, tables(Study(study.data).results)[0].rows[0], strict=True))
    assert tables(Study(study.data).results)[0].rows[0][3:5] == ("1.00 s", "0.950-1.05")
    assert row["notes"] == ""


def test_case_without_a_value_shows_its_status(study: StudyBuilder) -> None:
    """Nothing but the status, and a line with the reason where there is one."""
    wrong = study.case(SERIAL, [1.0] * 6)
    study.session(wrong, 7, [1.0], status="wrong", failure=Failure("wrong", "item 3 differs"))
    results = Study(study.data).results
    assert tables(results)[0].rows[0][3:8] == ("wrong", "", "", "", "")
    assert failures(results) == ["serial (1 worker) gave a wrong answer: item 3 differs"]


def test_no_shared_cores_no_bound(study: StudyBuilder) -> None:
    """Separate cores are not mentioned."""
    study.case(SERIAL, [1.0] * 6)
    assert shared_cores(Study(study.data).results) is None


def test_workers_of_one_node_share_cores(study: StudyBuilder) -> None:
    """It is not said that one node shares them."""
    study.case(SERIAL, [1.0])
    study.case("ray", [1.0], workers=8)
    said = shared_cores(Study(study.data).results)
    assert said == "8 workers share 4 usable cores: at most 4x is possible here"
