"""How long until something can be measured?

Four contests, each in turns with what it is compared with, on the same installation:

- help: ``scale --help`` and an empty Typer program with as many commands and options;
- threads, processes: a session of the toolkit under its guard, from its start until its first
  sample has come, and a bare Python process that opens the same pool and maps two items over it;
- cluster: an embedded cluster of 4 nodes, until a session with a worker on each has given its
  first sample, and ``ray.cluster_utils.Cluster`` with its defaults, until an actor on each of 4
  nodes has answered.

The workload doubles 8 numbers, so a session has nothing else to set up, and its warm-up is one
pass. Medians over the rounds; a ratio is the median of the rounds' own ratios to the first way.

    python benchmarks/start_up.py [--rounds 5] [--only help,threads] [--csv FILE]
"""

from __future__ import annotations

import argparse
import csv
import os
import select
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from cluster import local
from cluster.guard import spawn
from scaling.measure.launch import Launcher, process_environment
from scaling.measure.messages import SessionTask
from scaling.model import Case, WorkloadSpec
from scaling.passes import ClusterTarget
from scaling.records import Sample
from scaling.study.folders import private_folder
from scaling.study.nodes.base import target
from scaling.workloads import origin

NODES = 4
ITEMS = 8
LIMIT_S = 120.0

WORK = """
def double(item):
    return item * 2
"""
TELL = 'import os; os.write(int(os.environ["RAYSCALE_CHANNEL"]), b"answered")'
BARE_THREADS = """
from concurrent.futures import ThreadPoolExecutor

with ThreadPoolExecutor(2) as pool:
    list(pool.map(abs, range(2)))
    print("answered", flush=True)
"""
BARE_POOL = """
import multiprocessing

if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        pool.map(abs, range(2))
        print("answered", flush=True)
"""
BARE_EXECUTOR = """
import multiprocessing
from concurrent.futures import ProcessPoolExecutor

if __name__ == "__main__":
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        list(pool.map(abs, range(2)))
        print("answered", flush=True)
"""
RAY_CLUSTER = f"""
import ray
from ray.cluster_utils import Cluster
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy as On


@ray.remote(num_cpus=1)
class Worker:
    def answer(self):
        return True


cluster = Cluster(initialize_head=True)
nodes = [cluster.add_node(num_cpus=1) for _ in range({NODES})]
ray.init(address=cluster.address, log_to_driver=False)
places = [On(node.node_id, soft=False) for node in nodes]
workers = [Worker.options(scheduling_strategy=place).remote() for place in places]
assert all(ray.get([worker.answer.remote() for worker in workers]))
{TELL}
ray.shutdown()
cluster.shutdown()
"""
EMPTY_HEAD = '''
from typing import Annotated, Optional

import typer

app = typer.Typer(
    invoke_without_command=True, pretty_exceptions_enable=False, rich_markup_mode={mode}
)


@app.callback()
def empty() -> None:
    """Do nothing."""
'''
EMPTY_COMMAND = '''

@app.command()
def command{number}({options}) -> None:
    """Do nothing."""
'''

Way = Callable[[], float]
"""Starts once and returns the seconds that count."""


@dataclass(frozen=True, slots=True)
class Contest:
    """Ways to start: the first is what the others are compared with, the last is this toolkit's."""

    ways: Mapping[str, Way]
    bar: float
    """The ratio that this toolkit aims at."""


@dataclass(frozen=True, slots=True)
class Timing:
    """What one start took."""

    contest: str
    round: int
    way: str
    seconds: float


