"""Where the worker-seconds of a case went.

One sample on P workers takes T. P T is what was paid, T_serial what the work costs without any
framework; the difference is lost, and splits without remainder:

    serial      one works, the others wait: the combine, and idle time while items are produced
    balance     nothing was left to start while others still ran
    scheduling  an item waited: queue, serialisation, wire, driver
    work        the same work took more CPU time
    waiting     in the kernel but off the CPU: the GIL, a shared core, I/O

Efficiency and losses are shares of P T, so that they sum to 1 for each sample. That they do proves
nothing: what each is, is tested with timelines whose idle times are known. The idea is that of the
POP metrics (Rosas, Gimenez & Labarta, 2014) and of TALP, with the split by what was ready to run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace

from scaling.analysis.bounds import SIMULATED
from scaling.analysis.evidence import gather
from scaling.analysis.statistics import median
from scaling.model import REFERENCE_BLOCK, SERIAL, Case, Plan
from scaling.records import Sample
from scaling.studydata import StudyData

WAITS_BELOW = 0.05
"""Share of CPU time in the baseline's kernels under which work and waiting cannot be told apart."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What the work costs by itself, in seconds: a serial sample."""

    wall_s: float
    busy_s: float
    """Sum of its item times."""
    cpu_s: float

    def times(self, factor: float) -> Cost:
        """Return the cost of so many times the work."""
        return Cost(self.wall_s * factor, self.busy_s * factor, self.cpu_s * factor)


@dataclass(frozen=True, slots=True)
class Losses:
    """Shares of P T of one sample. None: not known, or not told apart."""

    efficiency: float | None
    """T_serial / (P T)."""
    parallel_efficiency: float | None
    """U / (P T): share of the time in which workers were in the kernel."""
    serial: float | None
    balance: float | None
    scheduling: float | None
    work: float | None
    """Holds ``waiting`` too where the baseline's kernels hardly use the CPU."""
    waiting: float | None

    @property
    def lost(self) -> dict[str, float]:
        """The losses that are known, by name."""
        names = ("serial", "balance", "scheduling", "work", "waiting")
        return {name: value for name in names if (value := getattr(self, name)) is not None}


NOTHING = Losses(None, None, None, None, None, None, None)


def of_sample(sample: Sample, cost: Cost | None) -> Losses:
    """Return where the time of a sample went; what rests on the serial cost only where it is known.

    Definitions: see the module. Idle time counts as balance from the start of the last batch to
    start until the end of the last item, before as scheduling, unless the driver was producing.
    """
    paid = len(sample.workers) * sample.seconds
    balance = _balance_s(sample)
    if not paid or balance is None:
        return NOTHING
    busy = _busy_s(sample)
    alone = len(sample.workers) * sample.combine_s + sum(w.starved_s for w in sample.workers)
    own = Losses(
        efficiency=None,
        parallel_efficiency=busy / paid,
        serial=None,
        balance=balance / paid,
        scheduling=(paid - busy - alone - balance) / paid,
        work=None,
        waiting=None,
    )
    if cost is None:
        return own
    work = sample.cpu_s - cost.cpu_s
    more = busy - cost.busy_s
    told_apart = cost.cpu_s >= WAITS_BELOW * cost.busy_s
    return replace(
        own,
        efficiency=cost.wall_s / paid,
        serial=(alone - (cost.wall_s - cost.busy_s)) / paid,
        work=(work if told_apart else more) / paid,
        waiting=(more - work) / paid if told_apart else None,
    )


def _busy_s(sample: Sample) -> float:
    return sum(worker.busy_s for worker in sample.workers)


def _balance_s(sample: Sample) -> float | None:
    """Return the worker-seconds in which nothing was left to start; None for old records."""
    ends = [worker.last_end_s for worker in sample.workers if worker.last_end_s is not None]
    if sample.last_start_s is None or not ends:
        return None
    end = max(ends)
    return sum(
        max(0.0, end - max(worker.last_end_s or 0.0, sample.last_start_s))
        for worker in sample.workers
    )


def of_cases(data: StudyData) -> dict[str, Losses]:
    """Return the losses of each case whose value counts: medians over the blocks, term by term.

    A session counts with the sample that has its median time; the cost is that of the serial
    session of the same block. With ``--weak`` it is scaled by the size. Of a case without the cap
    on inner threads nobody knows how many workers it has.
    """
    return data.once(_of_cases)


def _of_cases(data: StudyData) -> dict[str, Losses]:
    return {
        key: _medians(_told_alike([of_sample(sample, cost) for sample, cost in blocks]))
        for key, blocks in of_blocks(data).items()
    }


def of_blocks(data: StudyData) -> dict[str, list[tuple[Sample, Cost | None]]]:
    """Return, of each case whose value counts, the sample of each block and what its work costs.

    Which sample and which cost: see ``of_cases``.
    """
    return data.once(_of_blocks)


def _of_blocks(data: StudyData) -> dict[str, list[tuple[Sample, Cost | None]]]:
    cases = {one.case.key: one.case for one in gather(data) if one.counts and not one.case.uncapped}
    middle = {
        (session.case, session.block): _middle(data.samples_of[session.session])
        for session in data.sessions
        if session.case in cases
        and session.block != REFERENCE_BLOCK
        and session.session in data.samples_of
    }
    found: dict[str, list[tuple[Sample, Cost | None]]] = defaultdict(list)
    for (key, block), sample in middle.items():
        found[key].append((sample, _cost(data.header.plan, cases[key], block, middle)))
    return found


def _cost(plan: Plan, case: Case, block: int, middle: dict[tuple[str, int], Sample]) -> Cost | None:
    for other in _serial_cases(plan, case):
        sample = middle.get((other.key, block))
        if sample is not None:
            cost = Cost(sample.seconds, _busy_s(sample), sample.cpu_s)
            return cost.times(case.size / other.size)
    return None


def _serial_cases(plan: Plan, case: Case) -> Iterator[Case]:
    for key in plan.baseline:
        other = plan.case(key)
        if other.backend not in {SERIAL, SIMULATED} or other.workers != 1:
            continue
        if plan.weak or other.size == case.size:
            yield other


def _middle(samples: Sequence[Sample]) -> Sample:
    """Return the sample with the median time, the lower one of two."""
    ordered = sorted(samples, key=lambda sample: sample.seconds)
    return ordered[(len(ordered) - 1) // 2]


def _told_alike(values: Sequence[Losses]) -> Sequence[Losses]:
    """Keep work and waiting together in all blocks where one block cannot tell them apart."""
    if not any(one.work is not None and one.waiting is None for one in values):
        return values
    return [
        replace(one, work=one.work + one.waiting, waiting=None)
        if one.work is not None and one.waiting is not None
        else one
        for one in values
    ]


def _medians(values: Sequence[Losses]) -> Losses:
    terms = {}
    for field in fields(Losses):
        known = [v for one in values if (v := getattr(one, field.name)) is not None]
        terms[field.name] = median(known) if known else None
    return Losses(**terms)
