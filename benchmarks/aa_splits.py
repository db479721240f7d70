"""How often does the interval of equal cases hold 1 on a real machine?

Times one and the same serial work in fresh processes, one after the other, then splits the series
at random: of two neighbours one goes to A, one to B, and so many neighbours in a row are a study.
Also counts in how many studies of 6 blocks, without overlap, A and B differ by less than the floor
that the same study reports.

    python benchmarks/aa_splits.py [COUNT] [--save FILE | --series FILE]
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from scaling.analysis.null import floor
from scaling.analysis.speedup import Gain
from scaling.analysis.statistics import Pairs, median, ratio_interval
from scaling.analysis.warmup import autocorrelation, mann_kendall_p

ROOT = Path(__file__).parents[1]
SPLITS = 200
NULL_STUDIES = 20
SESSION = """
import time
from scaling.workloads.primes import count
count((0, 5_000))
began = time.perf_counter()
for start in range(0, 300_000, 1_000):
    count((start, start + 1_000))
print(time.perf_counter() - began)
"""


def measure(count: int) -> list[float]:
    """Return the seconds of the work in so many fresh processes."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    series = []
    for number in range(count):
        done = subprocess.run(
            [sys.executable, "-c", SESSION],
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
        series.append(float(done.stdout))
        if number % 50 == 0:
            print(f"{number} of {count}", file=sys.stderr, flush=True)
    return series


def split(series: list[float], start: int, blocks: int, chance: random.Random) -> Pairs:
    """Return A and B of so many blocks of two neighbours each."""
    pairs = [(series[k], series[k + 1]) for k in range(start, start + 2 * blocks, 2)]
    return [pair if chance.random() < 0.5 else pair[::-1] for pair in pairs]


def gain(pairs: Pairs) -> Gain:
    """Return the speedup of B over A, as the report does."""
    above, below = zip(*pairs, strict=True)
    ratio = median(above) / median(below)
    return Gain(ratio, ratio_interval(pairs, ratio, 1))


def share_that_holds_1(series: list[float], blocks: int, chance: random.Random) -> float:
    """Return the share of random splits whose interval holds 1."""
    held = 0
    for _ in range(SPLITS):
        start = chance.randrange(len(series) - 2 * blocks + 1)
        interval = gain(split(series, start, blocks, chance)).interval
        assert interval is not None, "six blocks or more have an interval"
        held += interval.low <= 1 <= interval.high
    return held / SPLITS


def below_their_floor(series: list[float], chance: random.Random) -> tuple[int, list[float]]:
    """Return in how many studies without overlap the difference is below the floor, and those."""
    below, floors = 0, []
    for start in range(0, min(len(series) // 12, NULL_STUDIES) * 12, 12):
        found = gain(split(series, start, 6, chance))
        least = floor(found)
        assert least is not None, "six blocks have an interval"
        below += max(found.ratio, 1 / found.ratio) - 1 < least
        floors.append(least)
    return below, floors


def main() -> None:
    """Measure or read the series, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("count", nargs="?", type=int, default=300)
    parser.add_argument("--save", type=Path, help="write the series, one time on each line")
    parser.add_argument("--series", type=Path, help="read it instead of measuring")
    options = parser.parse_args()
    if options.series:
        series = [float(line) for line in options.series.read_text().split()]
    else:
        series = measure(options.count)
    if options.save:
        options.save.write_text("\n".join(map(repr, series)) + "\n")
    middle = median(series)
    chance = random.Random(22)  # noqa: S311 - a split, not a secret
    print(
        f"{len(series)} times, median {middle:.4f} s, {min(series) / middle - 1:+.1%} to "
        f"{max(series) / middle - 1:+.1%}; autocorrelation {autocorrelation(series) or 0:.2f}, "
        f"trend p = {mann_kendall_p(series):.2g}\n"
    )
    print(f"| blocks | intervals of {SPLITS} that hold 1 |\n|---|---|")
    for blocks in (6, 9, 12, 30, len(series) // 2):
        print(f"| {blocks} | {share_that_holds_1(series, blocks, chance):.1%} |", flush=True)
    below, floors = below_their_floor(series, chance)
    print(
        f"\n{below} of {len(floors)} pairs of equal cases (6 blocks, no overlap) differ by less "
        f"than their floor; floors {min(floors):.1%} to {max(floors):.1%}, "
        f"median {median(floors):.1%}"
    )


if __name__ == "__main__":
    main()
