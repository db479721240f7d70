"""Two equal cases, block by block."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaling.reports import figures
from scaling.results import Study
from tests.scaling.reports.figures import looking
from tests.scaling.reports.figures.conftest import around

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder


@pytest.fixture
def null(study: StudyBuilder) -> Study:
    """Return one case under two names that differ by 2 %."""
    study.plan = {"null": True}
    study.case("threads", around(1.00), workers=2, twin="-a")
    study.case("threads", around(1.02, 3), workers=2, twin="-b")
    return Study(study.data)


def test_each_block_is_a_point_of_each_twin(null: Study) -> None:
    """Blocks are never joined; what was measured in one block is."""
    (axes,) = figures.draw(null, "twins").figure.axes
    for twin, times in (("-a", around(1.00)), ("-b", around(1.02, 3))):
        assert looking.points(axes, f"threads{twin}") == list(enumerate(times, start=1))
    pairs = [looking.pairs(line) for line in axes.get_lines()]
    assert [(1, around(1.00)[0]), (1, around(1.02, 3)[0])] in pairs


def test_medians_are_lines_across(null: Study) -> None:
    """Each at its height, with its interval behind."""
    drawing = figures.draw(null, "twins")
    heights = [looking.pairs(line)[0][1] for line in drawing.figure.axes[0].get_lines()]
    assert {1.00, 1.02} <= set(heights)
    assert "threads-a: median 1.00 s" in looking.texts(drawing)


def test_words_are_the_verdict(null: Study) -> None:
    """The difference and what noise explains."""
    drawing = figures.draw(null, "twins")
    assert null.verdict() in drawing.alt
    assert null.verdict() in looking.texts(drawing)


def test_few_blocks_have_no_band(study: StudyBuilder) -> None:
    """Two blocks: points and medians alone."""
    study.plan = {"null": True}
    for twin in ("-a", "-b"):
        study.case("threads", [1.0, 1.1], workers=2, twin=twin)
    (axes,) = figures.draw(Study(study.data), "twins").figure.axes
    assert list(axes.patches) == []
