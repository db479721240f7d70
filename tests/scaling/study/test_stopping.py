"""A study stops when it is precise enough, or at a limit."""

from __future__ import annotations

import pytest

from scaling.study.stopping import StoppingRule, reached_precision

EXACT = [[1.0] * 6, [2.0] * 6]
ROUGH = [[1.0] * 6, [1.0, 1.1, 1.2, 1.3, 1.4, 1.5]]


def rule(max_blocks: int | None = 30, budget_s: float | None = None) -> StoppingRule:
    """Make a rule of at least 6 blocks and 5 %."""
    return StoppingRule(blocks=6, max_blocks=max_blocks, precision=0.05, budget_s=budget_s)


def test_least_blocks_are_always_done() -> None:
    """Nothing ends a study before its least number of blocks, not even its budget."""
    assert rule(budget_s=1e-9).reason(5, EXACT) is None


def test_precise_enough() -> None:
    """Every interval within the precision ends the study."""
    assert rule().reason(6, EXACT) == "precision"


def test_one_rough_case_goes_on() -> None:
    """One interval that is too wide is enough to go on."""
    assert rule().reason(6, ROUGH) is None


def test_most_blocks() -> None:
    """At the most blocks a study ends, precise or not."""
    assert rule(max_blocks=8).reason(8, ROUGH) == "max-blocks"


def test_budget() -> None:
    """No block begins that would end after the budget."""
    assert rule(budget_s=1e-9).reason(6, ROUGH) == "budget"
    assert rule(budget_s=1e9).reason(6, ROUGH) is None


def test_fixed_number_of_blocks() -> None:
    """Where least and most are the same, the study is complete there."""
    assert rule(max_blocks=None).reason(6, ROUGH) == "complete"
    assert rule(max_blocks=6).reason(6, ROUGH) == "complete"


def test_nothing_left_to_measure() -> None:
    """When every case has failed, the study stops."""
    assert rule().reason(6, []) == "stopped"


def test_reached_precision() -> None:
    """The reached precision is the farthest end of any interval, relative to its median."""
    assert reached_precision(EXACT) == 0.0
    assert reached_precision([[1.0, 1.1, 1.2, 1.3, 1.4, 1.5]]) == pytest.approx(0.25 / 1.25)
    assert reached_precision([[1.0] * 5]) is None
    assert reached_precision([]) is None