class Bench:
    """Starts things, with files in a folder of its own."""

    def __init__(self, owner: str, folder: Path) -> None:
        self._owner, self._folder = owner, folder
        # An installed program is compiled already; the first, uncounted round compiles this one.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        (folder / "work.py").write_text(WORK)
        self._environment = process_environment([folder], 1)
        self._launcher = Launcher(owner, folder, self._environment)
        self._spec = WorkloadSpec(f"{folder}/work.py:double", items=f"range:{ITEMS}")
        self._digest = origin.code_digest(self._spec)

    def program(self, arguments: Sequence[str], *, end: bool) -> float:
        """Return the seconds until a Python program has ended, or until its first line."""
        start = time.perf_counter()
        with subprocess.Popen(
            [sys.executable, "-P", *arguments], env=self._environment, stdout=subprocess.PIPE
        ) as started:
            assert started.stdout is not None
            if end:
                started.communicate()
            else:
                started.stdout.readline()
            seconds = time.perf_counter() - start
        assert started.returncode == 0, arguments
        return seconds

    def empty_program(self, *, mode: str | None) -> list[str]:
        """Write an empty Typer program as large as ours, and return how it is asked for help."""
        name = f"empty_{mode or 'plain'}"
        commands = "".join(
            EMPTY_COMMAND.format(number=number, options=_options(count))
            for number, count in enumerate(_option_counts())
        )
        (self._folder / f"{name}.py").write_text(EMPTY_HEAD.format(mode=repr(mode)) + commands)
        return _help_of(name)

    def session(
        self, backend: str, workers: int, nodes: local.EmbeddedCluster | None = None
    ) -> float:
        """Return the seconds from the start of a session until its first sample has come."""
        came: list[float] = []

        def note(sample: Sample) -> None:
            del sample
            came.append(time.perf_counter())

        case = Case(self._spec.target, ITEMS, backend, workers if nodes else 1, workers)
        place = None if nodes is None else target(nodes.connection, case)
        start = time.perf_counter()
        result = self._launcher.session(
            self._task(case, place),
            environment={} if nodes is None else dict(nodes.connection.environment),
            sample_limit_s=LIMIT_S,
            on_sample=note,
        )
        assert result.status == "ok", result
        return came[0] - start

    def _task(self, case: Case, place: ClusterTarget | None) -> SessionTask:
        session = uuid.uuid4().hex
        return SessionTask(
            session=session,
            case=case,
            block=1,
            spec=self._spec,
            code_digest=self._digest,
            threads_per_worker=1,
            batch=None,
            tolerance=None,
            reference=str(self._folder / f"answer-{session}"),
            reference_case=None,
            expected_digest=None,
            most_samples=1,
            cluster=place,
        )

    def guarded(self) -> float:
        """Return the seconds until a Python that loads nothing has answered from under a guard."""
        start = time.perf_counter()
        with spawn(
            [sys.executable, "-P", "-c", TELL],
            owner=self._owner,
            env=self._environment,
            output=None,
        ) as process:
            assert os.read(process.channel, 64) == b"answered"
            return time.perf_counter() - start

    def embedded(self) -> float:
        """Return the seconds until a session on an embedded cluster has a first sample."""
        start = time.perf_counter()
        with local.embedded(
            nodes=NODES,
            cpus_per_node=1,
            owner=self._owner,
            folder=self._folder,
            env=self._environment,
        ) as nodes:
            opened_s = time.perf_counter() - start
            return opened_s + self.session("ray", NODES, nodes)

    def cluster_utils(self) -> float:
        """Return the seconds until actors on Ray's own test cluster have answered."""
        with _short_folder() as folder:
            environment = {**self._environment, "RAY_TMPDIR": str(folder)}
            start = time.perf_counter()
            # A guard, since Ray's processes are not children of the one that starts them.
            with spawn(
                [sys.executable, "-P", "-c", RAY_CLUSTER],
                owner=self._owner,
                env=environment,
                output=self._folder / "cluster_utils.log",
            ) as process:
                answered = select.select([process.channel], [], [], LIMIT_S)[0]
                seconds = time.perf_counter() - start
                assert answered, "Ray's own cluster did not start"
                assert os.read(process.channel, 64) == b"answered"
                process.wait(LIMIT_S)
        return seconds

    def contests(self) -> dict[str, Contest]:
        """Return them all, the longest last."""
        plain, rich = self.empty_program(mode=None), self.empty_program(mode="rich")
        ours = _help_of("cli")
        return {
            "help": Contest(
                {
                    "empty Typer program, plain help": lambda: self.program(plain, end=True),
                    "empty Typer program, default help": lambda: self.program(rich, end=True),
                    "scale --help": lambda: self.program(ours, end=True),
                },
                1.3,
            ),
            "threads": Contest(
                {
                    "bare ThreadPoolExecutor": lambda: self._bare(BARE_THREADS),
                    "empty Python under our guard": self.guarded,
                    "session, 2 threads": lambda: self.session("threads", 2),
                },
                3.0,
            ),
            "processes": Contest(
                {
                    "bare multiprocessing.Pool": lambda: self._bare(BARE_POOL),
                    "bare ProcessPoolExecutor": lambda: self._bare(BARE_EXECUTOR),
                    "session, 2 processes": lambda: self.session("processes", 2),
                },
                3.0,
            ),
            "cluster": Contest(
                {
                    "ray.cluster_utils.Cluster": self.cluster_utils,
                    "embedded cluster": self.embedded,
                },
                0.5,
            ),
        }

    def _bare(self, code: str) -> float:
        path = self._folder / f"bare-{uuid.uuid5(uuid.NAMESPACE_OID, code).hex}.py"
        path.write_text(code)
        return self.program([str(path)], end=False)


