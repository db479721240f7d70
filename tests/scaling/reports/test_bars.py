"""Bars of speedup: exact numbers, widths, what has no value."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from scaling.model import SERIAL, Case, SkippedCase
from scaling.records import Failure
from scaling.reports.bars import Bar, drawing, lines
from scaling.reports.terminal import text as text_of
from scaling.results import Study
from tests.scaling.examples import HOSTILE

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder


def told(study: StudyBuilder, width: int = 80) -> list[str]:
    """Return the lines of a study."""
    return lines(Study(study.data), width)


def row(found: list[str], backend: str) -> str:
    """Return the last line of a backend."""
    return [line for line in found if line.startswith(backend)][-1]


@pytest.fixture
def bar(study: StudyBuilder) -> Bar:
    """A bar to change."""
    study.case(SERIAL, [1.0] * 6)
    (result,) = Study(study.data).results
    return Bar(result, 2.0, 1.0, 3.0, 4.0, "2.00")


def test_each_mark_stands_at_its_number(bar: Bar) -> None:
    """On 5 cells from 0 to 4 each cell is a number: low 1, value 2, high 3, bound 4."""
    assert drawing(bar, 4.0, 5) == "=-|-:"


def test_without_interval_there_is_none(bar: Bar) -> None:
    """A bar of few blocks is full up to its value."""
    assert drawing(replace(bar, low=None, high=None), 4.0, 5) == "==| :"


def test_bound_beyond_the_end_points_there(bar: Bar) -> None:
    """What lies further right has its direction at the end."""
    assert drawing(replace(bar, bound=64.0), 4.0, 5) == "=-|->"


def test_superlinear_value_hides_no_bound(bar: Bar) -> None:
    """A bound under the value stands inside the bar."""
    assert drawing(replace(bar, value=4.0, low=4.0, high=4.0, bound=2.0), 4.0, 5) == "==:=|"


def test_tiny_speedup_still_has_its_mark(bar: Bar) -> None:
    """A value that rounds to no cell is drawn in the first."""
    assert drawing(replace(bar, value=0.001, low=None, high=None), 4.0, 5)[0] == "|"


def test_lines_of_a_study(study: StudyBuilder) -> None:
    """One line for each case, as long as its speedup, with the value at the end."""
    study.environment = {"cpus_affinity": 2}
    study.case(SERIAL, [2.0] * 6)
    study.case("processes", [1.0] * 6, workers=2)
    found = told(study)
    serial, processes = row(found, "serial"), row(found, "processes")
    assert found[0].startswith("Speedup from 0 to 2.00: | the value, - its 95 % interval, : the")
    assert serial.endswith("1.00")
    assert processes.endswith("2.00")
    assert processes.index("|") - processes.index("=") == pytest.approx(
        2 * (serial.index("|") - serial.index("=")), abs=1
    )


@pytest.mark.parametrize("width", [80, 100, 400])
def test_width(study: StudyBuilder, width: int) -> None:
    """More room makes longer bars, up to 120 columns; none is longer than its room."""
    study.case(SERIAL, [2.0] * 6)
    study.case("processes", [1.0] * 6, workers=2)
    longest = max(map(len, told(study, width)[1:]))
    assert longest == min(width, 120)


def test_words_where_there_is_no_bar(study: StudyBuilder) -> None:
    """A case that failed, or was skipped, has its word instead."""
    study.case(SERIAL, [2.0] * 6)
    study.case("threads", [1.0] * 6, workers=2)
    died = study.case("joblib", workers=2)
    study.session(died, 1, [], status="failed", failure=Failure("died", "x"))
    study.skipped.append(SkippedCase(Case("demo", 100, "dask", 1, 2), "not installed"))
    found = told(study)
    assert row(found, "joblib").split() == ["joblib", "1", "2", "failed"]
    assert row(found, "dask").split() == ["dask", "1", "2", "skipped"]


def test_nothing_to_compare(study: StudyBuilder) -> None:
    """One bar, or none, is left out."""
    study.case(SERIAL, [2.0] * 6)
    assert told(study) == []
    died = study.case("joblib", workers=2)
    study.session(died, 1, [], status="failed", failure=Failure("died", "x"))
    assert told(study) == []


def test_baseline_that_failed(study: StudyBuilder) -> None:
    """Without a baseline nothing has a speedup, and nothing is drawn."""
    base = study.case(SERIAL)
    study.session(base, 1, [], status="failed", failure=Failure("raised", "x"))
    study.case("threads", [1.0] * 6, workers=2)
    study.case("processes", [1.0] * 6, workers=2)
    assert told(study) == []


def test_sizes_are_groups_on_one_scale(study: StudyBuilder) -> None:
    """Each size has its heading; bars of all are as long as their speedup."""
    for size, seconds in ((10, 1.0), (20, 0.5)):
        study.case(SERIAL, [1.0] * 6, size=size)
        study.case("processes", [seconds] * 6, workers=2, size=size)
    found = told(study)
    assert [line for line in found if line.endswith("items:")] == ["10 items:", "20 items:"]
    assert len(found) == 2 + 2 * 3


def test_weak_study_shows_efficiency(study: StudyBuilder) -> None:
    """Bars of efficiency in percent, the bound at 100 %, growing sizes in one group."""
    base = study.case(SERIAL, [1.0] * 6, size=100)
    study.case("processes", [1.0] * 6, workers=1, size=100)
    study.case("processes", [1.25] * 6, workers=2, size=200)
    study.plan = {"weak": True, "baseline": (base.key,)}
    found = told(study)
    assert found[0].startswith("Efficiency from 0 to 100%: |")
    assert row(found, "processes").endswith("80%")
    assert row(found, "processes").count(":") == 1
    assert not any("items:" in line for line in found)


def test_relative_baseline_is_named(study: StudyBuilder) -> None:
    """Where the baseline has two workers, four of them allow twice that."""
    study.environment = {"cpus_affinity": 4}
    study.case("processes", [4.0] * 6, workers=2)
    study.case("processes", [2.0] * 6, workers=4)
    found = told(study)
    assert found[0].startswith("Speedup relative to processes with 2 workers from 0 to 2.00:")
    # The mark of the value stands on that of the bound, which is the end of the line.
    assert row(found, "processes").endswith("| 2.00")


def test_wide_machine_keeps_bars_long(study: StudyBuilder) -> None:
    """A bound far away does not make every bar short."""
    study.environment = {"cpus": 64, "cpus_affinity": 64}
    study.case(SERIAL, [2.0] * 6)
    study.case("processes", [1.0] * 6, workers=64)
    found = told(study)
    assert found[0].startswith("Speedup from 0 to 2.00")
    assert "(> lies further right)" in " ".join(found)
    assert row(found, "processes").count("=") > 40


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_reasons_stay_in_lines(study: StudyBuilder, name: str) -> None:
    """What a user's code says stands as text; no line is longer than the terminal."""
    study.case(SERIAL, [2.0] * 6)
    study.case("threads", [1.0] * 6, workers=2)
    died = study.case("joblib", workers=2)
    study.session(died, 1, [], status="failed", failure=Failure("raised", name))
    shown = text_of(Study(study.data))
    assert "\x1b" not in shown
    assert max(len(line) for line in shown.splitlines()) <= 80


