"""How many workers can one driver keep busy?

A discrete-event simulation of the very policy that hands out items (``scaling.backends.dispatch``)
on a clock of its own. What a batch costs the driver, how long it travels, and what a worker does
between two batches are measured on a real Ray cluster first, and the simulation is checked against
real passes of 1, 2 and 4 workers. The real items sleep: that shows what handing out costs where
every worker has a CPU, which this machine cannot give four of them; it shows nothing of work.

With a leader on each node the driver sends larger batches to leaders, and each leader hands its
items to the workers of its node by the same policy.

    python benchmarks/many_nodes.py [--csv FILE] [--item-ms 10] [--work-s 10] [--rounds 5]
"""

from __future__ import annotations

import argparse
import csv
import heapq
import os
import statistics
import tempfile
import time
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from scaling.backends.base import OpenRequest, Pool
from scaling.backends.collecting import Kept
from scaling.backends.dispatch import Dispatch, Transport
from scaling.backends.producer import Producer
from scaling.backends.runner import Reply
from scaling.backends.sizing import BatchCost, Sizer
from scaling.errors import OpeningFailed
from scaling.model import WorkloadSpec
from scaling.passes import BatchRecord, ClusterTarget, Mapped
from scaling.workloads import registry as workloads

ROOT = Path(__file__).parents[1]
KERNEL = f"{Path(__file__).with_name('many_nodes_work.py')}:sleep"
REAL = (1, 2, 4)
SIMULATED = (4, 16, 64, 128, 256, 512, 1_000, 2_000, 4_000, 10_000)
WORKERS_PER_NODE = 32
ENOUGH = 0.9
NS = 1_000_000_000


@dataclass(frozen=True)
class Costs:
    """What handing out takes. Nanoseconds; of the driver's time unless it says otherwise."""

    send: float
    send_item: float
    look: float
    """To look for replies once."""
    look_batch: float
    """The same for each batch in flight."""
    reply: float
    reply_item: float
    travel: float
    """From the driver to an idle worker, or back."""
    between: float
    """What a worker does from the end of a batch to the start of the next that is there."""


class SimulatedCluster:
    """A transport whose driver and workers have a clock of their own."""

    def __init__(self, costs: Costs, batch_cost: BatchCost, workers: int, item_ns: float) -> None:
        self.batch_cost = batch_cost
        self._costs, self._item_ns = costs, item_ns
        self._free = [0.0] * workers
        self._arriving: list[tuple[float, int, BatchRecord]] = []
        self._driver = self._waited = 0.0

    def now(self) -> int:
        """Read the driver's clock."""
        return int(self._driver)

    def spent(self) -> int:
        """Return what the driver was busy for."""
        return int(self._driver - self._waited)

    def send(self, worker: int, first: int, items: list[Any]) -> None:
        """Spend the driver's time; let the worker run the batch when it is free."""
        costs, count = self._costs, len(items)
        self._driver += costs.send + count * costs.send_item
        start = max(self._driver + costs.travel, self._free[worker] + costs.between)
        end = start + count * self._item_ns
        self._free[worker] = end
        # Start and end would do for the policy; ticks in between keep the count.
        ticks = array("q", [int(start)]) * count
        ticks.append(int(end))
        record = BatchRecord(worker, first, ticks, 0)
        heapq.heappush(self._arriving, (end + costs.travel, first, record))

    def receive(self) -> list[Reply]:
        """Return what has come; wait for the first where nothing has."""
        self._look()
        wait = self._arriving[0][0] - self._driver
        if wait > 0:
            self._driver += wait
            self._waited += wait
            self._look()
        replies: list[Reply] = []
        limit = self._driver
        while self._arriving and self._arriving[0][0] <= limit:
            record = heapq.heappop(self._arriving)[2]
            self._driver += self._costs.reply + record.count * self._costs.reply_item
            replies.append(Reply([None] * record.count, record))
        return replies

    def _look(self) -> None:
        self._driver += self._costs.look + len(self._arriving) * self._costs.look_batch


def simulated(
    costs: Costs, batch_cost: BatchCost, workers: int, item_ns: float, items: int
) -> float:
    """Return the seconds of a pass, after one that teaches the policy the cost of an item."""
    sizer = Sizer(workers, batch_cost, None)
    for count in (max(2 * workers, min(items, round(0.5 * workers * NS / item_ns))), items):
        cluster = SimulatedCluster(costs, batch_cost, workers, item_ns)
        dispatch = Dispatch(cluster, workers, sizer, Kept(), cluster)
        dispatch.run(Producer(range(count), count))
    return cluster.now() / NS


