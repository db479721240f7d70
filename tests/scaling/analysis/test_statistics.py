"""Medians and their intervals agree with tables, scipy and worked examples."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaling.analysis.statistics import (
    RESAMPLES,
    Interval,
    confidence_above,
    median,
    median_interval,
    median_ranks,
    ratio_interval,
    relative_deviation,
    relative_half_width,
    resampled_medians,
    resampled_ratios,
)

REFERENCE = Path(__file__).resolve().parents[4] / "shared" / "reference"
TIMES = st.lists(st.floats(1e-6, 1e6), min_size=1, max_size=60)

needs_reference = pytest.mark.skipif(
    not REFERENCE.is_dir(), reason="the reference data are not beside this repository"
)


def expected(name: str) -> Any:
    """Return the published answer of an entry."""
    entries = json.loads((REFERENCE / "expected.json").read_text())["entries"]
    return next(entry["expected"] for entry in entries if entry["id"] == name)


def rows(file: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a reference table."""
    with (REFERENCE / file).open() as lines:
        yield from csv.DictReader(lines)


@pytest.mark.parametrize(
    ("values", "middle"), [([3.0], 3.0), ([4.0, 1.0], 2.5), ([9.0, 1.0, 2.0], 2.0)]
)
def test_median(values: list[float], middle: float) -> None:
    """The middle value, or the mean of the middle two."""
    assert median(values) == middle


def test_median_of_nothing_is_refused() -> None:
    """There is no median without values."""
    with pytest.raises(ValueError, match="not defined"):
        median([])


@pytest.mark.parametrize(
    ("count", "ranks"),
    # Conover, Practical Nonparametric Statistics, and the textbook table A.7 of n = 2..20
    [(0, None), (1, None), (5, None), (6, (1, 6)), (7, (1, 7)), (8, (1, 8)), (9, (2, 8)),
     (10, (2, 9)), (11, (2, 10)), (12, (3, 10)), (15, (4, 12)), (20, (6, 15)), (35, (12, 24))],
)  # fmt: skip
def test_ranks_at_95_percent(count: int, ranks: tuple[int, int] | None) -> None:
    """Six values are the fewest, and then their whole range is needed."""
    assert median_ranks(count) == ranks


@pytest.mark.parametrize(("count", "ranks"), [(7, None), (8, (1, 8)), (5, None)])
def test_ranks_at_99_percent(count: int, ranks: tuple[int, int] | None) -> None:
    """99 % needs eight values."""
    assert median_ranks(count, 0.99) == ranks


@given(count=st.integers(0, 400), confidence=st.floats(0.5, 0.999))
def test_ranks_agree_with_scipy(count: int, confidence: float) -> None:
    """The chosen ranks cover enough and the next ones would not."""
    from scipy.stats import binom

    ranks = median_ranks(count, confidence)
    lower = ranks[0] if ranks else 0
    if ranks:
        assert ranks[1] == count + 1 - lower
        assert 1 - 2 * binom.cdf(lower - 1, count, 0.5) >= confidence - 1e-12
    if lower + 1 <= (count + 1) // 2:
        assert 1 - 2 * binom.cdf(lower, count, 0.5) < confidence + 1e-12


@needs_reference
def test_interval_of_the_published_sample() -> None:
    """Ten values of Price and Bonett give ranks 2 and 9."""
    answer = expected("stat_median_ci_bonett")
    values = [float(r["value"]) for r in rows("stats_samples.csv") if r["dataset"] == "ci_median"]
    assert median(values) == answer["median"]
    assert median_interval(values) == Interval(*answer["ci95"])


@needs_reference
def test_ranks_of_the_published_table() -> None:
    """The chosen ranks are the closest in the table that cover 95 %."""
    coverage = expected("stat_median_ci_coverage")["coverage_pct"]
    table: dict[int, list[tuple[int, int]]] = {}
    for row, percent in zip(rows("stats_median_ci_table.csv"), coverage, strict=True):
        count = int(row["n"])
        table.setdefault(count, [])
        if percent >= 95:
            table[count].append((int(row["rank_low"]), int(row["rank_high"])))
    for count, enough in table.items():
        if count <= 20:
            assert median_ranks(count) == max(enough, default=None), count


def test_ratio_interval_pairs_the_blocks() -> None:
    """What slows a whole block down leaves its ratio as it is."""
    pairs = [(2.0 * slow, 1.0 * slow) for slow in (1, 1, 1, 5, 7, 1)]
    assert ratio_interval(pairs, 2.0) == Interval(2.0, 2.0)


def test_ratio_interval_needs_six_pairs_and_no_zero() -> None:
    """Five blocks bound nothing, and neither does a time of zero."""
    assert ratio_interval([(2.0, 1.0)] * 5, 2.0) is None
    assert ratio_interval([(2.0, 0.0)] * 6, 2.0) is None


def test_ratio_interval_holds_the_ratio() -> None:
    """The ratio of medians is never outside its own interval."""
    assert ratio_interval([(2.0, 1.0)] * 6, 2.5) == Interval(2.0, 2.5)


def ratio_dataset() -> list[tuple[float, float]]:
    """Return the published paired sample."""
    group: dict[str, list[float]] = {}
    for row in rows("stats_samples.csv"):
        if row["dataset"] == "ratio_paired":
            group.setdefault(row["group"], []).append(float(row["value"]))
    above, below = group.values()
    return list(zip(above, below, strict=True))


