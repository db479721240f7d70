"""Which parameters of the scaling laws changed between two studies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isclose

from scaling.analysis.law_family import Law
from scaling.analysis.laws import BackendFit, fit_points
from scaling.analysis.points import Points, from_study
from scaling.analysis.statistics import Interval
from scaling.studydata import StudyData

ROUNDED = 1e-3
"""Parameters that differ by less read the same: exact times have intervals without a width."""


@dataclass(frozen=True, slots=True)
class LawChange:
    """A parameter whose 95 % intervals in BASE and NEW have nothing in common."""

    name: str
    """The backend."""
    law: Law
    parameter: str
    unit: str
    """Of gamma; empty for the others, which are shares."""
    base: float
    base_interval: Interval
    new: float
    new_interval: Interval


def law_changes(base: StudyData, new: StudyData) -> tuple[LawChange, ...]:
    """Return what changed, by backends that both studies measured at the same numbers.

    The law is the headline of both: the universal scalability law from 6 numbers, Amdahl's from 4.
    Both have 6 blocks or more, so that the intervals know how far blocks differ.
    Intervals of one and the same parameter have nothing in common in about 0.6 % of studies
    (Schenker & Gentleman, The American Statistician 55(3), 2001).
    """
    ours = {_what(points): points for points in from_study(base) if _enough(points)}
    theirs = {_what(points): points for points in from_study(new) if _enough(points)}
    return tuple(
        change
        for what in ours
        if what in theirs
        for change in _of_fits(fit_points(ours[what]), fit_points(theirs[what]))
    )


def _enough(points: Points) -> bool:
    return len(points.fitted) >= Law.AMDAHL.least_points


def _what(points: Points) -> tuple[object, ...]:
    """Return what both studies must share: backend, size, numbers, and whether work grows."""
    counts = tuple(point.count for point in points.fitted)
    return points.name, points.counted, points.work, points.grows, counts


def _of_fits(base: BackendFit, new: BackendFit) -> Iterator[LawChange]:
    before, after = base.headline, new.headline
    if base.method != "bootstrap" or new.method != "bootstrap":
        return
    if before is None or after is None or before.intervals is None or after.intervals is None:
        return
    columns = zip(before.law.parameters, before.intervals, after.intervals, strict=True)
    for name, old, found in columns:
        one, other = (getattr(fit.coefficients, name) for fit in (before, after))
        apart = old.high < found.low or found.high < old.low
        if apart and not isclose(one, other, rel_tol=ROUNDED):
            yield LawChange(
                name=base.points.name,
                law=before.law,
                parameter=name,
                unit=base.points.unit if name == "gamma" else "",
                base=one,
                base_interval=old,
                new=other,
                new_interval=found,
            )
