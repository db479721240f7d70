"""What the user asked for, before anything is known of the workload or the machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path

from scaling.errors import UsageError
from scaling.model import WorkloadSpec

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
    command: tuple[str, ...] = field(default=())


def build(
    *,
    workload: str,
    workers: str | None,
    backends: str | None,
    items: str | None,
    combine: str | None,
    shared: str | None,
    size: str | None,
    params: list[str],
    blocks: int | None,
    max_blocks: int | None,
    precision: str,
    budget: str | None,
    quick: bool,
    batch: str,
    threads_per_worker: int,
    seed: int,
    timeout: str | None,
    tolerance: float | None,
    simulate: str | None,
    output: Path | None,
    command: Sequence[str],
    nodes: str | None = None,
    dense: bool = False,
    workers_per_node: int | None = None,
    cluster: str = "local",
    baseline: str | None = None,
    weak: bool = False,
    null: bool = False,
) -> RunOptions:
    """Return the options from the command line's texts. Raises UsageError."""
    spec = WorkloadSpec(
        target=absolute_target(workload),
        items=_absolute_items(items),
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
        precision=parse_precision(precision),
        budget_s=DEFAULT_BUDGET_S if budget is None else parse_duration(budget, "--budget"),
        baseline=None if baseline is None else parse_baseline(baseline),
        weak=weak,
        null=null,
        quick=quick,
        seed=seed,
        batch=parse_batch(batch),
        threads_per_worker=threads_per_worker,
        timeout_s=None if timeout is None else parse_duration(timeout, "--timeout"),
        tolerance=_finite(tolerance),
        cluster=cluster,
        simulate=simulate,
        output=output,
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


def parse_precision(text: str) -> float:
    """Return a share from ``5%`` or ``0.05``."""
    number, factor = (text[:-1], 0.01) if text.endswith("%") else (text, 1.0)
    try:
        share = float(number) * factor
    except ValueError:
        share = 0.0
    if not 0.0 < share < 1.0:
        raise UsageError(f"--precision {text}: give a share like 5% or 0.05")
    return share


def parse_baseline(text: str) -> BaselineChoice:
    """Return backend and workers of ``BACKEND[:WORKERS]``."""
    backend, colon, workers = text.partition(":")
    if not backend or (colon and not (workers.isascii() and workers.isdigit() and int(workers))):
        raise UsageError(f"--baseline {text}: give BACKEND or BACKEND:WORKERS, like processes:2")
    return BaselineChoice(backend, int(workers) if colon else None)


def absolute_target(workload: str) -> str:
    """Return the workload's target; a file's path made absolute, since processes may move."""
    file, colon, name = workload.rpartition(":")
    if colon and file.endswith(".py"):
        return f"{Path(file).expanduser().absolute()}:{name}"
    return workload


def _absolute_items(items: str | None) -> str | None:
    """Return ``--items`` with absolute paths: a study may be resumed from another folder."""
    if items is None:
        return None
    scheme, colon, rest = items.partition(":")
    if colon and rest.strip() and scheme in {"lines", "glob", "csv"}:
        return f"{scheme}:{Path(rest).expanduser().absolute()}"
    return absolute_target(items)


def _finite(tolerance: float | None) -> float | None:
    if tolerance is not None and not isfinite(tolerance):
        raise UsageError(f"--tolerance {tolerance}: give a number like 1e-9")
    return tolerance


def parse_nodes(text: str, *, dense: bool = False) -> tuple[int, ...]:
    """Return the node counts of ``--nodes``: ``4`` means 1, 2, 4; ``1,3,4`` means just those."""
    counts = parse_counts(text, "--nodes")
    if len(counts) > 1:
        return counts
    (largest,) = counts
    powers = {2**k for k in range(largest.bit_length()) if 2**k <= largest}
    between = {3 * 2**k for k in range(largest.bit_length()) if 3 * 2**k <= largest}
    return tuple(sorted(powers | {largest} | (between if dense else set())))


def parse_counts(text: str, option: str) -> tuple[int, ...]:
    """Return a list of different whole numbers from 1 up, in rising order."""
    words = [word.strip() for word in text.split(",")]
    if not all(word.isascii() and word.isdigit() and int(word) >= 1 for word in words):
        raise UsageError(f"{option} {text}: give whole numbers from 1 up, like 4 or 1,2,4")
    counts = [int(word) for word in words]
    for count in counts:
        if counts.count(count) > 1:
            raise UsageError(f"{option} {text}: {count} is there more than once")
    return tuple(sorted(counts))


def parse_batch(text: str) -> int | None:
    """Return the items per message, None for ``auto``."""
    if text == "auto":
        return None
    if not (text.isascii() and text.isdigit() and int(text) >= 1):
        raise UsageError(f"--batch {text}: give auto or a whole number from 1 up")
    return int(text)


def parse_duration(text: str, option: str) -> float:
    """Return seconds from ``90``, ``90s``, ``10m`` or ``1h``."""
    units = {"s": 1.0, "m": 60.0, "h": 3600.0}
    number, factor = (text[:-1], units[text[-1]]) if text[-1:] in units else (text, 1.0)
    try:
        seconds = float(number) * factor
    except ValueError:
        seconds = 0.0
    if not 0.0 < seconds < float("inf"):
        raise UsageError(f"{option} {text}: give a time like 90s, 10m or 1h")
    return seconds


def parse_params(pairs: list[str]) -> tuple[tuple[str, str], ...]:
    """Return ``key=value`` pairs. Raises UsageError when a key comes twice."""
    params: dict[str, str] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise UsageError(f"--param {pair}: give key=value")
        if key in params:
            raise UsageError(f"--param {pair}: {key} is there more than once")
        params[key] = value
    return tuple(params.items())


def parse_names(text: str, option: str) -> tuple[str, ...]:
    """Return names separated by commas. Raises UsageError when one is empty or comes twice."""
    names = [word.strip() for word in text.split(",")]
    if not all(names):
        raise UsageError(f"{option} {text}: give names separated by commas")
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"{option} {text}: {name} is there more than once")
    return tuple(names)