def _help_of(module: str) -> list[str]:
    """Ask as the script does that an installation makes: the program is compiled already."""
    return ["-c", f"from {module} import app; app()", "--help"]


def _option_counts() -> list[int]:
    """Count the options of each of our commands."""
    import typer

    from cli import app

    commands = typer.main.get_group(app).commands
    return [len(command.params) for command in commands.values()]


def _options(count: int) -> str:
    kinds = ("Optional[str]", "None"), ("bool", "False"), ("int", "1")
    return ", ".join(
        f'o{i}: Annotated[{kind}, typer.Option(help="Does nothing at all.")] = {default}'
        for i in range(count)
        for kind, default in [kinds[i % len(kinds)]]
    )


@contextmanager
def _short_folder() -> Iterator[Path]:
    """Make a folder in which the names of Ray's sockets are short enough."""
    folder = Path(tempfile.mkdtemp(prefix="su-", dir="/tmp"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def measure(contest: Contest, rounds: int) -> Iterator[tuple[int, str, float]]:
    """Yield round, way and seconds; each round begins with another way."""
    names = list(contest.ways)
    for way in contest.ways.values():
        way()
    for number in range(rounds):
        shift = number % len(names)
        for name in names[shift:] + names[:shift]:
            yield number, name, contest.ways[name]()


def table(name: str, contest: Contest, timings: Sequence[Timing]) -> str:
    """Return the medians, and ratios to the first way, as Markdown."""
    seconds = {way: [t.seconds for t in timings if t.way == way] for way in contest.ways}
    base, *_ = seconds.values()
    lines = [f"| {name} | seconds | ratio |", "|---|---:|---:|"]
    for way, found in seconds.items():
        ratio = statistics.median(own / other for own, other in zip(found, base, strict=True))
        lines.append(f"| {way} | {statistics.median(found):.3f} | {ratio:.2f} |")
    verdict = "holds" if ratio <= contest.bar else "MISSED"
    return "\n".join([*lines, "", f"At most {contest.bar:g}: {verdict} ({ratio:.2f})", ""])


def write_csv(file: Path, timings: Sequence[Timing]) -> None:
    """Write every start as a row."""
    with file.open("w", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(field.name for field in fields(Timing))
        rows.writerows(map(astuple, timings))


def main(rounds: int, only: Sequence[str] | None, csv_file: Path | None) -> int:
    """Measure and print; 1 when a bar is missed."""
    owner = uuid.uuid4().hex[:12]
    timings: list[Timing] = []
    texts = []
    with private_folder(owner) as folder:
        contests = Bench(owner, folder).contests()
        for name in only or list(contests):
            own = [Timing(name, *found) for found in measure(contests[name], rounds)]
            texts.append(table(name, contests[name], own))
            print(texts[-1], flush=True)
            timings += own
    if csv_file is not None:
        write_csv(csv_file, timings)
    return int(any("MISSED" in text for text in texts))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="starts of each way (default: 5)")
    parser.add_argument("--only", type=lambda text: text.split(","), help="contests, by commas")
    parser.add_argument("--csv", type=Path, help="write every start to this file")
    given = parser.parse_args()
    sys.exit(main(given.rounds, given.only, given.csv))
