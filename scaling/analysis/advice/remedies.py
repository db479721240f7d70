"""What follows from the largest loss of a case, with the number that speaks for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from scaling.analysis.advice.fixed_costs import item_seconds
from scaling.analysis.advice.ground import Standing
from scaling.analysis.bounds import too_many_workers, usable_cpus
from scaling.analysis.statistics import median
from scaling.analysis.units import count, ratio, seconds
from scaling.model import SERIAL
from scaling.records import Sample
from scaling.studydata import StudyData

DOMINANT = 0.5
"""An item that takes this share of the pass is what to split."""


def remedy(data: StudyData, one: Standing, loss: str, others: Sequence[Standing]) -> str | None:
    """Return what to do, without a full stop; None where the data name nothing."""
    samples = [s for s in data.samples if s.case == one.case.key and s.block in one.evidence.values]
    rule = _RULES[loss]
    return rule(data, one, samples, others) if samples else None


def _serial(
    data: StudyData, one: Standing, samples: Sequence[Sample], others: Sequence[Standing]
) -> str | None:
    """Tell the combine from the producer by where the idle time lies."""
    del data, others
    combine = median([sample.combine_s for sample in samples])
    starved = median([
        sum(worker.starved_s for worker in sample.workers) / max(1, len(sample.workers))
        for sample in samples
    ])  # fmt: skip
    pass_s = seconds(one.seconds)
    if combine >= starved:
        return f"make the combine faster: it takes {seconds(combine)} of {pass_s}"
    return f"produce items faster: each worker waited {seconds(starved)} of {pass_s} for them"


def _balance(
    data: StudyData, one: Standing, samples: Sequence[Sample], others: Sequence[Standing]
) -> str | None:
    del data, others
    longest = median(
        [max((w.longest_s for w in sample.workers), default=0.0) for sample in samples]
    )
    if not longest:
        return None
    if longest >= DOMINANT * one.seconds:
        return (
            f"split the longest item: it takes {seconds(longest)}, and no number of workers "
            "gets under that"
        )
    return (
        f"make items smaller or start the longest first: it takes {seconds(longest)} of "
        f"{seconds(one.seconds)}"
    )


def _scheduling(
    data: StudyData, one: Standing, samples: Sequence[Sample], others: Sequence[Standing]
) -> str | None:
    del samples, others
    item = item_seconds(data, one)
    if item is None:
        return None
    more = (
        ""
        if data.header.plan.batch is None
        else f" or larger batches than {data.header.plan.batch}"
    )
    return f"try larger items{more}: one takes {seconds(item)}"


def _work(
    data: StudyData, one: Standing, samples: Sequence[Sample], others: Sequence[Standing]
) -> str | None:
    """Compare with serial: the same items, how many times the time."""
    alone = next((o for o in others if o.case.backend == SERIAL), None)
    ours = item_seconds(data, one)
    theirs = item_seconds(data, alone) if alone else None
    if ours is None or not theirs or ours <= theirs:
        return None
    del samples
    more = ratio(ours / theirs)
    if one.result.loss_waiting is None:
        return f"look at what the kernels wait for: an item takes {more} times as long as in serial"
    return (
        "look at what workers share (memory bandwidth, caches, SMT are candidates): an item takes "
        f"{more} times as long as in serial"
    )


def _waiting(
    data: StudyData, one: Standing, samples: Sequence[Sample], others: Sequence[Standing]
) -> str | None:
    del samples
    workers = one.case.workers
    if too_many_workers(data, one.case):
        cpus = count(usable_cpus(data, one.case), "usable CPU")
        return f"use no more workers than the {cpus}: {workers} take turns"
    if one.case.backend != "threads":
        return None
    beside = [o for o in others if o.case.backend == "processes" and o.case.workers == workers]
    if not beside:
        return f"try processes, where {count(workers, 'worker')} would not share one GIL"
    if beside[0].seconds < one.seconds:
        return f"use processes instead: {seconds(beside[0].seconds)} with {workers} workers"
    return None


_RULES: dict[
    str, Callable[[StudyData, Standing, Sequence[Sample], Sequence[Standing]], str | None]
] = {
    "serial": _serial,
    "balance": _balance,
    "scheduling": _scheduling,
    "work": _work,
    "waiting": _waiting,
}
