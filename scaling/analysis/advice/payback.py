"""When Ray pays against the best local backend: warm, and with its opening counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf

from scaling.analysis import crossover
from scaling.analysis.advice.durations import longer, shorter
from scaling.analysis.advice.fixed_costs import openings
from scaling.analysis.advice.ground import Standing, lead, told_apart
from scaling.analysis.advice.rivals import Rivals, bracket, counted, openings_of, passes
from scaling.analysis.bounds import waits
from scaling.analysis.crossover import Estimate
from scaling.analysis.speedup import Gain
from scaling.analysis.statistics import Interval, median
from scaling.analysis.units import count, ratio, seconds
from scaling.analysis.verdict import label
from scaling.studydata import StudyData


def at_one_size(data: StudyData, pair: Rivals) -> Iterator[str]:
    """Say whether Ray pays at the one size, after how many passes, and from what item on."""
    found = lead(data, pair.ray, pair.local)
    ray, local = label(pair.ray.case), label(pair.local.case)
    item = f" at {seconds(pair.item_s)} an item" if pair.item_s else ""
    if not told_apart(data, found):
        yield (
            f"Once warm, {ray} and {local} cannot be told apart{item}: {_about_as_fast(found)}"
            f"{pair.where}{_opening(data, pair)}."
        )
    elif found.ratio > 1:
        yield (
            f"Once warm, {ray} is {ratio(found.ratio)} times as fast as {local}"
            f"{bracket(found.interval)}{item}{shorter(data, pair)}{pair.where}."
        )
        if after := passes(data, pair):
            yield f"{counted(data, pair)} it takes {after}, to pay."
    else:
        turned = found.interval and Interval(1 / found.interval.high, 1 / found.interval.low)
        yield (
            f"Even once warm, {ray} takes {ratio(1 / found.ratio)} times as long as {local}"
            f"{bracket(turned)}{item}: no number of passes pays{pair.where}."
        )
        if told := _fewer_workers(data, pair) or longer(data, pair):
            yield told


def over_sizes(data: StudyData, pairs: Sequence[Rivals]) -> Iterator[str]:
    """Say from what size Ray pays, the pairs in the order of their sizes."""
    sizes, largest = [pair.size for pair in pairs], pairs[-1]
    where = largest.where
    ahead = [pair.size for pair in pairs if pair.ray.seconds < pair.local.seconds]
    if ahead and sizes[-1] not in ahead:
        yield (
            f"Once warm, Ray is ahead of the best local backend at {max(ahead)} items and not at "
            f"{sizes[-1]}{where}: these sizes give no break-even."
        )
        return
    series = [one.evidence.values for pair in pairs for one in (pair.local, pair.ray)]
    rows = crossover.together(series)
    warm = crossover.break_even_size(sizes, rows, data.header.plan.seed)
    if warm is None:
        return
    item = f" of {seconds(largest.item_s)} each" if largest.item_s else ""
    if warm.interval == Interval(-inf, inf):
        yield (
            f"From what size Ray pays, {count(len(rows), 'block')} cannot tell: from {sizes[0]} to "
            f"{sizes[-1]} items{item} either may be faster{where}."
        )
    elif warm.value == inf:
        yield (
            f"Even once warm, Ray does not pay against the best local backend up to {sizes[-1]} "
            f"items{item}{_but_from(warm, sizes)}{where}."
        )
        if told := _fewer_workers(data, largest) or longer(data, largest):
            yield told
    else:
        each = f", at {seconds(largest.item_s)} an item" if largest.item_s else ""
        yield (
            f"Against the best local backend Ray pays once warm {_from(warm, sizes)}{each}{where}."
        )
        yield from _opened(data, pairs)


def _about_as_fast(found: Gain) -> str:
    ends = found.interval
    if ends is None:
        return f"Ray is {ratio(found.ratio)} times as fast, too little to tell"
    return f"Ray may be {ratio(ends.low)} to {ratio(ends.high)} times as fast (95 %)"


def _fewer_workers(data: StudyData, pair: Rivals) -> str | None:
    """Say that Ray had fewer workers, where more than CPUs would have helped it."""
    ray, local = pair.ray.case, pair.local.case
    if not waits(data.header, ray.size) or ray.workers >= local.workers:
        return None
    return (
        f"This work waits, and Ray had {count(ray.workers, 'worker')} against {local.workers}: "
        "give it as many with --workers-per-node before you judge it."
    )


def _opened(data: StudyData, pairs: Sequence[Rivals]) -> Iterator[str]:
    """Say from what size one pass pays with the openings of both sides counted."""
    sizes, series = [pair.size for pair in pairs], []
    for pair in pairs:
        for ways in (pair.locals, (pair.ray,)):
            totals = [total for one in ways if (total := _with_opening(data, one))]
            if not totals:
                return
            series.append(min(totals, key=lambda total: median(list(total.values()))))
    found = crossover.break_even_size(sizes, crossover.together(series), data.header.plan.seed)
    if found is None:
        return
    begin = counted(data, pairs[-1])
    if found.value < inf:
        yield f"{begin} one pass pays {_from(found, sizes)}."
        return
    after = passes(data, pairs[-1])
    later = f"; it takes {after}" if after else ""
    yield f"{begin} one pass does not pay up to {sizes[-1]} items{_but_from(found, sizes)}{later}."


def _with_opening(data: StudyData, one: Standing) -> dict[int, float]:
    opened = openings(data, one)
    return {block: opened[block] + s for block, s in one.evidence.values.items() if block in opened}


def _opening(data: StudyData, pair: Rivals) -> str:
    found = openings_of(data, pair)
    if found is None or found[0] <= found[1]:
        return ""
    return f", and opening it takes {seconds(found[0] - found[1])} longer"


def _from(found: Estimate, sizes: Sequence[int]) -> str:
    """Say a size with its interval; infinite ends are those of what was measured."""
    ends = found.interval
    if found.value == -inf:
        more = f" (95 % up to {_size(ends.high, sizes)})" if ends and ends.high > -inf else ""
        return f"at {sizes[0]} items already{more}"
    span = f" (95 % {_size(ends.low, sizes)} to {_size(ends.high, sizes)})" if ends else ""
    return f"from about {_size(found.value, sizes)} items on{span}"


def _but_from(found: Estimate, sizes: Sequence[int]) -> str:
    """Say the lower end of what is not reached, where it was measured."""
    low = found.interval.low if found.interval else inf
    return f" (95 % from {_size(low, sizes)})" if low < inf else ""


def _size(value: float, sizes: Sequence[int]) -> str:
    if value == -inf:
        return f"under {sizes[0]}"
    if value == inf:
        return f"over {sizes[-1]}"
    return _rounded(value)


def _rounded(value: float) -> str:
    """Return a number of items with two significant digits: more would claim too much."""
    return f"{round(float(f'{value:.1e}'))}"
