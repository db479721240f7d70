"""How fast does one machine map a function over items of 0 to 10,000 microseconds? Ours and others.

As many worker processes, or threads, as there are usable CPUs; ``--workers`` for another number.
The oracle is this very engine, records on, with the best fixed batch size of a sweep; that of
``ProcessPoolExecutor`` is its best chunksize. Each round opens a pool for each way, in an order
that changes from round to round; answers must agree. Microseconds an item, medians over the rounds;
then the bars.

    python benchmarks/contest_local.py [--rounds 5] [--work SECONDS] [--workers N] [--csv FILE]
"""

from __future__ import annotations

import argparse
import os
import sys
import uuid
from collections.abc import Iterator
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import contest_engine as engine
from benchmarks import contest_local_peers as peers
from benchmarks.contest_lengths import LENGTHS, ORACLE, Entry, cases, report, swept
from benchmarks.contest_report import Bar, Results, at_least, at_most, bars
from benchmarks.contest_session import Opener, Setup, Timing, rotated, run
from benchmarks.contest_work import steps_per_us
from scaling.measure.launch import process_environment
from scaling.study.folders import private_folder

PROCESSES, THREADS = engine.ours("processes"), engine.ours("threads")
OPENERS: tuple[Opener, ...] = (
    engine.processes,
    engine.threads,
    peers.executor,
    peers.pool,
    peers.loky,
    peers.dask,
)
FIXED = partial(engine.fixed, "processes")
CHUNKED = [entry for entry in swept(peers.chunked) if not entry.way.endswith(" 1")]
ENTRIES = (
    Entry(PROCESSES),
    *swept(FIXED),
    Entry(THREADS, share=0.5),
    Entry(peers.EXECUTOR),
    *CHUNKED,
    Entry(peers.ADVISED),
    Entry(peers.POOL),
    Entry(peers.LOKY),
    Entry(peers.DASK, share=0.05),
    Entry(peers.DASK_BATCHES, share=0.05),
)


def judged(results: Results) -> Iterator[Bar]:
    """Yield the bars."""
    null = results.median(PROCESSES, "0", lambda one: one.item_us)
    yield at_most("ours on processes at 0 us", null, 1.5, " us an item")
    for length in map(str, LENGTHS[1:]):
        oracle = results.fastest([entry.way for entry in swept(FIXED)], length)
        says = f"ours on processes over the oracle ({oracle}) at {length} us"
        yield at_most(says, results.ratio(PROCESSES, oracle, length), ORACLE)
    for length in map(str, LENGTHS[:4]):
        dask = results.fastest((peers.DASK, peers.DASK_BATCHES), length)
        says = f"dask over ours on processes at {length} us"
        yield at_least(says, results.ratio(dask, PROCESSES, length), 1)


def best_chunks(results: Results) -> None:
    """Print which chunksize was best for the executor, and how ours compares."""
    ways = [peers.EXECUTOR, *(entry.way for entry in CHUNKED)]
    for length in map(str, LENGTHS):
        best = results.fastest(ways, length)
        ratio = results.ratio(PROCESSES, best, length)
        print(f"- {length} us: its best chunksize is '{best}'; ours takes {ratio:.2f} of that")
    print()


def main(rounds: int, work_s: float, workers: int, output: Path | None) -> int:
    """Measure and print; 1 when a bar is missed."""
    results = Results()
    os.environ.update(process_environment([], 1))
    rate = steps_per_us(workers)
    items = cases(ENTRIES, rate, work_s, workers)
    with private_folder(uuid.uuid4().hex[:12]) as folder:
        for turn in range(rounds):
            taken: list[Timing] = []
            for opener in rotated(OPENERS, turn):
                taken += run(opener, Setup(workers, folder), items, turn)
            results.add(taken)
            if output is not None:
                results.write(output)
            print(f"round {turn + 1} of {rounds}", file=sys.stderr, flush=True)
    print(f"{workers} workers, {rounds} rounds, {rate:.1f} steps a us\n")
    report(results, PROCESSES, workers)
    best_chunks(results)
    return int(bars(judged(results)) > 0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--work", type=float, default=4.0, help="seconds of work in a pass")
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--csv", type=Path)
    given = parser.parse_args()
    sys.exit(main(given.rounds, given.work, given.workers, given.csv))
