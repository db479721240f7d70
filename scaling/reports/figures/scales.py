"""Axes: their limits, and ticks that do not run into each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import ceil, floor, log, log2, log10

from matplotlib.axes import Axes

from scaling.analysis.units import unit_of

MANY_TIMES = 16
"""From this ratio of most to fewest workers on, an axis of them is logarithmic."""
_LEAST_GAP = 0.05
"""Between two ticks, as a share of the axis."""
_BESIDE = 0.09
"""Room beside the fewest and the most workers, as a share of what lies between them."""


def spans_much(counts: Iterable[float]) -> bool:
    """Tell whether numbers of workers read better on a logarithmic axis."""
    known = list(counts)
    return max(known) >= MANY_TIMES * min(known)


def workers_across(axes: Axes, counts: Iterable[int], *, logarithmic: bool) -> None:
    """Lay out the axis of workers, with a tick at each number that was measured."""
    known = sorted(set(counts))
    if logarithmic:
        axes.set_xscale("log", base=2)
        place: Callable[[float], float] = log
        margin = (known[-1] / known[0]) ** _BESIDE if len(known) > 1 else 1.5
        axes.set_xlim(known[0] / margin, known[-1] * margin)
    else:
        place = float
        room = _BESIDE * (known[-1] - known[0]) or 0.5
        axes.set_xlim(known[0] - room, known[-1] + room)
    ticks = _apart(known, place)
    axes.set_xticks(ticks, [str(tick) for tick in ticks])
    axes.set_xticks([], minor=True)


def _apart(known: Sequence[int], place: Callable[[float], float]) -> list[int]:
    """Leave out ticks that stand too close to the last one; the largest always stays."""
    least = _LEAST_GAP * (place(known[-1]) - place(known[0]))
    ticks = [known[-1]]
    for tick in reversed(known[:-1]):
        if place(ticks[0]) - place(tick) >= least:
            ticks.insert(0, tick)
    return ticks


def doubling_up(axes: Axes, low: float, high: float) -> None:
    """Lay out a logarithmic axis of speedup, with a tick at each power of two."""
    low, high = _widened(low, high)
    axes.set_yscale("log", base=2)
    axes.set_ylim(low, high)
    ticks = [2.0**power for power in range(ceil(log2(low)), floor(log2(high)) + 1)]
    axes.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.set_yticks([], minor=True)


def seconds_up(axes: Axes, low: float, high: float) -> None:
    """Lay out a logarithmic axis of times."""
    low, high = _widened(low, high)
    axes.set_yscale("log")
    axes.set_ylim(low, high)
    ticks = round_numbers(low, high)
    axes.set_yticks(ticks, [short_seconds(tick) for tick in ticks])
    axes.set_yticks([], minor=True)


def seconds_across(axes: Axes, low: float, high: float) -> None:
    """Lay out a logarithmic axis of lengths of items."""
    low, high = _widened(low, high)
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    ticks = round_numbers(low, high, most=6)
    axes.set_xticks(ticks, [short_seconds(tick) for tick in ticks])
    axes.set_xticks([], minor=True)


def _widened(low: float, high: float) -> tuple[float, float]:
    """Return limits around the values that are at least a factor of four apart."""
    low, high = low / 1.2, high * 1.2
    more = max(1.0, (4 * low / high) ** 0.5)
    return low / more, high * more


def round_numbers(low: float, high: float, most: int = 9) -> list[float]:
    """Return round numbers between two positive ones, no more than so many.

    There are at least two where these are a factor of four apart.
    """
    decades = range(floor(log10(low)), ceil(log10(high)) + 1)
    for steps in ((1, 2, 3, 5), (1, 3), (1,)):
        found = [float(f"{step}e{decade}") for decade in decades for step in steps]
        within = [number for number in found if low <= number <= high]
        if len(within) <= most:
            return within
    return within[:: ceil(len(within) / most)]


def short_seconds(value: float) -> str:
    """Return a round time with its unit, as a tick has it."""
    length, name = unit_of(value) if value < 1 else (1.0, "s")
    return f"{value / length:g} {name}"
