"""Columns of the LaTeX table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaling.model import SERIAL
from scaling.reports.latex_columns import columns
from scaling.reports.table import caution_marks
from scaling.results import Study

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder


def heads(study: StudyBuilder, *, weak: bool = False) -> dict[str, tuple[str, ...]]:
    """Return the cells by group and head of their column."""
    results = Study(study.data).results
    found = columns(results, caution_marks(results), (1.0, "s"), weak=weak)
    assert {len(column.cells) for column in found} == {len(results)}
    group, told = "", {}
    for column in found:
        group = column.group or (group if column.head == r"95\,\%" else "")
        told[f"{group}: {column.head}"] = column.cells
    return told


def test_units_are_in_the_heads(study: StudyBuilder) -> None:
    """Cells are numbers alone, intervals in brackets."""
    study.case(SERIAL, [2.0, 2.1, 2.0, 2.1, 2.0, 2.1])
    study.case("processes", [1.0] * 6, workers=2)
    told = heads(study)
    assert told["time / s: median"] == ("2.05", "1.00")
    assert told[r"time / s: 95\,\%"] == ("[2.00, 2.10]", "[1.00, 1.00]")
    assert told["speedup: value"] == ("1.00", "2.05")
    assert told[r"speedup: 95\,\%"] == ("[1.00, 1.00]", "[2.00, 2.10]")
    assert told[r": eff.\ / \%"] == ("100.0", "102.5")


def test_what_is_not_defined_is_a_dash(study: StudyBuilder) -> None:
    """A failed case has its status for a time; few blocks have no interval."""
    study.case(SERIAL, [2.0])
    failed = study.case("threads")
    study.session(failed, 1, [], status="failed")
    study.end()
    told = heads(study)
    assert told[": backend"] == (r"serial\textsuperscript{a}", "threads")
    assert told["time / s: median"] == ("2.00", "failed")
    assert told[r"time / s: 95\,\%"] == ("--", "--")
    assert told["speedup: value"] == ("1.00", "--")


def test_weak_study_has_items_and_serial_share(study: StudyBuilder) -> None:
    """And no speedup."""
    base = study.case(SERIAL, [1.0] * 6)
    study.case("processes", [1.0] * 6)
    study.case("processes", [1.25] * 6, workers=2, size=200)
    study.plan = {"weak": True, "baseline": (base.key,)}
    told = heads(study, weak=True)
    assert told[": items"] == ("100", "100", "200")
    assert told[r"efficiency / \%: value"] == ("100.0", "100.0", "80.0")
    assert told[r"efficiency / \%: 95\,\%"][2] == "[80.0, 80.0]"
    assert told[r": serial / \%"] == ("--", "--", "40.0")
    assert "speedup: value" not in told
