"""The report as text cells, shared by every form of it that people read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from string import ascii_lowercase

from scaling.analysis import units
from scaling.analysis.cautions import Caution
from scaling.analysis.speedup import CaseResult
from scaling.model import Case

HEADINGS = (
    "backend", "nodes", "workers", "median", "95 %", "speedup", "95 %", "rel.", "eff.", "notes",
)  # fmt: skip
"""``rel.`` is the speedup relative to the same backend's smallest case."""
WEAK_HEADINGS = (
    "backend", "nodes", "workers", "items", "median", "95 %", "eff.", "95 %", "serial", "notes",
)  # fmt: skip
"""Where items grow with the workers; ``serial`` is Gustafson's serial share."""


@dataclass(frozen=True, slots=True)
class Table:
    """The cases of one size, or of growing sizes; every row has one text for each heading."""

    size: int
    """The smallest where sizes grow."""
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables(results: Sequence[CaseResult], *, weak: bool = False) -> list[Table]:
    """Return one table for each size; one for all where they grow with the workers."""
    marks = caution_marks(results)
    sizes = dict.fromkeys(result.size for result in results)
    if weak and sizes:
        return [Table(min(sizes), WEAK_HEADINGS, tuple(_weak_row(r, marks) for r in results))]
    return [
        Table(size, HEADINGS, tuple(_row(r, marks) for r in results if r.size == size))
        for size in sizes
    ]


def caution_marks(results: Sequence[CaseResult]) -> dict[Caution, str]:
    """Return the letter of each caution that is there; notes below the table explain them."""
    used = [c for c in Caution if any(c in result.cautions for result in results)]
    return dict(zip(used, ascii_lowercase, strict=False))


def case_name(result: CaseResult) -> str:
    """Return how a line below the table names a case."""
    case = Case(result.workload, result.size, result.backend, result.nodes, result.workers)
    return replace(case, twin=result.twin or "").label


def failures(results: Sequence[CaseResult]) -> list[str]:
    """Return one line for each case without a value that counts, with its reason."""
    return [
        f"{case_name(result)} {VERBS[result.status]}" + (f": {result.reason}" * bool(result.reason))
        for result in results
        if result.status != "ok"
    ]


VERBS = {
    "failed": "failed",
    "wrong": "gave a wrong answer",
    "timeout": "took too long",
    "skipped": "was skipped",
}
"""How a case without a value that counts ended."""


def shared_cores(results: Sequence[CaseResult]) -> str | None:
    """Say what the cores allow where nodes, or the workers of one, share them."""
    shared = [r for r in results if Caution.OVERSUBSCRIBED in r.cautions]
    if not shared:
        return None
    widest = max(shared, key=lambda result: (result.nodes, result.workers))
    workers = units.count(widest.workers, "worker")
    return (
        f"{workers if widest.nodes == 1 else units.count(widest.nodes, 'node')} share "
        f"{units.count(widest.bound, 'usable core')}: at most {widest.bound}x is possible here"
    )


def _row(result: CaseResult, marks: dict[Caution, str]) -> tuple[str, ...]:
    return (
        *_place(result),
        *_times(result),
        _ratio(result.speedup),
        _ratios(result.speedup_low, result.speedup_high),
        _ratio(result.relative_speedup),
        _share(result.efficiency),
        _notes(result, marks),
    )


def _weak_row(result: CaseResult, marks: dict[Caution, str]) -> tuple[str, ...]:
    return (
        *_place(result),
        str(result.size),
        *_times(result),
        _share(result.efficiency),
        _shares(result.efficiency_low, result.efficiency_high),
        _share(result.serial_share),
        _notes(result, marks),
    )


def _place(result: CaseResult) -> tuple[str, ...]:
    return f"{result.backend}{result.twin or ''}", str(result.nodes), str(result.workers)


def _times(result: CaseResult) -> tuple[str, ...]:
    if result.status != "ok":
        return result.status, ""
    return _time(result), _range(result.low_s, result.high_s, result.median_s)


def _notes(result: CaseResult, marks: dict[Caution, str]) -> str:
    return "".join(marks[caution] for caution in result.cautions)


def _ratio(value: float | None) -> str:
    return "" if value is None else units.ratio(value)


def _share(value: float | None) -> str:
    return "" if value is None else units.percent(value)


def _shares(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{units.percent(low)}-{units.percent(high)}"


def _time(result: CaseResult) -> str:
    return result.status if result.median_s is None else units.seconds(result.median_s)


def _range(low: float | None, high: float | None, median: float | None) -> str:
    if low is None or high is None or median is None:
        return ""
    length, _ = units.unit_of(median)
    return f"{units.digits(low / length)}-{units.digits(high / length)}"


def _ratios(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{units.ratio(low)}-{units.ratio(high)}"
