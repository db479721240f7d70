"""How a study was measured: how many blocks, why no more, and how close it came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from scaling.analysis.evidence import Evidence, gather
from scaling.analysis.statistics import (
    BOOTSTRAP_BLOCKS,
    LEAST_BLOCKS,
    RESAMPLES,
    relative_half_width,
)
from scaling.analysis.units import count, percent
from scaling.studydata import StudyData


@dataclass(frozen=True, slots=True)
class Protocol:
    """What a reader must know of the measuring to judge the numbers."""

    blocks: int
    """The most that a case has."""
    ended: str | None
    """Why no further block began; None while the study goes on, or when it was killed."""
    wanted: float | None
    """The precision asked for; None for a fixed number of blocks."""
    reached: float | None
    """Largest distance of an interval's end from its median, relative; None without intervals."""
    seed: int
    quick: bool
    intervals: Literal["order statistics", "bootstrap"] | None
    """How the interval of a speedup was found; None under 6 blocks."""


def protocol(data: StudyData) -> Protocol:
    """Return how the study was measured."""
    plan = data.header.plan
    counted = [one for one in gather(data) if one.counts]
    end = data.ends[-1] if data.ends else None
    blocks = max((len(one.values) for one in counted), default=0)
    told = end.reached if end else None
    return Protocol(
        blocks=blocks,
        ended=end.reason if end else None,
        wanted=plan.precision if (plan.max_blocks or 0) > plan.blocks else None,
        reached=_reached(counted) if told is None else told,
        seed=plan.seed,
        quick=plan.quick,
        intervals=_method(blocks),
    )


def said(protocol: Protocol) -> str:
    """Say it in a sentence or two."""
    quick = "Quick: " if protocol.quick else ""
    told = f"{quick}{count(protocol.blocks, 'block')}{_ENDS[protocol.ended]}"
    if protocol.reached is None:
        told += "; no intervals"
    else:
        told += f"; the widest interval of a time is within {percent(protocol.reached)}"
        told += "" if protocol.wanted is None else f" ({percent(protocol.wanted)} wanted)"
    return f"{told}. {_METHODS[protocol.intervals]}seed {protocol.seed}."


_ENDS = {
    None: ", and the run did not end by itself",
    "complete": ", as planned",
    "precision": ", until the intervals were narrow enough",
    "max-blocks": ", the most allowed",
    "budget": ", then the time budget was spent",
    "interrupted": ", then the run was interrupted",
    "stopped": ", then no case was left to measure",
}
_METHODS = {
    None: "Random order from ",
    "order statistics": "Intervals by order statistics; random order from ",
    "bootstrap": f"Intervals of ratios by {RESAMPLES:,} resamples of blocks; they and order from ",
}


def _reached(counted: list[Evidence]) -> float | None:
    widths = [relative_half_width(list(one.values.values())) for one in counted]
    known = [width for width in widths if width is not None]
    return max(known, default=None) if len(known) == len(widths) else None


def _method(blocks: int) -> Literal["order statistics", "bootstrap"] | None:
    if blocks < LEAST_BLOCKS:
        return None
    return "bootstrap" if blocks >= BOOTSTRAP_BLOCKS else "order statistics"
