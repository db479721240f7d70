"""Efficiency by length of the items, and where it crosses the threshold."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from scaling.errors import UsageError
from scaling.grain_model import GrainData, GrainHeader, GrainSession, Level
from scaling.grains import Grain
from scaling.model import Case, WorkloadSpec
from scaling.records import Failure
from scaling.reports import figures, grain_export
from tests.scaling.conftest import EMBEDDED
from tests.scaling.examples import ENVIRONMENT, HOSTILE, PLAN
from tests.scaling.reports.figures import looking

ITEMS = 1000
LEVELS = (Level(400, (0.42,)), Level(200, (0.22,)), Level(100, (0.16,)), Level(50, (0.15,)))
RISING = (Level(400, (0.5,)), Level(200, (0.4,)), Level(100, (0.39,)))
CASES = (
    Case("grain", ITEMS, "serial", 1, 1),
    Case("grain", ITEMS, "threads", 1, 2),
    Case("grain", ITEMS, "ray", 2, 4),
    Case("grain", ITEMS, "dask", 1, 2),
)


def made(*sessions: GrainSession, processor: str = "a processor") -> Grain:
    """Return what was found of the cases."""
    plan = replace(PLAN, spec=WorkloadSpec("grain", size=ITEMS), sizes=(ITEMS,), cases=CASES)
    environment = replace(ENVIRONMENT, processor=processor)
    header = GrainHeader("id", "2026-01-01", ("scale", "grain"), plan, 0.5, environment)
    return Grain(GrainData(header, (), sessions, ()), "grain-1")


def sessions(case: Case, levels: tuple[Level, ...], count: int = 6) -> list[GrainSession]:
    """Return equal sessions that went well."""
    return [
        GrainSession(f"{case.key}{block}", case.key, block, "ok", "now", 0.1, levels)
        for block in range(1, count + 1)
    ]


@pytest.fixture
def grain() -> Grain:
    """Exact, less, more, and a failure."""
    serial, threads, ray, dask = CASES
    failed = GrainSession("d", dask.key, 1, "failed", "now", None, (), Failure("opening", "no"))
    return made(
        *sessions(serial, LEVELS), *sessions(threads, LEVELS[:3]), *sessions(ray, RISING), failed
    )


def test_curve_is_that_of_the_session_in_the_middle(grain: Grain) -> None:
    """Efficiency of the peak over the mean time of an item."""
    (axes,) = figures.draw_grain(grain).figure.axes
    curve = looking.points(axes, "serial 1")
    assert [pytest.approx(length) for length in (150e-6, 160e-6, 220e-6, 420e-6)] == [
        length for length, _ in curve
    ]
    assert (curve[-1][1], axes.get_xscale()) == (1.0, "log")


def test_metg_is_marked_at_the_threshold(grain: Grain) -> None:
    """The marker tells whether it is less or more."""
    drawing = figures.draw_grain(grain)
    (axes,) = drawing.figure.axes
    marks = {
        line.get_marker(): looking.pairs(line)[0]
        for line in axes.get_lines()
        if line.get_linestyle() == "None"
    }
    assert set(marks) == {"X", "<", ">"}
    assert marks["X"][0] == pytest.approx(154.898e-6, rel=1e-5)
    assert marks["X"][1] == 0.5
    said = looking.texts(drawing)
    assert "<: less, an item of one step is efficient enough." in said
    assert ">: more, the rate still rose with the longest items." in said
    assert "50% of the peak" in said


def test_it_names_what_was_measured_where_and_against_what(grain: Grain) -> None:
    """The curve runs through what was measured, and each point is to be seen."""
    drawing = figures.draw_grain(grain)
    said = looking.texts(drawing)
    assert "grain, 1000 items; a processor, 4 usable CPUs" in said
    assert "base case: each case's own highest rate" in said
    on_nodes = Grain(replace(grain.data, clusters=(EMBEDDED,)), "grain-1")
    assert "Ray had 2 nodes on this one machine" in looking.texts(figures.draw_grain(on_nodes))
    (curve,) = looking.lines(drawing.figure.axes[0], "serial 1")
    assert curve.get_marker() == "."


def test_words_name_each_metg(grain: Grain) -> None:
    """For people who do not see the curves."""
    alt = figures.draw_grain(grain).alt
    assert "serial with 1 worker 155 us; threads with 2 workers less than 320 us" in alt
    assert "ray with 4 workers more than " in alt


def test_what_was_not_measured_is_named(grain: Grain) -> None:
    """A failed case stands below."""
    assert "Left out: dask 2: failed." in looking.texts(figures.draw_grain(grain, half=True))


def test_nothing_measured_is_one_line(tmp_path: Path) -> None:
    """There is no empty figure, and no file."""
    with pytest.raises(UsageError, match="no case that was measured; see why with: scale show"):
        grain_export.write(made(), tmp_path / "x.svg")
    assert list(tmp_path.iterdir()) == []


def test_files_are_written_by_suffix(grain: Grain, tmp_path: Path) -> None:
    """The figure and the table; other suffixes and --figure are refused."""
    for name in ("x.svg", "x.PNG", "x.pdf", "x.csv", "x.json"):
        grain_export.write(grain, tmp_path / name)
        assert (tmp_path / name).stat().st_size > 100
    with pytest.raises(UsageError, match=r"must end in \.csv, \.json"):
        grain_export.write(grain, tmp_path / "x.tex")
    with pytest.raises(UsageError, match="leave out --figure"):
        grain_export.write(grain, tmp_path / "x.svg", figure="speedup")


@pytest.mark.parametrize("hostile", HOSTILE)
def test_any_name_of_a_processor_is_text(hostile: str) -> None:
    """It is shown, and breaks nothing."""
    found = made(*sessions(CASES[0], LEVELS, 2), processor=hostile)
    drawing = figures.draw_grain(found)
    for suffix in (".svg", ".png"):
        assert len(drawing.encoded(suffix)) > 1000