class Timed:
    """A transport that notes the driver's CPU time in each call."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.batch_cost = transport.batch_cost
        self.sends: list[tuple[int, int]] = []
        """Nanoseconds, items."""
        self.receives: list[tuple[int, int, int]] = []
        """Nanoseconds, replies, items."""

    def send(self, worker: int, first: int, items: list[Any]) -> None:
        """Note the time of a send."""
        start = time.thread_time_ns()
        self._transport.send(worker, first, items)
        self.sends.append((time.thread_time_ns() - start, len(items)))

    def receive(self) -> list[Reply]:
        """Note the time of a receive."""
        start = time.thread_time_ns()
        replies = self._transport.receive()
        spent = time.thread_time_ns() - start
        self.receives.append((spent, len(replies), sum(one.record.count for one in replies)))
        return replies


@contextmanager
def pool(target: ClusterTarget, workers: int, sleep_s: float) -> Iterator[Pool]:
    """Open the Ray backend on the cluster."""
    from scaling.backends.ray_actors import RayBackend

    spec = WorkloadSpec(KERNEL, params=(("seconds", repr(sleep_s)),))
    with tempfile.TemporaryDirectory() as folder:
        request = OpenRequest(
            spec, workloads.load(spec), sleep_s, workers, 1, Path(folder), cluster=target
        )
        with RayBackend().open(request) as opened:
            yield opened


def fixed_pass(opened: Any, size: int, items: int) -> tuple[Timed, Mapped]:
    """Run items in batches of a size, and note what the driver does."""
    timed = Timed(opened._transport)  # noqa: SLF001 - what is measured
    workers = len(opened.places)
    sizer = Sizer(workers, timed.batch_cost, size)
    return timed, Dispatch(timed, workers, sizer, Kept()).run(Producer(range(items), items))


def calibrated(target: ClusterTarget) -> Costs:
    """Measure the costs: items that do nothing, in batches of one and of many, on one worker."""
    with pool(target, 1, 0.0) as opened:
        fixed_pass(opened, 1, 200)
        one, _ = fixed_pass(opened, 1, 3_000)
        many, _ = fixed_pass(opened, 500, 100_000)
        travel = _travel_ns(opened)
        look, look_batch = _look_ns()
    with pool(target, 1, 0.005) as opened:
        _, mapped = fixed_pass(opened, 1, 200)
    send = statistics.median(ns for ns, _ in one.sends)
    send_many = statistics.median(ns for ns, _ in many.sends)
    # A receive looks, and takes each reply.
    reply = statistics.median((ns - look) / n for ns, n, _ in one.receives)
    reply_many = statistics.median((ns - look) / n for ns, n, _ in many.receives)
    return Costs(
        send=send,
        send_item=max(0.0, (send_many - send) / 500),
        look=look,
        look_batch=look_batch,
        reply=max(0.0, reply),
        reply_item=max(0.0, (reply_many - reply) / 500),
        travel=travel,
        between=_between_ns(mapped),
    )


def _travel_ns(opened: Any) -> float:
    """Return half of what a batch of one takes to an idle worker and back."""
    times = []
    for first in range(200):
        start = time.perf_counter_ns()
        opened._transport.send(0, first, [0])  # noqa: SLF001
        opened._transport.receive()  # noqa: SLF001
        times.append(time.perf_counter_ns() - start)
    return statistics.median(times) / 2


def _look_ns() -> tuple[float, float]:
    """Return what a look takes, and what it takes more for each batch in flight."""
    import ray

    # Calls of an actor that is busy for long: nothing comes back while they are looked at.
    times = {}
    for waiting in (2, 2_000):
        blocker = ray.remote(_Blocker).options(num_cpus=0).remote()
        references = [blocker.wait.remote(30.0) for _ in range(waiting)]
        spent = []
        for _ in range(30):
            start = time.thread_time_ns()
            ray.wait(references, num_returns=len(references), timeout=0)
            spent.append(time.thread_time_ns() - start)
        times[waiting] = statistics.median(spent)
        ray.kill(blocker)
    slope = max(0.0, (times[2_000] - times[2]) / 1_998)
    return max(0.0, times[2] - 2 * slope), slope


class _Blocker:
    def wait(self, seconds: float) -> None:
        time.sleep(seconds)


def _between_ns(mapped: Mapped) -> float:
    """Return the median time from one batch to the next on a worker with two in flight."""
    records = sorted(mapped.batches, key=lambda record: record.ticks[0])
    gaps = [after.ticks[0] - before.ticks[-1] for before, after in pairwise(records)]
    return statistics.median(gaps)


def real(target: ClusterTarget, workers: int, item_s: float, items: int, rounds: int) -> float:
    """Return the median seconds of passes over items that sleep, and their true mean length."""
    nodes = replace(target, nodes=tuple(target.nodes[:workers]))
    seconds = []
    with pool(nodes, workers, item_s) as opened:
        opened.map(range(max(8, items // 10)), None)
        for _ in range(rounds):
            start = time.perf_counter()
            mapped = opened.map(range(items), items)
            passed = time.perf_counter() - start
            busy = sum(record.busy_ns for record in mapped.batches) / NS
            seconds.append((passed, busy / items))
    return statistics.median(p / (b * items / workers) for p, b in seconds)


def check(target: ClusterTarget, costs: Costs, batch_cost: BatchCost, rounds: int) -> None:
    """Print what real passes and the simulation take, over an equal share of the item time."""
    print("\n| workers | item ms | items | real | simulated | real / simulated |")
    print("|---|---|---|---|---|---|", flush=True)
    for item_s in (0.0005, 0.002, 0.010):
        for workers in REAL:
            items = round(2.0 * workers / item_s)
            found = real(target, workers, item_s, items, rounds)
            told = simulated(costs, batch_cost, workers, item_s * NS, items)
            over = told / (item_s * items / workers)
            cells = f"{item_s * 1000:g} | {items:,} | {found:.4f} | {over:.4f}"
            print(f"| {workers} | {cells} | {found / over:.3f} |", flush=True)


def table(
    costs: Costs, batch_cost: BatchCost, item_s: float, work_s: float
) -> list[dict[str, float]]:
    """Print the efficiency of one driver, and of one with leaders, for each number of workers."""
    print(f"\nitems of {item_s * 1000:g} ms, {work_s:g} s of work for each worker")
    print("\n| workers | one driver | a leader per node | driver busy |\n|---|---|---|---|")
    found = []
    for workers in SIMULATED:
        items = round(work_s * workers / item_s)
        alone = _efficiency(costs, batch_cost, workers, item_s, items)
        led = _led(costs, batch_cost, workers, item_s, items)
        handled = costs.send_item + costs.reply_item
        floor = items * handled / NS / work_s
        print(f"| {workers:,} | {alone:.3f} | {led:.3f} | {floor:.3f} by items alone |", flush=True)
        found.append({"workers": workers, "one_driver": alone, "leader_per_node": led})
    return found


def _efficiency(
    costs: Costs, batch_cost: BatchCost, workers: int, item_s: float, items: int
) -> float:
    seconds = simulated(costs, batch_cost, workers, item_s * NS, items)
    return items * item_s / (workers * seconds)


def _led(costs: Costs, batch_cost: BatchCost, workers: int, item_s: float, items: int) -> float:
    """Return the efficiency with leaders: to the driver each node is a worker of many hands."""
    if workers <= WORKERS_PER_NODE:
        return _efficiency(costs, batch_cost, workers, item_s, items)
    leaders = -(-workers // WORKERS_PER_NODE)
    within = _efficiency(
        costs, batch_cost, WORKERS_PER_NODE, item_s, round(items * WORKERS_PER_NODE / workers)
    )
    hands = workers / leaders
    item_ns = item_s * NS / (hands * within)
    # A node is never left with less than a batch for each of its workers.
    coarse = BatchCost(max(batch_cost.fixed_ns, round(item_s * NS)), batch_cost.driver_ns)
    seconds = simulated(costs, coarse, leaders, item_ns, items)
    return items * item_s / (workers * seconds)


def most_workers(rows: Sequence[dict[str, float]], column: str) -> str:
    """Return the numbers of workers between which the efficiency falls under the aim."""
    enough = [row["workers"] for row in rows if row[column] >= ENOUGH]
    short = [row["workers"] for row in rows if row[column] < ENOUGH]
    if not short:
        return f"up to {max(enough):,.0f} and more"
    return f"up to {max(enough, default=0):,.0f}, not {min(short):,.0f}"


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--csv", type=Path)
    parser.add_argument("--item-ms", type=float, default=10.0)
    parser.add_argument("--work-s", type=float, default=10.0)
    parser.add_argument("--rounds", type=int, default=5)
    return parser.parse_args()


def main() -> None:
    """Calibrate, check, simulate."""
    asked = arguments()
    from cluster.local import embedded

    with (
        tempfile.TemporaryDirectory() as folder,
        embedded(nodes=4, cpus_per_node=1, owner="many-nodes", folder=Path(folder),
                 env={**os.environ, "PYTHONPATH": str(ROOT)}) as cluster,
    ):  # fmt: skip
        os.environ.update(dict(cluster.connection.environment))
        from scaling.backends.ray_actors import RayTransport

        nodes = tuple(node.id for node in cluster.connection.nodes)
        target = ClusterTarget(cluster.connection.address, nodes, ship=False, same_host=True)
        costs = calibrated(replace(target, nodes=nodes[:1]))
        print("| cost | microseconds |\n|---|---|")
        for name, value in vars(costs).items():
            print(f"| {name} | {value / 1000:.2f} |")
        check(target, costs, RayTransport.batch_cost, asked.rounds)
    rows = table(costs, RayTransport.batch_cost, asked.item_ms / 1000, asked.work_s)
    print(f"\none driver stays above {ENOUGH:.0%} {most_workers(rows, 'one_driver')}")
    print(f"a leader per node ({WORKERS_PER_NODE} workers) {most_workers(rows, 'leader_per_node')}")
    if asked.csv:
        with asked.csv.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)


if __name__ == "__main__":
    try:
        main()
    except OpeningFailed as failed:
        raise SystemExit(str(failed)) from None
