"""Ranks of two independent samples: exact, and what they bound."""

from __future__ import annotations

from itertools import combinations
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaling.analysis.two_samples import (
    EXACT_AT_MOST,
    chance_up_to,
    cliffs_delta,
    effect,
    factor_interval,
    holm,
    least_p,
    outer_rank,
    p_value,
    pairs_above,
    shift_interval,
)

TIMES = st.lists(st.floats(0.5, 2.0), min_size=6, max_size=13, unique=True)


def test_pairs_and_effect_by_hand() -> None:
    """Of 6 pairs 4 have the larger second value, one ties: U 4.5, delta 4/6 - 1/6."""
    first, second = [1.0, 3.0], [2.0, 3.0, 4.0]
    assert pairs_above(first, second) == 4.5
    assert cliffs_delta(first, second) == pytest.approx(0.5)
    assert [effect(delta) for delta in (0.1, -0.2, 0.4, -1.0)] == [
        "negligible", "small", "medium", "large",
    ]  # fmt: skip


def test_samples_that_do_not_overlap_have_the_least_p() -> None:
    """Of the 20 orders of 3 and 3 values two are as extreme: p = 0.1."""
    assert p_value([1, 2, 3], [4, 5, 6]) == least_p(3, 3) == pytest.approx(0.1)
    assert p_value([4, 5, 6], [1, 2, 3]) == pytest.approx(0.1)
    assert p_value([1.0] * 6, [1.0] * 6) == 1.0


@pytest.mark.parametrize(("first", "second"), [(1, 1), (3, 4), (6, 2), (5, 5)])
def test_orders_are_those_that_can_be_listed(first: int, second: int) -> None:
    """The chance of each U is its share of all orders of the values."""
    places = range(first + second)
    found = [
        sum(other < own for own in chosen for other in places if other not in chosen)
        for chosen in combinations(places, second)
    ]
    assert len(found) == comb(first + second, second)
    for most in range(first * second + 1):
        share = sum(value <= most for value in found) / len(found)
        assert chance_up_to(most, first, second) == pytest.approx(share)


@given(TIMES, TIMES)
def test_p_is_that_of_scipy(first: list[float], second: list[float]) -> None:
    """The exact test of another implementation gives the same."""
    from scipy.stats import mannwhitneyu

    if not set(first) & set(second):
        expected = mannwhitneyu(first, second, method="exact").pvalue
        assert p_value(first, second) == pytest.approx(expected)


def test_many_values_follow_the_normal_distribution() -> None:
    """Where exact counts end, the two agree to a thousandth."""
    most, more = EXACT_AT_MOST, EXACT_AT_MOST + 1
    exact = chance_up_to(600, most, most)
    assert chance_up_to(641, more, more) == pytest.approx(exact, rel=0.2)
    assert chance_up_to(more * more // 2, more, more) == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize(
    ("count", "critical"), [(4, 0), (6, 5), (8, 13), (10, 23), (12, 37), (20, 127)]
)
def test_ranks_are_those_of_the_tables(count: int, critical: int) -> None:
    """Two-sided 5 %, as in Conover's and Mann and Whitney's tables."""
    assert outer_rank(count, count, 0.025) == critical + 1
    assert outer_rank(3, 3, 0.025) == 0


@given(TIMES, TIMES, st.floats(0.7, 1.4))
def test_interval_holds_what_the_test_does_not_reject(
    first: list[float], second: list[float], factor: float
) -> None:
    """A factor inside has p > 5 %, one outside has not: the two never disagree."""
    found = factor_interval(first, second)
    assert found is not None
    p = p_value([factor * value for value in first], second)
    if found.low * 1.000001 < factor < found.high * 0.999999:
        assert p > 0.05
    elif factor < found.low * 0.999999 or factor > found.high * 1.000001:
        assert p <= 0.05


@given(TIMES, TIMES)
def test_swapped_samples_have_the_inverse_interval(first: list[float], second: list[float]) -> None:
    """NEW over BASE and BASE over NEW say the same."""
    one, other = factor_interval(first, second), factor_interval(second, first)
    assert one is not None
    assert other is not None
    assert (1 / other.high, 1 / other.low) == pytest.approx((one.low, one.high))


def test_shift_by_hand() -> None:
    """Four values against four: the extreme differences bound the shift at 5 %."""
    found = shift_interval([1.0, 2.0, 3.0, 4.0], [11.0, 12.0, 13.0, 14.5])
    assert found is not None
    assert (found.low, found.high) == (7.0, 13.5)


def test_too_few_values_have_no_interval() -> None:
    """Three against three cannot be beyond chance at 5 %."""
    assert factor_interval([1.0, 2.0, 3.0], [7.0, 8.0, 9.0]) is None


def test_holm_by_hand() -> None:
    """Times 4, 3, 2, 1 from the smallest up, never less than the one before."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))
    assert holm([0.9, 0.8]) == (1.0, 1.0)
    assert holm([]) == ()
