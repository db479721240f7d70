"""Rules 11 and 12: what the numbers are shown beside."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from scaling.analysis.bounds import SIMULATED
from scaling.analysis.cautions import Caution
from scaling.analysis.speedup import CaseResult
from scaling.analysis.statistics import LEAST_BLOCKS
from scaling.analysis.twelve_rules.check import Answer, Lack, judged, not_applicable
from scaling.analysis.twelve_rules.ground import Ground, named
from scaling.analysis.units import percent, ratio
from scaling.analysis.verdict import label

LEAST_POINTS = 3
"""Two points lie on every line."""


def upper_bounds(ground: Ground) -> Answer:
    """Rule 11: bounds beside the results."""
    compared = ground.compared
    if ground.plan.null:
        return not_applicable("one case under two names has no speedup to bound")
    if len(ground.timed) < 2:
        return not_applicable("no speedup is shown")
    if not compared:
        missing = "no speedup can be held against its bound"
        return judged("a bound is known for each case", [
            Lack(missing, "measure a baseline that ends", whole=True)
        ])  # fmt: skip
    lacks = []
    if beyond := ground.with_any(Caution.SUPERLINEAR):
        missing = f"more speedup than workers and CPUs explain: {named(beyond)}"
        lacks.append(Lack(missing, "look at caches, memory and the baseline, and say why"))
    return judged(_bound(compared, weak=ground.plan.weak), lacks)


def _bound(compared: list[CaseResult], *, weak: bool) -> str:
    if weak:
        widest = max(compared, key=lambda result: result.workers)
        return (
            f"the bound of an efficiency is 100%: {label(widest)} reaches "
            f"{percent(widest.efficiency or 0.0)}"
        )
    best = max(compared, key=lambda result: (result.bound, result.speedup or 0.0))
    limits = "workers" if best.backend == SIMULATED else "workers and usable CPUs"
    return (
        f"the bound by {limits} is given for each case; of the largest, "
        f"{best.bound}, {label(best)} reaches {ratio(best.speedup or 0.0)}"
    )


def plots(ground: Ground) -> Answer:
    """Rule 12: what is needed to read a plot, and lines only where they mean something."""
    lines = _lines(ground)
    if not lines:
        return not_applicable("no backend has two numbers of workers to draw a line through")
    alike = "one backend" if ground.plan.weak else "one backend and size"
    told = f"lines join cases of {alike} only, and intervals are drawn where there are any"
    return judged(told, [*_short(lines), *_kinked(lines), *_without_intervals(lines)])


def _lines(ground: Ground) -> list[list[CaseResult]]:
    """Return the cases that a line would join: of one backend and, unless weak, size."""
    found: dict[tuple[str, int | None], list[CaseResult]] = defaultdict(list)
    for result in ground.timed:
        if not result.twin:
            size = None if ground.plan.weak else result.size
            found[result.backend, size].append(result)
    return [line for line in found.values() if len({r.workers for r in line}) > 1]


def _short(lines: list[list[CaseResult]]) -> Iterator[Lack]:
    short = [line for line in lines if len({r.workers for r in line}) < LEAST_POINTS]
    if short:
        missing = f"two numbers of workers show no trend: {_backends(short)}"
        yield Lack(missing, "measure more numbers of workers, or leave the line out")


def _kinked(lines: list[list[CaseResult]]) -> Iterator[Lack]:
    taking_turns = {Caution.OVERSUBSCRIBED, Caution.MORE_WORKERS_THAN_CPUS}
    kinked = [
        line for line in lines if len({bool(taking_turns & set(r.cautions)) for r in line}) > 1
    ]
    if kinked:
        missing = f"a line would go on where workers outnumber the CPUs: {_backends(kinked)}"
        yield Lack(missing, "end the line at the usable CPUs")


def _without_intervals(lines: list[list[CaseResult]]) -> Iterator[Lack]:
    if any(r.low_s is None and Caution.SIMULATED not in r.cautions for line in lines for r in line):
        yield Lack("some points have no interval", f"take {LEAST_BLOCKS} blocks or more")


def _backends(lines: list[list[CaseResult]]) -> str:
    return ", ".join(dict.fromkeys(line[0].backend for line in lines))
