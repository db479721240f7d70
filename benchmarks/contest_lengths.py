"""Contests over items of even lengths: what is common to the one on Ray and the local one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.contest_report import Results, table
from benchmarks.contest_session import Case
from benchmarks.contest_work import even

LENGTHS = (0, 10, 100, 1_000, 10_000)
"""Microseconds."""
MOST_ITEMS = 20_000
WARM_ITEMS_S = 0.3
SWEEP = {
    0: (64, 256, 1024, 4096),
    10: (16, 64, 256, 1024, 4096),
    100: (4, 16, 64, 256, 1024),
    1_000: (1, 4, 16, 64),
    10_000: (1, 4, 16),
}
"""Batch sizes tried for each length: others are hopeless, being all cost or all idle workers."""
LEAST_ITEMS = 500
ORACLE = 1.25


@dataclass(frozen=True, slots=True)
class Entry:
    """A way, and how many items it gets."""

    way: str
    share: float = 1.0
    """Share of the items that it gets, where they are many: less for slow ways."""
    least_us: int = 0
    """Shortest items that it gets."""
    most_us: int = LENGTHS[-1]
    """Longest items that it gets."""


def swept(name: Callable[[int], str]) -> list[Entry]:
    """Return the ways that a sweep of sizes consists of, each for the lengths that it suits."""
    found = []
    for size in sorted({size for sizes in SWEEP.values() for size in sizes}):
        lengths = [length for length, sizes in SWEEP.items() if size in sizes]
        found.append(Entry(name(size), least_us=min(lengths), most_us=max(lengths)))
    return found


def cases(entries: Sequence[Entry], rate: float, work_s: float, workers: int) -> list[Case]:
    """Return the items of each length: 20,000, or work for so many seconds where that is less."""
    return [_case(length, entries, rate, work_s, workers) for length in LENGTHS]


def _case(length: int, entries: Sequence[Entry], rate: float, work_s: float, workers: int) -> Case:
    count = min(MOST_ITEMS, round(work_s * 1e6 / max(1, length)))
    counts = {
        entry.way: max(round(count * entry.share), min(count, LEAST_ITEMS))
        for entry in entries
        if entry.least_us <= length <= entry.most_us
    }
    warm = max(10 * workers, round(WARM_ITEMS_S * workers * 1e6 / max(1, length)))
    return Case(str(length), even(length, count, rate), counts, min(count, warm))


def report(results: Results, against: str, workers: int) -> None:
    """Print microseconds an item, how many times as long as one way that is, and what is idle."""
    lengths = results.cases()
    head = ["way", *(f"{length} us: us an item (ratio)" for length in lengths)]
    table(head, ([way, *(_cell(results, way, at, against) for at in lengths)]
                 for way in results.ways()))  # fmt: skip
    print(f"Ratios are to '{against}'. Items a way got, where not as many as it:")
    for length in lengths:
        most = results.items(against, length)
        fewer = [way for way in results.ways(length) if results.items(way, length) != most]
        rest = "; ".join(f"{way} {results.items(way, length)}" for way in fewer) or "none"
        print(f"- {length} us ({most} items): {rest}")
    print()
    _shares(results, workers)


def _shares(results: Results, workers: int) -> None:
    """Print how much of the workers' time was in items: other load on the machine moves it less."""
    lengths = results.cases()

    def cell(way: str, length: str) -> str:
        found = results.values(way, length, lambda one: one.work_s or 0.0)
        if not any(found):
            return ""
        share = results.median(way, length, lambda one: (one.work_s or 0.0) / workers / one.seconds)
        batches = results.median(way, length, lambda one: one.batches)
        return f"{share:.3f} ({batches:.0f})"

    rows = ([way, *(cell(way, length) for length in lengths)] for way in results.ways())
    print("Of this engine's workers' time, the share in items (batches):\n")
    table(["way", *(f"{length} us" for length in lengths)], (row for row in rows if any(row[1:])))


def _cell(results: Results, way: str, length: str, against: str) -> str:
    if way not in results.ways(length):
        return ""
    item_us = results.median(way, length, lambda one: one.item_us)
    return f"{item_us:.2f} ({results.ratio(way, against, length):.2f})"
