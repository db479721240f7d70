"""The timeline shows who ran what when, and every gap that can be seen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection

from scaling.errors import StudyFileError, UsageError
from scaling.model import SERIAL
from scaling.reports import figures
from scaling.reports.figures.spans import merged
from scaling.results import Study
from tests.scaling.reports.figures import looking
from tests.scaling.reports.figures.conftest import a_trace, with_traces

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder


def rows(axes: Axes) -> dict[int, list[tuple[float, float]]]:
    """Return start and end of the bars in each row."""
    found: dict[int, list[tuple[float, float]]] = {}
    for one in axes.collections:
        if isinstance(one, PolyCollection):
            for path in one.get_paths():
                box = path.get_extents()
                span = (round(float(box.x0), 3), round(float(box.x1), 3))
                found.setdefault(round((box.y0 + box.y1) / 2), []).append(span)
    return found


def test_lanes_are_what_the_workers_did(traced: Study) -> None:
    """The driver's lane is on top; the second worker's gap stays white.

    What touches the next piece runs on under it.
    """
    drawing = figures.draw(traced, "timeline")
    (axes,) = drawing.figure.axes
    drawn = rows(axes)
    assert sorted(drawn[0]) == [(0.0, 0.1), (0.9, 1.0)]
    assert drawn[1] == [(0.1, 0.7), (0.5, 0.9)]
    assert drawn[2] == [(0.1, 0.2), (0.6, 0.7)]
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == ["driver", "w0", "w1"]
    assert "threads (2 workers): 1.00 s, 50% at items" in drawing.alt


def test_serial_is_left_out_beside_others(study: StudyBuilder, tmp_path: Path) -> None:
    """The largest case of each backend; serial where there is nothing else."""
    serial = study.case(SERIAL, [1.0])
    small = study.case("threads", [1.0], workers=2)
    large = study.case("threads", [1.0], workers=4)
    made = {
        serial.key: a_trace(1, [(0, 0.0, 1.0)]),
        small.key: a_trace(2, [(0, 0.0, 1.0)]),
        large.key: a_trace(4, [(0, 0.0, 1.0)]),
    }
    drawing = figures.draw(with_traces(study, tmp_path, made), "timeline")
    assert [axes.get_title("left") for axes in drawing.figure.axes] == [
        "threads (4 workers): 1.00 s, 25% at items"
    ]


def test_size_is_named_where_there_are_several(study: StudyBuilder, tmp_path: Path) -> None:
    """The largest case is drawn, and it is said of which size."""
    made = {}
    for size in (10, 20):
        study.case(SERIAL, [1.0], size=size)
        made[study.case("threads", [1.0], workers=2, size=size).key] = a_trace(2, [(0, 0.1, 0.5)])
    drawing = figures.draw(with_traces(study, tmp_path, made), "timeline")
    (axes,) = drawing.figure.axes
    assert axes.get_title(loc="left").startswith("threads (2 workers), 20 items: 1.00 s")
    assert "threads (2 workers), 20 items: 1.00 s" in drawing.alt


def test_thousands_of_items_stay_light(study: StudyBuilder, tmp_path: Path) -> None:
    """20,000 short items on two workers become an image of bars in a small file."""
    case = study.case("threads", [1.0], workers=2)
    spans = [(k % 2, k * 4.5e-5, k * 4.5e-5 + 4e-5) for k in range(20_000)]
    found = with_traces(study, tmp_path, {case.key: a_trace(2, spans)})
    drawing = figures.draw(found, "timeline")
    pieces = sum(len(spans) for spans in rows(drawing.figure.axes[0]).values())
    assert pieces < 3000
    svg = drawing.encoded(".svg")
    assert b"data:image/png" in svg
    assert len(svg) < 120_000


def test_no_gap_is_hidden_that_can_be_seen() -> None:
    """Pieces join over less than a pixel; a pixel or more parts them."""
    starts = np.array([0.0, 1.05, 3.0])
    ends = np.array([1.0, 1.5, 4.0])
    found = merged(starts, ends, np.zeros(3), pixel_s=0.1)
    assert list(zip(found.starts, found.ends, strict=True)) == [
        (0.0, 1.05),
        (1.05, 1.5),
        (3.0, 4.0),
    ]
    joined = merged(starts, ends, np.zeros(3), pixel_s=1.0)
    assert list(zip(joined.starts, joined.ends, strict=True)) == [(0.0, 1.5), (3.0, 4.0)]


def test_short_piece_can_be_seen_and_keeps_its_gap() -> None:
    """It is drawn a pixel wide, but takes no more than half of the gap after it."""
    starts, ends = np.array([0.0, 1.2, 9.0]), np.array([0.01, 1.3, 9.01])
    found = merged(starts, ends, np.zeros(3), pixel_s=1.0)
    assert [pytest.approx(0.605), pytest.approx(2.2), pytest.approx(10.0)] == list(found.ends)


def test_many_workers_are_cut_and_it_is_said(study: StudyBuilder, tmp_path: Path) -> None:
    """The first 32 of 40 workers, with labels that do not run into each other."""
    case = study.case("ray", [1.0], workers=40, nodes=2)
    spans = [(worker, 0.0, 0.5) for worker in range(40)]
    found = with_traces(study, tmp_path, {case.key: a_trace(40, spans)})
    drawing = figures.draw(found, "timeline")
    assert "The first 32 of 40 workers are shown." in looking.texts(drawing)
    assert set(rows(drawing.figure.axes[0])) == set(range(33))
    assert len(drawing.figure.axes[0].get_yticks()) <= 16


def test_sample_without_items_is_no_error(study: StudyBuilder, tmp_path: Path) -> None:
    """A worker that got nothing has an empty lane."""
    case = study.case("threads", [1.0], workers=2)
    found = with_traces(study, tmp_path, {case.key: a_trace(2, [])})
    assert "0% at items" in figures.draw(found, "timeline").alt


@pytest.mark.parametrize("damage", [None, b"", b"no trace"])
def test_lost_or_damaged_traces_are_told(traced: Study, damage: bytes | None) -> None:
    """The figure is not offered, it is said why, and the others are still there."""
    assert traced.folder is not None
    for file in traced.folder.glob("*.npz"):
        file.unlink()
        if damage is not None:
            file.write_bytes(damage)
    with pytest.raises(UsageError, match="missing in the study folder, or damaged"):
        figures.draw(traced, "timeline")
    assert "timeline" not in [kind.name for kind in figures.kinds(traced)]
    assert figures.book(traced)


def test_trace_that_is_none_is_told(traced: Study) -> None:
    """A sound file with other content is one line, not a traceback."""
    assert traced.folder is not None
    for file in traced.folder.glob("*.npz"):
        np.savez(file, version=np.array(2))
    with pytest.raises(StudyFileError, match="is no trace of scale"):
        figures.draw(traced, "timeline")
