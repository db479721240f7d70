"""The figure of efficiency holds the numbers of the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaling.reports import figures
from scaling.results import Study
from tests.scaling.reports.figures import looking
from tests.scaling.reports.figures.conftest import around

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder


def test_points_are_the_efficiencies_of_the_report(full: Study) -> None:
    """Speedup over workers, with its interval."""
    (axes,) = figures.draw(full, "efficiency").figure.axes
    assert looking.points(axes, "threads") == [(1, 1.0), (2, 1.0), (4, 1.0)]
    assert [(2, 0.8), (4, 0.625), (8, pytest.approx(1 / 3))] == looking.points(axes, "ray")
    expected = {
        (r.workers, r.efficiency_low, r.efficiency_high) for r in full.results if r.status == "ok"
    }
    assert expected == looking.bars(axes)


def test_cpus_hold_efficiency_below_a_curve(full: Study) -> None:
    """With 4 CPUs, 8 workers are half as efficient at best, and 6 two thirds."""
    (axes,) = figures.draw(full, "efficiency").figure.axes
    curve = looking.points(axes, "most that the CPUs allow")
    assert (curve[0], curve[-1]) == ((4, 1.0), (8, 0.5))
    for workers, share in curve:
        assert share == pytest.approx(4 / workers)


def test_weak_scaling_is_flat_at_best(study: StudyBuilder) -> None:
    """One panel for all sizes; the ideal is the time of the fewest workers."""
    study.plan = {"weak": True}
    for workers, seconds in ((1, 1.0), (2, 1.25), (4, 2.0)):
        study.case("threads", around(seconds), workers=workers, size=100 * workers)
    drawing = figures.draw(Study(study.data), "efficiency")
    (axes,) = drawing.figure.axes
    assert looking.points(axes, "threads") == [(1, 1.0), (2, 0.8), (4, 0.5)]
    assert {1.0} == {up for _, up in looking.points(axes, "ideal")}
    assert "50% with 4 workers" in drawing.alt
    (axes,) = figures.draw(Study(study.data), "seconds").figure.axes
    guide = [line for line in axes.get_lines() if looking.pairs(line) == [(1, 1.0), (4, 1.0)]]
    assert len(guide) == 1


def test_superlinear_work_is_not_cut_off(study: StudyBuilder) -> None:
    """Efficiency above 1 is drawn where it is."""
    study.case("serial", around(9.0))
    study.case("threads", around(3.0), workers=2)
    (axes,) = figures.draw(Study(study.data), "efficiency").figure.axes
    assert looking.points(axes, "threads") == [(2, 1.5)]
    assert axes.get_ylim()[1] > 1.5
