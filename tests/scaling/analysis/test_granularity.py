"""METG by its published definition, against values worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaling.analysis.granularity import (
    Bound,
    Point,
    grain_results,
    is_rising,
    is_rough,
    metg,
    points,
)
from scaling.grain_model import GrainData, GrainHeader, GrainSession, Level
from scaling.model import Case, Environment, SkippedCase, WorkloadSpec
from scaling.records import Failure
from tests.scaling.examples import ENVIRONMENT, PLAN

ITEMS = 1000


def level(steps: int, *seconds: float) -> Level:
    """Return a level of so many steps."""
    return Level(steps, seconds)


LEVELS = [level(400, 0.42), level(200, 0.22), level(100, 0.16), level(50, 0.15)]
"""Rates 952,381, 909,091, 625,000 and 333,333 steps per second: 1, 0.9545, 0.65625, 0.35."""


def test_points_by_hand() -> None:
    """Efficiency is the rate over the peak, granularity wall time x workers / items."""
    found = points(LEVELS, ITEMS, 2)
    assert [point.steps for point in found] == [50, 100, 200, 400]
    assert [point.efficiency for point in found] == pytest.approx(
        [0.35, 0.65625, 0.22**-1 * 0.2 * 1.05, 1.0]
    )
    assert [point.granularity_s for point in found] == pytest.approx([3e-4, 3.2e-4, 4.4e-4, 8.4e-4])


def test_metg_by_hand() -> None:
    """From (160 us, 0.65625) to (150 us, 0.35): half is reached at 150 + 10 x 0.15 / 0.30625."""
    found = metg(LEVELS, ITEMS, 1, 0.5)
    assert found.seconds == pytest.approx(1e-6 * (150 + 10 * 0.15 / 0.30625))
    assert found.bound is Bound.EXACT
    assert found.over == points(LEVELS, ITEMS, 1)[1]
    assert found.under == points(LEVELS, ITEMS, 1)[0]
    assert found.peak_per_s == pytest.approx(400 * ITEMS / 0.42)


def test_median_of_passes_counts() -> None:
    """One pass that was disturbed changes nothing."""
    disturbed = [*LEVELS[:3], level(50, 9.0, 0.15, 0.14)]
    assert metg(disturbed, ITEMS, 1, 0.5).seconds == metg(LEVELS, ITEMS, 1, 0.5).seconds


def test_never_crossed_is_less() -> None:
    """Where even the fewest steps are efficient enough, METG is less than their granularity."""
    found = metg(LEVELS[:3], ITEMS, 1, 0.5)
    assert (found.bound, found.under) == (Bound.BELOW, None)
    assert found.seconds == pytest.approx(1.6e-4)


def test_peak_that_was_not_reached_is_more() -> None:
    """Where the rate still rises at the top, the peak is higher and METG more."""
    found = metg([level(400, 0.5), level(200, 0.4), level(100, 0.35)], ITEMS, 1, 0.5)
    assert found.bound is Bound.ABOVE


def test_no_interpolation_to_what_took_longer() -> None:
    """Fewer steps that took longer by chance do not make METG larger."""
    found = metg([level(400, 0.42), level(200, 0.22), level(100, 0.25)], ITEMS, 1, 0.5)
    assert found.seconds == pytest.approx(2.2e-4)
    assert found.under == Point(100, pytest.approx(2.5e-4), pytest.approx(0.42))  # type: ignore[arg-type]


def test_smallest_granularity_over_the_threshold_counts() -> None:
    """A dip between two efficient levels does not end the search for the smallest."""
    dip = [level(400, 0.42), level(200, 0.9), level(100, 0.15), level(50, 0.15)]
    assert metg(dip, ITEMS, 1, 0.5).over.steps == 100


def test_longer_items_that_are_slower_were_disturbed() -> None:
    """A dip to under 0.7 of what fewer steps reached is one; the curve above has none."""
    assert not is_rough(points(LEVELS, ITEMS, 1))
    dip = [level(400, 0.42), level(200, 0.42), level(100, 0.14)]
    assert is_rough(points(dip, ITEMS, 1))
    assert not is_rough(points([level(400, 0.42), level(200, 0.28), level(100, 0.14)], ITEMS, 1))


def test_one_level_is_still_rising() -> None:
    """Nothing is known of a peak from one level."""
    assert is_rising([level(100, 1.0)], ITEMS)


@given(
    cost_us=st.floats(0.5, 5000),
    step_us=st.floats(0.01, 1),
    workers=st.integers(1, 64),
)
def test_cost_of_an_item_is_found(cost_us: float, step_us: float, workers: int) -> None:
    """Where each item costs a fixed time, METG(50 %) is twice that, whatever a step takes.

    Within 4 %: the straight line between levels that lie a factor of two apart is not the curve.
    """
    first = 1
    while first * step_us < 1000 * cost_us:
        first *= 2
    steps = [first >> k for k in range(first.bit_length())]
    levels = [level(s, ITEMS * (cost_us + s * step_us) * 1e-6 / workers) for s in steps]
    found = metg(levels, ITEMS, workers, 0.5)
    if found.bound is Bound.EXACT:
        assert found.seconds == pytest.approx(2e-6 * cost_us, rel=0.04)
    else:
        assert found.bound is Bound.BELOW
        assert step_us > 0.99 * cost_us


SERIAL = Case("grain", ITEMS, "serial", 1, 1)
RAY = Case("grain", ITEMS, "ray", 2, 4)
GRAIN_PLAN = replace(
    PLAN,
    spec=WorkloadSpec("grain", size=ITEMS),
    sizes=(ITEMS,),
    cases=(SERIAL, RAY),
    skipped=(SkippedCase(Case("grain", ITEMS, "asyncio", 1, 1), "no form for it"),),
)


def scaled(factor: float) -> tuple[Level, ...]:
    """Return the levels above, all times longer."""
    return tuple(Level(one.steps, tuple(s * factor for s in one.seconds)) for one in LEVELS)


def session(case: Case, block: int, factor: float = 1.0) -> GrainSession:
    """Return a session that went well."""
    return GrainSession(f"{case.key}{block}", case.key, block, "ok", "now", 0.1, scaled(factor))


def data(environment: Environment, *sessions: GrainSession) -> GrainData:
    """Return a grain result."""
    header = GrainHeader("id", "2026-01-01", ("scale", "grain"), GRAIN_PLAN, 0.5, environment)
    return GrainData(header, (), sessions, ())


METG = 1e-6 * (150 + 10 * 0.15 / 0.30625)


def test_result_is_the_median_of_sessions_with_its_ranks() -> None:
    """Six sessions: the median of all, and the first and last of them as the interval."""
    factors = (1.3, 1.0, 1.1, 1.5, 1.2, 1.4)
    sessions = [session(RAY, block, f) for block, f in enumerate(factors, start=1)]
    result = grain_results(data(ENVIRONMENT, *sessions))[1]
    assert result.metg_s == pytest.approx(4 * METG * 1.25)
    assert (result.low_s, result.high_s) == pytest.approx((4 * METG, 4 * METG * 1.5))
    assert result.metg_per_worker_s == pytest.approx(METG * 1.25)
    assert (result.blocks, result.status, result.bound) == (6, "ok", Bound.EXACT)
    # The points are those of the two sessions in the middle, 1.2 and 1.3.
    assert result.under_granularity_s == pytest.approx(6e-4 * 1.2)
    assert result.over_granularity_s == pytest.approx(6.4e-4 * 1.3)


def test_no_interval_under_six_sessions() -> None:
    """Five sessions give no interval at 95 %."""
    result = grain_results(data(ENVIRONMENT, *(session(SERIAL, b) for b in range(1, 6))))[0]
    assert result.metg_s == pytest.approx(METG)
    assert (result.low_s, result.high_s) == (None, None)


def test_failed_case_has_its_reason() -> None:
    """A case that failed once has no value, and others keep theirs."""
    bad = replace(
        session(RAY, 2), status="failed", levels=(), failure=Failure("opening", "no nodes")
    )
    serial, ray, asyncio = grain_results(
        data(ENVIRONMENT, session(SERIAL, 1), session(RAY, 1), bad)
    )
    assert serial.metg_s == pytest.approx(METG)
    assert (ray.status, ray.reason, ray.metg_s) == ("failed", "no nodes", None)
    assert (asyncio.status, asyncio.reason) == ("skipped", "no form for it")


def test_case_that_was_never_reached() -> None:
    """A run that was stopped early says what it did not measure."""
    ray = grain_results(data(ENVIRONMENT, session(SERIAL, 1)))[1]
    assert (ray.status, ray.reason) == ("skipped", "the run ended before it was measured")


def test_bound_of_half_the_sessions_is_that_of_the_result() -> None:
    """A median of sessions that are mostly bounded is bounded too."""
    short = replace(session(SERIAL, 1), levels=tuple(LEVELS[:3]))
    result = grain_results(data(ENVIRONMENT, short, replace(short, block=2), session(SERIAL, 3)))[0]
    assert result.bound is Bound.BELOW
