"""A plan as text: fits 80 columns, tells what it rests on and what it cannot know."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from scaling.analysis.estimate import of_study
from scaling.model import SERIAL, Case, SkippedCase
from scaling.reports.dry_run import DryRun, json_text, text
from tests.scaling.examples import HOSTILE

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder


@pytest.fixture
def study(study: StudyBuilder) -> StudyBuilder:
    """A plan of two cases and a skipped one."""
    study.plan = {"max_blocks": 30, "budget_s": 240.0}
    study.case(SERIAL)
    study.case("processes", workers=4)
    study.skipped.append(SkippedCase(Case("demo", 100, "dask", 1, 2), "not installed"))
    return study


def dry_run(study: StudyBuilder, item_s: float | None = 0.02) -> DryRun:
    """Return what is shown of the study's plan."""
    made = study.header
    made = replace(made, facts=tuple(replace(one, item_s=item_s) for one in made.facts))
    return DryRun(made.plan, made.environment, of_study(made))


def test_all_of_it(study: StudyBuilder) -> None:
    """Cases, skipped ones with their reason, blocks, sessions, time, and that nothing was done."""
    told = text(dry_run(study))
    row = next(line for line in told.splitlines() if line.startswith("processes"))
    assert row.split()[:4] == ["processes", "1", "4", "100"]
    assert " 0.500 to 2.00 s " in row
    assert "dask (2 workers) is skipped: not installed\n" in told
    assert "2 cases, 6 to 30 blocks: 13 to 61 sessions, a block in " in told
    assert "\nEstimate: " in told
    assert "It rests on: 100 items of 20.0 ms" in told
    assert "6 blocks are always measured; more, up to 30, until" in told
    assert "Unknown: " in told
    assert told.endswith("Nothing was measured, written or started (--dry-run).\n")
    assert max(map(len, told.splitlines())) <= 80


def test_what_is_not_known(study: StudyBuilder) -> None:
    """Question marks and a sentence, never None."""
    told = text(dry_run(study, None))
    row = next(line for line in told.splitlines() if line.startswith("serial"))
    assert row.split() == ["serial", "1", "1", "100", "?", "?"]
    assert "Estimate: none, since it is not known how long the items take.\n" in told
    assert "None" not in told


def test_no_cases_at_all(study: StudyBuilder) -> None:
    """A plan in which everything is skipped reads well."""
    study.cases.clear()
    told = text(dry_run(study))
    assert "0 cases" in told
    assert "None" not in told


def test_long_reason_fills_its_lines(study: StudyBuilder) -> None:
    """What is skipped is wrapped as all else, and what is continued is indented."""
    study.skipped = [replace(study.skipped[0], reason="not installed " * 9)]
    lines = text(dry_run(study)).splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("dask (2 workers) is"))
    assert 70 < len(lines[first]) <= 80
    assert lines[first + 1].startswith("  installed ") or lines[first + 1].startswith("  not ")


def test_json_has_the_same_numbers(study: StudyBuilder) -> None:
    """Spans are pairs of seconds; what is not known is null."""
    document = json.loads(json_text(dry_run(study)))
    assert [one["case"] for one in document["cases"]] == [
        "serial-n1-w1-s100",
        "processes-n1-w4-s100",
    ]
    assert document["cases"][1]["sample_s"] == [0.5, 2.0]
    assert document["sessions"] == [13, 61]
    assert document["skipped"][0]["reason"] == "not installed"
    assert json.loads(json_text(dry_run(study, None)))["total_s"] is None


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names(study: StudyBuilder, name: str) -> None:
    """A user's names are text; none steers the terminal."""
    study.cases = [replace(case, workload=name) for case in study.cases]
    study.skipped = [SkippedCase(replace(study.skipped[0].case, workload=name), name)]
    told = text(dry_run(study))
    assert "\x1b" not in told
    assert "\u202e" not in told
