"""What does it take to give one large array to all workers?

A driver makes an array and has 40 items use it: as shared input of the toolkit, and, beside it, the
naive way, which passes the array with each of 40 tasks (as many in flight as two for each node, so
that Ray need not write them to disk). On 2 and 4 nodes of an embedded cluster with one worker each,
and on 2 processes. Each driver is a fresh process; the ways take turns, in rotating order. Medians
over the rounds. Everything but seconds is counted in arrays.

    python benchmarks/shared_array.py [--rounds 5] [--mib 256] [--csv FILE]

seconds: from before there is a pool, or a connection to the cluster, to the last part; of these,
"open" until the workers hold the array. "of ours": naive seconds over ours in the same round.
copies: taken in by the object store of a node that works, the most of any; on processes, what
shared memory of the whole machine grew by. That of a Pool is not measured: it sends 40.
driver's store: likewise, of the driver's own node. spilled: written to disk by any store.
driver, private: peak of its anonymous memory above its idle state, with the array itself in it.
USS, PSS: above idle once all parts are there. The driver's USS is larger for a moment, by the copy
in its node's store: those pages are counted as its own until another process reads them too.
worker: most anonymous memory during an item, of which some 50 MB are the worker itself.
The last lines say whether the bars hold: one copy for each node, the driver's private memory (and
its USS) under 1.3 arrays, at least 5 times faster than the naive way.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import select
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.shared_array_work import private_bytes
from cluster import local
from cluster.local import EmbeddedCluster
from scaling.measure.launch import process_environment
from scaling.study.folders import private_folder

DRIVER = Path(__file__).with_name("shared_array_driver.py")
MIB = 2**20
NODES = 4
POLL_S = 0.005
QUIET_S = 20.0
NOISE = 0.1
"""In arrays: other small objects, and shared memory of other programs."""
MOST_PRIVATE = 1.3
LEAST_RATIO = 5.0


@dataclass(frozen=True)
class Case:
    """One row of the table."""

    way: str
    workers: int
    kind: str
    """``nodes`` or ``processes``."""
    naive: bool = False

    @property
    def on_cluster(self) -> bool:
        """True for nodes of a cluster."""
        return self.kind == "nodes"

    @property
    def place(self) -> str:
        """Name where the workers are."""
        return f"{self.workers} {self.kind}"


def pair(kind: str, workers: int, ours: str, naive: str) -> tuple[Case, Case]:
    """Return our way and the naive one."""
    return Case(ours, workers, kind), Case(naive, workers, kind, naive=True)


PAIRS = (
    pair("nodes", 2, "ours on Ray", "array with each Ray task"),
    pair("nodes", 4, "ours on Ray", "array with each Ray task"),
    pair("processes", 2, "ours on processes", "array with each task of a Pool"),
)
CASES = tuple(case for pair in PAIRS for case in pair)


@dataclass(frozen=True)
class Found:
    """What one driver took. Memory in arrays."""

    way: str
    place: str
    round: int
    seconds: float
    open_s: float | None
    copies: float | None
    driver_store: float | None
    """Copies in the store of the driver's own node."""
    spilled: float
    driver_private: float
    driver_uss: float
    driver_pss: float
    worker_private: float
    answer: int


def drive(
    case: Case, number: int, mib: int, environment: Mapping[str, str], nodes: EmbeddedCluster
) -> Found:
    """Run a driver, and watch its memory meanwhile."""
    ids = [node.id for node in nodes.connection.nodes[: case.workers]]
    task = {
        "way": case.way,
        "workers": case.workers,
        "mib": mib,
        "address": nodes.connection.address,
        "nodes": ids if case.on_cluster else [],
    }
    with _driver(task, environment) as process:
        idle, _ = _watched(process)
        resting = private_bytes(process.pid)
        assert process.stdin is not None
        process.stdin.write(b"go\n")
        process.stdin.flush()
        seen, most = _watched(process)
    unit = mib * MIB
    created, driver_store, spilled = _stores(idle, seen, ids, unit)
    shared = (seen["shared"] - idle["shared"]) / unit
    return Found(
        way=case.way,
        place=case.place,
        round=number,
        seconds=seen["seconds"],
        open_s=seen["open_s"],
        copies=created if case.on_cluster else None if case.naive else shared,
        driver_store=driver_store if case.on_cluster else None,
        spilled=spilled,
        driver_private=(most - resting) / unit,
        driver_uss=(seen["uss"] - idle["uss"]) / unit,
        driver_pss=(seen["pss"] - idle["pss"]) / unit,
        worker_private=seen["worker_private"] / unit,
        answer=seen["answer"],
    )


