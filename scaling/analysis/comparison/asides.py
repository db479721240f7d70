"""What else changed a lot between two studies: memory and opening times. Told, never judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from scaling.analysis.comparison.verdicts import LEVEL
from scaling.analysis.evidence import Evidence, gather
from scaling.analysis.statistics import LEAST_BLOCKS, median
from scaling.analysis.two_samples import holm, p_value
from scaling.model import Case
from scaling.studydata import StudyData

MUCH = 1.25
"""Times as much, or as little."""
LEAST_MB = 20.0
LEAST_OPENING_S = 0.05


@dataclass(frozen=True, slots=True)
class Aside:
    """A change of a case beside its time."""

    case: Case
    what: Literal["peak memory", "opening"]
    base: float
    """In MB, or in seconds."""
    new: float


def asides(base: StudyData, new: StudyData) -> tuple[Aside, ...]:
    """Return what changed much in the cases that have a value in both studies."""
    ours = {one.case.key: one for one in gather(base) if one.counts}
    theirs = {one.case.key: one for one in gather(new) if one.counts}
    pairs = [(one, theirs[key]) for key, one in ours.items() if key in theirs]
    return (*_memory(pairs), *_openings(pairs))


def _memory(pairs: list[tuple[Evidence, Evidence]]) -> Iterator[Aside]:
    """One number for each study: it has no interval."""
    for one, other in pairs:
        before, after = one.peak_rss_mb, other.peak_rss_mb
        if before and after and _much(before, after, LEAST_MB):
            yield Aside(one.case, "peak memory", before, after)


def _openings(pairs: list[tuple[Evidence, Evidence]]) -> Iterator[Aside]:
    enough = [
        (one.case, one.openings, other.openings)
        for one, other in pairs
        if min(len(one.openings), len(other.openings)) >= LEAST_BLOCKS
    ]
    corrected = holm([p_value(before, after) for _, before, after in enough])
    for (case, before, after), p in zip(enough, corrected, strict=True):
        if p <= LEVEL and _much(median(before), median(after), LEAST_OPENING_S):
            yield Aside(case, "opening", median(before), median(after))


def _much(base: float, new: float, least: float) -> bool:
    return abs(new - base) >= least and max(base, new) >= MUCH * min(base, new)
