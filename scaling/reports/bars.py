"""Speedup of the cases as bars of plain text; of a weak study, efficiency."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap

from scaling.analysis.speedup import CaseResult
from scaling.analysis.units import count, percent, ratio
from scaling.analysis.verdict import relative_to
from scaling.model import Case, Plan
from scaling.results import Study

WIDTH = 80
WIDEST = 120
"""A longer bar shows nothing more."""
FULL, UNSURE, MEDIAN, BOUND, BEYOND = "=", "-", "|", ":", ">"
MOST_EMPTY = 2.0
"""A bound is drawn up to so many times the longest bar; of what lies further, the direction."""
_LEAST_BARS = 2


@dataclass(frozen=True, slots=True)
class Bar:
    """What is drawn of one case; all in the unit of the bar. None is not known."""

    result: CaseResult
    value: float | None
    low: float | None
    high: float | None
    bound: float
    """The most that workers and usable CPUs allow."""
    text: str
    """The value as the table has it, or why there is none."""


def lines(study: Study, width: int = WIDTH) -> list[str]:
    """Return a heading and one line for each case; none where there is nothing to compare."""
    plan = study.header.plan
    bars = _bars(study.results, plan)
    longest = max((max(b.value or 0, b.high or 0) for b in bars), default=0.0)
    if sum(b.value is not None for b in bars) < _LEAST_BARS or longest <= 0:
        return []
    bounds = [b.bound for b in bars if b.value is not None]
    end = max(longest, *(bound for bound in bounds if bound <= MOST_EMPTY * longest), 0.0)
    sizes = dict.fromkeys(None if plan.weak else b.result.size for b in bars)
    found = _heading(plan, bars, end)
    for size in sizes:
        if len(sizes) > 1 and size is not None:
            found.append(f"{count(size, 'item')}:")
        found += _group([b for b in bars if size in {None, b.result.size}], bars, end, width)
    return found


def drawing(bar: Bar, end: float, cells: int) -> str:
    """Return the bar on a line of cells from 0 to ``end``."""
    if bar.value is None:
        return ""
    low = bar.value if bar.low is None else bar.low
    high = bar.value if bar.high is None else bar.high
    first, middle, last = (_cell(number, end, cells) for number in (low, bar.value, high))
    drawn = [FULL] * first + [UNSURE] * (last + 1 - first) + [" "] * (cells - last - 1)
    beyond = bar.bound > end
    drawn[_cell(bar.bound, end, cells)] = BEYOND if beyond else BOUND
    drawn[middle] = MEDIAN
    return "".join(drawn)


def _cell(number: float, end: float, cells: int) -> int:
    return min(cells - 1, max(0, round(number / end * (cells - 1))))


def _bars(results: Sequence[CaseResult], plan: Plan) -> list[Bar]:
    if plan.weak:
        return [_efficiency(result) for result in results]
    bases = {result.size: result.bound for result in results if _case(result).key in plan.baseline}
    return [_speedup(result, bases.get(result.size, 1)) for result in results]


def _speedup(result: CaseResult, base: int) -> Bar:
    """``base`` is the bound of the baseline: where that has workers, speedup is relative to it."""
    known = result.status == "ok" and result.speedup is not None
    return Bar(
        result,
        result.speedup if known else None,
        result.speedup_low,
        result.speedup_high,
        result.bound / base,
        ratio(result.speedup) if known and result.speedup is not None else _word(result),
    )


def _efficiency(result: CaseResult) -> Bar:
    known = result.status == "ok" and result.efficiency is not None
    return Bar(
        result,
        result.efficiency if known else None,
        result.efficiency_low,
        result.efficiency_high,
        result.bound / result.workers,
        percent(result.efficiency) if known and result.efficiency is not None else _word(result),
    )


def _word(result: CaseResult) -> str:
    return "no baseline" if result.status == "ok" else result.status


def _heading(plan: Plan, bars: Sequence[Bar], end: float) -> list[str]:
    name, shown = ("Efficiency", percent) if plan.weak else ("Speedup", ratio)
    relative = relative_to(plan)
    told = [f"{name}{f' relative to {relative}' if relative else ''} from 0 to {shown(end)}:"]
    told.append(f"{MEDIAN} the value,")
    if any(bar.value is not None and bar.low is not None for bar in bars):
        told.append(f"{UNSURE} its 95 % interval,")
    told.append(f"{BOUND} the most that workers and usable CPUs allow")
    if any(bar.value is not None and bar.bound > end for bar in bars):
        told.append(f"({BEYOND} lies further right)")
    return wrap(" ".join(told), WIDTH)


def _group(own: Sequence[Bar], bars: Sequence[Bar], end: float, width: int) -> Iterator[str]:
    names = max(len(_name(bar.result)) for bar in bars)
    texts = max(len(bar.text) for bar in bars if bar.value is not None)
    for bar in own:
        result = bar.result
        start = f"{_name(result):{names}} {result.nodes:5} {result.workers:7}  "
        cells = min(width, WIDEST) - len(start) - texts - 1
        drawn = drawing(bar, end, cells)
        yield f"{start}{drawn} {bar.text:>{texts}}" if drawn else f"{start}{bar.text}"


def _name(result: CaseResult) -> str:
    return f"{result.backend}{result.twin or ''}"


def _case(result: CaseResult) -> Case:
    return Case(
        result.workload, result.size, result.backend, result.nodes, result.workers,
        result.twin or "",
    )  # fmt: skip