def test_colour_only_where_asked(study: StudyBuilder) -> None:
    """With colour the same text has codes; without, none."""
    study.case(SERIAL, [2.0] * 6)
    study.case("threads", [1.0] * 6, workers=2)
    died = study.case("joblib", workers=2)
    study.session(died, 1, [], status="failed", failure=Failure("died", "x"))
    plain, coloured = text_of(Study(study.data)), text_of(Study(study.data), colour=True)
    assert "\x1b" not in plain
    assert "\x1b[31mfailed" in coloured
    assert "\x1b[36m=" in coloured


def test_bars_stand_below_the_table(study: StudyBuilder) -> None:
    """The report has them between the table and its notes."""
    study.case(SERIAL, [2.0] * 6)
    study.case("threads", [1.0] * 6, workers=2)
    shown = text_of(Study(study.data))
    assert shown.index("median") < shown.index("Speedup from 0") < shown.index("6 blocks")


def test_only_bars_are_longer_in_a_wide_terminal(study: StudyBuilder) -> None:
    """What is read, in lines, stays as long as lines are read well."""
    study.case(SERIAL, [2.0] * 6)
    study.case("threads", [1.0] * 6, workers=2)
    narrow, wide = (text_of(Study(study.data), width).splitlines() for width in (80, 200))
    other = [line for line in wide if "|" not in line]
    assert other == [line for line in narrow if "|" not in line]
    assert max(map(len, wide)) == 120