@needs_reference
def test_interval_of_the_published_pairs() -> None:
    """Resampled blocks give about the interval of Bonett and Price's closed form (2020)."""
    answer, pairs = expected("stat_ratio_paired_ci"), ratio_dataset()
    ratio = median([a for a, _ in pairs]) / median([b for _, b in pairs])
    assert ratio == pytest.approx(answer["ratio_medians"], rel=1e-5)
    found = ratio_interval(pairs, ratio)
    assert found is not None
    low, high = answer["ci95_medians"]
    assert 0.5 < (found.high - found.low) / (high - low) < 2
    assert found.low < answer["ratio_medians"] < found.high


@given(st.lists(st.floats(0.1, 10), min_size=10, max_size=13))
def test_resampled_medians_are_those_of_each_resample(values: list[float]) -> None:
    """They are, to the last bit, what sorting each resample gives."""
    drawn = np.random.default_rng(3).integers(0, len(values), (RESAMPLES, len(values)))
    medians = np.median(np.asarray(values)[drawn], axis=1)
    assert resampled_medians(values, 3).tolist() == medians.tolist()


def test_more_blocks_than_a_byte_counts_are_resampled() -> None:
    """A study of 300 blocks has the medians that sorting gives."""
    values = [1 / (1 + block) for block in range(300)]
    drawn = np.random.default_rng(3).integers(0, 300, (RESAMPLES, 300))
    medians = np.median(np.asarray(values)[drawn], axis=1)
    assert resampled_medians(values, 3).tolist() == medians.tolist()


def test_ten_blocks_are_resampled_by_the_seed() -> None:
    """The same seed gives the same interval, another seed another one."""
    pairs = [(2.0 + 0.01 * k * k, 1.0 + 0.02 * (k % 5)) for k in range(12)]
    found = [ratio_interval(pairs, 2.0, seed) for seed in (1, 1, 2)]
    assert found[0] == found[1]
    assert len(resampled_ratios(pairs, 1)) == RESAMPLES
    assert list(resampled_ratios(pairs, 1)) != list(resampled_ratios(pairs, 2))


@given(st.lists(st.tuples(st.floats(0.1, 10), st.floats(0.1, 10)), min_size=10, max_size=12))
def test_resampled_ratios_stay_within_the_values(pairs: list[tuple[float, float]]) -> None:
    """A resampled ratio of medians lies between the extreme ratios, and so does the interval."""
    above, below = zip(*pairs, strict=True)
    ratio = median(above) / median(below)
    found = ratio_interval(pairs, ratio)
    assert found is not None
    assert min(above) / max(below) * (1 - 1e-9) <= found.low <= ratio
    assert ratio <= found.high <= max(above) / min(below) * (1 + 1e-9)


def test_what_slows_a_block_leaves_resampled_ratios() -> None:
    """Both values of a block are drawn together."""
    pairs = [(2.0 * slow, 1.0 * slow) for slow in range(1, 13)]
    assert ratio_interval(pairs, 2.0) == Interval(2.0, 2.0)


def test_confidence_of_few_blocks_is_that_of_the_sign_test() -> None:
    """Six of six above: 1 - 1/128; half of them: one half (mid-p)."""
    assert confidence_above([(2.0, 1.0)] * 6, 1.5) == pytest.approx(1 - 1 / 128)
    assert confidence_above([(2.0, 1.0), (1.0, 1.0)] * 3, 1.5) == 0.5
    assert confidence_above([(2.0, 1.0)] * 5, 1.5) is None
    assert confidence_above([(2.0, 0.0)] * 6, 1.5) is None


def test_confidence_of_many_blocks_is_a_share_of_resamples() -> None:
    """Certain for what always holds, and in between where the blocks disagree."""
    assert confidence_above([(2.0, 1.0)] * 12, 2.0) == 1.0
    assert confidence_above([(2.0, 1.0)] * 12, 2.1) == 0.0
    share = confidence_above([(2.0 + 0.1 * (k % 3), 1.0) for k in range(12)], 2.1)
    assert share is not None
    assert 0.5 < share < 1.0


def test_relative_half_width_is_the_wider_side() -> None:
    """Median 10, interval 9 to 13: 30 %."""
    assert relative_half_width([9.0, 10.0, 10.0, 10.0, 10.0, 13.0]) == pytest.approx(0.3)
    assert relative_half_width([1.0] * 5) is None
    assert relative_half_width([0.0] * 6) == 0.0


def test_relative_deviation() -> None:
    """Sample standard deviation over mean: 1 and 3 give sqrt(2) over 2."""
    assert relative_deviation([1.0, 3.0]) == pytest.approx(2**0.5 / 2)
    assert relative_deviation([1.0]) is None
    assert relative_deviation([0.0, 0.0]) is None


@given(TIMES)
def test_interval_holds_the_median(values: list[float]) -> None:
    """The interval is made of two of the values with the median between them."""
    interval = median_interval(values)
    if interval is None:
        assert len(values) < 6
    else:
        assert {interval.low, interval.high} <= set(values)
        assert interval.low <= median(values) <= interval.high


@given(TIMES, st.floats(1e-3, 1e3))
def test_interval_scales_with_the_values(values: list[float], factor: float) -> None:
    """Another unit of time gives the same interval in that unit."""
    interval, scaled = median_interval(values), median_interval([v * factor for v in values])
    assert (interval is None) == (scaled is None)
    if interval and scaled:
        assert scaled.low == pytest.approx(interval.low * factor)
        assert scaled.high == pytest.approx(interval.high * factor)
