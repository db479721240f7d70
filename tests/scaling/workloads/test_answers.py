import copy
import datetime as dt
import pickle
import subprocess
import sys
from collections import Counter, OrderedDict, defaultdict, namedtuple
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum, Flag, auto
from fractions import Fraction
from math import inf, nan
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from scaling.workloads import answers
from scaling.workloads.answers import digest, same

Pair = namedtuple("Pair", "left right")  # noqa: PYI024 - the untyped kind counts too


class Colour(Enum):
    RED = auto()
    BLUE = auto()


class Access(Flag):
    READ = auto()
    WRITE = auto()


@dataclass
class Point:
    x: float
    tags: list[str]
    cost: float = field(default=0.0, compare=False)


class Plain:
    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)


class Slotted:
    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


class Locked:
    def __reduce__(self) -> Any:
        raise RuntimeError("stays here")


RICH: list[Any] = [
    None,
    True,
    1,
    10**5000,
    -1.5,
    complex(1, nan),
    "é\udc80",
    b"x",
    bytearray(b"x"),
    range(3),
    [1, [2, (3,)]],
    {"a": 1, 2: [3]},
    {1.5, "a", None},
    frozenset({(1, 2)}),
    Pair(1, 2),
    Point(1.0, ["a"]),
    Plain(a=1, b=[2]),
    Slotted({1}),
    Colour.RED,
    Access.READ | Access.WRITE,
    Path("a/b"),
    Decimal("1.50"),
    Decimal("NaN"),
    Fraction(1, 3),
    UUID(int=5),
    dt.date(2020, 1, 2),
    dt.datetime(2020, 1, 2, 3, tzinfo=ZoneInfo("UTC")),
    dt.datetime(2020, 1, 2, 3, tzinfo=dt.UTC),
    dt.timedelta(3),
    dt.time(3, 4),
    Counter("aab"),
    OrderedDict(a=1),
    defaultdict(list, a=[1]),
    len,
    digest,
    int,
    np.float32(1.5),
    np.int64(3),
    np.datetime64("2020-01-01"),
    np.arange(6).reshape(2, 3),
    np.array(3.5),
    np.array(["a", "bc"]),
    np.array([None, [1], "a"], dtype=object),
    np.array([(1, 2.5)], dtype=[("a", "i1"), ("b", "f8")]),
    np.ma.masked_array([1.0, 2.0], mask=[True, False]),
    np.array([1, nan], dtype=np.longdouble),
    np.array([1 + 2j, nan]),
    np.array(["NaT", "2020-01-01"], dtype="M8[D]"),
    np.zeros((0, 3)),
    pd.Series([1.0, nan], name="s"),
    pd.DataFrame({"a": [1, 2], "b": ["x", None]}),
    pd.DataFrame({"t": pd.to_datetime(["2020-01-01"]).tz_localize("UTC")}),
    pd.Series(["a", "b"], dtype="category"),
    pd.array([1, None], dtype="Int64"),
    pd.Index([1, 2], name="i"),
    pd.MultiIndex.from_tuples([(1, "a"), (2, "b")]),
    pd.Timestamp("2020-01-01"),
    pd.NaT,
    pd.NA,
]

ids = [f"{i}-{type(value).__name__}" for i, value in enumerate(RICH)]


@pytest.mark.parametrize("value", RICH, ids=ids)
def test_copies_are_equal(value: Any) -> None:
    """A value equals what comes out of a pickle of it, by digest and by comparison."""
    twin = pickle.loads(pickle.dumps(value))
    assert digest(twin) == digest(value)
    assert same(twin, value) is None
    assert same(twin, value, 1e-9) is None


def test_different_values_differ() -> None:
    """No two of many different values share a digest, and each pair is told apart."""
    assert len({digest(value) for value in RICH}) == len(RICH)
    for index, value in enumerate(RICH):
        found = same([value], [RICH[index - 1]])
        assert found is not None
        assert "\n" not in found


keys = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3)
scalars = keys | st.binary(max_size=3) | st.complex_numbers() | st.decimals() | st.dates()
arrays = hnp.arrays(
    st.sampled_from([np.dtype(t) for t in ("f8", "f4", "i2", "c16", "U2", "?", "M8[s]")]),
    hnp.array_shapes(min_side=0, max_dims=3, max_side=3),
)
values = st.recursive(
    scalars | arrays | st.sets(keys, max_size=4) | st.lists(st.integers() | st.floats()),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(keys, inner, max_size=4)
        | st.builds(Plain, a=inner)
    ),
    max_leaves=8,
)


