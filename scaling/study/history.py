"""What a study has found out so far, and what is left to do."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import dataclass, field

from scaling import plan
from scaling.analysis.statistics import session_value
from scaling.model import REFERENCE_BLOCK, Case, Plan
from scaling.records import Sample, SessionRecord

FIRST_LIMIT_S = 3600.0
"""Limit of a sample while the baseline's time is not known."""
LIMIT_BASE_S = 60.0
LIMIT_FACTOR = 10.0


@dataclass(slots=True)
class History:
    """Grows with every session that ended."""

    plan: Plan
    done: set[tuple[str, int]] = field(default_factory=set)
    """Case and block of every session that ended."""
    failed: set[str] = field(default_factory=set)
    """Keys of the cases that are not run again."""
    digests: dict[int, tuple[str, str]] = field(default_factory=dict)
    """By size: the digest of the reference answer, and the case that gave it."""
    baseline_s: dict[int, list[float]] = field(default_factory=dict)
    """By size: times of the baseline's samples, times its workers."""
    values: dict[str, dict[int, float]] = field(default_factory=dict)
    """By case and block: the session's value, the reference's left out."""

    def take(self, session: SessionRecord, samples: Iterable[Sample]) -> None:
        """Learn from a session that ended."""
        case = self.plan.case(session.case)
        self.done.add((session.case, session.block))
        if session.status != "ok":
            self.failed.add(session.case)
            return
        taken = list(samples)
        for sample in taken:
            self.digests.setdefault(case.size, (sample.digest, session.case))
            if session.case in self.plan.baseline:
                known = self.baseline_s.setdefault(case.size, [])
                known.append(sample.seconds * case.workers)
        if session.block != REFERENCE_BLOCK and taken:
            self.values.setdefault(session.case, {})[session.block] = session_value(taken)

    def references_left(self) -> list[Case]:
        """Return the baseline cases whose reference answer is still to be taken."""
        cases = [self.plan.case(key) for key in self.plan.baseline]
        return [case for case in cases if (case.key, REFERENCE_BLOCK) not in self.done]

    def left_of(self, block: int) -> list[Case]:
        """Return the cases of a block that are still to be measured, in the block's order."""
        return [
            case
            for case in plan.order(self.plan, block)
            if case.key not in self.failed and (case.key, block) not in self.done
        ]

    def left(self) -> int:
        """Return the number of sessions to come until the least number of blocks is done."""
        blocks = range(1, self.plan.blocks + 1)
        return len(self.references_left()) + sum(len(self.left_of(block)) for block in blocks)

    def measured(self) -> list[list[float]]:
        """Return the session values of every case that has not failed."""
        alive = [case.key for case in self.plan.cases if case.key not in self.failed]
        return [list(self.values.get(key, {}).values()) for key in alive]

    def limit_s(self, case: Case) -> float:
        """Return how long a sample of the case may take."""
        if self.plan.timeout_s is not None:
            return self.plan.timeout_s
        times = self.baseline_s.get(case.size) or self._grown(case)
        if not times:
            return FIRST_LIMIT_S
        return LIMIT_BASE_S + LIMIT_FACTOR * statistics.median(times)

    def _grown(self, case: Case) -> list[float]:
        """Scale the baseline's times to a size that has no baseline of its own."""
        return [
            seconds * case.size / size
            for size, known in self.baseline_s.items()
            for seconds in known
        ]
