"""The columns of the LaTeX table: units in the heads, intervals as [low, high]."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scaling.analysis.cautions import Caution
from scaling.analysis.speedup import CaseResult
from scaling.analysis.units import digits, ratio
from scaling.reports.latex_text import aligned, escaped

NONE = "--"
"""A value that is not defined."""
_INTERVAL = r"95\,\%"


@dataclass(frozen=True, slots=True)
class Column:
    """One column, as LaTeX."""

    head: str
    cells: tuple[str, ...]
    group: str = ""
    """Head over this column and the next."""
    alignment: str = "r"


def columns(
    results: Sequence[CaseResult],
    marks: Mapping[Caution, str],
    unit: tuple[float, str],
    *,
    weak: bool,
) -> tuple[Column, ...]:
    """Return the columns of cases that share a table. ``unit`` is the length and name of one."""
    place = (
        Column("backend", tuple(_backend(r, marks) for r in results), alignment="l"),
        Column("nodes", tuple(str(r.nodes) for r in results)),
        Column("workers", tuple(str(r.workers) for r in results)),
    )
    if weak:
        items = Column("items", tuple(str(r.size) for r in results))
        return (*place, items, *_times(results, unit), *_efficiencies(results))
    return (*place, *_times(results, unit), *_speedups(results), _efficiency(results))


def _backend(result: CaseResult, marks: Mapping[Caution, str]) -> str:
    name = escaped(f"{result.backend}{result.twin or ''}")
    letters = ",".join(marks[caution] for caution in result.cautions)
    return rf"{name}\textsuperscript{{{letters}}}" if letters else name


def _times(results: Sequence[CaseResult], unit: tuple[float, str]) -> tuple[Column, Column]:
    length, name = unit
    times = [r.status if r.status != "ok" else _in(r.median_s, length) or NONE for r in results]
    ranges = tuple(
        _range(_in(r.low_s, length), _in(r.high_s, length)) if r.status == "ok" else NONE
        for r in results
    )
    return Column("median", tuple(aligned(times)), f"time / {name}"), Column(_INTERVAL, ranges)


def _in(seconds: float | None, length: float) -> str | None:
    return None if seconds is None else digits(seconds / length)


def _speedups(results: Sequence[CaseResult]) -> tuple[Column, Column]:
    values = aligned([_ratio(r.speedup) or NONE for r in results])
    ranges = tuple(_range(_ratio(r.speedup_low), _ratio(r.speedup_high)) for r in results)
    return Column("value", tuple(values), "speedup"), Column(_INTERVAL, ranges)


def _efficiency(results: Sequence[CaseResult]) -> Column:
    cells = tuple(_percent(r.efficiency) or NONE for r in results)
    return Column(r"eff.\ / \%", cells)


def _efficiencies(results: Sequence[CaseResult]) -> tuple[Column, Column, Column]:
    values = tuple(_percent(r.efficiency) or NONE for r in results)
    ranges = tuple(_range(_percent(r.efficiency_low), _percent(r.efficiency_high)) for r in results)
    serial = tuple(_percent(r.serial_share) or NONE for r in results)
    return (
        Column("value", values, r"efficiency / \%"),
        Column(_INTERVAL, ranges),
        Column(r"serial / \%", serial),
    )


def _ratio(value: float | None) -> str | None:
    return None if value is None else ratio(value)


def _percent(share: float | None) -> str | None:
    return None if share is None else f"{100 * share:.1f}"


def _range(low: str | None, high: str | None) -> str:
    return NONE if low is None or high is None else f"[{low}, {high}]"
