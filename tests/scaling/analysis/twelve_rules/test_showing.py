"""Rules 11 and 12."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from scaling.analysis.twelve_rules.check import Check, Standing
from scaling.model import SERIAL

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder

Checked = Callable[[int], Check]


def test_best_case_stands_beside_its_bound(sound: StudyBuilder, checked: Checked) -> None:
    """Four workers on four CPUs."""
    assert checked(11).standing is Standing.MET
    assert checked(11).evidence.endswith("of the largest, 4, processes with 4 workers reaches 4.00")


def test_more_than_the_bound_wants_a_reason(study: StudyBuilder, checked: Checked) -> None:
    """A superlinear case is named."""
    study.case(SERIAL, [4.0] * 6)
    study.case("processes", [1.0] * 6, workers=2)
    assert checked(11).standing is Standing.PARTLY
    assert checked(11).evidence.endswith("explain: processes with 2 workers")


def test_law_is_bounded_by_its_workers(study: StudyBuilder, checked: Checked) -> None:
    """No CPU has a part in computed times."""
    for workers in (1, 2, 8):
        study.case("simulated", [1.0 / workers], workers=workers)
    assert checked(11).evidence == (
        "the bound by workers is given for each case; of the largest, 8, simulated with 8 workers "
        "reaches 8.00"
    )


def test_efficiency_is_bounded_by_one(study: StudyBuilder, checked: Checked) -> None:
    """Of a weak study."""
    base = study.case(SERIAL, [1.0] * 6)
    study.case("processes", [1.0] * 6)
    study.case("processes", [1.25] * 6, workers=2, size=200)
    study.plan = {"weak": True, "baseline": (base.key,)}
    assert checked(11).evidence == (
        "the bound of an efficiency is 100%: processes with 2 workers reaches 80%"
    )


def test_one_case_has_no_speedup_to_bound(study: StudyBuilder, checked: Checked) -> None:
    """Nor a line to draw."""
    study.case(SERIAL, [1.0] * 6)
    assert checked(11).standing is checked(12).standing is Standing.NOT_APPLICABLE


def test_three_points_with_intervals_make_a_line(sound: StudyBuilder, checked: Checked) -> None:
    """One, two and four workers."""
    assert (checked(12).standing, checked(12).remedy) == (Standing.MET, None)


def test_two_points_show_no_trend(study: StudyBuilder, checked: Checked) -> None:
    """The backend is named."""
    study.case(SERIAL, [1.0] * 6)
    for workers in (1, 2):
        study.case("processes", [1.0 / workers] * 6, workers=workers)
    assert checked(12).standing is Standing.PARTLY
    assert checked(12).evidence.endswith("two numbers of workers show no trend: processes")


def test_line_ends_where_workers_take_turns(sound: StudyBuilder, checked: Checked) -> None:
    """Eight workers on four CPUs are another regime."""
    sound.case("processes", [1.0] * 6, workers=8)
    assert checked(12).standing is Standing.PARTLY
    assert "where workers outnumber the CPUs: processes" in checked(12).evidence


def test_points_without_intervals_are_told(study: StudyBuilder, checked: Checked) -> None:
    """Few blocks."""
    study.case(SERIAL, [1.0] * 2)
    for workers in (1, 2, 4):
        study.case("processes", [1.0 / workers] * 2, workers=workers)
    assert checked(12).evidence.endswith("some points have no interval")
