"""Who ran what when in one sample, a lane for each worker: idle time is what stays white."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import ceil
from statistics import median_low

import numpy as np
from matplotlib import colormaps
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter

from scaling.analysis.units import count, percent, seconds, unit_of
from scaling.model import SERIAL, Case
from scaling.reports import trace
from scaling.reports.figures import captions, sheet, style
from scaling.reports.figures.drawing import Drawing, Kind
from scaling.reports.figures.encoding import DPI
from scaling.reports.figures.lettering import drawable, shown
from scaling.reports.figures.spans import Lanes, Spans, lanes
from scaling.results import Study

MOST_WORKERS = 32
"""In a panel; the first so many stand for all."""
MOST_PIECES = 400
"""More are drawn as an image: as shapes they would make a large file."""
_MOST_LABELS = 16
_MOST_IN = 7.0
_AROUND_IN = 0.5
_COLOURS = colormaps["cividis"]
_PRODUCING = "#D55E00"
_COMBINING = "#000000"


def draw(study: Study, kind: Kind, *, half: bool) -> Drawing:
    """Draw the largest traced case of each backend, all on one axis of time."""
    found = _samples(study, half=half)
    rows = [1 + min(MOST_WORKERS, len(one.workers)) for one in found]
    row_in = min(0.13 if half else 0.16, _MOST_IN / sum(rows))
    page = sheet.blank([_AROUND_IN + row_in * number for number in rows], half=half)
    longest = max(one.shown.trace.seconds for one in found)
    image = sum(len(spans.starts) for one in found for spans in one.workers) > MOST_PIECES
    for axes, one in zip(page.panels, found, strict=True):
        _panel(axes, one, image=image)
        axes.set_title(_title(study, one), loc="left")
        _axis(axes, longest, last=axes is page.panels[-1])
    notes = captions.below(study, *_notes(found), hollow=False)
    page.finish(kind.title, list(_legend()), notes)
    return Drawing(kind.name, kind.title, _alt(study, found), page.figure, half)


def _samples(study: Study, *, half: bool) -> list[Lanes]:
    """Return the largest traced case of each backend; serial only where it is alone."""
    samples = trace.traced(study)
    wanted = _largest(case for case in study.header.plan.cases if case.key in samples)
    longest = max(median_low(sample.seconds for sample in samples[key]) for key in wanted)
    width = sheet.HALF_WIDTH_IN if half else sheet.WIDTH_IN
    pixel_s = max(longest, 1e-9) / (width * DPI)
    return [lanes(one, pixel_s) for one in trace.chosen(study) if one.case.key in wanted]


def _largest(cases: Iterable[Case]) -> set[str]:
    largest = {
        case.backend + case.twin: case
        for case in sorted(cases, key=lambda case: (case.size, case.workers))
    }
    parallel = {case.key for case in largest.values() if case.backend != SERIAL}
    return parallel or {case.key for case in largest.values()}


def _panel(axes: Axes, one: Lanes, *, image: bool) -> None:
    own = one.shown.trace
    workers = one.workers[:MOST_WORKERS]
    _bars(axes, 0, one.produced, [_PRODUCING] * len(one.produced.starts), image=image)
    end = own.seconds
    combined = [(end - own.combine_s, own.combine_s)]
    axes.broken_barh(combined, (-0.4, 0.8), facecolors=_COMBINING, linewidth=0)
    for row, spans in enumerate(workers, start=1):
        _bars(axes, row, spans, _COLOURS(spans.ranks), image=image)
    axes.axvline(end, color=style.GREY, linewidth=0.8)
    axes.set_ylim(len(workers) + 0.6, -0.6)
    names = ["driver", *(_short(str(name)) for name in own.workers[: len(workers)])]
    step = ceil(len(names) / _MOST_LABELS)
    axes.set_yticks(range(0, len(names), step), names[::step])
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")


def _short(worker: str) -> str:
    """Return the name of a worker without the number of its process."""
    return drawable(shown(worker.partition(":")[0], 14))


def _bars(
    axes: Axes, row: int, spans: Spans, colours: Sequence[str] | np.ndarray, *, image: bool
) -> None:
    if len(spans.starts):
        axes.broken_barh(
            list(zip(spans.starts, spans.covered() - spans.starts, strict=True)),
            (row - 0.4, 0.8),
            facecolors=colours,
            linewidth=0,
            antialiased=False,
            rasterized=image,
        )


def _axis(axes: Axes, longest: float, *, last: bool) -> None:
    length, unit = unit_of(longest)
    axes.set_xlim(0, longest * 1.01)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value / length:g}"))
    axes.tick_params(axis="x", labelbottom=last)
    if last:
        axes.set_xlabel(f"time from the start of the sample ({unit})")


def _title(study: Study, one: Lanes) -> str:
    """Name the case, with its size where the study has several, and how busy its workers were."""
    case, several = one.shown.case, len({case.size for case in study.header.plan.cases}) > 1
    named = case.label + f", {count(case.size, 'item')}" * several
    return f"{named}: {seconds(one.shown.trace.seconds)}, {percent(one.busy)} at items"


def _legend() -> Iterator[Artist]:
    for rank, name in ((0.0, "first items"), (0.5, "middle"), (1.0, "last items")):
        yield Patch(color=_COLOURS(rank), label=name)
    yield Patch(color=_PRODUCING, label="driver waits for items")
    yield Patch(color=_COMBINING, label="driver combines")


def _notes(found: Sequence[Lanes]) -> Iterator[str]:
    yield (
        "Of each backend the largest case, of it the traced sample with the median time; "
        "a grey line ends it. White: the worker had no item. Gaps too short to see are not drawn."
    )
    hidden = [one for one in found if len(one.workers) > MOST_WORKERS]
    if hidden:
        most = max(len(one.workers) for one in hidden)
        yield f"The first {MOST_WORKERS} of {count(most, 'worker')} are shown."
    if any(one.shown.trace.hides_batches for one in found):
        yield "joblib hides its batches: they are made up of what was seen of the items."
    error = max(int(max(one.shown.trace.clock_error_ns, default=0)) for one in found)
    if error:
        yield f"Clocks of other hosts are known to {seconds(error / 1e9)}."


def _alt(study: Study, found: Sequence[Lanes]) -> str:
    said = "; ".join(_title(study, one) for one in found)
    return f"Who ran what when in samples of {captions.workload(study)}. {said}."
