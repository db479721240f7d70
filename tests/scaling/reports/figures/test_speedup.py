"""The figure of speedup holds the numbers of the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaling.model import SERIAL, UNCAPPED
from scaling.reports import figures
from scaling.results import Study
from tests.scaling.reports.figures import looking
from tests.scaling.reports.figures.conftest import around

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder


def test_points_are_the_medians_of_the_report(full: Study) -> None:
    """Each backend is a line through its own cases."""
    (axes,) = figures.draw(full, "speedup").figure.axes
    assert looking.points(axes, "threads") == [(1, 1.0), (2, 2.0), (4, 4.0)]
    assert [(2, 1.6), (4, 2.5), (8, pytest.approx(8 / 3))] == looking.points(axes, "ray")
    assert looking.points(axes, "serial") == [(1, 1.0)]


def test_bars_are_the_intervals_of_the_report(full: Study) -> None:
    """From the lower end to the upper, at the case's workers."""
    (axes,) = figures.draw(full, "speedup").figure.axes
    expected = {
        (result.workers, result.speedup_low, result.speedup_high)
        for result in full.results
        if result.status == "ok"
    }
    assert expected == looking.bars(axes)


def test_ideal_line_and_what_the_cpus_allow(full: Study) -> None:
    """4 CPUs allow 4 times at most, from 4 workers on."""
    (axes,) = figures.draw(full, "speedup").figure.axes
    assert looking.points(axes, "ideal") == [(1, 1), (8, 8)]
    assert looking.points(axes, "most that the CPUs allow") == [(4, 4), (8, 4)]


def test_shared_cores_are_hollow(full: Study) -> None:
    """Nodes that share cores with more workers than CPUs are marked as no measurement of many."""
    drawing = figures.draw(full, "speedup")
    assert {(8, pytest.approx(8 / 3))} == looking.markers(drawing.figure.axes[0], hollow=True)
    assert "Hollow: 4 nodes share 4 usable cores: at most 4x is possible here." in looking.texts(
        drawing
    )


def test_words_have_the_best_of_each_backend(full: Study) -> None:
    """The text for people who do not see it names value, workers and interval."""
    alt = figures.draw(full, "speedup").alt
    threads = next(r for r in full.results if r.backend == "threads" and r.workers == 4)
    low, high = threads.speedup_low or 0.0, threads.speedup_high or 0.0
    assert f"threads 4.00 with 4 workers (95 % {low:.2f} to {high:.2f})" in alt
    assert "ray 2.67 with 8 workers on 4 nodes (95 % " in alt
    assert alt.endswith("on shared cores.")


def test_each_size_has_its_panel(study: StudyBuilder) -> None:
    """Cases of different size are never joined."""
    for size in (1000, 10):
        study.case(SERIAL, around(0.1 * size), size=size)
        study.case("threads", around(0.06 * size), workers=2, size=size)
    drawing = figures.draw(Study(study.data), "speedup")
    assert [a.get_title("left") for a in drawing.figure.axes] == ["10 items", "1000 items"]
    for axes in drawing.figure.axes:
        assert len(looking.points(axes, "threads")) == 1
    assert "At 1000 items: " in drawing.alt
    assert "demo, 10 and 1000 items" in looking.texts(drawing)


def test_many_workers_are_drawn_by_doublings(study: StudyBuilder) -> None:
    """Both axes are logarithmic where workers span a factor of 16."""
    study.waits = True
    study.case(SERIAL, around(32.0))
    for workers in (1, 2, 4, 8, 16, 32):
        study.case("threads", around(32.0 / workers), workers=workers)
    (axes,) = figures.draw(Study(study.data), "speedup").figure.axes
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert list(axes.get_xticks()) == [1, 2, 4, 8, 16, 32]
    assert list(looking.lines(axes, "most that the CPUs allow")) == []


def test_backends_with_other_bounds_have_their_own_line(study: StudyBuilder) -> None:
    """Coroutines have one CPU, threads have four."""
    study.case(SERIAL, around(8.0))
    for workers in (2, 8):
        study.case("threads", around(8.0 / workers), workers=workers)
        study.case("asyncio", around(8.0), workers=workers)
    (axes,) = figures.draw(Study(study.data), "speedup").figure.axes
    assert looking.points(axes, "most that the CPUs allow (threads)") == [(4, 4), (8, 4)]
    asyncio = looking.points(axes, "most that the CPUs allow (asyncio)")
    assert asyncio == [(1, 1), (2, 1), (8, 1)]


def test_case_of_no_number_of_workers_is_no_point(study: StudyBuilder) -> None:
    """Serial work with inner threads on all CPUs is a line across in the figure of times."""
    study.case(SERIAL, around(4.0))
    study.case(SERIAL, around(1.5), twin=UNCAPPED)
    study.case("threads", around(2.0), workers=2)
    found = Study(study.data)
    (axes,) = figures.draw(found, "speedup").figure.axes
    assert looking.points(axes, "serial") == [(1, 1.0)]
    (axes,) = figures.draw(found, "seconds").figure.axes
    assert looking.points(axes, "serial with inner threads") == [(0, 1.5), (1, 1.5)]
