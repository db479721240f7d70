"""A study as the rules look at it: for each session the sample that has its median time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from scaling.analysis import bounds
from scaling.analysis.losses import NOTHING, Losses, of_cases
from scaling.analysis.statistics import median
from scaling.model import REFERENCE_BLOCK, SERIAL, Case, Environment, WorkloadFacts
from scaling.records import Sample, SessionRecord
from scaling.studydata import StudyData

SENDS = ("processes", "joblib", "dask", bounds.RAY)
"""Backends whose items and parts travel between processes."""
AGREE = 0.75
"""Share of the blocks in which one case must be slower than another: both blocks of a quick look,
5 of 6."""
MORE_THAN_ONE = 1.1
"""CPUs that a kernel uses from which on more than one thread works: clocks agree within 10 %."""


@dataclass(frozen=True, slots=True)
class Timed:
    """A session, and the sample that stands for it. It lasted, and had workers."""

    record: SessionRecord
    sample: Sample

    @property
    def paid_s(self) -> float:
        """Worker-seconds: P T."""
        return len(self.sample.workers) * self.sample.seconds

    @property
    def busy_s(self) -> float:
        """Sum of the item times."""
        return sum(worker.busy_s for worker in self.sample.workers)

    @property
    def batches(self) -> int:
        """Number of batches."""
        return sum(worker.batches for worker in self.sample.workers)


Value = Callable[[Timed], float | None]


@dataclass(frozen=True, slots=True)
class Measured:
    """A case that has samples."""

    case: Case
    facts: WorkloadFacts | None
    timed: tuple[Timed, ...]
    losses: Losses
    waits: bool
    usable: int
    """CPUs that its workers have together."""
    one_host: bool
    """True when all of it ran on this machine."""

    @property
    def seconds(self) -> float:
        """Median of the sessions."""
        return median([one.sample.seconds for one in self.timed])

    @property
    def kernel_cpus(self) -> float:
        """CPUs that a kernel uses while it runs; 0 where that is not known."""
        return self.typical(lambda t: t.sample.cpu_s / t.busy_s if t.busy_s > 0 else None) or 0.0

    def typical(self, value: Value) -> float | None:
        """Return the median over the sessions; None where no session has the value."""
        known = [found for one in self.timed if (found := value(one)) is not None]
        return median(known) if known else None

    def slower(self, other: Measured, factor: float) -> bool:
        """Tell whether it takes at least so many times as long as another, and not by chance.

        By block, since what disturbs a block disturbs both: the median, and the direction in most.
        """
        beside = {one.record.block: one.sample.seconds for one in other.timed}
        ratios = [
            one.sample.seconds / beside[one.record.block]
            for one in self.timed
            if one.record.block in beside
        ]
        agree = sum(ratio > 1 for ratio in ratios) >= AGREE * len(ratios)
        return bool(ratios) and agree and median(ratios) >= factor

    def lost(self, *names: str) -> float:
        """Return the sum of these losses, as a share of P T; what is not known counts nothing."""
        return sum(self.losses.lost.get(name, 0.0) for name in names)


@dataclass(frozen=True, slots=True)
class View:
    """What the rules see."""

    data: StudyData
    cases: tuple[Measured, ...]
    """All that was really measured, but for the serial cases without a cap."""
    uncapped: tuple[Measured, ...]

    @property
    def environment(self) -> Environment:
        """The machine."""
        return self.data.header.environment

    @property
    def parallel(self) -> Iterator[Measured]:
        """The cases on a backend, of any number of workers."""
        return (one for one in self.cases if one.case.backend != SERIAL)

    @property
    def sending(self) -> Iterator[Measured]:
        """The cases whose items travel."""
        return (one for one in self.cases if one.case.backend in SENDS)

    def serial(self, other: Measured) -> Measured | None:
        """Return the serial case to compare with; with ``--weak`` it may be of another size."""
        alone = [one for one in self.cases if one.case.backend == SERIAL]
        for one in alone:
            if one.case.size == other.case.size:
                return one
        return alone[0] if alone and self.data.header.plan.weak else None

    def beside(self, other: Measured) -> Measured | None:
        """Return a case on processes with as many workers, on this machine."""
        found = [
            one
            for one in self.sending
            if one.one_host
            and (one.case.size, one.case.workers) == (other.case.size, other.case.workers)
        ]
        return min(found, key=lambda one: SENDS.index(one.case.backend), default=None)

    def spare_cpus(self, one: Measured) -> float:
        """Return the CPUs that its workers leave free; negative where they have too few.

        A kernel counts with the threads of its own that it uses where it has most room.
        """
        used = self.sizes()[one.case.size][0].kernel_cpus
        return one.usable - one.case.workers * (used if used >= MORE_THAN_ONE else 1)

    def sizes(self) -> dict[int, list[Measured]]:
        """Return the cases by size, those with few workers first."""
        found: dict[int, list[Measured]] = defaultdict(list)
        for one in sorted(self.cases, key=lambda one: one.case.workers):
            found[one.case.size].append(one)
        return found


def view(data: StudyData) -> View:
    """Return what the rules see of a study; computed times are not looked at."""
    data = _measured_only(data)
    losses = of_cases(data)
    timed = _timed(data)
    found = [
        _measured(data, case, timed[case.key], losses.get(case.key, NOTHING))
        for case in data.header.plan.cases
        if timed.get(case.key)
    ]
    return View(
        data,
        cases=tuple(one for one in found if not one.case.uncapped),
        uncapped=tuple(one for one in found if one.case.uncapped),
    )


def _measured_only(data: StudyData) -> StudyData:
    """Leave out what was not measured; where all was, return the study itself, known already."""
    known = {case.key for case in data.header.plan.cases if case.backend != bounds.SIMULATED}
    sessions = tuple(session for session in data.sessions if session.case in known)
    samples = tuple(s for s in data.samples if s.case in known and s.seconds > 0 and s.workers)
    if (len(sessions), len(samples)) == (len(data.sessions), len(data.samples)):
        return data
    return replace(data, sessions=sessions, samples=samples)


def _timed(data: StudyData) -> dict[str, list[Timed]]:
    found: dict[str, list[Timed]] = defaultdict(list)
    for session in data.sessions:
        own = data.samples_of.get(session.session)
        if own and session.block != REFERENCE_BLOCK and session.status == "ok":
            ordered = sorted(own, key=lambda sample: sample.seconds)
            found[session.case].append(Timed(session, ordered[(len(ordered) - 1) // 2]))
    return found


def _measured(data: StudyData, case: Case, timed: Sequence[Timed], losses: Losses) -> Measured:
    facts = [facts for facts in data.header.facts if facts.items == case.size]
    return Measured(
        case=case,
        facts=facts[0] if facts else None,
        timed=tuple(timed),
        losses=losses,
        waits=bounds.waits(data.header, case.size),
        usable=bounds.usable_cpus(data, case),
        one_host=case.backend != bounds.RAY or bounds.shares_cores(data, case),
    )
