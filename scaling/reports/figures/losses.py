"""Where the worker-seconds of each case went, as stacked bars."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator, PercentFormatter

from scaling.analysis.speedup import CaseResult
from scaling.analysis.units import count, percent
from scaling.reports import losses, table
from scaling.reports.figures import captions, sheet
from scaling.reports.figures.drawing import Drawing, Kind
from scaling.results import Study

_FILLS = {
    "#": ("#0072B2", ""),
    "k": ("#0072B2", "//"),
    "S": ("#D55E00", "///"),
    "B": ("#E69F00", "\\\\\\"),
    "Q": ("#CC79A7", "xxx"),
    "W": ("#F0E442", "---"),
    ".": ("#56B4E9", "|||"),
    "L": ("#BBBBBB", "+++"),
}
"""Colour and hatch by letter of the kind."""
_EDGE = "#333333"
_AROUND_IN = 0.55
"""Height of what a panel needs beside its bars, in inches."""
_PAGE_IN = 9.0
"""Bars are closer together where they would not fit on a page else."""


def draw(study: Study, kind: Kind, *, half: bool) -> Drawing:
    """Draw a bar for each case, one panel for each size."""
    groups = _by_size(study)
    rows = sum(len(found) for found in groups.values())
    least, most = (0.12, 0.19) if half else (0.14, 0.23)
    bar_in = min(most, max(least, (_PAGE_IN - _AROUND_IN * len(groups)) / rows))
    heights = [_AROUND_IN + bar_in * len(found) for found in groups.values()]
    page = sheet.blank(heights, half=half)
    told = [result for found in groups.values() for result in found]
    left = min(0.0, *(_saved(result) for result in told))
    for axes, (size, found) in zip(page.panels, groups.items(), strict=True):
        _panel(axes, found, left)
        axes.xaxis.set_major_locator(MaxNLocator(4 if half else 8, steps=[1, 2, 2.5, 5, 10]))
        if len(groups) > 1 and size is not None:
            axes.set_title(count(size, "item"), loc="left")
    page.panels[-1].set_xlabel("share of worker-seconds (workers x time)")
    handles = [_entry(one) for one in _used(told)]
    notes = captions.below(study, *_notes(told, left), hollow=False)
    page.finish(kind.title, handles, notes)
    return Drawing(kind.name, kind.title, _alt(study, told), page.figure, half)


def _by_size(study: Study) -> dict[int | None, list[CaseResult]]:
    groups: dict[int | None, list[CaseResult]] = defaultdict(list)
    for result in losses.known(study):
        groups[None if study.header.plan.weak else result.size].append(result)
    return groups


def _panel(axes: Axes, found: Sequence[CaseResult], left: float) -> None:
    for row, result in enumerate(found):
        _bar(axes, row, result)
    axes.set_yticks(range(len(found)), [_name(result) for result in found])
    axes.set_ylim(len(found) - 0.4, -0.6)
    axes.set_xlim(1.04 * left, 1.0)
    axes.grid(visible=False, axis="y")
    axes.tick_params(axis="y", length=0)
    axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    if left < 0:
        axes.axvline(0.0, color=_EDGE, linewidth=0.8)


def _bar(axes: Axes, row: int, result: CaseResult) -> None:
    """Put what was spent to the right of 0, what was saved to the left."""
    end = 0.0
    for letter, share in losses.shares(result).items():
        _piece(axes, row, letter, end, share)
        end += share
    start = 0.0
    for kind in losses.KINDS:
        share = kind.of(result) or 0.0
        if share < 0:
            start += share
            _piece(axes, row, kind.letter, start, -share)


def _piece(axes: Axes, row: int, letter: str, start: float, share: float) -> None:
    colour, hatch = _FILLS[letter]
    axes.barh(
        row, share, 0.72, left=start, color=colour, hatch=hatch, edgecolor=_EDGE, linewidth=0.4
    )


def _saved(result: CaseResult) -> float:
    return sum(min(0.0, kind.of(result) or 0.0) for kind in losses.KINDS)


def _name(result: CaseResult) -> str:
    nodes = f" on {result.nodes} nodes" if result.nodes > 1 else ""
    return f"{result.backend}{result.twin or ''} {result.workers}{nodes}"


def _used(told: Sequence[CaseResult]) -> list[losses.Kind]:
    return [kind for kind in losses.KINDS if any(kind.of(result) for result in told)]


def _entry(kind: losses.Kind) -> Artist:
    colour, hatch = _FILLS[kind.letter]
    return Patch(facecolor=colour, hatch=hatch, edgecolor=_EDGE, linewidth=0.4, label=kind.name)


def _notes(told: Sequence[CaseResult], left: float) -> Iterator[str]:
    large = {kind.letter for result in told for kind, _ in losses.largest(result)}
    meant = [f"{kind.name}: {kind.meaning}" for kind in losses.KINDS if kind.letter in large]
    if meant:
        yield f"{'; '.join(meant)}."
    if left < 0:
        yield "Left of 0: less was spent on it than in the serial run."
    yield "Shares are medians over the blocks, drawn so that what was spent sums to 100 %."


def _alt(study: Study, told: Sequence[CaseResult]) -> str:
    """Say the largest loss of the largest case of each backend."""
    last = {result.backend + (result.twin or ""): result for result in told}
    parts = []
    for result in last.values():
        largest = losses.largest(result)[:2]
        lost = " and ".join(f"{percent(share)} to {kind.name}" for kind, share in largest)
        parts.append(f"{table.case_name(result)} lost {lost or 'next to nothing'}")
    return f"Where the worker-seconds of {captions.workload(study)} went. {'; '.join(parts)}."
