"""Options as Python values say the same as the texts of the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scaling import option_values as values
from scaling.errors import UsageError
from scaling.option_texts import parse_counts, parse_duration, parse_share


@pytest.mark.parametrize(
    ("value", "text"),
    [(4, "4"), ((1, 2, 4), "1,2,4"), ([3], "3"), (range(1, 4), "1,2,3"), ("1,2", "1,2"),
     (np.int64(8), "8"), (np.array([1, 2]), "1,2"), (None, None)],
)  # fmt: skip
def test_counts(value: Any, text: str | None) -> None:
    """One number or several, of any whole kind."""
    assert values.counts(value) == text


@pytest.mark.parametrize("value", [2.5, True, (1, 2.0), -1, (), "x", float("nan")])
def test_what_is_no_count_is_refused(value: Any) -> None:
    """By what reads the text of the command line."""
    with pytest.raises(UsageError, match="--nodes"):
        parse_counts(values.counts(value) or "", "--nodes")


@pytest.mark.parametrize(
    ("value", "seconds"), [(240, 240.0), (0.5, 0.5), (1e-9, 1e-9), ("4m", 240.0)]
)
def test_times(value: Any, seconds: float) -> None:
    """Numbers are seconds."""
    assert parse_duration(values.time(value) or "", "--budget") == seconds


def test_share_survives_its_text() -> None:
    """A float is the same float again."""
    assert parse_share(str(0.07), "--precision") == 0.07


def test_others() -> None:
    """Names, parameters and paths."""
    assert values.names(("a", "b"), "--backends") == values.names("a,b", "--backends") == "a,b"
    assert values.params({"depth": 3, "on": True, "file": Path("x")}) == [
        "depth=3",
        "on=True",
        "file=x",
    ]
    assert values.params(None) == []
    assert values.path("~/x", "--output") == Path.home() / "x"
    assert values.path(None, "--output") is None


@pytest.mark.parametrize("value", [0, -3, 2.5, "2", None])
def test_blocks_are_whole_numbers_from_one_up(value: Any) -> None:
    """As the command line has it."""
    with pytest.raises(UsageError, match="--blocks"):
        values.at_least_one(value, "--blocks")


@pytest.mark.parametrize("value", [-1, "x", float("nan"), float("inf")])
def test_tolerance_is_a_number_from_zero_up(value: Any) -> None:
    """As the command line has it."""
    with pytest.raises(UsageError, match="--tolerance"):
        values.tolerance(value)
    assert values.tolerance(0) == 0.0
