"""How close to the least possible time are items of very different lengths mapped?

10,000 items, 1 ms in the mean, lognormal with sigma 1.5: shuffled, sorted down, sorted up; and even
ones but for one that is 20 % of the work. The makespan is the time of the whole pass; the lower
bound is max(sum/P, longest) of the items' own times in that very pass. Two workers: processes, and
a Ray cluster of two nodes. Each round opens a pool for each way, in an order that changes from
round to round; answers must agree. Medians over the rounds; then the bars.

    python benchmarks/contest_skew.py [--rounds 5] [--items N] [--csv FILE]
"""

from __future__ import annotations

import argparse
import statistics
import sys
import uuid
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import contest_engine as engine
from benchmarks import contest_local_peers as local_peers
from benchmarks import contest_ray_peers as ray_peers
from benchmarks.contest_ray import NODES, QUIET_S, cluster, setup_on
from benchmarks.contest_report import Bar, Results, at_most, bars, table
from benchmarks.contest_session import Case, Opener, Timing, rotated, run
from benchmarks.contest_work import skewed, steps_per_us
from scaling.study.folders import private_folder

BACKENDS = ("processes", "ray")
OPENERS: tuple[Opener, ...] = (
    engine.processes,
    engine.on_ray,
    local_peers.executor,
    local_peers.pool,
    local_peers.loky,
    ray_peers.tasks,
)
PEERS = {
    "processes": (
        local_peers.EXECUTOR,
        local_peers.ADVISED,
        local_peers.POOL,
        local_peers.LOKY,
    ),
    "ray": (ray_peers.TASKS,),
}
RARER = {engine.priced(backend): ("sorted up",) for backend in BACKENDS} | {
    ray_peers.TASKS: ("shuffled", "sorted up")
}
"""Ways that run some orders only: told the costs, the engine sorts by them, so that other orders
would show the same again; tasks are far off in any order, and take the most time."""
BOUND = 1.05
WARM_ITEMS = 600


def cases(count: int, rate: float) -> list[Case]:
    """Return the items of each order."""
    return [
        Case(name, items, dict.fromkeys(_ways(name), count), min(count, WARM_ITEMS))
        for name, items in skewed(count, rate).items()
    ]


def _ways(order: str) -> list[str]:
    ours = [*map(engine.ours, BACKENDS), *map(engine.priced, BACKENDS)]
    ways = [*ours, *(peer for peers in PEERS.values() for peer in peers)]
    return [way for way in ways if order in RARER.get(way, (order,))]


def excess(timing: Timing) -> float:
    """Return the makespan over its lower bound."""
    assert timing.work_s is not None
    assert timing.longest_s is not None
    return timing.seconds / max(timing.work_s / NODES, timing.longest_s)


def floor(results: Results, backend: str) -> float:
    """Return by how much two identical runs of ours differ: from a round to the next, typically."""
    way = engine.ours(backend)
    runs = [results.values(way, case, excess) for case in results.cases()]
    found = [abs(one - other) for values in runs for one, other in pairwise(values)]
    return float(statistics.median(found)) if found else 0.0


def judged(results: Results) -> Iterator[Bar]:
    """Yield the bars."""
    for backend in BACKENDS:
        ours, priced = engine.ours(backend), engine.priced(backend)
        for way, case in ((ours, "shuffled"), (ours, "sorted down"), (priced, "sorted up")):
            yield at_most(f"{way}: {case}", results.median(way, case, excess), BOUND)
    for backend in BACKENDS:
        for case in results.cases():
            yield from _beside_peers(results, backend, case)


def _beside_peers(results: Results, backend: str, case: str) -> Iterator[Bar]:
    medians = {
        way: results.median(way, case, excess)
        for way in PEERS[backend]
        if way in results.ways(case)
    }
    if medians:
        ours, best = engine.ours(backend), min(medians, key=medians.__getitem__)
        allowed = round(medians[best] + floor(results, backend), 3)
        says = f"{ours}: {case}, beside {best} with the null floor"
        yield at_most(says, results.median(ours, case, excess), allowed)


def report(results: Results) -> None:
    """Print how often the lower bound each makespan was."""
    names = results.cases()
    table(
        ["way", *(f"{case}: of the bound (s)" for case in names)],
        ([way, *(_cell(results, way, case) for case in names)] for way in results.ways()),
    )
    for backend in BACKENDS:
        print(f"Null floor of ours on {backend}: {floor(results, backend):.4f} of the bound")
    print()


def _cell(results: Results, way: str, case: str) -> str:
    if way not in results.ways(case):
        return ""
    seconds = results.median(way, case, lambda one: one.seconds)
    return f"{results.median(way, case, excess):.3f} ({seconds:.2f})"


def main(rounds: int, count: int, output: Path | None) -> int:
    """Measure and print; 1 when a bar is missed."""
    owner = uuid.uuid4().hex[:12]
    results = Results()
    with private_folder(owner) as folder, cluster(folder, owner) as nodes:
        rate = steps_per_us(NODES)
        items, setup = cases(count, rate), setup_on(nodes, folder, timed=True)
        for turn in range(rounds):
            taken: list[Timing] = []
            for opener in rotated(OPENERS, turn):
                nodes.wait_quiet(QUIET_S)
                taken += run(opener, setup, items, turn)
            results.add(taken)
            if output is not None:
                results.write(output)
            print(f"round {turn + 1} of {rounds}", file=sys.stderr, flush=True)
    print(f"{NODES} workers, {rounds} rounds, {count} items, {rate:.1f} steps a us\n")
    report(results)
    return int(bars(judged(results)) > 0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--csv", type=Path)
    given = parser.parse_args()
    sys.exit(main(given.rounds, given.items, given.csv))