@given(values)
def test_copies_of_anything_are_equal(value: Any) -> None:
    """Neither shared references nor the way of copying change a digest."""
    twin = copy.deepcopy(value)
    assert digest(twin) == digest(value)
    assert same(twin, value) is None


@given(values, values)
def test_digest_and_comparison_agree(a: Any, b: Any) -> None:
    """Digests are equal exactly where nothing is found to differ."""
    assert (digest(a) == digest(b)) == (same(a, b) is None)
    if digest(a) == digest(b):
        assert same(a, b, 1e-9) is None


@given(st.dictionaries(keys, st.integers()))
def test_order_of_dicts_says_nothing(value: dict[Any, int]) -> None:
    """Dicts that were filled in another order are equal."""
    turned = dict(reversed(value.items()))
    assert digest(turned) == digest(value)
    assert same(turned, value) is None


def test_shared_references_say_nothing() -> None:
    """One list twice equals two equal lists, though their pickles differ."""
    one = ["a" * 50]
    assert pickle.dumps([one, one]) != pickle.dumps([one, list(one)])
    assert digest([one, one]) == digest([one, ["a" * 50]])


def test_sets_across_processes() -> None:
    """Sets of texts have one digest whatever the hash seed."""
    code = (
        "from scaling.workloads.answers import digest\n"
        "class Named:\n    def __init__(self): self.x = {'a', 'b', 'c', 'd'}\n"
        "print(digest([{'one', 'two', 'three'}, frozenset('abcdef'), {1, 'a', None}, Named().x]))"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            check=True,
            capture_output=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(answers.__file__).parents[2])},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (nan, -nan),
        (0.0, -0.0),
        (complex(0.0, -0.0), complex(-0.0, 0.0)),
        ([0.0] * 20, [-0.0] * 20),
        (np.array([nan, 0.0]), np.array([-nan, -0.0])),
        (np.arange(6.0).reshape(2, 3).T, np.ascontiguousarray(np.arange(6.0).reshape(2, 3).T)),
        (np.arange(9)[::2], np.array([0, 2, 4, 6, 8])),
        (Decimal("1.0"), Decimal("1.00")),
        (Decimal(0), Decimal("-0E+5")),
        (Point(1.0, [], cost=1), Point(1.0, [], cost=2)),
        (pd.DataFrame({"a": [nan]}), pd.DataFrame({"a": [-nan]})),
        (pd.Index([0, 1]), pd.RangeIndex(2)),
    ],
)
def test_equal_though_bits_differ(a: Any, b: Any) -> None:
    """NaN is NaN, zero is zero, and memory layout says nothing."""
    assert digest(a) == digest(b)
    assert same(a, b) is None


@pytest.mark.parametrize(
    ("a", "b", "said"),
    [
        ([1, 2, 3, {"x": 1.0}], [1, 2, 3, {"x": 1.5}], "[3]['x']: 1.0 against 1.5"),
        (1, 1.0, "1 (int) against 1.0 (float)"),
        (1, True, "1 (int) against True (bool)"),
        ([1], (1,), "[1] (list) against (1,) (tuple)"),
        ([1, 2], [1], "2 elements against 1"),
        ({"a": 1}, {"a": 1, "b": 2}, "only the second has the key 'b'"),
        ({1: "a"}, {True: "a"}, "only the first has the key 1"),
        ({1, 2}, {1}, "only the first has the element 2"),
        (Pair(1, [2]), Pair(1, [3]), ".right[0]: 2 against 3"),
        (Point(1.0, ["a"]), Point(1.0, ["b"]), ".tags[0]: 'a' against 'b'"),
        (Plain(a=[1]), Plain(a=[2]), ".__dict__['a'][0]: 1 against 2"),
        (np.zeros(2), np.zeros(3), "shape (2,) against (3,)"),
        (np.zeros(2), np.zeros(2, "f4"), "dtype float64 against float32"),
        (
            np.zeros((2, 2)),
            np.array([[0, 0], [1, 2.0]]),
            "[1, 0]: 0.0 against 1.0 (2 of 4 elements differ)",
        ),
        (pd.DataFrame({"a": [1, 2]}), pd.DataFrame({"a": [1, 3]}), "['a'][1]: 2 against 3"),
        (pd.DataFrame({"a": [1]}), pd.DataFrame({"b": [1]}), ".columns"),
        (pd.Series([1], index=[5]), pd.Series([1], index=[6]), ".index[0]: 5 against 6"),
        (dt.date(2020, 1, 1), dt.date(2020, 1, 2), "datetime.date(2020, 1, 1) against"),
        (Colour.RED, Colour.BLUE, "<Colour.RED: 1> against <Colour.BLUE: 2>"),
        ("a\nb", "a\nc", r"'a\nb' against 'a\nc'"),
        (None, [], "None (NoneType) against [] (list)"),
    ],
)
def test_the_line_says_where(a: Any, b: Any, said: str) -> None:
    """A difference is one line with the way to it and both values."""
    found = same(a, b)
    assert found is not None
    assert said in found
    assert "\n" not in found
    assert digest(a) != digest(b)


