"""Slow starts, drift and memory are told from chance."""

from __future__ import annotations

import csv
import json
import random
from itertools import permutations
from math import factorial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaling.analysis.warmup import (
    EXACT_AT_MOST,
    autocorrelated,
    autocorrelation,
    drifts,
    inversions,
    mann_kendall_p,
    slope,
    slow_first,
)

REFERENCE = Path(__file__).resolve().parents[4] / "shared" / "reference"


@pytest.mark.skipif(
    not REFERENCE.is_dir(), reason="the reference data are not beside this repository"
)
def test_autocorrelation_of_the_published_series() -> None:
    """R's acf of its data set lh."""
    entries = json.loads((REFERENCE / "expected.json").read_text())["entries"]
    answer = next(e for e in entries if e["id"] == "stat_autocorrelation_lh")
    with (REFERENCE / "stats_samples.csv").open() as file:
        series = [float(r["value"]) for r in csv.DictReader(file) if r["dataset"] == "lh"]
    found = [autocorrelation(series, lag) for lag in range(6)]
    assert found == pytest.approx(answer["expected"]["acf"], abs=answer["tol"]["abs"])


def test_autocorrelation_worked_by_hand() -> None:
    """1 2 3: (-1 0 + 0 1) / 2 = 0; equal values have none."""
    assert autocorrelation([1.0, 2.0, 3.0]) == 0.0
    assert autocorrelation([1.0, 3.0, 1.0, 3.0]) == -0.75
    assert autocorrelation([0.1] * 12) is None
    assert autocorrelation([]) is None


def test_autocorrelated_needs_ten_values() -> None:
    """A slow wave is memory; nine values of it are too few to say."""
    wave = [1.0] * 5 + [2.0] * 5
    assert autocorrelated(wave)
    assert not autocorrelated(wave[:9])
    assert not autocorrelated([1.0, 1.2, 1.1, 1.1, 1.3, 1.2, 1.0, 1.2, 1.1, 1.2])


def test_inversions_of_three_things() -> None:
    """Of six orders one has none, two have one, two have two, one has three."""
    assert inversions(3) == (1, 2, 2, 1)
    assert inversions(1) == (1,)


def test_inversions_count_every_order_once() -> None:
    """Together they are all orders, of as many things as are looked at exactly."""
    assert sum(inversions(EXACT_AT_MOST)) == factorial(EXACT_AT_MOST)


@pytest.mark.parametrize(("count", "p"), [(5, 2 / 120), (6, 2 / 720), (7, 2 / 5040)])
def test_p_of_a_steady_rise(count: int, p: float) -> None:
    """Two of all orders are that steady."""
    assert mann_kendall_p(list(range(count))) == pytest.approx(p)


def test_p_is_exact() -> None:
    """Over all orders of six values, p up to any level comes no more often than that."""
    found = [mann_kendall_p(order) for order in permutations(range(6))]
    for level in set(found) - {1.0}:
        assert sum(p <= level for p in found) / len(found) == pytest.approx(level)


@given(st.lists(st.integers(0, 4), max_size=60))
def test_p_is_a_probability(values: list[int]) -> None:
    """Ties, short and long series give a p, the same in the reverse order."""
    p = mann_kendall_p(values)
    assert 0 <= p <= 1
    assert mann_kendall_p(values[::-1]) == p


def test_normal_p_joins_the_exact_one() -> None:
    """Where the exact distribution ends the normal one gives nearly the same."""
    chance = random.Random(4)  # noqa: S311 - a series, not a secret
    values = [0.005 * k + chance.random() for k in range(41)]
    assert mann_kendall_p(values) == pytest.approx(mann_kendall_p(values[:40]), abs=0.1)


def test_slope_is_moved_by_no_outlier() -> None:
    """0 1 2 50 4 rises by one a step."""
    assert slope([0.0, 1.0, 2.0, 50.0, 4.0]) == pytest.approx(1.0, rel=0.6)
    assert slope([1.0]) == 0.0


def test_drift_is_more_than_chance_and_more_than_the_precision() -> None:
    """A rise by 10 % in six blocks is drift; one by 1 %, or with a step back, is not."""
    rising = [1.0, 1.02, 1.04, 1.06, 1.08, 1.10]
    assert drifts(rising, 0.05)
    assert drifts(rising[::-1], 0.05)
    assert not drifts([1 + (v - 1) / 10 for v in rising], 0.05)
    assert not drifts([1.0, 1.04, 1.02, 1.08, 1.06, 1.10], 0.05)
    assert not drifts([1.0, 1.1], 0.05)
    assert not drifts([], 0.05)


def test_slow_first_is_systematic_and_larger_than_the_precision() -> None:
    """All first samples 10 % slower is a caution; one of them, 1 %, or five sessions are not."""
    assert slow_first([1.1] * 6, 0.05)
    assert not slow_first([1.0, 1.0, 1.0, 1.0, 1.0, 3.0], 0.05)
    assert not slow_first([1.01] * 6, 0.05)
    assert not slow_first([1.1] * 5, 0.05)
    assert not slow_first([0.9] * 6, 0.05)
