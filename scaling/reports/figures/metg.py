"""Efficiency against the length of the items, and the shortest that are efficient enough."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import PercentFormatter
from matplotlib.typing import LineStyleType

from scaling.analysis.granularity import Bound, GrainResult, Point, metg, points
from scaling.analysis.units import count, percent, seconds
from scaling.errors import UsageError
from scaling.grain_model import GrainSession
from scaling.grains import Grain
from scaling.reports.figures import captions, scales, sheet, style
from scaling.reports.figures.drawing import Drawing
from scaling.reports.figures.lettering import shown

NAME = "metg"
_LINES: tuple[LineStyleType, ...] = ("-", (0, (4, 1.5)), (0, (1, 1.2)), (0, (6, 1.5, 1, 1.5)))
"""Of the cases of one backend, the fewest workers first."""


@dataclass(frozen=True, slots=True)
class _Curve:
    """The session in the middle of a case that was measured."""

    result: GrainResult
    metg_s: float
    points: tuple[Point, ...]
    line: LineStyleType

    @property
    def label(self) -> str:
        nodes = f" on {self.result.nodes} nodes" if self.result.nodes > 1 else ""
        return f"{self.result.backend} {self.result.workers}{nodes}"


def draw(grain: Grain, *, half: bool) -> Drawing:
    """Draw a curve for each case, and its METG where the curve crosses the threshold."""
    found = list(_curves(grain))
    if not found:
        raise UsageError(
            f"{grain.name} has no case that was measured; see why with: scale show {grain.name}"
        )
    threshold = grain.data.header.threshold
    page = sheet.blank([2.3 if half else 3.3], half=half)
    (axes,) = page.panels
    axes.axhline(threshold, color=style.GREY, linewidth=0.9, linestyle=(0, (5, 2)), zorder=1)
    for one in found:
        _put(axes, one, threshold)
    _lay_out(axes, found)
    sheet.labels(page, "mean time of an item, with the backend's own cost", "efficiency")
    title = f"Efficiency by length of the items, METG at {threshold:.0%}"
    page.finish(title, list(_legend(found, threshold)), list(_below(grain, found)))
    return Drawing(NAME, title, _alt(found, threshold), page.figure, half)


def _curves(grain: Grain) -> Iterator[_Curve]:
    seen: dict[str, int] = {}
    for case, result in zip(grain.data.header.plan.cases, grain.results, strict=False):
        if result.status != "ok" or result.metg_s is None:
            continue
        sessions = [one for one in grain.data.sessions if one.case == case.key]
        middle = _middle(sessions, result)
        number = seen[case.backend] = seen.get(case.backend, -1) + 1
        curve = points(middle.levels, result.items, result.workers)
        yield _Curve(result, result.metg_s, curve, _LINES[number % len(_LINES)])


def _middle(sessions: Sequence[GrainSession], result: GrainResult) -> GrainSession:
    def found(one: GrainSession) -> float:
        return metg(one.levels, result.items, result.workers, result.threshold).seconds

    return sorted(sessions, key=found)[len(sessions) // 2]


_MARKS = {Bound.BELOW: "<", Bound.ABOVE: ">"}


def _put(axes: Axes, one: _Curve, threshold: float) -> None:
    look, result = style.look(one.result.backend), one.result
    axes.plot(
        [point.granularity_s for point in one.points],
        [point.efficiency for point in one.points],
        color=look.colour,
        linestyle=one.line,
        linewidth=1.0,
        marker=".",
        markersize=3.0,
        label=one.label,
    )
    if result.low_s is not None and result.high_s is not None:
        axes.hlines(threshold, result.low_s, result.high_s, color=look.colour, linewidth=2.0)
    mark = _MARKS.get(result.bound, look.marker)
    axes.plot([one.metg_s], [threshold], color=look.colour, linestyle="none", marker=mark, zorder=3)


def _lay_out(axes: Axes, found: Sequence[_Curve]) -> None:
    lengths = [point.granularity_s for one in found for point in one.points]
    ends = [end for one in found for end in (one.result.low_s, one.result.high_s) if end]
    reached = [*lengths, *ends, *(one.metg_s for one in found)]
    scales.seconds_across(axes, min(reached), max(reached))
    axes.set_ylim(0, 1.05)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))


def _legend(found: Sequence[_Curve], threshold: float) -> Iterator[Artist]:
    for one in found:
        look = style.look(one.result.backend)
        yield Line2D(
            [], [], color=look.colour, linestyle=one.line, marker=look.marker, label=one.label
        )
    grey, dashes = style.GREY, (0, (5, 2))
    yield Line2D(
        [], [], color=grey, linewidth=0.9, linestyle=dashes, label=f"{threshold:.0%} of the peak"
    )


def _below(grain: Grain, found: Sequence[_Curve]) -> Iterator[str]:
    header = grain.data.header
    items = count(found[0].result.items, "item")
    workload = shown(found[0].result.workload)
    yield (
        f"{workload}, {items}; {captions.machine(header.environment)}; base case: each "
        "case's own highest rate."
    )
    yield (
        "Each curve is the session in the middle, measured at its dots; its marker is the METG, "
        "the median of the sessions, its bar the 95 % interval, from 6 blocks on. The number is "
        "that of the workers."
    )
    bounds = {one.result.bound for one in found}
    if Bound.BELOW in bounds:
        yield "<: less, an item of one step is efficient enough."
    if Bound.ABOVE in bounds:
        yield ">: more, the rate still rose with the longest items."
    yield from captions.nodes(*grain.data.clusters[-1:])
    if grain.oversubscribed:
        yield "More workers than usable CPUs: no measure of what separate machines would do."
    gone = [one for one in grain.results if one.status != "ok"]
    if gone:
        named = "; ".join(shown(f"{one.backend} {one.workers}: {one.status}") for one in gone)
        yield f"Left out: {named}."


def _alt(found: Sequence[_Curve], threshold: float) -> str:
    said = []
    for one in found:
        sign = {Bound.BELOW: "less than ", Bound.ABOVE: "more than "}.get(one.result.bound, "")
        workers = count(one.result.workers, "worker")
        said.append(f"{one.result.backend} with {workers} {sign}{seconds(one.metg_s)}")
    return (
        f"Efficiency against the length of items. Shortest items at {percent(threshold)} "
        f"efficiency: {'; '.join(said)}."
    )
