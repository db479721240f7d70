"""Does each loss move by what was injected, and no other?

Each injected cost runs beside a clean control, in turns, on threads, processes and a Ray cluster
of two nodes, two workers each; 1 MB of arguments with one worker, since the driver that pickles
them needs a core of its own. The loss that is named must change by the injected amount within 0.05
of P T, the others by less than 0.05 (medians over the rounds).

    python benchmarks/injected_costs.py [ROUNDS] [NAME ...]
"""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import scaling
from scaling.results import Study

ROOT = Path(__file__).parents[1]
WORK = ROOT / "benchmarks" / "injected_work.py"
LOSSES = ("serial", "balance", "scheduling", "work", "waiting")
TOLERANCE = 0.05
EVERYWHERE = ("threads", "processes", "ray")

Row = dict[str, float]
"""Losses, efficiency and other numbers of one case of one study."""


@dataclass(frozen=True)
class Injection:
    """One cost that was added, and what it should change."""

    name: str
    kernel: str
    loss: str
    expected: Callable[[Row, Row], float]
    """The change of the named loss, from the rows of control and injected run."""
    backends: tuple[str, ...] = EVERYWHERE
    untouched: tuple[str, ...] = ()
    """Backends on which nothing may change."""
    control: str = "control"
    pinned: bool = False
    workers: int = 2
    """One where the driver itself is to have a core: it pickles what it sends."""


def all_of_it(control: Row, injected: Row) -> float:
    """Return the whole change in efficiency, where the amount cannot be known beforehand."""
    return control["efficiency"] - injected["efficiency"]


def of_combine(_: Row, injected: Row) -> float:
    """P C of P T are spent while one combines; C is in the serial time too."""
    workers, seconds, alone = injected["workers"], injected["seconds"], injected["combine_s"]
    return (workers - 1) * alone / (workers * seconds)


def of_dominant(_: Row, injected: Row) -> float:
    """Half the work W on one worker while the other has nothing: P T = 1.5 W, W / 2 idle."""
    del injected
    return 1 / 3


def of_slow_node(_: Row, injected: Row) -> float:
    """Speeds 1 and 1/2 share W: P T = 4/3 W, of which 1/3 W is more work."""
    del injected
    return 1 / 4


def of_producer(_: Row, injected: Row) -> float:
    """Workers idle for P T - U while items come; the serial run waited for them too."""
    paid = injected["workers"] * injected["seconds"]
    return (paid - injected["busy_s"] - injected["produced_s"]) / paid


INJECTIONS = (
    Injection("a serial combine of 20 %", "combine", "serial", of_combine),
    Injection("one item of half the work", "dominant", "balance", of_dominant),
    Injection("1 MB of arguments per item", "megabyte", "scheduling", all_of_it,
              ("processes", "ray"), ("threads",), "light", workers=1),
    Injection("a kernel that holds the GIL", "gil", "waiting", all_of_it,
              ("threads",), ("processes", "ray"), "released"),
    Injection("two workers pinned on one core", "control", "waiting", all_of_it, pinned=True),
    Injection("a node of half the speed", "slow_node", "work", of_slow_node, ("ray",), (), "light"),
    Injection("a wait in the item producer", "producer", "serial", of_producer, control="stream"),
)  # fmt: skip


