"""How fast does Ray map a function over items of 0 to 10,000 microseconds? Ours and Ray's own ways.

All on the same embedded cluster, two nodes with one CPU each. The oracle is this very engine,
records on, with the best fixed batch size of a sweep. Each round opens a pool for each way, in an
order that changes from round to round; answers must agree. Microseconds an item, medians over the
rounds; then the bars.

    python benchmarks/contest_ray.py [--rounds 5] [--work SECONDS] [--csv FILE]
"""

from __future__ import annotations

import argparse
import os
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import contest_engine as engine
from benchmarks import contest_ray_peers as peers
from benchmarks.contest_lengths import LENGTHS, ORACLE, Entry, cases, report, swept
from benchmarks.contest_report import Bar, Results, at_least, at_most, bars
from benchmarks.contest_session import Opener, Setup, Timing, rotated, run
from benchmarks.contest_work import steps_per_us
from cluster import local
from cluster.local import EmbeddedCluster
from scaling.measure.launch import process_environment
from scaling.model import Case as MeasuredCase
from scaling.study.folders import private_folder
from scaling.study.nodes.base import target

NODES = 2
QUIET_S = 20.0
OURS = engine.ours("ray")
OPENERS: tuple[Opener, ...] = (
    engine.on_ray,
    peers.pool,
    peers.joblib_on_ray,
    peers.actor_pool,
    peers.tasks,
)
FIXED = partial(engine.fixed, "ray")
ENTRIES = (
    Entry(OURS),
    *swept(FIXED),
    Entry(peers.POOL),
    Entry(peers.POOL_SINGLE, share=0.1),
    Entry(peers.JOBLIB),
    Entry(peers.ACTOR_POOL, share=0.1),
    Entry(peers.TASKS, share=0.1),
)


@contextmanager
def cluster(folder: Path, owner: str, workers: int = NODES) -> Iterator[EmbeddedCluster]:
    """Start the nodes; sessions that this process starts afterwards find them."""
    environment = process_environment([], 1)
    with local.embedded(
        nodes=workers, cpus_per_node=1, owner=owner, folder=folder, env=environment
    ) as nodes:
        os.environ.update(environment)
        os.environ.update(nodes.connection.environment)
        yield nodes


def setup_on(nodes: EmbeddedCluster, folder: Path, *, timed: bool = False) -> Setup:
    """Say what pools on this cluster are opened with."""
    case = MeasuredCase("contest", 0, "ray", NODES, NODES)
    return Setup(NODES, folder, target(nodes.connection, case), timed)


def judged(results: Results) -> Iterator[Bar]:
    """Yield the bars."""
    null = results.median(OURS, "0", lambda one: one.item_us)
    yield at_most("ours at 0 us", null, 1.5, " us an item")
    for length in map(str, LENGTHS[1:]):
        oracle = results.fastest([entry.way for entry in swept(FIXED)], length)
        says = f"ours over the oracle ({oracle}) at {length} us"
        yield at_most(says, results.ratio(OURS, oracle, length), ORACLE)
    tasks = results.ratio(peers.TASKS, OURS, "10")
    yield at_least("one task per item over ours at 10 us", tasks, 20)
    for length in map(str, LENGTHS[:4]):
        joblib = results.ratio(peers.JOBLIB, OURS, length)
        yield at_least(f"joblib on Ray over ours at {length} us", joblib, 1)


def main(rounds: int, work_s: float, output: Path | None) -> int:
    """Measure and print; 1 when a bar is missed."""
    owner = uuid.uuid4().hex[:12]
    results = Results()
    with private_folder(owner) as folder, cluster(folder, owner) as nodes:
        rate = steps_per_us(NODES)
        items = cases(ENTRIES, rate, work_s, NODES)
        for turn in range(rounds):
            taken: list[Timing] = []
            for opener in rotated(OPENERS, turn):
                nodes.wait_quiet(QUIET_S)
                taken += run(opener, setup_on(nodes, folder), items, turn)
            results.add(taken)
            if output is not None:
                results.write(output)
            print(f"round {turn + 1} of {rounds}", file=sys.stderr, flush=True)
    print(f"{NODES} nodes with one worker each, {rounds} rounds, {rate:.1f} steps a us\n")
    report(results, OURS, NODES)
    return int(bars(judged(results)) > 0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--work", type=float, default=8.0, help="seconds of work in a pass")
    parser.add_argument("--csv", type=Path)
    given = parser.parse_args()
    sys.exit(main(given.rounds, given.work, given.csv))
