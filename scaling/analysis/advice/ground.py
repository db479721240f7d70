"""What advice rests on: the measured cases that count, and what may be said of nodes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scaling.analysis.bounds import RAY, SIMULATED, shares_cores
from scaling.analysis.evidence import Evidence, gather
from scaling.analysis.speedup import CaseResult, Gain, gain
from scaling.model import SERIAL, Case
from scaling.studydata import StudyData

CLOSE = 0.1
"""A case slower by more than this is not called equal, however wide its interval is."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A case with a value that counts."""

    evidence: Evidence
    result: CaseResult

    @property
    def case(self) -> Case:
        """What was measured."""
        return self.evidence.case

    @property
    def seconds(self) -> float:
        """Its time: the median over blocks."""
        assert self.result.median_s is not None, "only cases with a time stand"
        return self.result.median_s


def standings(data: StudyData, results: Sequence[CaseResult]) -> tuple[Standing, ...]:
    """Return the cases that count.

    Simulated ones do not: a law needs no advice; nor does serial without the cap on inner threads,
    which is no case of one worker.
    """
    return tuple(
        Standing(one, result)
        for one, result in zip(gather(data), results, strict=True)
        if one.counts
        and result.median_s
        and one.case.backend != SIMULATED
        and not one.case.uncapped
    )


def stands_for_itself(data: StudyData, case: Case) -> bool:
    """Tell whether what was measured is what a user would get: nodes with cores of their own."""
    return case.nodes == 1 or not shares_cores(data, case)


def leads_by_chance(one: Standing, cases: Iterable[Standing]) -> bool:
    """Tell whether a lead of the case could be nothing else: one worker beside a serial run.

    What one worker can gain is that items are made, and parts combined, while it works: not
    more than the serial run spends outside of its kernels.
    """
    serial = next((other for other in cases if not is_parallel(other)), None)
    if serial is None or not is_parallel(one) or one.case.workers > 1:
        return False
    share = serial.result.parallel_efficiency
    return share is None or share > 1 - CLOSE


def fastest(cases: Iterable[Standing]) -> Standing | None:
    """Return the case with the shortest time."""
    return min(cases, key=lambda one: one.seconds, default=None)


def lead(data: StudyData, ahead: Standing, behind: Standing) -> Gain:
    """Return how many times as long the case behind takes."""
    found = gain(ahead.evidence, behind.evidence, data.header.plan.seed)
    assert found is not None, "both have values"
    return found


def told_apart(data: StudyData, lead: Gain) -> bool:
    """Tell whether two times differ beyond chance; without an interval, beyond the precision."""
    if lead.interval is None:
        precision = data.header.plan.precision
        return not 1 / (1 + precision) <= lead.ratio <= 1 + precision
    return not lead.interval.low <= 1 <= lead.interval.high


def is_parallel(one: Standing) -> bool:
    """Tell whether the case has more than one worker or a framework."""
    return one.case.backend != SERIAL


def is_ray(one: Standing) -> bool:
    """Tell whether Ray ran it."""
    return one.case.backend == RAY
