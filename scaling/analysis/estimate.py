"""How long a planned study may take, from what its probe saw. An outlook, not a measurement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

from scaling.analysis.bounds import ASYNCIO, RAY, SIMULATED
from scaling.analysis.units import count, percent, seconds, seconds_range
from scaling.model import SERIAL, Case, Plan, StudyHeader, WorkloadFacts

PROCESS_S = 0.3
"""Starting the process of a session, and ending it; seen on a small machine, as what follows."""
OPENING_S = {
    SERIAL: 0.0,
    "threads": 0.0,
    ASYNCIO: 0.0,
    SIMULATED: 0.0,
    "processes": 0.25,
    "joblib": 0.8,
    "dask": 1.5,
    RAY: 1.5,
}
"""Until a pool of few workers answers, without shared input."""
CLUSTER_S = 3.0
"""Starting an embedded cluster of few nodes, and ending it."""
WARMUP_S = 0.5
MOST_SAMPLES = 10
GRAIN_SESSION_S = (3.0, 8.0)
"""A dozen levels of 0.3 s or more each; few where items soon are long enough."""


@dataclass(frozen=True, slots=True)
class Span:
    """From the least to the most seconds that are likely."""

    low: float
    high: float

    def __add__(self, other: Span) -> Span:
        return Span(self.low + other.low, self.high + other.high)

    def times(self, factor: float) -> Span:
        """Return so many of it."""
        return Span(self.low * factor, self.high * factor)


@dataclass(frozen=True, slots=True)
class CaseOutlook:
    """One case that is going to be measured."""

    case: Case
    sample: Span | None
    """Seconds of one sample; None where the probe could not tell."""
    session: Span | None
    """Seconds of one session: a fresh process, its pool, a warm-up, samples."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is going to be measured, and how long that may take."""

    cases: tuple[CaseOutlook, ...]
    least_sessions: int
    most_sessions: int
    block: Span | None
    """Seconds of one session of every case."""
    total: Span | None
    rests_on: tuple[str, ...]
    """A sentence each."""
    unknown: tuple[str, ...]
    """What cannot be told before it is measured, a sentence each."""


def of_study(header: StudyHeader) -> Outlook:
    """Return the outlook of a study that is planned."""
    plan = header.plan
    cases = tuple(_case(case, header) for case in plan.cases)
    by_key = {one.case.key: one.session for one in cases}
    references = [by_key.get(key) for key in plan.baseline]
    block = _sum([one.session for one in cases])
    most = max(plan.blocks, plan.max_blocks or plan.blocks)
    return Outlook(
        cases=cases,
        least_sessions=len(references) + plan.blocks * len(cases),
        most_sessions=len(references) + most * len(cases),
        block=block,
        total=_total(plan, block, _sum(references), most),
        rests_on=tuple(_grounds(header)),
        unknown=tuple(_unknown(header, cases)),
    )


def of_grain(plan: Plan, budget_s: float | None) -> Outlook:
    """Return the outlook of a planned ``scale grain``."""
    cases = tuple(
        CaseOutlook(case, None, Span(*GRAIN_SESSION_S) + _start(case.backend))
        for case in plan.cases
    )
    block = _sum([one.session for one in cases])
    total = None if block is None else block.times(plan.blocks) + _cluster(plan)
    sessions = plan.blocks * len(cases)
    length = seconds_range(*GRAIN_SESSION_S)
    grounds = [f"A session takes {length} beside its start: a dozen levels of 0.3 s or more."]
    if budget_s is not None and total is not None and block is not None:
        total = Span(min(total.low, block.low), max(block.high, min(total.high, budget_s)))
        grounds.append(f"No further block begins that would end after {seconds(budget_s)}.")
    return Outlook(
        cases=cases,
        least_sessions=len(cases) if budget_s is not None else sessions,
        most_sessions=sessions,
        block=block,
        total=total,
        rests_on=tuple(grounds),
        unknown=("How many levels a backend needs is found out while it is measured.",),
    )


