"""How often does the 95 % interval of a speedup hold the truth?

Simulated studies: a case twice as fast as its baseline, blocks that slow both down together, and
noise of each session. The intervals are those of the report.

    python benchmarks/interval_coverage.py [STUDIES]
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from numpy.typing import NDArray

from scaling.analysis.statistics import (
    BOOTSTRAP_BLOCKS,
    median,
    median_interval,
    ratio_interval,
    relative_half_width,
)

TRUTH = 2.0
BETWEEN_BLOCKS = 0.03
PRECISION = 0.05
MOST_BLOCKS = 30

Noise = Callable[[np.random.Generator, int], NDArray[np.float64]]


def constant(chance: np.random.Generator, blocks: int) -> NDArray[np.float64]:
    """Return noise of 2 % on the log of both times."""
    return chance.normal(0, 0.02, (2, blocks))


def heavy_tailed(chance: np.random.Generator, blocks: int) -> NDArray[np.float64]:
    """Return Student's noise with 2 degrees of freedom: without a variance."""
    return 0.02 * chance.standard_t(2, (2, blocks))


def only_slower(chance: np.random.Generator, blocks: int) -> NDArray[np.float64]:
    """Return exponential noise: nothing is ever faster than undisturbed."""
    return chance.exponential(0.02, (2, blocks))


def disturbed(chance: np.random.Generator, blocks: int) -> NDArray[np.float64]:
    """Return noise of 1 % with one session of ten slowed down by 30 % on average."""
    hit = chance.random((2, blocks)) < 0.1
    return chance.normal(0, 0.01, (2, blocks)) + hit * chance.exponential(0.3, (2, blocks))


NOISES: tuple[Noise, ...] = (constant, heavy_tailed, only_slower, disturbed)


def times(noise: Noise, chance: np.random.Generator, blocks: int) -> NDArray[np.float64]:
    """Return the seconds of the baseline and of the case in each block."""
    between = chance.normal(0, BETWEEN_BLOCKS, blocks)
    own = np.exp(between + noise(chance, blocks))
    own[0] *= TRUTH
    return own


def enough(seconds: NDArray[np.float64]) -> int:
    """Return how many blocks the protocol takes: at least 6, then until the precision."""
    for blocks in range(6, MOST_BLOCKS):
        widths = [relative_half_width(list(row[:blocks])) for row in seconds]
        if all(width is not None and width <= PRECISION for width in widths):
            return blocks
    return MOST_BLOCKS


def holds(seconds: NDArray[np.float64], seed: int, *, ranks: bool = False) -> tuple[bool, float]:
    """Tell whether the interval holds the truth, and its width relative to it."""
    above, below = seconds.tolist()
    pairs = list(zip(above, below, strict=True))
    if ranks:
        interval = median_interval([a / b for a, b in pairs])
    else:
        interval = ratio_interval(pairs, median(above) / median(below), seed)
    assert interval is not None, "six blocks or more have an interval"
    return interval.low <= TRUTH <= interval.high, (interval.high - interval.low) / TRUTH


def row(noise: Noise, blocks: int | None, studies: int, *, ranks: bool = False) -> str:
    """Return a line of the table; ``blocks`` None lets the precision decide."""
    chance = np.random.default_rng(20)
    found, counts = [], []
    for _ in range(studies):
        seconds = times(noise, chance, blocks or MOST_BLOCKS)
        taken = blocks or enough(seconds)
        counts.append(taken)
        found.append(holds(seconds[:, :taken], 1, ranks=ranks))
    share = sum(held for held, _ in found) / studies
    width = median([wide for _, wide in found])
    many = blocks is not None and blocks >= BOOTSTRAP_BLOCKS
    method = "bootstrap" if many else "order statistics"
    if blocks is None:
        method = f"as reported, {median(counts):g} blocks in the middle"
    elif ranks:
        method = "order statistics (not used)"
    name = noise.__name__.replace("_", " ")
    return f"| {name} | {blocks or '6-30'} | {method} | {share:.1%} | {width:.1%} |"


def main() -> None:
    """Print the table."""
    studies = int(sys.argv[1]) if len(sys.argv) > 1 else 4_000
    print(f"{studies} studies per line; noise between blocks {BETWEEN_BLOCKS:.0%}; seed 20\n")
    print("| noise | blocks | interval | holds the truth | median width |")
    print("|---|---|---|---|---|")
    for noise in NOISES:
        for blocks in (6, 12, None):
            print(row(noise, blocks, studies), flush=True)
        print(row(noise, 12, studies, ranks=True), flush=True)


if __name__ == "__main__":
    main()
