"""How large items and parts are, and what travels again and again."""

from __future__ import annotations

import pickle
import threading
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaling.measure import payload
from scaling.measure.payload import Load, repeated_bytes

BIG = bytes(20_000)


@dataclass
class Job:
    """An item with a large element."""

    number: int
    table: bytes


class Plain:
    """An item with attributes."""

    def __init__(self, number: int, table: Any) -> None:
        self.number, self.table = number, table


class Stubborn:
    """Refuses to be pickled."""

    def __reduce__(self) -> str:
        raise RuntimeError("not me")


def weighed(*values: object) -> Load:
    """Weigh these values."""
    load = Load()
    for value in values:
        load.take(value)
    return load


def size(value: object) -> int:
    """Return the pickled size."""
    return len(pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL))


def test_mean_size() -> None:
    """The size is the mean over the values: 1000 and 3000 bytes with 10 to 20 around them."""
    load = weighed(bytes(1000), bytes(3000))
    assert load.mean_bytes == (size(bytes(1000)) + size(bytes(3000))) // 2
    assert 2010 <= load.mean_bytes <= 2030
    assert not load.by_value
    assert Load().mean_bytes is None


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text() | st.binary(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
    )
)
def test_sizes_are_those_of_pickle(value: object) -> None:
    """Looking for code changes no size."""
    assert weighed(value).mean_bytes == size(value)


@pytest.mark.parametrize(
    "value",
    [len, Job, Job(1, BIG), np.zeros(3), np.float64, type(None), dict.fromkeys],
)
def test_what_has_a_name_travels_by_reference(value: object) -> None:
    """Functions and classes that can be imported are no code on its way."""
    load = weighed(value)
    assert (load.by_value, load.refusal) == (False, None)
    assert load.mean_bytes == size(value)


def test_exceptions_are_no_code() -> None:
    """What an exception holds beside its arguments changes its size, not how it travels."""
    load = weighed(ValueError("x"))
    assert (load.by_value, load.refusal) == (False, None)
    assert load.mean_bytes is not None


def test_code_without_a_name_travels_by_value() -> None:
    """Lambdas, closures and local classes are sent as code, which plain pickle does not do."""

    class Local:
        pass

    def closure() -> bytes:
        return BIG

    for value in (lambda: 1, [closure], Local(), {"key": Local}):
        load = weighed(value)
        assert load.by_value
        assert load.refusal is None
        assert load.plain_refusal is not None


def test_main_is_another_module_in_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is defined in the script itself cannot be imported by a worker."""
    monkeypatch.setattr(Job, "__module__", "__main__")
    assert weighed(Job(1, b"")).by_value


@pytest.mark.parametrize("value", [threading.Lock(), Stubborn(), [lambda: 1, threading.Lock()]])
def test_what_cannot_be_sent(value: object) -> None:
    """A lock has no size, and no backend can send it."""
    load = weighed(b"", value, b"")
    assert load.mean_bytes is None
    assert load.refusal is not None
    assert load.plain_refusal is not None


def test_weighing_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once the time is spent, no more values are pickled."""
    monkeypatch.setattr(payload, "LIMIT_S", -1.0)
    assert weighed(b"", b"").sizes == []


SHARED = list(range(20_000))


@pytest.mark.parametrize(
    ("items", "value"),
    [
        ([(k, BIG) for k in range(5)], BIG),
        ([(k, bytes(20_000)) for k in range(5)], BIG),
        ([[k, SHARED, BIG] for k in range(5)], SHARED),
        ([{"number": k, "table": BIG} for k in range(3)], BIG),
        ([Job(k, BIG) for k in range(3)], BIG),
        ([Plain(k, BIG) for k in range(3)], BIG),
        ([(k, np.zeros(5000)) for k in range(3)], np.zeros(5000)),
        ([BIG] * 3, BIG),
    ],
)
def test_equal_values_are_repeated(items: list[Any], value: object) -> None:
    """The same object, or one that equals it, travels with every item."""
    assert repeated_bytes(items) == size(value)


@pytest.mark.parametrize(
    "items",
    [
        [],
        [(1, BIG), (2, BIG)],
        [(k, bytes(1000)) for k in range(5)],
        [(k, bytes([k]) * 20_000) for k in range(5)],
        [(1, BIG), (2, BIG), (3, bytearray(20_000))],
        [(1, BIG), (2, BIG), (3,)],
        [(1, BIG), (BIG, 2), (BIG, 3)],
        list(range(100)),
        [Job(k, bytes([k]) * 20_000) for k in range(5)],
        [Stubborn()] * 3,
    ],
)
def test_what_differs_is_not_repeated(items: list[Any]) -> None:
    """Small values, different ones, other places, and fewer than 3 items show nothing."""
    assert repeated_bytes(items) == 0


def test_a_whole_repeated_item_counts_once() -> None:
    """Equal items are repeated as a whole, their elements within them."""
    item = ("name", BIG)
    assert repeated_bytes([item, item, ("name", bytes(20_000))]) == size(item)
