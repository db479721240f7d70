"""What the user asked for, before anything is known of the workload or the machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from scaling.errors import UsageError
from scaling.model import WorkloadSpec
from scaling.option_texts import (
    absolute_items,
    absolute_target,
    finite,
    parse_batch,
    parse_counts,
    parse_duration,
    parse_names,
    parse_nodes,
    parse_params,
    parse_share,
)

DEFAULT_BLOCKS = 6
DEFAULT_MAX_BLOCKS = 30
DEFAULT_PRECISION = 0.05
DEFAULT_BUDGET_S = 240.0
QUICK_BLOCKS = 2


@dataclass(frozen=True, slots=True)
class BaselineChoice:
    """What speedup is to be relative to, for work that is too long to run serially."""

    backend: str
    workers: int | None


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits that a resumed study may be given anew; None keeps what was planned."""

    max_blocks: int | None = None
    budget_s: float | None = None


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What a caller in Python hands to the processes of a study by value."""

    payload: bytes = field(repr=False)
    """Pickled, by ``scaling.workloads.by_value``."""
    roots: tuple[Path, ...]
    """Folders whose modules it uses."""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """Options of one study."""

    spec: WorkloadSpec
    sizes: tuple[int | None, ...] = (None,)
    """Numbers of items; None for the workload's own."""
    backends: tuple[str, ...] | None = None
    """None: those that the command shows by default."""
    nodes: tuple[int, ...] = ()
    """Node counts of the sweep; empty without a cluster."""
    workers: tuple[int, ...] | None = None
    """Worker counts of the local backends."""
    workers_per_node: int | None = None
    blocks: int = DEFAULT_BLOCKS
    max_blocks: int = DEFAULT_MAX_BLOCKS
    precision: float = DEFAULT_PRECISION
    budget_s: float = DEFAULT_BUDGET_S
    baseline: BaselineChoice | None = None
    weak: bool = False
    null: bool = False
    quick: bool = False
    seed: int = 0
    batch: int | None = None
    threads_per_worker: int = 1
    timeout_s: float | None = None
    tolerance: float | None = None
    cluster: str = "local"
    simulate: str | None = None
    output: Path | None = None
    trace: bool = False
    """Keep the whole record of every sample."""
    handed: HandedOver | None = None
    """What the names of ``spec`` lead to where it came by value."""
    command: tuple[str, ...] = field(default=())


def build(
    *, workload: str, workers: str | None, backends: str | None, items: str | None,
    combine: str | None, shared: str | None, size: str | None, params: list[str],
    blocks: int | None, max_blocks: int | None, precision: str, budget: str | None, quick: bool,
    batch: str, threads_per_worker: int, seed: int, timeout: str | None, tolerance: float | None,
    simulate: str | None, output: Path | None, command: Sequence[str], nodes: str | None = None,
    dense: bool = False, workers_per_node: int | None = None, cluster: str = "local",
    baseline: str | None = None, weak: bool = False, null: bool = False, trace: bool = False,
) -> RunOptions:  # fmt: skip
    """Return the options from the command line's texts. Raises UsageError."""
    spec = WorkloadSpec(
        target=absolute_target(workload),
        items=absolute_items(items),
        combine=combine and absolute_target(combine),
        shared=shared and absolute_target(shared),
        params=parse_params(params),
    )
    least, most = block_counts(blocks, max_blocks, quick=quick)
    return RunOptions(
        spec=spec,
        sizes=(None,) if size is None else parse_counts(size, "--size"),
        backends=None if backends is None else parse_names(backends, "--backends"),
        nodes=() if nodes is None else parse_nodes(nodes, dense=dense),
        workers=None if workers is None else parse_counts(workers, "--workers"),
        workers_per_node=workers_per_node,
        blocks=least,
        max_blocks=most,
        precision=parse_share(precision, "--precision"),
        budget_s=DEFAULT_BUDGET_S if budget is None else parse_duration(budget, "--budget"),
        baseline=None if baseline is None else parse_baseline(baseline),
        weak=weak,
        null=null,
        quick=quick,
        seed=seed,
        batch=parse_batch(batch),
        threads_per_worker=threads_per_worker,
        timeout_s=None if timeout is None else parse_duration(timeout, "--timeout"),
        tolerance=finite(tolerance),
        cluster=cluster,
        simulate=simulate,
        output=output,
        trace=trace,
        command=tuple(command),
    )


def limits(max_blocks: int | None, budget: str | None) -> Limits:
    """Return the limits of a resumed run. Raises UsageError."""
    budget_s = None if budget is None else parse_duration(budget, "--budget")
    return Limits(max_blocks, budget_s)


def block_counts(blocks: int | None, max_blocks: int | None, *, quick: bool) -> tuple[int, int]:
    """Return the least and the most blocks; what is not given fits what is."""
    if quick:
        if blocks is not None or max_blocks is not None:
            raise UsageError("--quick takes 2 blocks; leave out --blocks and --max-blocks")
        return QUICK_BLOCKS, QUICK_BLOCKS
    if blocks is None:
        most = DEFAULT_MAX_BLOCKS if max_blocks is None else max_blocks
        return min(DEFAULT_BLOCKS, most), most
    most = max(blocks, DEFAULT_MAX_BLOCKS) if max_blocks is None else max_blocks
    if most < blocks:
        raise UsageError(f"--max-blocks {most} is less than --blocks {blocks}")
    return blocks, most


def parse_baseline(text: str) -> BaselineChoice:
    """Return backend and workers of ``BACKEND[:WORKERS]``."""
    backend, colon, workers = text.partition(":")
    if not backend or (colon and not (workers.isascii() and workers.isdigit() and int(workers))):
        raise UsageError(f"--baseline {text}: give BACKEND or BACKEND:WORKERS, like processes:2")
    return BaselineChoice(backend, int(workers) if colon else None)