def _case(case: Case, header: StudyHeader) -> CaseOutlook:
    sample = _sample(case, header)
    if sample is None:
        return CaseOutlook(case, None, None)
    opening = OPENING_S.get(case.backend, 0.0)
    ends = [_session(one, opening) for one in (sample.low, sample.high)]
    return CaseOutlook(case, sample, Span(min(ends), max(ends)) + _start(case.backend))


def _session(sample_s: float, opening_s: float) -> float:
    """Return the warm-up and the samples, which go on until they took as long as the opening."""
    needed = ceil(opening_s / sample_s) if sample_s > 0 else 1
    return min(WARMUP_S, sample_s) + sample_s * min(MOST_SAMPLES, max(1, needed))


def _start(backend: str) -> Span:
    start = PROCESS_S + OPENING_S.get(backend, 0.0)
    return Span(start, start)


def _sample(case: Case, header: StudyHeader) -> Span | None:
    """Return the time of a pass: as if all workers helped fully, and as if only one did."""
    facts = header.facts_of(case)
    if facts.item_s is None:
        return None
    alone = facts.item_s * case.size
    return Span(alone / _helpers(case, header, facts), alone)


def _helpers(case: Case, header: StudyHeader, facts: WorkloadFacts) -> int:
    """Return how many workers can be busy at once."""
    cpus = header.environment.usable_cpus
    if case.backend in {SERIAL, SIMULATED}:
        return cpus if case.uncapped else 1
    if facts.waits:
        return case.workers
    if case.backend == ASYNCIO:
        return 1
    elsewhere = case.backend == RAY and header.plan.cluster != "local"
    return case.workers if elsewhere else min(case.workers, cpus)


def _sum(spans: list[Span | None]) -> Span | None:
    total = Span(0.0, 0.0)
    for span in spans:
        if span is None:
            return None
        total += span
    return total


def _cluster(plan: Plan) -> Span:
    here = plan.cluster == "local" and any(case.backend == RAY for case in plan.cases)
    return Span(CLUSTER_S, CLUSTER_S) if here else Span(0.0, 0.0)


def _total(plan: Plan, block: Span | None, references: Span | None, most: int) -> Span | None:
    if block is None or references is None:
        return None
    least = references + block.times(plan.blocks) + _cluster(plan)
    longest = least.high + block.high * (most - plan.blocks)
    if plan.budget_s is not None:
        longest = max(least.high, min(longest, plan.budget_s))
    return Span(least.low, longest)


def _grounds(header: StudyHeader) -> Iterator[str]:
    plan = header.plan
    for facts in header.facts:
        if facts.item_s is not None:
            yield (
                f"{count(facts.items, 'item')} of {seconds(facts.item_s)}, the mean of the few "
                f"that were tried, take one worker {seconds(facts.items * facts.item_s)}; more "
                "workers take between that and their share of it."
            )
    openings = {case.backend: OPENING_S.get(case.backend, 0.0) for case in plan.cases}
    told = [f"{name} {seconds(time)}" for name, time in openings.items() if time]
    if told:
        yield f"Opening a pool takes about: {', '.join(told)}."
    if plan.max_blocks is not None and plan.max_blocks > plan.blocks:
        budget = "" if plan.budget_s is None else f" or {seconds(plan.budget_s)} are spent"
        yield (
            f"{count(plan.blocks, 'block')} are always measured; more, up to {plan.max_blocks}, "
            f"until every interval is within {percent(plan.precision)} of its median{budget}."
        )


def _unknown(header: StudyHeader, cases: tuple[CaseOutlook, ...]) -> Iterator[str]:
    names = dict.fromkeys(one.case.size for one in cases if one.sample is None)
    if names:
        sizes = ", ".join(map(str, names))
        yield (
            f"How long the items take (size {sizes}): they failed when they were tried, or took "
            "too long; the study will say."
        )
    yield "What handing out items, sending shared input and combining parts cost."
    if header.plan.max_blocks is not None and header.plan.max_blocks > header.plan.blocks:
        yield "How many blocks the precision takes."
    if header.plan.cluster != "local":
        yield "How busy the running cluster is."
