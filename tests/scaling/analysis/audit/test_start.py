"""Rules on what a start costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaling.analysis.audit.finding import Severity

if TYPE_CHECKING:
    from tests.scaling.analysis.audit.conftest import Scene


def test_opening_turns_the_decision(measured: Scene) -> None:
    """5 s of work and 6 s of opening are more than 10 s of serial."""
    measured.add("ray", [5.0, 5.0], 5.0, nodes=2, session={"opening_s": 6.0})
    found = measured.found("opening-costs-more")
    assert found is not None
    assert found.severity == Severity.MEDIUM
    assert found.evidence == "opening takes 6.00 s, the work 5.00 s; serial needs 10.0 s"


def test_opening_of_what_is_slower_anyway(measured: Scene) -> None:
    """It changes no decision, and is good to know."""
    measured.add("ray", [12.0], 12.0, session={"opening_s": 12.0})
    found = measured.found("opening-costs-more")
    assert found is not None
    assert (found.severity, found.evidence) == (
        Severity.LOW, "opening takes 12.0 s, the work 12.0 s",
    )  # fmt: skip


def test_opening_of_what_gains_nothing(measured: Scene) -> None:
    """9.1 s instead of 10 s is under a tenth: there is no gain that opening could take away."""
    measured.add("ray", [4.55, 4.55], 9.1, nodes=2, session={"opening_s": 9.2})
    found = measured.found("opening-costs-more")
    assert found is not None
    assert found.severity == Severity.LOW


@pytest.mark.parametrize(("seconds", "opening"), [(5.0, 4.99), (0.01, 0.099), (5.0, None)])
def test_opening_that_is_less_than_the_work(
    measured: Scene, seconds: float, opening: float | None
) -> None:
    """Less than the work, or than a tenth of a second, is not worth a word."""
    measured.add("ray", [seconds], seconds, session={"opening_s": opening})
    assert measured.found("opening-costs-more") is None


def test_slow_first_calls(measured: Scene) -> None:
    """1.6 s instead of 0.1 s, where no item takes longer than 1 s: 1.5 of 5 s."""
    first = {"first_call_s": 1.6, "later_call_s": 0.1}
    measured.add("processes", [5.0, 5.0], 5.0, worker={"longest_s": 1.0}, facts=first)
    found = measured.found("slow-first-calls")
    assert found is not None
    assert found.severity == Severity.MEDIUM
    assert found.evidence == (
        "the first call of a worker takes 1.60 s, later ones 100 ms (16.0 times; 12 workers of "
        "12 that were opened)"
    )


@pytest.mark.parametrize(
    ("first", "later", "longest"),
    [(1.6, 0.54, 0.1), (1.6, 0.1, 1.1), (0.0109, 0.001, 0.0), (None, None, 0.0)],
)
def test_first_calls_like_others(
    measured: Scene, first: float | None, later: float | None, longest: float
) -> None:
    """Under 3 times the later ones, under 1.5 times the longest item, or under 10 ms more."""
    calls = {"first_call_s": first, "later_call_s": later}
    measured.add("processes", [5.0, 5.0], 5.0, worker={"longest_s": longest}, facts=calls)
    assert measured.found("slow-first-calls") is None
