"""How often does the 95 % interval of NEW over BASE hold the truth?

Simulated studies, independent of each other, NEW 10 % slower. The interval of ``scale diff`` beside
percentiles of the ratio of medians over resampled blocks, which are drawn for each study by itself.
In the lines with ``other spread`` the noise of NEW is three times as large, so that NEW is not BASE
times a factor, which is what the interval of ``scale diff`` rests on.

    python benchmarks/diff_coverage.py [STUDIES]
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from numpy.typing import NDArray

from benchmarks.interval_coverage import Noise, constant, disturbed, heavy_tailed, only_slower
from scaling.analysis.statistics import Interval, median, resampled_medians
from scaling.analysis.two_samples import factor_interval

TRUTH = 1.1
Array = NDArray[np.float64]


def other_spread(chance: np.random.Generator, blocks: int) -> Array:
    """Return noise of 2 % for BASE and of 6 % for NEW."""
    spread: Array = np.array([[0.02], [0.06]])
    found: Array = spread * chance.normal(0, 1, (2, blocks))
    return found


def resampled(base: list[float], new: list[float]) -> Interval:
    """Return percentiles of the ratio of medians."""
    ratios = resampled_medians(new, 1) / resampled_medians(base, 2)
    low, high = np.quantile(ratios, (0.025, 0.975))
    return Interval(float(low), float(high))


def row(noise: Noise, base_blocks: int, new_blocks: int, studies: int) -> str:
    """Return a line of the table."""
    chance = np.random.default_rng(20)
    held, widths = [0, 0], ([0.0] * studies, [0.0] * studies)
    for study in range(studies):
        seconds = np.exp(noise(chance, max(base_blocks, new_blocks)))
        base = seconds[0, :base_blocks].tolist()
        new = (TRUTH * seconds[1, :new_blocks]).tolist()
        exact = factor_interval(base, new)
        assert exact is not None, "six blocks or more have an interval"
        for way, found in enumerate((exact, resampled(base, new))):
            held[way] += found.low <= TRUTH <= found.high
            widths[way][study] = (found.high - found.low) / TRUTH
    cells = " | ".join(f"{held[way] / studies:.1%} | {median(widths[way]):.1%}" for way in range(2))
    name = noise.__name__.replace("_", " ")
    return f"| {name} | {base_blocks} | {new_blocks} | {cells} |"


def main() -> None:
    """Print the table."""
    studies = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    print(f"{studies} studies per line; seed 20\n")
    print("| noise | BASE blocks | NEW blocks | holds | width | resampled holds | width |")
    print("|---|---|---|---|---|---|---|")
    for noise in (constant, heavy_tailed, only_slower, disturbed, other_spread):
        for blocks in ((6, 6), (12, 12), (6, 30), (30, 6), (30, 30)):
            print(row(noise, *blocks, studies), flush=True)


if __name__ == "__main__":
    main()
