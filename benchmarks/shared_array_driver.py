"""One driver with its large array: a fresh process of ``shared_array.py``, which reads its memory.

Prints a line of JSON when it is idle, and waits for a line; then makes the array, takes the time
until 40 items have used it, and prints what it saw.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import repeat
from pathlib import Path
from typing import Any

import psutil

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.shared_array_work import ITEMS, Array, Part, array, items, total
from scaling.backends import registry
from scaling.backends.base import OpenRequest
from scaling.model import WorkloadSpec
from scaling.passes import ClusterTarget
from scaling.workloads import registry as workloads

WORK = Path(__file__).with_name("shared_array_work.py")
PER_NODE = 2
"""Naive tasks in flight: more would fill the driver's store, and Ray would write them to disk."""


@dataclass(frozen=True)
class Task:
    """What a driver is to do."""

    way: str
    workers: int
    mib: int
    address: str
    """Of the cluster; empty for processes."""
    nodes: tuple[str, ...]


@dataclass(frozen=True)
class Store:
    """What one node's object store has taken in and written to disk so far. Bytes."""

    created: int
    spilled: int


@dataclass(frozen=True)
class Seen:
    """What a driver saw of itself."""

    open_s: float | None
    """Until the workers held the array; None where there is no such moment."""
    seconds: float
    """From before the pool or the cluster was there to the last part."""
    answer: int
    worker_private: int
    """Most private memory of a worker during an item. Bytes."""
    uss: int
    """Unique set size of the driver, with all parts there. Bytes."""
    pss: int
    stores: dict[str, Store]
    shared: int
    """Shared memory on the whole machine. Bytes."""


def ours(backend: str, task: Task, data: Array) -> Seen:
    """Open our pool with the array as shared input, and run the items."""
    spec = WorkloadSpec(f"{WORK}:total")
    with tempfile.TemporaryDirectory() as folder:
        cluster = ClusterTarget(task.address, task.nodes, ship=False, same_host=True)
        request = OpenRequest(
            spec, workloads.load(spec), data, task.workers, 1, Path(folder),
            cluster=cluster if task.nodes else None,
        )  # fmt: skip
        start = time.perf_counter()
        with registry.load(backend).open(request) as pool:
            opened = time.perf_counter()
            parts = pool.map(items(), ITEMS).parts
            end = time.perf_counter()
            return _seen(opened - start, end - start, parts, _stores() if task.nodes else {})


def naive_ray(task: Task, data: Array) -> Seen:
    """Pass the array with each call of a remote function, on the same nodes."""
    import ray
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    start = time.perf_counter()
    with _connected(task.address):
        function = ray.remote(num_cpus=1)(total)
        waiting: list[Any] = []
        parts: list[Part] = []
        for item in items():
            node = NodeAffinitySchedulingStrategy(task.nodes[item % len(task.nodes)], soft=False)
            waiting.append(function.options(scheduling_strategy=node).remote(item, data))
            if len(waiting) >= PER_NODE * len(task.nodes):
                ready, waiting = ray.wait(waiting)
                parts += ray.get(ready)
        parts += ray.get(waiting)
        return _seen(None, time.perf_counter() - start, parts, _stores())


def naive_processes(task: Task, data: Array) -> Seen:
    """Pass the array with each task of a pool of processes."""
    start = time.perf_counter()
    with multiprocessing.get_context("spawn").Pool(task.workers) as pool:
        parts = list(pool.imap(_apart, zip(items(), repeat(data), strict=False)))
        return _seen(None, time.perf_counter() - start, parts, {})


def _apart(both: tuple[int, Array]) -> Part:
    return total(*both)


WAYS: dict[str, Callable[[Task, Array], Seen]] = {
    "ours on Ray": lambda task, data: ours("ray", task, data),
    "array with each Ray task": naive_ray,
    "ours on processes": lambda task, data: ours("processes", task, data),
    "array with each task of a Pool": naive_processes,
}


def _seen(
    open_s: float | None, seconds: float, parts: list[Part], stores: dict[str, Store]
) -> Seen:
    memory = psutil.Process().memory_full_info()
    return Seen(
        open_s=open_s,
        seconds=seconds,
        answer=sum(found for _, _, found in parts),
        worker_private=max(private for _, private, _ in parts),
        uss=memory.uss,
        pss=memory.pss,
        stores=stores,
        shared=shared_bytes(),
    )


def shared_bytes() -> int:
    """Return the shared memory on this machine: all object stores, all files in memory."""
    text = Path("/proc/meminfo").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in text.splitlines() if "Shmem:" in line) * 1024


@contextmanager
def _connected(address: str) -> Iterator[None]:
    import ray

    ray.init(address=address, log_to_driver=False, logging_level="ERROR", configure_logging=False)
    try:
        yield
    finally:
        ray.shutdown()


def _stores() -> dict[str, Store]:
    """Ask each node of the connected cluster."""
    import ray
    from ray.core.generated import node_manager_pb2 as messages

    from scaling.backends import ray_rpc, ray_store

    request = messages.GetNodeStatsRequest(include_memory_info=False).SerializeToString()
    found = {}
    for node in ray.nodes():
        reply = ray_rpc.ask(
            (node["NodeManagerAddress"], node["NodeManagerPort"]),
            "/ray.rpc.NodeManagerService/GetNodeStats",
            request,
            metadata=ray_store._token(),  # noqa: SLF001 - Ray's own, which only that file knows
            timeout_s=10,
        )
        stats = messages.GetNodeStatsReply.FromString(reply).store_stats
        found[node["NodeID"]] = Store(stats.cumulative_created_bytes, stats.spilled_bytes_total)
    return found


def main(task: Task) -> None:
    """Tell of the idle state, wait, do it, tell the rest."""
    stores: dict[str, Store] = {}
    if task.nodes:
        with _connected(task.address):
            stores = _stores()
    memory = psutil.Process().memory_full_info()
    own = {"uss": memory.uss, "pss": memory.pss, "shared": shared_bytes()}
    idle = {"stores": {name: asdict(store) for name, store in stores.items()}, **own}
    print(json.dumps(idle), flush=True)
    sys.stdin.readline()
    seen = WAYS[task.way](task, array(task.mib))
    print(json.dumps(asdict(seen)), flush=True)


if __name__ == "__main__":
    main(Task(**json.loads(sys.argv[1])))
