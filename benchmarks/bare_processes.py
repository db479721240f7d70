"""How close do processes and Ray come to two bare processes on ``sources``?

Two bare processes each parse every second item; two workers of the toolkit do the same work by its
own dispatch. Interleaved rounds in one run; the table gives medians and their ratio.

    python benchmarks/bare_processes.py [ROUNDS]
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from cluster import local
from cluster.local import EmbeddedCluster
from scaling.measure.launch import Launcher, process_environment
from scaling.measure.messages import SessionTask
from scaling.model import Case, WorkloadSpec
from scaling.records import Sample
from scaling.study.folders import private_folder
from scaling.study.nodes.base import target
from scaling.workloads import origin

SPEC = WorkloadSpec("sources")
BARE = """
import sys
from scaling.workloads import registry
from scaling.model import WorkloadSpec
workload = registry.load(WorkloadSpec("sources"))
items = list(workload.items())[int(sys.argv[1])::2]
for item in items[:40]:
    workload.kernel(item)
print("ready", flush=True)
sys.stdin.readline()
for item in items:
    workload.kernel(item)
print("done", flush=True)
"""


def bare(environment: dict[str, str]) -> float:
    """Return the seconds of two bare processes, from their start signal to the last end."""
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", BARE, str(half)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for half in range(2)
    ]
    for worker in workers:
        assert worker.stdout is not None
        worker.stdout.readline()
    start = time.perf_counter()
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("\n")
        worker.stdin.flush()
    for worker in workers:
        assert worker.stdout is not None
        worker.stdout.readline()
    seconds = time.perf_counter() - start
    for worker in workers:
        worker.communicate()
    return seconds


def ours(launcher: Launcher, case: Case, folder: Path, nodes: EmbeddedCluster | None) -> float:
    """Return the median seconds of a session."""
    task = SessionTask(
        session=uuid.uuid4().hex,
        case=case,
        block=1,
        spec=SPEC,
        code_digest=origin.code_digest(SPEC),
        threads_per_worker=1,
        batch=None,
        tolerance=None,
        reference=str(folder / "answer"),
        reference_case=None,
        expected_digest=None,
        most_samples=1,
        cluster=None if nodes is None else target(nodes.connection, case),
    )
    environment = {} if nodes is None else dict(nodes.connection.environment)
    result = launcher.session(task, environment=environment, sample_limit_s=120, on_sample=_ignore)
    assert result.done is not None
    assert result.done.status == "ok", result.done
    return statistics.median(sample.seconds for sample in result.samples)


def _ignore(sample: Sample) -> None:
    del sample


def main(rounds: int) -> None:
    """Measure and print."""
    owner = uuid.uuid4().hex[:12]
    environment = process_environment([], 1)
    times: dict[str, list[float]] = {}
    with (
        private_folder(owner) as folder,
        local.embedded(
            nodes=2, cpus_per_node=1, owner=owner, folder=folder, env=environment
        ) as nodes,
    ):
        launcher = Launcher(owner, folder, environment)
        size = launcher.probe(SPEC, sends=True).items
        processes = Case("sources", size, "processes", 1, 2)
        ray = Case("sources", size, "ray", 2, 2)
        ways: dict[str, Callable[[], float]] = {
            "two bare processes": lambda: bare(environment),
            "processes, 2 workers": lambda: ours(launcher, processes, folder, None),
            "ray, 2 nodes": lambda: ours(launcher, ray, folder, nodes),
        }
        for _ in range(rounds):
            for name, way in ways.items():
                times.setdefault(name, []).append(way())
    print(f"{'way':<24}{'median s':>10}{'of bare':>10}")
    base = times["two bare processes"]
    for name, found in times.items():
        ratio = statistics.median(b / o for b, o in zip(base, found, strict=True))
        print(f"{name:<24}{statistics.median(found):>10.3f}{ratio:>10.3f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
