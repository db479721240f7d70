"""Which levels are measured, on backends whose cost is known."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaling.analysis.granularity import Bound, metg
from scaling.grain_model import Level
from scaling.measure import grain_levels
from scaling.measure.grain_session import FIRST_PASS_S, first_steps

ITEMS = 1000
STEP_S = 1e-7


def costing(cost_s: float) -> Callable[[int], Level]:
    """Return what measures a backend on which each item costs a fixed time."""
    return lambda steps: Level(steps, (ITEMS * (cost_s + steps * STEP_S),))


def taken(cost_s: float, first: int = 2048) -> list[Level]:
    """Return the levels of such a backend."""
    return grain_levels.search(costing(cost_s), first, items=ITEMS, threshold=0.5)


def test_cheap_backend_goes_down_only() -> None:
    """An item that costs 1 us: two more levels upwards, then down to under 25 %."""
    steps = [level.steps for level in taken(1e-6)]
    assert steps == [2048, 4096, 8192, 1024, 512, 256, 128, 64, 32, 16, 8, 4, 2]


def test_dear_backend_goes_up_until_it_stands_still() -> None:
    """An item that costs 0.2 ms needs longer ones before the rate has stopped rising."""
    levels = taken(2e-4)
    assert max(level.steps for level in levels) == 65536
    assert metg(levels, ITEMS, 1, 0.5).bound is Bound.EXACT


def test_dearest_backend_ends_at_the_longest_pass() -> None:
    """An item that costs 8 ms has no room for its peak: its METG is more."""
    levels = taken(8e-3)
    assert [level.steps for level in levels] == [2048, 1024, 512, 256]
    assert metg(levels, ITEMS, 1, 0.5).bound is Bound.ABOVE


def test_one_step_is_the_end() -> None:
    """Where an item costs nothing, the search ends at one step."""
    levels = taken(0.0)
    assert min(level.steps for level in levels) == 1
    assert metg(levels, ITEMS, 1, 0.5).bound is Bound.BELOW


def test_dip_does_not_end_the_search() -> None:
    """One slow level among fast ones is not the break."""

    def measure(steps: int) -> Level:
        return Level(steps, (10.0 if steps == 512 else ITEMS * (1e-6 + steps * STEP_S),))

    found = grain_levels.search(measure, 2048, items=ITEMS, threshold=0.5)
    assert min(level.steps for level in found) == 2


@given(cost_us=st.floats(0.01, 300), first=st.integers(0, 14), threshold=st.floats(0.1, 0.9))
def test_threshold_lies_between_two_levels(cost_us: float, first: int, threshold: float) -> None:
    """Whatever an item costs, there is a level on each side, or a bound says that there is none."""
    levels = grain_levels.search(
        costing(cost_us * 1e-6), 1 << first, items=ITEMS, threshold=threshold
    )
    found = metg(levels, ITEMS, 1, threshold)
    assert found.over.efficiency >= threshold
    assert len({level.steps for level in levels}) == len(levels)
    if found.bound is Bound.EXACT:
        assert found.under is not None
        assert found.under.efficiency < threshold
    if found.bound is Bound.BELOW:
        assert min(level.steps for level in levels) == 1


@pytest.mark.parametrize(("items", "workers"), [(1000, 1), (1000, 2), (500, 4), (10**6, 1)])
def test_first_level_takes_about_its_time(items: int, workers: int) -> None:
    """The first level is a power of two whose pass is within a factor of two of the wanted."""
    steps = first_steps(STEP_S, items, workers)
    assert steps & (steps - 1) == 0
    pass_s = items * steps * STEP_S / workers
    assert FIRST_PASS_S / 2 <= pass_s <= FIRST_PASS_S


def test_first_level_is_one_step_at_least() -> None:
    """Very many items still have a step each."""
    assert first_steps(STEP_S, 10**9, 1) == 1
