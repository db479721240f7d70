"""How many workers to use: the most that are used well, and the knee."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scaling.analysis.evidence import Evidence, gather
from scaling.analysis.speedup import compared, paired
from scaling.analysis.statistics import Pairs, confidence_above, median
from scaling.model import SERIAL
from scaling.studydata import StudyData

TARGET_EFFICIENCY = 0.7


@dataclass(frozen=True, slots=True)
class Size:
    """How many workers on how many nodes."""

    nodes: int
    workers: int


@dataclass(frozen=True, slots=True)
class Choice:
    """How far one backend goes with the work of one size."""

    backend: str
    size: int
    target: float
    """The efficiency that is asked for."""
    best: Size | None
    """The most workers whose efficiency is the target or more; None when none has it."""
    efficiency: float | None
    confidence: float | None
    """That its efficiency is the target or more; None under 6 blocks."""
    knee: Size | None
    """Where speedup times efficiency is largest; None for one case, and with ``--weak``."""
    largest: Size
    """The most workers that have a value."""


@dataclass(frozen=True, slots=True)
class _Standing:
    size: Size
    efficiency: float
    pairs: Pairs
    share: float


def choices(data: StudyData, target: float = TARGET_EFFICIENCY) -> tuple[Choice, ...]:
    """Return the choice of each backend and size, without serial and without twins."""
    plan, found = data.header.plan, gather(data)
    if plan.null:
        return ()
    smallest = min((one.case.size for one in found), default=0)
    groups: dict[tuple[str, int], list[Evidence]] = {}
    for one in found:
        if one.counts and one.case.backend != SERIAL:
            size = smallest if plan.weak else one.case.size
            groups.setdefault((one.case.backend, size), []).append(one)
    chosen = []
    for (backend, size), group in groups.items():
        standings = [s for one in group if (s := _standing(data, one, found)) is not None]
        if standings:
            chosen.append(_choice(backend, size, standings, target, data))
    return tuple(chosen)


def _standing(data: StudyData, one: Evidence, found: Sequence[Evidence]) -> _Standing | None:
    comparison = compared(data, one, found)
    reference, time = comparison.reference, median(list(one.values.values()))
    if reference is None or not reference.counts or not time:
        return None
    efficiency = median(list(reference.values.values())) / time * comparison.share
    size = Size(one.case.nodes, one.case.workers)
    return _Standing(size, efficiency, paired(one, reference), comparison.share)


def _choice(
    backend: str, size: int, standings: list[_Standing], target: float, data: StudyData
) -> Choice:
    plan = data.header.plan
    good = [one for one in standings if one.efficiency >= target]
    best = max(good, key=_workers, default=None)
    return Choice(
        backend=backend,
        size=size,
        target=target,
        best=best.size if best else None,
        efficiency=best.efficiency if best else None,
        confidence=_confidence(best, target, plan.seed) if best else None,
        knee=None if plan.weak else _knee(standings),
        largest=max(standings, key=_workers).size,
    )


def _confidence(one: _Standing, target: float, seed: int) -> float | None:
    return confidence_above(one.pairs, target / one.share, seed)


def _knee(standings: Sequence[_Standing]) -> Size | None:
    """Return where efficiency over time is largest: speedup times efficiency, for one size.

    Eager, Zahorjan & Lazowska, IEEE Trans. Computers 38(3), 1989, after Kleinrock's power (1979).
    """
    if len(standings) < 2:
        return None
    return max(standings, key=lambda one: one.efficiency**2 * one.size.workers).size


def _workers(one: _Standing) -> tuple[int, int]:
    return one.size.workers, one.size.nodes