@pytest.mark.parametrize(
    ("a", "b", "near"),
    [
        (1.0, 1.0 + 1e-9, True),
        (1.0, 1.1, False),
        (1e20, 1.0000001e20, True),
        (1e-9, -1e-9, True),
        (1, 1.0, True),
        (10**9, 10**9 + 1, False),
        (nan, nan, True),
        (nan, 1.0, False),
        (inf, inf, True),
        (inf, 1e308, False),
        (1 + 1j, 1 + 1.0000001j, True),
        ([{"a": 1.0}], [{"a": 1.0000001}], True),
        (np.array([1.0, nan, inf]), np.array([1.0000001, nan, inf]), True),
        (np.array([inf, 1.0]), np.array([1.0, 1.0]), False),
        (np.array([1 + 1j]), np.array([1 + 1.0000001j]), True),
        (np.array([1, 2]), np.array([1, 3]), False),
        (np.array([1.0, [2.0]], dtype=object), np.array([1.0, [2.0000001]], dtype=object), True),
        (np.float64(1.0), 1.0000001, True),
        (np.float32(1.0), np.float32(1.0000001), True),
        (pd.DataFrame({"a": [1.0]}), pd.DataFrame({"a": [1.0000001]}), True),
        (pd.DataFrame({"a": [1.0]}), pd.DataFrame({"a": [1.1]}), False),
        ({1.0}, {1.0000001}, False),
        (True, 1, False),
    ],
)
def test_tolerance(a: Any, b: Any, near: bool) -> None:
    """A tolerance is relative or absolute; integers and keys stay exact."""
    assert (same(a, b, 1e-6) is None) == near


def test_values_that_hold_themselves() -> None:
    """A list in itself has a digest and can be compared."""
    one: list[Any] = [1]
    one.append(one)
    two: list[Any] = [1]
    two.append(two)
    other: list[Any] = [1]
    other.append([1, other])
    assert digest(one) == digest(two)
    assert same(one, two) is None
    assert digest(one) != digest(other)


def test_deep_values() -> None:
    """Nesting beyond the recursion limit is no problem."""
    deep: list[Any] = []
    for _ in range(20_000):
        deep = [deep]
    twin: list[Any] = [0]
    for _ in range(20_000):
        twin = [twin]
    assert digest(deep) != digest(twin)
    assert same(deep, twin) is not None


@pytest.mark.parametrize("value", [(i for i in [1]), Locked(), memoryview(b"")])
def test_what_cannot_be_compared(value: Any) -> None:
    """A generator, a lock or a view has no digest, and the line says why."""
    with pytest.raises(TypeError, match="cannot be compared"):
        digest([value])


def test_padding_of_structs_says_nothing() -> None:
    """Bytes between the fields of a record are not part of its value."""
    kind = np.dtype([("a", "i1"), ("b", "f8")], align=True)
    one = np.frombuffer(b"\x00" * 16, kind)
    two = np.frombuffer(b"\x00" + b"\xff" * 7 + b"\x00" * 8, kind)
    assert digest(one) == digest(two)
    assert same(one, two) is None
