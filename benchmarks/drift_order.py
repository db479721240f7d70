"""What does the order of sessions do when the machine drifts?

Simulated studies of four equally fast cases on a machine that changes while they run, in three
orders: random in each block (as the toolkit does), the same in each block, and one case after the
other. The speedup of the last case over the first is 1 in truth.

    python benchmarks/drift_order.py [STUDIES]
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from numpy.typing import NDArray

from scaling.analysis.statistics import median, ratio_interval

CASES = 4
NOISE = 0.01

Drift = Callable[[NDArray[np.float64]], NDArray[np.float64]]
Order = Callable[[np.random.Generator, int], NDArray[np.intp]]


def steady(place: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return no change, to compare with."""
    return np.zeros_like(place)


def heating(place: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a machine that ends 20 % slower than it began."""
    return 0.2 * place


def step(place: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a neighbour that comes after 40 % of the time and takes 10 %."""
    return np.where(place > 0.4, 0.1, 0.0)


def waves(place: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a slow wave of 10 %, as of a job that comes and goes."""
    return np.asarray(0.1 * np.sin(2 * np.pi * 3 * place), dtype=np.float64)


def randomised(chance: np.random.Generator, blocks: int) -> NDArray[np.intp]:
    """Return the place of each case in each block: a new order for each block."""
    order = np.array([chance.permutation(CASES) for _ in range(blocks)], dtype=np.intp)
    return order + CASES * np.arange(blocks)[:, None]


def fixed(chance: np.random.Generator, blocks: int) -> NDArray[np.intp]:
    """Return the same order in each block."""
    del chance
    return np.arange(CASES) + CASES * np.arange(blocks)[:, None]


def sequential(chance: np.random.Generator, blocks: int) -> NDArray[np.intp]:
    """Return all sessions of a case before those of the next."""
    del chance
    return blocks * np.arange(CASES) + np.arange(blocks)[:, None]


def study(
    drift: Drift, order: Order, blocks: int, chance: np.random.Generator
) -> tuple[bool, float]:
    """Tell whether the interval holds 1, and how far the speedup is from it."""
    places = order(chance, blocks) / (CASES * blocks - 1)
    seconds = np.exp(drift(places) + chance.normal(0, NOISE, places.shape))
    first, last = seconds[:, 0].tolist(), seconds[:, -1].tolist()
    ratio = median(first) / median(last)
    interval = ratio_interval(list(zip(first, last, strict=True)), ratio, 1)
    assert interval is not None, "six blocks or more have an interval"
    return interval.low <= 1 <= interval.high, abs(ratio - 1)


def main() -> None:
    """Print the table."""
    studies = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    print(f"{studies} studies per line; noise {NOISE:.0%}; seed 21\n")
    print("| machine | blocks | order | holds 1 | median error | largest error |")
    print("|---|---|---|---|---|---|")
    for drift in (steady, heating, step, waves):
        for blocks in (6, 12):
            for order in (randomised, fixed, sequential):
                chance = np.random.default_rng(21)
                found = [study(drift, order, blocks, chance) for _ in range(studies)]
                share = sum(held for held, _ in found) / studies
                errors = [error for _, error in found]
                print(
                    f"| {drift.__name__} | {blocks} | {order.__name__} | {share:.1%} "
                    f"| {median(errors):.1%} | {max(errors):.1%} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
