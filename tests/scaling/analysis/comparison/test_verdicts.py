"""The verdict on each case and over all: its rules, and how often it is right."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.diff_power import NONE, Change, Noise, plain, verdict, with_blocks
from scaling.analysis.comparison.verdicts import Comparison, Pair, Verdict, compare, overall
from scaling.model import Case
from tests.scaling.two_studies import times

CASE = Case("demo", 100, "processes", 1, 2)
TIMES = st.lists(st.floats(0.1, 10), min_size=6, max_size=12)
THRESHOLD = 0.05


def judged(base: list[float], new: list[float], threshold: float = THRESHOLD) -> Comparison:
    """Compare one case."""
    (found,) = compare([Pair(CASE, tuple(base), tuple(new))], threshold)
    return found


def test_tenth_slower_is_slower() -> None:
    """Twelve blocks at 2 %: the ratio, its interval and the effect all say so."""
    found = judged(times(1.0), times(1.1))
    assert found.verdict is Verdict.SLOWER
    assert found.ratio == pytest.approx(1.1, abs=0.02)
    assert found.interval is not None
    assert 1.05 < found.interval.low < 1.1 < found.interval.high < 1.15
    assert found.delta is not None
    assert found.delta > 0.9


def test_equal_times_are_the_same() -> None:
    """A study compared with itself has the ratio 1."""
    found = judged(times(1.0), times(1.0))
    assert (found.verdict, found.ratio, found.delta, found.p) == (Verdict.SAME, 1.0, 0.0, 1.0)


def test_constant_times_are_compared_exactly() -> None:
    """Simulated studies have no noise: 4.9 % more is the same, 5.1 % more is slower."""
    assert judged([1.0] * 6, [1.049] * 6).verdict is Verdict.SAME
    assert judged([1.0] * 6, [1.051] * 6).verdict is Verdict.SLOWER
    assert judged([1.0] * 6, [0.9] * 6).verdict is Verdict.FASTER


def test_less_than_the_threshold_is_never_slower() -> None:
    """3 % is beyond chance and still the same; near 5 % it is open."""
    base = times(1.0, 30)
    assert judged(base, [1.03 * value for value in base]).verdict is Verdict.SAME
    found = judged(base, [1.046 * value for value in base])
    assert found.verdict is Verdict.CANNOT_TELL
    assert "slower beyond chance, but whether by 5.0% is open" in found.reason


def test_threshold_moves_the_verdict() -> None:
    """A tenth more is the same for those who ask for 20 %."""
    assert judged(times(1.0), times(1.1), 0.2).verdict is Verdict.SAME


def test_noise_cannot_be_told() -> None:
    """Six blocks that differ by 20 % hide 5 %."""
    found = judged(times(1.0, 6, 0.2), times(1.0, 6, 0.2, seed=2))
    assert found.verdict is Verdict.CANNOT_TELL
    assert "noise hides" in found.reason


@pytest.mark.parametrize(
    ("base", "new", "where"), [(5, 12, "BASE"), (12, 2, "NEW"), (1, 1, "BASE")]
)
def test_few_blocks_cannot_be_told(base: int, new: int, where: str) -> None:
    """Under 6 blocks there is a ratio and no interval, however large the difference."""
    found = judged(times(1.0, base), times(3.0, new))
    assert found.verdict is Verdict.CANNOT_TELL
    assert (found.interval, found.p) == (None, None)
    assert found.ratio == pytest.approx(3, rel=0.1)
    assert where in found.reason
    assert "an interval takes 6" in found.reason


def test_zero_time_cannot_be_told() -> None:
    """Nothing is so many times as long as nothing."""
    found = judged([0.0] * 6, [1.0] * 6)
    assert (found.verdict, found.ratio) == (Verdict.CANNOT_TELL, None)
    assert found.reason == "a time of zero has no ratio"


def test_many_cases_ask_for_more_evidence() -> None:
    """What is beyond chance alone may be chance among many cases of few blocks."""
    one = Pair(CASE, tuple(times(1.0, 6)), tuple(times(1.2, 6)))
    same = Pair(CASE, tuple(times(1.0, 6)), tuple(times(1.0, 6)))
    assert compare([one], THRESHOLD)[0].verdict is Verdict.SLOWER
    assert compare([one, *[same] * 7], THRESHOLD)[0].verdict is Verdict.SLOWER
    crowded = compare([one, *[same] * 30], THRESHOLD)[0]
    assert crowded.verdict is Verdict.CANNOT_TELL
    assert "so few blocks prove nothing among 31 cases" in crowded.reason


def test_case_that_lacks_something_is_not_judged() -> None:
    """Its numbers are there; the reason is the one that was given."""
    pair = Pair(CASE, tuple(times(1.0)), tuple(times(1.5)), lacking="another machine")
    (found,) = compare([pair], THRESHOLD)
    assert (found.verdict, found.reason) == (Verdict.CANNOT_TELL, "another machine")
    assert found.interval is not None
    broken = replace(pair, new=(), broken="failed: no luck")
    (found,) = compare([broken], THRESHOLD)
    assert (found.verdict, found.reason, found.new) == (Verdict.BROKEN, "failed: no luck", None)


def test_gravest_verdict_is_the_one_over_all() -> None:
    """Broken, slower, cannot tell, faster, same: in this order; of no case nothing can be told."""
    order = [
        Verdict.SAME, Verdict.FASTER, Verdict.CANNOT_TELL, Verdict.SLOWER, Verdict.BROKEN,
    ]  # fmt: skip
    for most in range(1, len(order) + 1):
        assert overall(order[:most]) is order[most - 1]
    assert overall([]) is Verdict.CANNOT_TELL
    assert [one.exit_code for one in order] == [0, 0, 3, 1, 1]


@given(TIMES, TIMES)
def test_swapped_studies_have_the_inverse_verdict(base: list[float], new: list[float]) -> None:
    """What is slower one way is faster the other; what is open or the same stays so."""
    one, other = judged(base, new), judged(new, base)
    inverse = {Verdict.SLOWER: Verdict.FASTER, Verdict.FASTER: Verdict.SLOWER}
    assert other.verdict is inverse.get(one.verdict, one.verdict)
    assert one.ratio is not None
    assert other.ratio == pytest.approx(1 / one.ratio)
    assert other.p == one.p
    assert other.delta == pytest.approx(-(one.delta or 0.0))


@given(TIMES, TIMES, st.sampled_from([1e-6, 0.125, 4.0, 1024.0]))
def test_unit_of_time_changes_nothing(base: list[float], new: list[float], unit: float) -> None:
    """Milliseconds or hours, the verdict is one."""
    one = judged(base, new)
    other = judged([unit * value for value in base], [unit * value for value in new])
    assert (other.verdict, other.p, other.delta) == (one.verdict, one.p, one.delta)
    assert other.ratio == pytest.approx(one.ratio)


@given(TIMES, TIMES)
def test_interval_holds_the_ratio(base: list[float], new: list[float]) -> None:
    """The 90 % interval lies within that of 95 %, and the ratio in both."""
    found = judged(base, new)
    assert found.interval is not None
    assert found.narrow is not None
    assert found.ratio is not None
    assert found.interval.low <= found.narrow.low <= found.ratio
    assert found.ratio <= found.narrow.high <= found.interval.high


def tries(change: Change, cases: int, noise: Noise = plain) -> Counter[Verdict]:
    """Return the verdicts of 100 pairs of studies of 12 blocks."""
    chance = np.random.default_rng(7)
    return Counter(verdict(noise, change, cases, 12, chance) for _ in range(100))


@pytest.mark.parametrize("cases", [1, 8])
def test_same_code_is_the_same(cases: int) -> None:
    """At 2 % noise in nine of ten tries or more, and called slower in one of twenty at most."""
    found = tries(NONE, cases)
    assert found[Verdict.SAME] >= 90
    assert found[Verdict.SLOWER] <= 5


@pytest.mark.parametrize("cases", [1, 8])
def test_tenth_is_found(cases: int) -> None:
    """A slow-down of 10 % in one case is told in nine of ten tries or more; a gain is never one."""
    assert tries(Change("", 1.1), cases)[Verdict.SLOWER] >= 90
    gained = tries(Change("", 1 / 1.1), cases)
    assert gained[Verdict.SLOWER] == 0
    assert gained[Verdict.FASTER] >= 90


def test_blocks_that_differ_are_no_regression() -> None:
    """Noise that a block shares over its cases makes no case slower."""
    assert tries(NONE, 8, with_blocks)[Verdict.SLOWER] <= 5
