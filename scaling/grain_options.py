"""What the user asked ``scale grain`` for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scaling.errors import UsageError
from scaling.model import WorkloadSpec
from scaling.option_texts import (
    parse_batch,
    parse_counts,
    parse_duration,
    parse_names,
    parse_nodes,
    parse_share,
)
from scaling.options import DEFAULT_BLOCKS, QUICK_BLOCKS, RunOptions

WORKLOAD = "grain"
DEFAULT_ITEMS = 1_000
QUICK_ITEMS = 500
LEAST_ITEMS = 10
MOST_ITEMS = 1_000_000
LARGEST_THRESHOLD = 0.9
"""Beyond it the noise of the peak decides."""


@dataclass(frozen=True, slots=True)
class GrainOptions:
    """Options of one run."""

    run: RunOptions
    """Of the study of the workload ``grain`` that this is."""
    threshold: float
    budget_s: float | None
    """None measures all blocks."""


def build(
    *,
    nodes: str,
    workers: str | None,
    workers_per_node: int | None,
    backends: str | None,
    blocks: int | None,
    items: int | None,
    batch: str,
    threshold: str,
    budget: str | None,
    quick: bool,
    seed: int,
    cluster: str,
    output: Path | None,
    command: Sequence[str],
) -> GrainOptions:
    """Return the options from the command line's texts. Raises UsageError."""
    if quick and blocks is not None:
        raise UsageError(f"--quick takes {QUICK_BLOCKS} blocks; leave out --blocks")
    size = items or (QUICK_ITEMS if quick else DEFAULT_ITEMS)
    if not LEAST_ITEMS <= size <= MOST_ITEMS:
        raise UsageError(f"--items {size}: give {LEAST_ITEMS} to {MOST_ITEMS:,} items")
    share = parse_share(threshold, "--threshold")
    if share > LARGEST_THRESHOLD:
        raise UsageError(f"--threshold {threshold}: give at most {LARGEST_THRESHOLD:.0%}")
    most = blocks or (QUICK_BLOCKS if quick else DEFAULT_BLOCKS)
    chosen = None if backends is None else parse_names(backends, "--backends")
    if chosen and "simulated" in chosen:
        raise UsageError(
            "--backends: simulated has no cost of its own to measure; name a real backend"
        )
    run = RunOptions(
        spec=WorkloadSpec(WORKLOAD, size=size),
        sizes=(size,),
        backends=chosen,
        nodes=parse_nodes(nodes),
        workers=None if workers is None else parse_counts(workers, "--workers"),
        workers_per_node=workers_per_node,
        blocks=most,
        max_blocks=most,
        quick=quick,
        seed=seed,
        batch=parse_batch(batch),
        cluster=cluster,
        output=output,
        command=tuple(command),
    )
    return GrainOptions(run, share, None if budget is None else parse_duration(budget, "--budget"))
