"""Studies of any size that were never run, for what is done with a study afterwards.

Every case follows a law with noise, block by block: serial, threads that gain little, processes
and Ray that gain. They are written by the project's own lines, all at once: a study that runs
saves each line as it comes, which is not what is measured here.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from scaling import store
from scaling.lines import Record, record_line
from scaling.model import Case, Environment, Plan, StudyHeader, WorkloadFacts, WorkloadSpec
from scaling.records import ClusterRecord, EndRecord, Sample, SessionRecord, WorkerSummary

CPUS = 64
ITEM_S = 0.005
"""Mean time of an item in the kernel."""
SERIAL_SHARES = {"serial": 0.0, "threads": 0.6, "processes": 0.02, "ray": 0.01}
"""Of each backend: the share of the work that its workers do not share."""
PARALLEL = ("threads", "processes", "ray")


@dataclass(frozen=True, slots=True)
class Shape:
    """How large a study is. It has ``cases`` x ``blocks`` x ``samples`` samples."""

    cases: int = 40
    blocks: int = 25
    samples: int = 10
    sizes: tuple[int, ...] = (1000,)
    """The cases are spread over these numbers of items."""
    traced: int = 0
    """So many of the last cases name a trace of each sample; ``synthetic_trace`` writes them."""


def write(folder: Path, shape: Shape, seed: int = 1) -> Path:
    """Write a study of this shape and return its file."""
    cases = tuple(_cases(shape))
    file = store.create(folder, _header(shape, cases))
    with file.open("ab") as stream:
        stream.writelines(record_line(one) for one in _records(shape, cases, random.Random(seed)))  # noqa: S311 - noise, not a secret
    return file


def _cases(shape: Shape) -> Iterator[Case]:
    """Yield for each size serial, then the backends in turn with 1, 2, 3, ... workers."""
    for place, size in enumerate(shape.sizes):
        number = shape.cases // len(shape.sizes) + (place < shape.cases % len(shape.sizes))
        yield Case("synthetic", size, "serial", 1, 1)
        for index in range(number - 1):
            backend, workers = PARALLEL[index % len(PARALLEL)], index // len(PARALLEL) + 1
            yield Case("synthetic", size, backend, workers if backend == "ray" else 1, workers)


def _header(shape: Shape, cases: tuple[Case, ...]) -> StudyHeader:
    plan = Plan(
        spec=WorkloadSpec("synthetic"),
        sizes=shape.sizes,
        cases=cases,
        skipped=(),
        baseline=tuple(case.key for case in cases if case.backend == "serial"),
        blocks=min(6, shape.blocks),
        seed=1,
        batch=None,
        threads_per_worker=1,
        workers_per_node=1,
        timeout_s=None,
        tolerance=None,
        cluster="local",
        max_blocks=shape.blocks,
    )
    environment = Environment(
        hostname="synthetic",
        system="Linux",
        processor="no processor",
        cpus=CPUS,
        cpus_affinity=CPUS,
        cpu_quota=None,
        memory_mb=64_000,
        python="3.11.7",
        implementation="CPython",
        gil=True,
        versions=(),
    )
    facts = tuple(
        WorkloadFacts(
            "synthetic",
            items=size,
            code_digest="c0de",
            waits=False,
            has_async=False,
            cpu_share=1.0,
            item_s=ITEM_S,
            item_bytes=100,
        )
        for size in shape.sizes
    )
    return StudyHeader(
        "synthetic", "2026-01-01T00:00:00Z", ("scale", "run"), plan, facts, environment
    )


def _records(shape: Shape, cases: tuple[Case, ...], noise: random.Random) -> Iterator[Record]:
    nodes = tuple(f"node{number:03d}" for number in range(max(case.nodes for case in cases)))
    cpus, hosts = (1.0,) * len(nodes), ("synthetic",) * len(nodes)
    yield ClusterRecord(
        "127.0.0.1:1", embedded=True, nodes=nodes, cpus=cpus, hosts=hosts, start_s=3.0
    )
    traced_cases = cases[len(cases) - shape.traced :]
    for block in range(1, shape.blocks + 1):
        disturbance = noise.lognormvariate(0, 0.03)
        for case in noise.sample(cases, len(cases)):
            traced = case in traced_cases
            yield from _session(shape, case, block, disturbance, noise, traced=traced)
    yield EndRecord("max-blocks", "2026-01-01T01:00:00Z", 3600.0, 0.04)


def _session(
    shape: Shape, case: Case, block: int, disturbance: float, noise: random.Random, *, traced: bool
) -> Iterator[Record]:
    name = f"{case.key}-b{block}"
    for index in range(shape.samples):
        sample = _sample(name, case, block, index, disturbance * noise.lognormvariate(0, 0.02))
        yield replace(sample, trace=f"traces/{name}-{index}.npz") if traced else sample
    opening_s = {"serial": 0.001, "threads": 0.002, "processes": 0.1, "ray": 0.6}[case.backend]
    yield SessionRecord(
        session=name,
        case=case.key,
        block=block,
        status="ok",
        started="2026-01-01T00:00:00Z",
        opening_s=opening_s * noise.lognormvariate(0, 0.05),
        warmup_s=0.5,
        samples=shape.samples,
    )


def _sample(session: str, case: Case, block: int, index: int, factor: float) -> Sample:
    share = SERIAL_SHARES[case.backend]
    busy_s = case.size * ITEM_S * factor
    seconds = busy_s * (share + (1 - share) / case.workers) * 1.02
    workers = tuple(_worker(case, number, busy_s, seconds) for number in range(case.workers))
    return Sample(
        session=session,
        case=case.key,
        block=block,
        index=index,
        seconds=seconds,
        combine_s=0.002 * seconds,
        items=case.size,
        workers=workers,
        cpu_s=0.99 * busy_s,
        digest="d1g357",
        peak_rss_mb=80.0,
        last_start_s=0.97 * seconds,
        driver_cpu_s=0.01 * busy_s,
    )


def _worker(case: Case, number: int, busy_s: float, seconds: float) -> WorkerSummary:
    share = 1 / case.workers
    return WorkerSummary(
        worker=f"{case.backend}-{number}",
        node=f"node{number:03d}" if case.backend == "ray" else "local",
        items=case.size // case.workers,
        batches=8,
        busy_s=busy_s * share,
        cpu_s=0.99 * busy_s * share,
        first_start_s=0.001 * seconds,
        last_end_s=(0.98 + 0.01 * share) * seconds,
        longest_s=2 * ITEM_S,
        longest_item=number,
    )
