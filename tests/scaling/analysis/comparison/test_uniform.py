"""A change that all cases share may be the machine's."""

from __future__ import annotations

import pytest

from scaling.analysis.comparison.remark import Level, Remark
from scaling.analysis.comparison.uniform import of_changes
from scaling.analysis.comparison.verdicts import Pair, compare
from scaling.model import SERIAL, Case
from tests.scaling.two_studies import times


def found(serial: float, parallel: float, *, first: str = SERIAL) -> list[Remark]:
    """Return what is said of two cases that take so many times as long."""
    cases = [Case("demo", 100, first, 1, 1), Case("demo", 100, "processes", 1, 2)]
    pairs = [
        Pair(case, tuple(times(1.0, noise=0.002)), tuple(times(factor, noise=0.002, seed=2)))
        for case, factor in zip(cases, (serial, parallel), strict=True)
    ]
    return list(of_changes(compare(pairs, 0.05), 0.05))


@pytest.mark.parametrize(("factor", "word"), [(1.1, "slower"), (0.8, "faster")])
def test_same_change_of_all_is_told(factor: float, word: str) -> None:
    """Slower kernels and a slower machine look the same: the user is told how to tell."""
    (one,) = found(factor, factor * 1.02)
    assert one.level is Level.CAUTION
    assert one.text.startswith("all cases, the serial one too, take ")
    assert f"the kernels became {word}, or the whole machine did; measure BASE again" in one.text


def test_other_changes_are_no_machine() -> None:
    """A loss that grows, a case that alone is slower, no change at all, or no serial case."""
    assert found(1.1, 1.2) == []
    assert found(1.0, 1.1) == []
    assert found(1.0, 1.0) == []
    assert found(1.1, 1.1, first="threads") == []


def test_serial_case_alone_says_nothing_of_all() -> None:
    """One case has nothing to be alike with."""
    pair = Pair(Case("demo", 100, SERIAL, 1, 1), tuple(times(1.0)), tuple(times(1.2)))
    assert list(of_changes(compare([pair], 0.05), 0.05)) == []
