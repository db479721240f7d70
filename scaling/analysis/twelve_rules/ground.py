"""What the rules look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scaling.analysis.base_case import base_cases
from scaling.analysis.bounds import SIMULATED
from scaling.analysis.cautions import Caution
from scaling.analysis.speedup import CaseResult
from scaling.analysis.units import count, seconds
from scaling.analysis.verdict import label
from scaling.model import Plan, StudyHeader
from scaling.studydata import StudyData

MOST_NAMED = 3
"""Cases that are named for one doubt."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A study with its results."""

    data: StudyData
    results: tuple[CaseResult, ...]

    @property
    def header(self) -> StudyHeader:
        """What was planned, and where it ran."""
        return self.data.header

    @property
    def plan(self) -> Plan:
        """What was to be measured."""
        return self.data.header.plan

    @property
    def timed(self) -> list[CaseResult]:
        """Cases whose time counts."""
        return [r for r in self.results if r.status == "ok" and r.median_s is not None]

    @property
    def measured(self) -> list[CaseResult]:
        """Those that were not computed from a law."""
        return [result for result in self.timed if result.backend != SIMULATED]

    @property
    def bases(self) -> tuple[CaseResult, ...]:
        """What speedup or efficiency is relative to."""
        return base_cases(self.results, self.plan)

    @property
    def compared(self) -> list[CaseResult]:
        """Cases with a speedup, or an efficiency where the work grows, that are no base case."""
        bases = self.bases
        return [
            result
            for result in self.timed
            if result not in bases and (result.speedup is not None or result.efficiency is not None)
        ]

    def with_any(self, *cautions: Caution) -> list[CaseResult]:
        """Return the cases with a time that have one of these cautions."""
        return [result for result in self.timed if set(cautions) & set(result.cautions)]


def named(results: Sequence[CaseResult]) -> str:
    """Return the names of some cases: the first few, and how many more."""
    names = list(dict.fromkeys(label(result) for result in results))
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more


def absolute(bases: Sequence[CaseResult], *, sizes: bool) -> str:
    """Return the absolute times of base cases, with their sizes where there are several."""
    return ", ".join(
        seconds(base.median_s or 0.0) + (f" ({count(base.size, 'item')})" if sizes else "")
        for base in bases
    )
