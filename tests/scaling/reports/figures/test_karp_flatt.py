"""The figure of the serial fraction: what was measured, and the law that fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from matplotlib.collections import PolyCollection

from scaling.model import SERIAL
from scaling.reports import figures
from scaling.results import Study
from tests.scaling.reports.figures import looking
from tests.scaling.reports.figures.conftest import around

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder

ALPHA, BETA = 0.05, 0.01


def usl(workers: int) -> float:
    """Return the time that the universal scalability law gives."""
    return (1 + ALPHA * (workers - 1) + BETA * workers * (workers - 1)) / workers


@pytest.fixture
def lawful(study: StudyBuilder) -> StudyBuilder:
    """Seven blocks of threads that follow the law, with noise, on enough CPUs."""
    study.environment = {"cpus_affinity": 32}
    study.case(SERIAL, around(1.0))
    for turn, workers in enumerate((1, 2, 3, 4, 8, 12, 16)):
        study.case("threads", around(usl(workers), turn), workers=workers)
    return study


def test_points_are_the_fractions_of_the_report(lawful: StudyBuilder) -> None:
    """They are alpha + beta N at each N."""
    study = Study(lawful.data)
    (axes,) = figures.draw(study, "karp-flatt").figure.axes
    marked = looking.markers(axes, hollow=False)
    assert {(r.workers, r.karp_flatt) for r in study.results if r.karp_flatt is not None} == marked
    for workers, fraction in marked:
        assert fraction == pytest.approx(ALPHA + BETA * workers)


def test_law_is_drawn_with_its_band(lawful: StudyBuilder) -> None:
    """The line is the law's own alpha + beta N, from 2 workers to the most; the band holds it."""
    drawing = figures.draw(Study(lawful.data), "karp-flatt")
    (axes,) = drawing.figure.axes
    (line,) = (looking.pairs(one) for one in axes.get_lines() if len(looking.pairs(one)) > 20)
    assert (line[0][0], line[-1][0]) == (2, 16)
    for workers, fraction in line:
        assert fraction == pytest.approx(ALPHA + BETA * workers, abs=1e-4)
    (band,) = (one for one in axes.collections if isinstance(one, PolyCollection))
    ends = band.get_paths()[0].get_extents()
    assert ends.y0 < line[0][1] < line[-1][1] < ends.y1
    assert "threads, line: usl" in looking.texts(drawing)
    assert "95 % of the law" in looking.texts(drawing)


def test_few_blocks_have_no_band(study: StudyBuilder) -> None:
    """Two blocks cannot be resampled: points and the law, and it is said."""
    study.environment = {"cpus_affinity": 32}
    study.case(SERIAL, [1.0, 1.01])
    for workers in (1, 2, 4, 8, 12, 16):
        study.case("threads", [usl(workers)] * 2, workers=workers)
    drawing = figures.draw(Study(study.data), "karp-flatt")
    said = looking.texts(drawing)
    assert "No band: fewer than 6 blocks to resample." in said
    assert "No intervals: fewer than 6 blocks." in said
    assert "95 % of the law" not in said


def test_few_numbers_of_workers_have_no_law(full: Study) -> None:
    """Three numbers of workers give points; shared cores are hollow."""
    drawing = figures.draw(full, "karp-flatt")
    assert "No law for threads, ray" in looking.texts(drawing)
    (axes,) = drawing.figure.axes
    (hollow,) = looking.markers(axes, hollow=True)
    assert hollow[0] == 8
    result = next(r for r in full.results if r.workers == 8)
    assert f"ray {result.karp_flatt:.2f} with 8 workers" in drawing.alt


def test_ray_is_fitted_by_nodes_and_drawn_by_workers(study: StudyBuilder) -> None:
    """The law of 1, 2, 4, 8 nodes with 2 workers each runs from 4 to 16 workers."""
    study.environment = {"cpus_affinity": 32}
    for nodes in (1, 2, 4, 8):
        study.case("ray", around(usl(nodes), nodes), workers=2 * nodes, nodes=nodes)
    (axes,) = figures.draw(Study(study.data), "karp-flatt").figure.axes
    (line,) = (looking.pairs(one) for one in axes.get_lines() if len(looking.pairs(one)) > 20)
    assert (line[0][0], line[-1][0]) == (4, 16)
    assert {4, 8, 16} == {workers for workers, _ in looking.markers(axes, hollow=False)}


def test_legend_names_the_law_of_each_size(study: StudyBuilder) -> None:
    """Two sizes may follow two laws; where there is none, its size is named."""
    study.environment = {"cpus_affinity": 32}
    for size, alpha, beta in ((100, 0.05, 0.002), (200, 0.1, 0.0)):
        for turn, workers in enumerate((1, 2, 3, 4, 8, 12, 16)):
            seconds = (1 + alpha * (workers - 1) + beta * workers * (workers - 1)) / workers
            study.case("threads", around(seconds, turn), workers=workers, size=size)
    for workers in (1, 2):
        study.case("joblib", around(1 / workers), workers=workers, size=200)
    said = looking.texts(figures.draw(Study(study.data), "karp-flatt"))
    assert "threads, line: usl, then amdahl" in said
    assert "No law for joblib at 200 items" in said
