"""What a case spends more or less of in NEW than in BASE, in worker-seconds.

P workers for a time T are P T worker-seconds. Here they split into

    kernel      what the kernels take in the serial run of the same block
    serial      one works, the others wait, the serial run's own share included
    balance, scheduling, work, waiting
                the losses (see ``losses``)

Worker-seconds and not shares, so that slower kernels, which make every share of the rest smaller,
move the kernel alone. ``serial`` is what ``losses`` has before it subtracts what the serial run
spends outside the kernel: so work that one does alone is in one place, on one worker and on many.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace

from scaling.analysis.comparison.verdicts import LEVEL, Comparison, Verdict
from scaling.analysis.losses import Cost, of_blocks, of_sample
from scaling.analysis.statistics import LEAST_BLOCKS, Interval, median
from scaling.analysis.two_samples import holm, p_value, shift_interval
from scaling.model import Case
from scaling.records import Sample
from scaling.studydata import StudyData

KERNEL = "kernel"
LEAST_SHARE = 0.1
"""Of the change in worker-seconds: what moved by less is not named."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Worker-seconds of one sample. None: not known, or held by the one before it."""

    kernel: float
    serial: float
    balance: float
    scheduling: float
    work: float | None
    waiting: float | None


@dataclass(frozen=True, slots=True)
class Moved:
    """A part that is larger or smaller in NEW, beyond chance."""

    name: str
    base: float
    """Median over the blocks, in worker-seconds."""
    new: float
    interval: Interval
    """95 % of the difference, new less base."""
    p_corrected: float
    """Mann and Whitney's, corrected for the number of parts."""

    @property
    def by(self) -> float:
        """The difference of the medians."""
        return self.new - self.base


@dataclass(frozen=True, slots=True)
class Cause:
    """Where the change of a case is."""

    case: Case
    by: float
    """Change of P T in worker-seconds: difference of the medians."""
    moved: tuple[Moved, ...]
    """What changed the same way, beyond chance, by a tenth of it or more; the most first."""
    alike: tuple[str, ...] = ()
    """Names of what would be among them, but changed by the factor of the kernel: a slow-down of
    everything is none of its own."""


def causes(base: StudyData, new: StudyData, comparisons: Sequence[Comparison]) -> tuple[Cause, ...]:
    """Return the cause of each case that is faster or slower and has records in both studies."""
    ours, theirs = _parts(base), _parts(new)
    return tuple(
        _cause(one.case, ours[one.case.key], theirs[one.case.key])
        for one in comparisons
        if one.verdict in {Verdict.SLOWER, Verdict.FASTER}
        and len(ours.get(one.case.key, ())) >= LEAST_BLOCKS
        and len(theirs.get(one.case.key, ())) >= LEAST_BLOCKS
    )


def parts_of(sample: Sample, cost: Cost | None) -> Parts | None:
    """Return the parts of a sample; without the serial cost all of the kernels is ``kernel``.

    None for records that do not tell.
    """
    lost, paid = of_sample(sample, cost), len(sample.workers) * sample.seconds
    if lost.parallel_efficiency is None or lost.balance is None or lost.scheduling is None:
        return None
    idle = lost.balance + lost.scheduling
    return Parts(
        kernel=lost.parallel_efficiency * paid if cost is None else cost.busy_s,
        serial=(1 - lost.parallel_efficiency - idle) * paid,
        balance=lost.balance * paid,
        scheduling=lost.scheduling * paid,
        work=None if lost.work is None else lost.work * paid,
        waiting=None if lost.waiting is None else lost.waiting * paid,
    )


def _parts(data: StudyData) -> Mapping[str, Sequence[Parts]]:
    return {
        key: [found for one in blocks if (found := parts_of(*one)) is not None]
        for key, blocks in of_blocks(data).items()
    }


def _cause(case: Case, base: Sequence[Parts], new: Sequence[Parts]) -> Cause:
    told = _told_alike([*base, *new])
    base, new = told[: len(base)], told[len(base) :]
    by = median([_paid(one) for one in new]) - median([_paid(one) for one in base])
    moved = [
        one for one in _moved(base, new) if one.by * by > 0 and abs(one.by) >= LEAST_SHARE * abs(by)
    ]
    alike = _alike(moved, by)
    own = [one for one in moved if one.name not in alike]
    return Cause(case, by, tuple(sorted(own, key=lambda one: -abs(one.by))), alike)


def _alike(moved: Sequence[Moved], by: float) -> tuple[str, ...]:
    """Return what the factor of the kernel explains but for a tenth of the whole change."""
    kernel = next((one for one in moved if one.name == KERNEL and one.base > 0), None)
    if kernel is None:
        return ()
    factor = kernel.new / kernel.base
    return tuple(
        one.name
        for one in moved
        if one is not kernel and abs(one.new - factor * one.base) < LEAST_SHARE * abs(by)
    )


def _told_alike(values: Sequence[Parts]) -> Sequence[Parts]:
    """Keep parts together in all blocks that one block, of either study, cannot tell apart."""
    if any(one.work is None for one in values):
        return [
            replace(
                one,
                kernel=one.kernel + (one.work or 0.0) + (one.waiting or 0.0),
                work=None,
                waiting=None,
            )
            for one in values
        ]
    if any(one.waiting is None for one in values):
        return [
            replace(one, work=(one.work or 0.0) + (one.waiting or 0.0), waiting=None)
            for one in values
        ]
    return values


def _paid(parts: Parts) -> float:
    return sum(getattr(parts, field.name) or 0.0 for field in fields(parts))


def _moved(base: Sequence[Parts], new: Sequence[Parts]) -> Iterator[Moved]:
    columns = {
        field.name: ([getattr(one, field.name) for one in base],
                     [getattr(one, field.name) for one in new])
        for field in fields(Parts)
        if getattr(base[0], field.name) is not None
    }  # fmt: skip
    corrected = holm([p_value(*values) for values in columns.values()])
    for (name, (before, after)), p in zip(columns.items(), corrected, strict=True):
        found = shift_interval(before, after)
        if p <= LEVEL and found is not None:
            by = median(after) - median(before)
            interval = Interval(min(found.low, by), max(found.high, by))
            yield Moved(name, median(before), median(after), interval, p)
