"""Where one way begins to pay against another follows from medians, with its interval."""

from __future__ import annotations

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaling.analysis.crossover import (
    Estimate,
    break_even_size,
    estimate,
    passes,
    stretch,
    together,
)
from scaling.analysis.statistics import Interval

SIZES = (100, 200, 400)


def rows(*values: tuple[float, ...]) -> dict[int, tuple[float, ...]]:
    """Return one row for each block."""
    return dict(enumerate(values, start=1))


def test_break_even_lies_where_the_difference_changes_sign() -> None:
    """Differences 1, 0.5, -1: a third of the way from 200 to 400 the line crosses zero."""
    found = break_even_size(SIZES, rows((1, 2, 2, 2.5, 4, 3)))
    assert found is not None
    assert found.value == pytest.approx(200 + 200 / 3)
    assert found.interval is None


@pytest.mark.parametrize(
    ("row", "value"),
    [
        ((2, 1, 3, 2, 5, 4), -inf),  # faster at every size
        ((1, 2, 2, 3, 4, 4), inf),  # never faster: equal is not
        ((2, 1, 2, 3, 5, 4), 300.0),  # the last change counts: differences -1, 1, -1
        ((2, 1, 2, 1, 4, 5), inf),  # faster in between, not at the largest
    ],
)
def test_beyond_what_was_measured_is_infinite(row: tuple[float, ...], value: float) -> None:
    """Nothing is extrapolated, and the way must be faster at the largest size."""
    assert break_even_size(SIZES, rows(row)) == Estimate(value, None)


def test_interval_of_six_blocks_is_their_range() -> None:
    """At six blocks the 95 % ranks are the first and the last, also where one is open."""
    crossing = [(1.0, 1.0 + d, 2.0, 1.0) for d in (0.1, 0.2, 0.25, 0.3, 0.5)]
    found = break_even_size((0, 100), rows(*crossing, (1.0, 1.5, 2.0, 2.5)))
    assert found is not None
    assert found.interval is not None
    assert found.interval.low == pytest.approx(100 * 0.1 / 1.1)
    assert found.interval.high == inf


def test_interval_from_ten_blocks_is_resampled() -> None:
    """Blocks that agree leave no width; the seed decides about those that do not."""
    alike = break_even_size((0, 100), rows(*[(1.0, 2.0, 3.0, 2.0)] * 10))
    assert alike == Estimate(50.0, Interval(50.0, 50.0))
    noisy = rows(*[(1.0, 1.5 + 0.05 * k, 3.0, 2.0) for k in range(12)])
    first, again = (break_even_size((0, 100), noisy, seed=7) for _ in range(2))
    assert first is not None
    assert first.interval is not None
    assert first == again
    assert 100 * 0.5 / 1.5 < first.interval.low < first.value < first.interval.high < 100 * 1 / 2


def test_passes_pay_back_the_opening() -> None:
    """8 s more to open and 2 s less each pass: four passes."""
    assert passes(rows((3, 1, 1, 9))) == Estimate(4.0, None)


@pytest.mark.parametrize(("row", "value"), [((1, 1, 0, 5), inf), ((3, 1, 9, 1), 0.0)])
def test_passes_at_their_ends(row: tuple[float, ...], value: float) -> None:
    """What is no faster never pays; what opens sooner pays at once."""
    assert passes(rows(row)) == Estimate(value, None)


@pytest.mark.parametrize(
    ("row", "value"),
    [((4, 0.5, 1, 2), 0.5), ((2, 0, 1, 3), 3.0), ((1, 0, 1, 3), inf), ((2, 3, 1, 0), 0.0)],
)
def test_stretch_weighs_fixed_costs_against_gain(row: tuple[float, ...], value: float) -> None:
    """A pass of A x + F: x = (F2 - F1) / (A1 - A2)."""
    assert stretch(rows(row)) == Estimate(value, None)


def test_only_shared_blocks_count() -> None:
    """A block that one case lacks is no row; nothing shared is no estimate."""
    assert together([{1: 1.0, 2: 2.0}, {2: 5.0, 3: 6.0}]) == {2: (2.0, 5.0)}
    assert together([]) == {}
    assert passes(together([{1: 1.0}, {2: 2.0}])) is None


TIMES = st.floats(0.01, 100)


@given(TIMES, TIMES, st.floats(0.0, 0.9), st.floats(20, 980))
def test_straight_lines_cross_where_they_do(
    fixed: float, per_item: float, share: float, true: float
) -> None:
    """For a + b n against c + d n with d < b the break-even is exact at any sizes around it."""
    cheaper = share * per_item
    costlier = fixed + true * (per_item - cheaper)
    row = [v for n in (10, 400, 990) for v in (fixed + per_item * n, costlier + cheaper * n)]
    found = break_even_size((10, 400, 990), rows(tuple(row)))
    assert found is not None
    assert found.value == pytest.approx(true, rel=1e-6)


@given(st.lists(st.tuples(TIMES, TIMES), min_size=6, max_size=9))
def test_interval_holds_the_value(pairs: list[tuple[float, float]]) -> None:
    """The function of the medians lies within the interval, whatever the blocks are."""
    found = estimate(rows(*pairs), lambda row: row[0] / row[1])
    assert found is not None
    assert found.interval is not None
    assert found.interval.low <= found.value <= found.interval.high
