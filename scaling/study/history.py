"""What a study has found out so far, and what is left to do."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from scaling import plan
from scaling.model import (
    REFERENCE_BLOCK,
    SERIAL,
    Case,
    Plan,
    Sample,
    SessionRecord,
)

FIRST_LIMIT_S = 3600.0
"""Limit of a sample while no serial time is known."""
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
    serial_s: dict[int, list[float]] = field(default_factory=dict)
    """By size: times of serial samples."""

    def take(self, session: SessionRecord, samples: Iterable[Sample]) -> None:
        """Learn from a session that ended."""
        case = self.plan.case(session.case)
        self.done.add((session.case, session.block))
        if session.status != "ok":
            self.failed.add(session.case)
            return
        for sample in samples:
            self.digests.setdefault(case.size, (sample.digest, session.case))
            if case.backend == SERIAL:
                self.serial_s.setdefault(case.size, []).append(sample.seconds)

    def references_left(self) -> list[Case]:
        """Return the baseline cases whose reference answer is still to be taken."""
        cases = [self.plan.case(key) for key in self.plan.baseline]
        return [case for case in cases if (case.key, REFERENCE_BLOCK) not in self.done]

    def left(self) -> Iterator[tuple[int, Case]]:
        """Yield block and case of each session to come; those of failed cases fall away."""
        for block in range(1, self.plan.blocks + 1):
            for case in plan.order(self.plan, block):
                if case.key not in self.failed and (case.key, block) not in self.done:
                    yield block, case

    def limit_s(self, case: Case) -> float:
        """Return how long a sample of the case may take."""
        if self.plan.timeout_s is not None:
            return self.plan.timeout_s
        times = self.serial_s.get(case.size)
        if not times:
            return FIRST_LIMIT_S
        return LIMIT_BASE_S + LIMIT_FACTOR * statistics.median(times)