class Bench:
    """Runs small studies of one block."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._number = folder, count()
        self._wait_s = 0.0

    def calibrate(self) -> None:
        """Let the producer wait for twice the time of an item."""
        row = self.run("control", ("serial",))["serial"]
        self._wait_s = 2 * row["seconds"] / row["items"]

    def run(
        self, kernel: str, backends: tuple[str, ...], *, pinned: bool = False, workers: int = 2
    ) -> dict[str, Row]:
        """Measure a kernel; one row for each backend."""
        number = next(self._number)
        output = self._folder / f"study-{number}"
        command = [
            *(sys.executable, "-P", "-m", "cli", "run", f"{WORK}:{kernel}", "--quiet", "--json"),
            *(
                "--backends",
                ",".join(backends),
                "--nodes",
                str(workers),
                "--workers-per-node",
                "1",
            ),
            *(
                "--workers",
                str(workers),
                "--blocks",
                "1",
                "--max-blocks",
                "1",
                "--seed",
                str(number),
            ),
            *("--output", str(output)),
        ]
        if pinned:
            core = min(os.sched_getaffinity(0))
            command = ["taskset", "-c", str(core), *command]
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "RAYSCALE_SLOW_NODE": str(self._folder / f"slow-{number}"),
            "RAYSCALE_PRODUCER_WAIT": str(self._wait_s),
        }
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(done.stderr)
        return rows(scaling.load(output))


def rows(study: Study) -> dict[str, Row]:
    """Return the largest case of each backend."""
    found: dict[str, Row] = {}
    for result in study.results:
        key = next(
            case.key
            for case in study.header.plan.cases
            if (case.backend, case.workers) == (result.backend, result.workers)
        )
        samples = [s for s in study.data.samples if s.case == key and s.block > 0]
        middle = sorted(samples, key=lambda sample: sample.seconds)[(len(samples) - 1) // 2]
        row = {name: getattr(result, f"loss_{name}") or 0.0 for name in LOSSES}
        found[result.backend] = {
            **row,
            "efficiency": result.efficiency or 0.0,
            "workers": float(result.workers),
            "items": float(result.size),
            "seconds": middle.seconds,
            "combine_s": middle.combine_s,
            "busy_s": sum(worker.busy_s for worker in middle.workers),
            "produced_s": middle.producing_s,
        }
    return found


def measure(bench: Bench, injection: Injection, rounds: int) -> dict[str, list[tuple[Row, Row]]]:
    """Return the pairs of control and injected run of each backend."""
    backends = (*injection.backends, *injection.untouched)
    pairs: dict[str, list[tuple[Row, Row]]] = {backend: [] for backend in backends}
    for turn in range(rounds):
        order = [False, True]
        random.Random(turn).shuffle(order)  # noqa: S311 - an order, not a secret
        taken = {
            injected: bench.run(
                injection.kernel if injected else injection.control,
                backends,
                pinned=injection.pinned and injected,
                workers=injection.workers,
            )
            for injected in order
        }
        for backend in backends:
            pairs[backend].append((taken[False][backend], taken[True][backend]))
    return pairs


def judge(injection: Injection, backend: str, pairs: list[tuple[Row, Row]]) -> bool:
    """Print one line of the table; tell whether it holds."""
    moved = {
        name: statistics.median(after[name] - before[name] for before, after in pairs)
        for name in LOSSES
    }
    named = backend in injection.backends
    wanted = statistics.median(injection.expected(*pair) for pair in pairs) if named else 0.0
    others = {name: value for name, value in moved.items() if name != injection.loss}
    worst = max(others, key=lambda name: abs(others[name]))
    held = abs(moved[injection.loss] - wanted) <= TOLERANCE and abs(others[worst]) < TOLERANCE
    cells = (
        *(injection.name, backend, injection.loss, f"{wanted:+.3f}"),
        *(
            f"{moved[injection.loss]:+.3f}",
            f"{worst} {others[worst]:+.3f}",
            "yes" if held else "no",
        ),
    )
    print(f"| {' | '.join(cells)} |", flush=True)
    return held


def main(rounds: int, names: list[str]) -> None:
    """Measure and print; end with 1 when one does not hold."""
    print("| injected | backend | loss | amount | moved by | largest other | holds |")
    print("|---|---|---|---|---|---|---|", flush=True)
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        bench.calibrate()
        for injection in INJECTIONS:
            if (
                names
                and injection.kernel not in names
                and not (injection.pinned and "pinned" in names)
            ):
                continue
            for backend, pairs in measure(bench, injection, rounds).items():
                failed += not judge(injection, backend, pairs)
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    arguments = sys.argv[1:]
    main(int(arguments[0]) if arguments else 6, arguments[1:])
