"""Texts of the command line become options, or a UsageError."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaling.errors import UsageError
from scaling.option_texts import (
    absolute_target,
    parse_batch,
    parse_counts,
    parse_duration,
    parse_names,
    parse_nodes,
    parse_params,
    parse_share,
    sensible_price,
)
from scaling.options import BaselineChoice, block_counts, parse_baseline


@pytest.mark.parametrize(
    ("text", "dense", "expected"),
    [
        ("1", False, (1,)),
        ("4", False, (1, 2, 4)),
        ("6", False, (1, 2, 4, 6)),
        ("12", True, (1, 2, 3, 4, 6, 8, 12)),
        ("1,3,4", False, (1, 3, 4)),
        ("4,1", False, (1, 4)),
    ],
)
def test_nodes(text: str, dense: bool, expected: tuple[int, ...]) -> None:
    """One number means the powers of two up to it, and it; a list means just those."""
    assert expected == parse_nodes(text, dense=dense)


@pytest.mark.parametrize("text", ["0", "-1", "x", "4,1,4", "", "1,,2", "1.5", "٣"])
def test_bad_nodes(text: str) -> None:
    """What is no list of different whole numbers from 1 up is refused."""
    with pytest.raises(UsageError, match="--nodes"):
        parse_nodes(text)


@pytest.mark.parametrize("price", [-1.0, float("inf"), float("nan"), 1e308])
def test_price_that_no_node_has(price: float) -> None:
    """What would make costs that are no numbers is refused."""
    with pytest.raises(UsageError, match="--price-per-node-hour"):
        sensible_price(price)


@given(st.integers(1, 4096), st.booleans())
def test_nodes_hold_the_ends(largest: int, dense: bool) -> None:
    """A sweep begins with 1, ends with the number given, and rises."""
    counts = parse_nodes(str(largest), dense=dense)
    assert (counts[0], counts[-1]) == (1, largest)
    assert sorted(set(counts)) == list(counts)


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90.0), ("90s", 90.0), ("10m", 600.0), ("1h", 3600.0), ("0.5", 0.5)]
)
def test_duration(text: str, seconds: float) -> None:
    """Times are seconds, or have a unit."""
    assert seconds == parse_duration(text, "--timeout")


@pytest.mark.parametrize("text", ["", "0", "-1", "nan", "inf", "1d", "m"])
def test_bad_duration(text: str) -> None:
    """What is no positive time is refused."""
    with pytest.raises(UsageError, match="--timeout"):
        parse_duration(text, "--timeout")


def test_batch() -> None:
    """A batch is auto or a number from 1 up."""
    assert parse_batch("auto") is None
    assert parse_batch("16") == 16
    for text in ("0", "-1", "many", ""):
        with pytest.raises(UsageError, match="--batch"):
            parse_batch(text)


def test_params() -> None:
    """Parameters are key=value; a value may hold an equals sign."""
    assert parse_params(["a=1", "b=x=y"]) == (("a", "1"), ("b", "x=y"))
    for pairs in (["a"], ["=1"], ["a=1", "a=2"]):
        with pytest.raises(UsageError, match="--param"):
            parse_params(pairs)


def test_names() -> None:
    """Names are separated by commas, and none comes twice."""
    assert parse_names("serial, ray", "--backends") == ("serial", "ray")
    for text in ("", "ray,ray", "ray,"):
        with pytest.raises(UsageError, match="--backends"):
            parse_names(text, "--backends")


def test_block_counts() -> None:
    """What is not given fits what is; the most is never under the least."""
    assert block_counts(None, None, quick=False) == (6, 30)
    assert block_counts(None, 2, quick=False) == (2, 2)
    assert block_counts(40, None, quick=False) == (40, 40)
    assert block_counts(None, None, quick=True) == (2, 2)
    for blocks, most, quick in ((5, 4, False), (3, None, True), (None, 9, True)):
        with pytest.raises(UsageError, match="blocks"):
            block_counts(blocks, most, quick=quick)


def test_precision() -> None:
    """A precision is a percentage or a share."""
    assert parse_share("5%", "--precision") == pytest.approx(0.05)
    assert parse_share("0.02", "--precision") == pytest.approx(0.02)
    for text in ("0", "-1%", "101%", "x", "", "nan"):
        with pytest.raises(UsageError, match="--precision"):
            parse_share(text, "--precision")


def test_baseline() -> None:
    """A baseline is a backend, with its workers or without."""
    assert parse_baseline("processes:2") == BaselineChoice("processes", 2)
    assert parse_baseline("ray") == BaselineChoice("ray", None)
    for text in ("", ":2", "ray:0", "ray:x", "ray:"):
        with pytest.raises(UsageError, match="--baseline"):
            parse_baseline(text)


def test_counts_rise() -> None:
    """Worker counts are put in rising order."""
    assert parse_counts("4,1,2", "--workers") == (1, 2, 4)


def test_file_targets_are_absolute() -> None:
    """A file is named by its whole path; a module or a built-in stays as it is."""
    assert absolute_target("work.py:run").startswith("/")
    assert absolute_target("work.py:run").endswith("/work.py:run")
    assert absolute_target("package.module:run") == "package.module:run"
    assert absolute_target("sources") == "sources"
