"""How often is ``scale diff`` right? Two runs of the same code, and of code that became slower.

Studies that never ran: each case has a session value in each block. Blocks slow down all of their
cases together; a whole study may lie a little higher than the other, as another day on the same
machine does.

    python benchmarks/diff_power.py [TRIES]
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from numpy.typing import NDArray

from scaling.analysis.comparison.verdicts import Pair, Verdict, compare, overall
from scaling.model import Case

Array = NDArray[np.float64]
Noise = Callable[[np.random.Generator, int, int], Array]
"""Logarithms by case and block."""
THRESHOLD = 0.05


def plain(chance: np.random.Generator, cases: int, blocks: int) -> Array:
    """Return lognormal noise of 2 % of every session."""
    return chance.normal(0, 0.02, (cases, blocks))


def with_blocks(chance: np.random.Generator, cases: int, blocks: int) -> Array:
    """Return that, with 2 % that all cases of a block share."""
    return plain(chance, cases, blocks) + chance.normal(0, 0.02, blocks)


def with_shift(chance: np.random.Generator, cases: int, blocks: int) -> Array:
    """Return that, with 1 % that the whole study shares."""
    return with_blocks(chance, cases, blocks) + chance.normal(0, 0.01)


def heavy_tailed(chance: np.random.Generator, cases: int, blocks: int) -> Array:
    """Return Student's noise with 2 degrees of freedom: without a variance."""
    return 0.02 * chance.standard_t(2, (cases, blocks))


def disturbed(chance: np.random.Generator, cases: int, blocks: int) -> Array:
    """Return noise of 1 % with one session of ten slowed down by 30 % on average."""
    hit = chance.random((cases, blocks)) < 0.1
    slow: Array = hit * chance.exponential(0.3, (cases, blocks))
    return chance.normal(0, 0.01, (cases, blocks)) + slow


def two_modes(chance: np.random.Generator, cases: int, blocks: int) -> Array:
    """Return noise of 1 % around two speeds that lie 10 % apart, drawn for each session."""
    return chance.normal(0, 0.01, (cases, blocks)) + 0.1 * (chance.random((cases, blocks)) < 0.5)


def correlated(chance: np.random.Generator, cases: int, blocks: int) -> Array:
    """Return 2 % that all cases of a block share, 0.7 of it that of the block before."""
    shared = chance.normal(0, 0.02, blocks)
    shared[0] /= np.sqrt(1 - 0.7**2)
    for block in range(1, blocks):
        shared[block] += 0.7 * shared[block - 1]
    found: Array = chance.normal(0, 0.005, (cases, blocks)) + shared
    return found


@dataclass(frozen=True, slots=True)
class Change:
    """What became slower in NEW."""

    name: str
    factor: float
    all_cases: bool = False


NONE = Change("same code", 1.0)
CHANGES = (
    NONE,
    Change("one case 5 % slower", 1.05),
    Change("one case 10 % slower", 1.10),
    Change("all cases 10 % slower", 1.10, all_cases=True),
    Change("one case 10 % faster", 1 / 1.10),
)
UNRULY = (NONE, CHANGES[2])
"""What is tried under noise of other shapes."""


def verdict(
    noise: Noise, change: Change, cases: int, blocks: int, chance: np.random.Generator
) -> Verdict:
    """Return the verdict on one pair of studies."""
    base, new = (np.exp(noise(chance, cases, blocks)) for _ in range(2))
    new[: cases if change.all_cases else 1] *= change.factor
    pairs = [
        Pair(Case("demo", 100, "processes", 1, at + 1), tuple(before), tuple(after))
        for at, (before, after) in enumerate(zip(base.tolist(), new.tolist(), strict=True))
    ]
    return overall(one.verdict for one in compare(pairs, THRESHOLD))


def row(noise: Noise, change: Change, cases: int, blocks: int, tries: int) -> str:
    """Return a line of the table."""
    chance = np.random.default_rng(20)
    found = Counter(verdict(noise, change, cases, blocks, chance) for _ in range(tries))
    shares = " | ".join(
        f"{found[one] / tries:.1%}"
        for one in (Verdict.SAME, Verdict.FASTER, Verdict.SLOWER, Verdict.CANNOT_TELL)
    )
    name = noise.__name__.replace("_", " ")
    return f"| {name} | {blocks} | {cases} | {change.name} | {shares} |"


def main() -> None:
    """Print the table."""
    tries = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    print(f"{tries} tries per line; threshold {THRESHOLD:.0%}; seed 20\n")
    print("| noise | blocks | cases | NEW | same | faster | slower | cannot tell |")
    print("|---|---|---|---|---|---|---|---|")
    for noise in (plain, with_blocks, with_shift, heavy_tailed, disturbed, two_modes, correlated):
        for blocks in (6, 12, 30):
            for cases in (1, 8):
                for change in CHANGES if noise in {plain, with_blocks, with_shift} else UNRULY:
                    if cases > 1 or not change.all_cases:
                        print(row(noise, change, cases, blocks, tries), flush=True)


if __name__ == "__main__":
    main()