@contextmanager
def _driver(
    task: Mapping[str, Any], environment: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, str(DRIVER), json.dumps(task)],
        env=dict(environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        yield process
        process.communicate()
    finally:
        process.kill()
        process.wait()
    if process.returncode:
        sys.exit(f"a driver failed: {task['way']}")


def _watched(process: subprocess.Popen[bytes]) -> tuple[dict[str, Any], int]:
    """Return the next line of a process, and the most private memory that it had until then."""
    assert process.stdout is not None
    most, text = 0, b""
    while not text.endswith(b"\n"):
        most = max(most, private_bytes(process.pid))
        if select.select([process.stdout], [], [], POLL_S)[0]:
            more = os.read(process.stdout.fileno(), 1 << 16)
            if not more:
                sys.exit("a driver ended without an answer")
            text += more
    told: dict[str, Any] = json.loads(text)
    return told, most


def _stores(
    idle: Mapping[str, Any], seen: Mapping[str, Any], workers: Sequence[str], unit: int
) -> tuple[float, float, float]:
    """Return what went to a working node's store, to the driver's, and to disk."""
    if not seen["stores"]:
        return 0.0, 0.0, 0.0
    before, after = idle["stores"], seen["stores"]
    created = {name: (after[name]["created"] - before[name]["created"]) / unit for name in after}
    spilled = max(after[n]["spilled"] - before[n]["spilled"] for n in after) / unit
    others = [copies for name, copies in created.items() if name not in workers]
    return max(created[name] for name in workers), max(others, default=0.0), spilled


def rounds_of(
    rounds: int, mib: int, environment: Mapping[str, str], nodes: EmbeddedCluster
) -> Iterator[Found]:
    """Run every case in every round, beginning with another one each time."""
    variables = {**environment, **dict(nodes.connection.environment)}
    for number in range(rounds):
        first = number % len(CASES)
        for case in (*CASES[first:], *CASES[:first]):
            nodes.wait_quiet(QUIET_S)
            found = drive(case, number, mib, variables if case.on_cluster else environment, nodes)
            print(f"round {number + 1}: {case.way}, {case.place}: {found.seconds:.2f} s",
                  file=sys.stderr)  # fmt: skip
            yield found


def of(case: Case, found: Iterable[Found]) -> list[Found]:
    """Return what was found of a case, by round."""
    own = [one for one in found if (one.way, one.place) == (case.way, case.place)]
    return sorted(own, key=lambda one: one.round)


def median(case: Case, found: Iterable[Found], name: str) -> float | None:
    """Return the median over the rounds of one number; None where it is not known."""
    values = [getattr(one, name) for one in of(case, found)]
    return None if None in values else statistics.median(values)


def ratio(ours: Case, naive: Case, found: Sequence[Found]) -> float:
    """Return how many times longer the naive way takes, the median over the rounds."""
    both = zip(of(ours, found), of(naive, found), strict=True)
    return statistics.median(bad.seconds / good.seconds for good, bad in both)


COLUMNS = {
    "seconds": "seconds",
    "open": "open_s",
    "copies": "copies",
    "driver's store": "driver_store",
    "spilled": "spilled",
    "driver, private": "driver_private",
    "USS": "driver_uss",
    "PSS": "driver_pss",
    "worker": "worker_private",
}


def show(found: Sequence[Found]) -> None:
    """Print the table."""
    names = ("way", "on", *COLUMNS, "of ours")
    print("| " + " | ".join(names) + " |")
    print("|" + "---|" * 2 + "---:|" * (len(names) - 2))
    for ours, naive in PAIRS:
        for case in (ours, naive):
            values = (median(case, found, name) for name in COLUMNS.values())
            cells = ["" if value is None else f"{value:.2f}" for value in values]
            of_ours = f"{ratio(ours, naive, found):.1f}" if case.naive else "1"
            print("| " + " | ".join([case.way, case.place, *cells, of_ours]) + " |")


def bars(found: Sequence[Found]) -> Iterator[tuple[str, bool]]:
    """Tell of each bar whether it holds, with its figure."""
    for ours, naive in PAIRS:
        name = f"{ours.way}, {ours.place}"
        copies = max(one.copies or 0.0 for one in of(ours, found))
        yield f"{name}: one copy on each node ({copies:.2f})", abs(copies - 1) < NOISE
        private = max(
            median(ours, found, "driver_private") or 0.0, median(ours, found, "driver_uss") or 0.0
        )
        said = f"{name}: driver's private memory under {MOST_PRIVATE} arrays ({private:.2f})"
        yield said, 0 < private < MOST_PRIVATE
        times = ratio(ours, naive, found)
        yield f"{name}: {LEAST_RATIO:.0f} times faster ({times:.1f})", times >= LEAST_RATIO
    yield "all answers agree", len({one.answer for one in found}) == 1


def write_csv(file: Path, found: Iterable[Found]) -> None:
    """Write what every driver took."""
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, [field.name for field in fields(Found)])
        writer.writeheader()
        writer.writerows(asdict(one) for one in found)


def main(rounds: int, mib: int, file: Path | None) -> int:
    """Measure and print; 1 when a bar is missed."""
    owner = uuid.uuid4().hex[:12]
    environment = process_environment([], 1)
    start = time.perf_counter()
    with (
        private_folder(owner) as folder,
        local.embedded(
            nodes=NODES,
            cpus_per_node=1,
            owner=owner,
            folder=folder,
            env=environment,
            object_store_bytes=max(local.MIN_STORE_BYTES, 3 * NODES * mib * MIB),
        ) as nodes,
    ):
        found = list(rounds_of(rounds, mib, environment, nodes))
    show(found)
    if file is not None:
        write_csv(file, found)
    told = list(bars(found))
    print(f"\n{rounds} rounds, {mib} MiB, {time.perf_counter() - start:.0f} s in all\n")
    for text, holds in told:
        print(f"- {'yes' if holds else 'NO'}: {text}")
    return int(not all(holds for _, holds in told))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--mib", type=int, default=256)
    parser.add_argument("--csv", type=Path)
    asked = parser.parse_args()
    sys.exit(main(asked.rounds, asked.mib, asked.csv))
