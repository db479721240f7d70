"""The figure of times: logarithmic both ways, with what perfect scaling would give."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaling.model import SERIAL
from scaling.records import Failure
from scaling.reports import figures
from scaling.reports.figures import scales
from scaling.results import Study
from tests.scaling.reports.figures import looking
from tests.scaling.reports.figures.conftest import around

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder


def test_points_are_the_medians_of_the_report(full: Study) -> None:
    """Each backend is a line through the medians, with their intervals."""
    (axes,) = figures.draw(full, "seconds").figure.axes
    assert looking.points(axes, "threads") == [(1, 8.0), (2, 4.0), (4, 2.0)]
    expected = {(r.workers, r.low_s, r.high_s) for r in full.results if r.status == "ok"}
    assert expected == looking.bars(axes)
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")


def test_guide_begins_at_each_backends_smallest_case(full: Study) -> None:
    """Ray with 2 workers takes 5 s: perfect scaling takes 1.25 s with 8."""
    (axes,) = figures.draw(full, "seconds").figure.axes
    drawn = [looking.pairs(line) for line in axes.get_lines()]
    assert [(2, 5.0), (8, 1.25)] in drawn
    assert [(1, 8.0), (4, 2.0)] in drawn


def test_words_have_the_least_time(full: Study) -> None:
    """The fastest case of each backend, with its interval."""
    assert "threads 2.00 s with 4 workers (95 % 1.94 s to 2.06 s)" in (
        figures.draw(full, "seconds").alt
    )


@pytest.mark.parametrize(("low", "high"), [(2.05, 8.2), (5.1, 20.4), (1e-7, 1e5), (0.9, 900.0)])
def test_ticks_are_round_and_few(low: float, high: float) -> None:
    """There are two at least and nine at most, all within the axis."""
    found = scales.round_numbers(low, high)
    assert 2 <= len(found) <= 9
    assert all(low <= tick <= high for tick in found)


@pytest.mark.parametrize(
    ("value", "text"),
    [(1e-5, "10 us"), (0.002, "2 ms"), (0.5, "500 ms"), (1, "1 s"), (100, "100 s")],
)
def test_ticks_have_their_unit(value: float, text: str) -> None:
    """As short as can be."""
    assert text == scales.short_seconds(value)


def test_one_point_has_its_axes(study: StudyBuilder) -> None:
    """A single value stands in the middle, with round numbers around it."""
    study.case("serial", around(0.003))
    (axes,) = figures.draw(Study(study.data), "seconds").figure.axes
    assert list(axes.get_xticks()) == [1]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["2 ms", "3 ms", "5 ms"]


def test_no_line_runs_across_a_case_without_a_value(study: StudyBuilder) -> None:
    """Nothing is known of 4 workers, so 2 and 8 are not joined; 8 and 16 are."""
    study.case(SERIAL, around(8.0))
    for workers in (1, 2, 8, 16):
        study.case("threads", around(8.0 / workers), workers=workers)
    died = study.case("threads", workers=4)
    study.session(died, 1, [], status="failed", failure=Failure("died", "killed"))
    (axes,) = figures.draw(Study(study.data), "seconds").figure.axes
    joined = [looking.pairs(line) for line in looking.lines(axes, "threads")]
    assert joined == [[(1, 8.0), (2, 4.0)], [(8, 1.0), (16, 0.5)]]
