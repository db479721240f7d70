"""What of a pass grows with the length of its items, and what does not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scaling.analysis.advice.ground import Standing
from scaling.analysis.losses import of_sample
from scaling.analysis.statistics import median
from scaling.records import Sample
from scaling.studydata import StudyData

Series = dict[int, float]
"""Seconds by block."""


def openings(data: StudyData, one: Standing) -> Series:
    """Return how long opening took in each block that gave a value."""
    return {
        session.block: session.opening_s
        for session in data.sessions_of.get(one.case.key, ())
        if session.opening_s is not None and session.block in one.evidence.values
    }


def item_seconds(data: StudyData, one: Standing) -> float | None:
    """Return the mean time of an item in the kernel: the median over samples."""
    means = [
        busy / items
        for _, samples in _by_block(data, one)
        for sample in samples
        if (items := sum(worker.items for worker in sample.workers))
        and (busy := sum(worker.busy_s for worker in sample.workers)) > 0
    ]
    return median(means) if means else None


def growing_and_fixed(data: StudyData, one: Standing) -> tuple[Series, Series] | None:
    """Return what of a pass grows with its items and what does not, in seconds by block.

    With P workers, T = (U + balance) / P + the rest: time in the kernel and the wait for the last
    item are as long as the items; the serial part, messages and queues depend on their number.
    None where some block does not tell.
    """
    growing: Series = {}
    fixed: Series = {}
    for block, samples in _by_block(data, one):
        middle = sorted(samples, key=lambda sample: sample.seconds)[(len(samples) - 1) // 2]
        found = of_sample(middle, None)
        if found.parallel_efficiency is None or found.balance is None:
            return None
        growing[block] = middle.seconds * (found.parallel_efficiency + found.balance)
        fixed[block] = middle.seconds - growing[block]
    return growing, fixed


def _by_block(data: StudyData, one: Standing) -> Iterator[tuple[int, Sequence[Sample]]]:
    for session in data.sessions_of.get(one.case.key, ()):
        if session.block in one.evidence.values and session.session in data.samples_of:
            yield session.block, data.samples_of[session.session]
