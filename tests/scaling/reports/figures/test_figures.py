"""Which figures a study has, and what is said where it has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaling.errors import UsageError
from scaling.model import SERIAL
from scaling.records import Failure
from scaling.reports import figures
from scaling.results import Study
from tests.scaling.reports.figures import looking
from tests.scaling.reports.figures.conftest import around
from tests.scaling.reports.test_losses import add, spent

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder


def names(study: Study) -> list[str]:
    """Return the names of the figures there are."""
    return [kind.name for kind in figures.kinds(study)]


def test_figures_come_in_the_order_of_a_report(full: Study) -> None:
    """Speedup comes first; there is no timeline without traces, no loss without records."""
    assert names(full) == ["speedup", "efficiency", "seconds", "karp-flatt"]


def test_every_figure_can_be_drawn(full: Study) -> None:
    """Each has its title, words with numbers, and names what was measured where."""
    for kind in figures.kinds(full):
        for half in (False, True):
            drawing = figures.draw(full, kind.name, half=half)
            assert (kind.name, kind.title) == (drawing.name, drawing.title)
            assert any(letter.isdigit() for letter in drawing.alt)
            shown = looking.texts(drawing)
            assert kind.title in shown
            assert "demo, 100 items; a processor, 4 usable CPUs" in shown
            assert (3.5 if half else 7.0) == drawing.figure.get_size_inches()[0]


def test_what_is_not_drawn_is_named(full: Study) -> None:
    """A failed case and a wrong answer stand below the figure."""
    said = looking.texts(figures.draw(full, "speedup"))
    assert "Left out: processes (2 workers): failed; joblib (4 workers): wrong." in said


def test_figures_say_where_nodes_were(study: StudyBuilder) -> None:
    """Two nodes on one machine are not called two machines."""
    study.case(SERIAL, around(2.0))
    study.case("ray", around(1.2), workers=2, nodes=2)
    study.embedded()
    said = looking.texts(figures.draw(Study(study.data), "speedup"))
    assert "Ray had 2 nodes on this one machine: no network lay between them." in said


def test_unknown_figure_lists_those_there_are(full: Study) -> None:
    """A slip of the pen is corrected, else all names are told."""
    with pytest.raises(UsageError, match="did you mean 'speedup'"):
        figures.draw(full, "spedup")
    with pytest.raises(UsageError, match="speedup, twins, efficiency"):
        figures.draw(full, "pie")


def test_figure_without_data_says_what_is_missing(full: Study) -> None:
    """It says how the data can be had."""
    with pytest.raises(UsageError, match=r"no figure 'timeline'.*scale run --trace"):
        figures.draw(full, "timeline")
    with pytest.raises(UsageError, match=r"no figure 'twins'.*scale run --null"):
        figures.draw(full, "twins")


def test_one_case_has_its_time_alone(study: StudyBuilder) -> None:
    """There is no speedup with nothing beside the base case."""
    study.case(SERIAL, around(2.0))
    assert names(Study(study.data)) == ["seconds"]
    assert "2.00 s" in figures.draw(Study(study.data), "seconds").alt


def test_no_usable_case_has_no_figure(study: StudyBuilder) -> None:
    """One line says why, for a single figure and for the book."""
    case = study.case(SERIAL)
    study.session(case, 1, [], status="failed", failure=Failure("raised", "no"))
    assert names(Study(study.data)) == []
    for make in (figures.book, lambda found: figures.encoded(found, ".png")):
        with pytest.raises(UsageError, match=r"no figure: .*no case has a value"):
            make(Study(study.data))


def test_failed_baseline_leaves_the_times(study: StudyBuilder) -> None:
    """Without a base case there are times and serial fractions, and it is said."""
    case = study.case(SERIAL)
    study.session(case, 1, [], status="failed", failure=Failure("raised", "no"))
    study.case("threads", around(4.0), workers=1)
    study.case("threads", around(2.0), workers=2)
    assert names(Study(study.data)) == ["seconds", "karp-flatt"]
    assert "the base case has no value" in looking.texts(figures.draw(Study(study.data), "seconds"))


def test_weak_study_has_no_speedup(study: StudyBuilder) -> None:
    """Efficiency is its first figure."""
    study.plan = {"weak": True}
    for workers in (1, 2, 4):
        study.case("threads", around(1.0 + workers / 10), workers=workers, size=100 * workers)
    found = Study(study.data)
    assert names(found) == ["efficiency", "seconds"]
    with pytest.raises(UsageError, match="weak scaling has no speedup"):
        figures.draw(found, "speedup")
    assert "demo, 100 items and more" in looking.texts(figures.draw(found, "efficiency"))


def test_null_study_shows_its_twins(study: StudyBuilder) -> None:
    """Two equal cases are compared with each other, and nothing else is."""
    study.plan = {"null": True}
    for twin in ("-a", "-b"):
        study.case("threads", around(2.0), workers=2, twin=twin)
    assert names(Study(study.data)) == ["twins"]


def test_few_blocks_have_no_intervals_and_say_so(study: StudyBuilder) -> None:
    """Two blocks draw points alone."""
    study.case(SERIAL, [2.0, 2.1])
    study.case("threads", [1.0, 1.1], workers=2)
    drawing = figures.draw(Study(study.data), "speedup")
    assert looking.bars(drawing.figure.axes[0]) == set()
    assert "Medians over 2 blocks; fewer than 6 give no interval." in looking.texts(drawing)


def test_losses_are_there_with_their_records(study: StudyBuilder) -> None:
    """What workers recorded is enough for the figure of losses."""
    study.case(SERIAL)
    study.case("threads", workers=2)
    for case in study.cases:
        add(study, spent(case, useful=1.0 if case.backend == SERIAL else 0.6, balance=0.0))
    assert "losses" in names(Study(study.data))


def test_simulated_times_are_called_so(study: StudyBuilder) -> None:
    """No reader takes a law for a measurement."""
    for workers in (1, 2):
        study.case("simulated", [2.0 / workers] * 6, workers=workers)
    said = looking.texts(figures.draw(Study(study.data), "speedup"))
    assert "Simulated cases are computed from a law, not measured." in said
