"""What a machine shows when there is nothing to see: one case under two names."""

from __future__ import annotations

from dataclasses import dataclass

from scaling.analysis.evidence import gather
from scaling.analysis.speedup import Gain, gain
from scaling.analysis.units import count, percent
from scaling.studydata import StudyData


@dataclass(frozen=True, slots=True)
class Null:
    """How far two equal cases lay apart, and how far they might have."""

    case: str
    """What was measured twice."""
    blocks: int
    difference: float
    """Larger over smaller median, less one."""
    floor: float | None
    """Differences under it cannot be told from noise; None under 6 blocks."""


def null_result(data: StudyData) -> Null | None:
    """Return what the twins of a study show; None without twins that both have a value."""
    twins = [one for one in gather(data) if one.case.twin and not one.case.uncapped]
    if len(twins) != 2:
        return None
    first, second = twins
    found = gain(second, first, data.header.plan.seed)
    if found is None or found.ratio == 0:
        return None
    return Null(
        case=f"{first.case.backend} with {count(first.case.workers, 'worker')}",
        blocks=len(first.values.keys() & second.values.keys()),
        difference=max(found.ratio, 1 / found.ratio) - 1,
        floor=floor(found),
    )


def floor(found: Gain) -> float | None:
    """Return the difference that noise alone may show; None without an interval.

    It is how far the 95 % interval of the ratio reaches from the ratio itself, the longer way:
    max(high / ratio, ratio / low) - 1. Equal cases differ by less whenever that interval holds 1,
    so in at least 95 % of studies; the difference that was seen has no part in it.
    """
    if found.interval is None or found.interval.low <= 0:
        return None
    return max(found.interval.high / found.ratio, found.ratio / found.interval.low) - 1


def said(null: Null) -> str:
    """Say it in a sentence or two."""
    seen = f"Two equal cases ({null.case}) differed by {percent(null.difference)}"
    blocks = count(null.blocks, "block")
    if null.floor is None:
        return f"{seen}; with {blocks} nothing can be said of the noise: take 6 or more."
    told = (
        f"{seen}; differences under {percent(null.floor)} cannot be told from noise here "
        f"with {blocks}."
    )
    if null.difference <= null.floor:
        return told
    return (
        f"{told} They differed by more than that: the machine was not steady enough for this "
        "floor; measure again with more blocks."
    )
