"""Numbers read well."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaling.analysis import units


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0 s"),
        (1.4142, "1.41 s"),
        (0.0132, "13.2 ms"),
        (0.000_85, "850 us"),
        (2.5e-9, "2.50 ns"),
        (90.0, "90.0 s"),
        (119.96, "120 s"),
        (150.0, "2.50 min"),
        (9000.0, "2.50 h"),
        (360_000.0, "100 h"),
    ],
)
def test_seconds(value: float, text: str) -> None:
    """A time has three digits and the unit that suits."""
    assert units.seconds(value) == text


def test_range_has_one_unit() -> None:
    """Both ends of a range are in the unit of the larger."""
    assert units.seconds_range(0.95, 1.05) == "0.950 to 1.05 s"


@pytest.mark.parametrize(
    ("value", "text"), [(1.8349, "1.83"), (0.04, "0.04"), (15.26, "15.3"), (1234.0, "1234")]
)
def test_ratio(value: float, text: str) -> None:
    """A ratio has two decimals, fewer when it is large."""
    assert units.ratio(value) == text


@pytest.mark.parametrize(("share", "text"), [(0.914, "91%"), (0.0312, "3.1%"), (1.204, "120%")])
def test_percent(share: float, text: str) -> None:
    """A share is a percentage."""
    assert units.percent(share) == text


@given(st.floats(1e-9, 1e6))
def test_seconds_are_close_to_the_value(value: float) -> None:
    """What is shown is within half of its last digit."""
    number, unit = units.seconds(value).split()
    length = {"h": 3600, "min": 60, "s": 1, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}[unit]
    assert float(number) * length == pytest.approx(value, rel=0.0051)


@pytest.mark.parametrize(
    ("things", "told"), [([1], "1"), ([1, 2], "1 and 2"), (["a", "b", "c"], "a, b and c")]
)
def test_things_are_listed(things: list[object], told: str) -> None:
    """With commas, and the last one with an and."""
    assert units.listed(things) == told
