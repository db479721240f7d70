"""How often do the 95 % intervals of fitted laws hold the truth?

Studies are drawn from known laws: 6 blocks at N = 1, 2, 4, 8, 16, 32, each value off by log-normal
noise of 2 %; in one setting each whole block is off by 2 % more, as on a machine whose speed
drifts. The law that made the data is fitted. The last column asks whether the interval at N = 64,
from the law that the data choose and the headline, holds the median of 6 new blocks.

    python benchmarks/law_coverage.py [STUDIES]
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[1]))

from scaling.analysis.law_family import Coefficients, Law
from scaling.analysis.law_fit import fit_law, fit_laws
from scaling.analysis.laws import choose
from scaling.analysis.points import Point, Points
from scaling.analysis.prediction import intervals_at

COUNTS = (1, 2, 4, 8, 16, 32)
AHEAD = 64
BLOCKS = 6
NOISE = 0.02


@dataclass(frozen=True)
class Setting:
    """A law that makes data."""

    law: Law
    truth: Coefficients
    drift: float = 0.0


SETTINGS = (
    Setting(Law.AMDAHL, Coefficients(10, 0.05)),
    Setting(Law.AMDAHL, Coefficients(10, 0.3)),
    Setting(Law.USL, Coefficients(10, 0.02, 0.0001)),
    Setting(Law.USL, Coefficients(10, 0.03, 0.0005)),
    Setting(Law.USL, Coefficients(10, 0.05, 0.005)),
    Setting(Law.USL, Coefficients(10, 0.03, 0.0005), drift=0.02),
)


def main(studies: int) -> None:
    """Print one row for each setting."""
    print("| law | alpha | beta | drift | gamma in | alpha in | beta in | N = 64 in |")
    print("|---|---|---|---|---|---|---|---|")
    for number, setting in enumerate(SETTINGS):
        generator = np.random.default_rng([20_240_229, number])
        held = np.mean([study(setting, generator) for _ in range(studies)], axis=0)
        shown = [f"{share:.1%}" for share in held[:-1]] + [""] * (4 - len(held))
        truth = setting.truth
        given = f"{setting.law} | {truth.alpha:g} | {truth.beta:g} | {setting.drift:.0%}"
        print(f"| {given} | {' | '.join(shown)} | {held[-1]:.1%} |", flush=True)


def study(setting: Setting, generator: np.random.Generator) -> list[bool]:
    """Draw one study; tell which intervals hold the truth, the prediction's last."""
    values = draw(setting, generator)
    points = Points(
        "drawn",
        "workers",
        "1/s",
        tuple(
            Point(float(count), tuple(column), float(np.median(column)))
            for count, column in zip(COUNTS, values[:, :-1].T.tolist(), strict=True)
        ),
        blocks=tuple(tuple(row[:-1]) for row in values.tolist()),
    )
    own = fit_law(points, setting.law)
    assert own.intervals is not None
    truth = (setting.truth.gamma, setting.truth.alpha, setting.truth.beta)
    held = [i.low <= true <= i.high for i, true in zip(own.intervals, truth, strict=False)]
    return [*held, predicted(points, float(np.median(values[:, -1])))]


def draw(setting: Setting, generator: np.random.Generator) -> NDArray[np.float64]:
    """Return throughput by block and N, that of N = 64 last."""
    exact = [setting.truth.throughput(setting.law, count) for count in (*COUNTS, AHEAD)]
    noise = NOISE * generator.standard_normal((BLOCKS, len(exact)))
    blocks = setting.drift * generator.standard_normal((BLOCKS, 1))
    drawn: NDArray[np.float64] = np.array(exact) * np.exp(noise + blocks)
    return drawn


def predicted(points: Points, new: float) -> bool:
    """Tell whether the interval at N = 64 holds a new median."""
    laws = fit_laws(points, sure=False)
    chosen, _ = choose(laws)
    assert chosen is not None
    headline = next(one for one in laws if one.law is Law.USL)
    (interval,) = intervals_at(points, (chosen, headline), [AHEAD])
    return interval.low <= new <= interval.high


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
