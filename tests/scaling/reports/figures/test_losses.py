"""The figure of losses holds the shares of the report."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from scaling.model import SERIAL
from scaling.reports import figures
from scaling.reports.losses import KINDS
from scaling.results import Study
from tests.scaling.reports.figures import looking
from tests.scaling.reports.test_losses import add, spent

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder


@pytest.fixture
def one(study: StudyBuilder) -> StudyBuilder:
    """Return a study with a serial run."""
    add(study, spent(study.case(SERIAL)))
    return study


def pieces(axes: Axes) -> list[tuple[float, float]]:
    """Return start and width of each piece of the bars."""
    return [
        (round(patch.get_x(), 9), round(patch.get_width(), 9))
        for patch in axes.patches
        if isinstance(patch, Rectangle)
    ]


def test_bar_has_the_shares_of_the_report(one: StudyBuilder) -> None:
    """40 % useful, 12 serial, 8 balance, 12 scheduling, 8 work, 20 waiting, one after the other."""
    case = one.case("threads", workers=2)
    add(one, spent(case, useful=0.4, serial=0.12, balance=0.08, work=0.08, waiting=0.2))
    drawing = figures.draw(Study(one.data), "losses")
    assert pieces(drawing.figure.axes[0]) == [
        (0.0, 0.4), (0.4, 0.12), (0.52, 0.08), (0.6, 0.12), (0.72, 0.08), (0.8, 0.2),
    ]  # fmt: skip
    assert "threads (2 workers) lost 20% to waiting and 12% to serial" in drawing.alt


def test_each_kind_has_its_own_colour_and_hatch(one: StudyBuilder) -> None:
    """The legend names every kind that occurs, and its meaning stands below."""
    case = one.case("threads", workers=2)
    add(one, spent(case, useful=0.4, serial=0.12, balance=0.08, work=0.08, waiting=0.2))
    drawing = figures.draw(Study(one.data), "losses")
    patches = [p for p in drawing.figure.axes[0].patches if isinstance(p, Rectangle)]
    assert len(patches) == len({(p.get_facecolor(), p.get_hatch()) for p in patches})
    (legend,) = drawing.figure.legends
    expected = [kind.name for kind in KINDS if kind.letter in "#SBQW."]
    assert [text.get_text() for text in legend.get_texts()] == expected
    assert "waiting: in the kernel but off the CPU" in looking.texts(drawing)


def test_what_was_saved_is_left_of_zero(one: StudyBuilder) -> None:
    """A case that used less CPU time than the serial run has a piece of negative work."""
    case = one.case("threads", workers=2)
    add(one, spent(case, useful=1.0, work=-0.2, waiting=0.0))
    drawing = figures.draw(Study(one.data), "losses")
    (axes,) = drawing.figure.axes
    assert [(start, width) for start, width in pieces(axes) if start < 0] == [(-0.2, 0.2)]
    assert axes.get_xlim()[0] < -0.2
    assert "Left of 0: less was spent on it than in the serial run." in looking.texts(drawing)


def test_each_case_has_its_row(one: StudyBuilder) -> None:
    """The first of the report is on top, named by backend, workers and nodes."""
    for backend, nodes, workers in (("threads", 1, 2), ("ray", 2, 4)):
        add(one, spent(one.case(backend, nodes=nodes, workers=workers), useful=0.5, waiting=0.5))
    (axes,) = figures.draw(Study(one.data), "losses").figure.axes
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == ["threads 2", "ray 4 on 2 nodes"]
    assert axes.get_ylim()[0] > axes.get_ylim()[1]


def test_each_size_has_its_panel(study: StudyBuilder) -> None:
    """Bars of different sizes stand apart, each with its own."""
    for size in (10, 1000):
        add(study, spent(study.case(SERIAL, size=size)))
        add(study, spent(study.case("threads", workers=2, size=size), useful=0.5))
    drawing = figures.draw(Study(study.data), "losses")
    assert [a.get_title("left") for a in drawing.figure.axes] == ["10 items", "1000 items"]


@pytest.mark.parametrize("half", [False, True])
def test_many_cases_fit_on_a_page(one: StudyBuilder, half: bool) -> None:
    """60 bars are closer together than a few, and their names still apart."""
    for workers in range(2, 62):
        add(one, spent(one.case("threads", workers=workers)))
    drawing = figures.draw(Study(one.data), "losses", half=half)
    assert drawing.figure.get_size_inches()[1] < 11
    (axes,) = drawing.figure.axes
    names = [label.get_window_extent() for label in axes.get_yticklabels()]
    assert len(names) == 60
    assert all(above.y0 >= below.y1 - 1 for above, below in itertools.pairwise(names))
