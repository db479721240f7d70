"""Any value as a tree of plain parts: what digests and comparisons walk over."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import PurePath
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from decimal import Decimal

    import numpy as np
    import pandas as pd

SCALARS = frozenset({type(None), bool, int, float, complex, str, bytes})


@dataclass(frozen=True, slots=True)
class Array:
    """A NumPy array or scalar that holds no objects."""

    data: np.ndarray[Any, np.dtype[Any]]
    scalar: bool


class Node(NamedTuple):
    """A value that is made of others."""

    kind: str
    """Its type: values of different kinds are different."""
    children: Sequence[Any]
    steps: Sequence[str] | None = None
    """How messages name the way to each child; None for ``[0]``, ``[1]``."""
    whole: bool = False
    """True when messages show the value, not its children."""

    def step(self, index: int) -> str:
        """How messages name the way to a child."""
        return f"[{index}]" if self.steps is None else self.steps[index]


@dataclass(frozen=True, slots=True)
class Unordered:
    """A dict, or a set: the order of its keys says nothing."""

    kind: str
    keys: Sequence[Any]
    values: Sequence[Any] | None
    """None for a set."""


Tree = Array | Node | Unordered


def take_apart(value: Any) -> Tree:
    """Return what a value consists of; not for ``SCALARS``.

    Raises TypeError for what has no parts to compare, such as a generator or a lock.
    """
    kind = type(value)
    maker = _EXACT.get(kind) or _NAMED.get(_global_name(kind))
    if maker is not None:
        return maker(value)
    for base, make in _BY_BASE:
        if isinstance(value, base):
            return make(value)
    # Before dataclasses: one may be an array too.
    array = _numpy(value)
    if array is not None:
        return array
    if dataclasses.is_dataclass(value):
        names = [field.name for field in dataclasses.fields(value) if field.compare]
        return _fields(kind_name(value), names, [getattr(value, name) for name in names])
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return _fields(kind_name(value), list(value._fields), value)
    return _pandas(value) or _reduced(value)


def kind_name(value: object) -> str:
    """Name of a value's type: ``int``, ``package.module.Class``."""
    kind = type(value)
    return kind.__qualname__ if kind.__module__ == "builtins" else _global_name(kind)


def _global_name(value: Any) -> str:
    return f"{getattr(value, '__module__', '')}.{getattr(value, '__qualname__', value)}"


def _fields(kind: str, names: Iterable[str], values: Sequence[Any]) -> Node:
    return Node(kind, values, [f".{name}" for name in names])


def _leaf(*parts: Callable[[Any], Any]) -> Callable[[Any], Tree]:
    return lambda value: Node(kind_name(value), [part(value) for part in parts], whole=True)


def _decimal(value: Decimal) -> str:
    """Equal decimals have equal texts; trailing zeros do not count."""
    sign, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        return "NaN" if value.is_nan() else str(value)
    text = "".join(map(str, digits)).lstrip("0")
    short = text.rstrip("0")
    return f"{'-' * sign}{short}e{exponent + len(text) - len(short)}" if short else "0"


def _numpy(value: Any) -> Tree | None:
    # Where nothing has loaded NumPy there is none of its values, and loading it takes long.
    loaded = sys.modules.get("numpy")
    if loaded is None:
        return None
    if isinstance(value, loaded.ndarray):
        return _array(value)
    return _scalar(value) if isinstance(value, loaded.generic) else None


def _array(value: Any) -> Tree:
    import numpy as np

    if isinstance(value, np.ma.MaskedArray):
        mask = np.ma.getmaskarray(value)
        filled = np.where(mask, np.zeros((), value.dtype), np.asarray(value.data))
        return _fields("numpy.ma.MaskedArray", ["data", "mask"], [filled, mask])
    data = np.asarray(value)
    if data.dtype.kind == "T":
        data = data.astype(object)
    if not data.dtype.hasobject:
        return Array(data, scalar=False)
    if data.dtype.names:
        names = data.dtype.names
        return Node(f"ndarray {data.dtype}", [data[n] for n in names], [f"[{n!r}]" for n in names])
    return Node(f"ndarray of objects, shape {data.shape}", list(data.flat))


def _scalar(value: np.generic) -> Tree:
    import numpy as np

    data = np.asarray(value)
    if data.dtype.hasobject:
        return Node("numpy scalar", [_array(data)])
    return Array(data, scalar=True)


def _reduced(value: Any) -> Node:
    """Take apart by the way that pickle does, but without its memory of what it has seen."""
    try:
        reduced = value.__reduce_ex__(4)
    except Exception as error:
        raise TypeError(f"a {kind_name(value)} cannot be compared: {error}") from error
    if isinstance(reduced, str):
        return Node(f"name {reduced}", ())
    make, inputs, state, listed, paired = (*reduced, None, None, None)[:5]
    children = [make, inputs, state, list(listed or ()), dict(paired or ())]
    return Node(kind_name(value), children, ["", ".<made of>", ".__dict__", "", ""])


def _pandas(value: Any) -> Node | None:
    loaded = sys.modules.get("pandas")
    if loaded is None:
        return None
    if isinstance(value, loaded.DataFrame):
        return _frame(value)
    if isinstance(value, loaded.Series):
        return _fields_of_series(value)
    if isinstance(value, loaded.Index):
        levels = [_column(value.get_level_values(i).array) for i in range(value.nlevels)]
        return Node("pandas.Index", [list(value.names), *levels], [".names", *[""] * len(levels)])
    return None


def _frame(frame: pd.DataFrame) -> Node:
    columns = [_column(frame.iloc[:, i].array) for i in range(frame.shape[1])]
    steps = [".columns", ".index", *[f"[{name!r}]" for name in frame.columns]]
    return Node("pandas.DataFrame", [frame.columns, frame.index, *columns], steps)


def _fields_of_series(series: pd.Series[Any]) -> Node:
    children = [series.name, series.index, _column(series.array)]
    return Node("pandas.Series", children, [".name", ".index", ""])


def _column(column: Any) -> Any:
    import numpy as np

    if isinstance(column.dtype, np.dtype):
        return np.asarray(column)
    values = np.asarray(column.astype(object), dtype=object)
    return Node(f"column of {column.dtype}", list(values))


_EXACT: dict[type, Callable[[Any], Tree]] = {
    list: lambda value: Node("list", value),
    tuple: lambda value: Node("tuple", value),
    dict: lambda value: Unordered("dict", list(value), list(value.values())),
    set: lambda value: Unordered("set", list(value), None),
    frozenset: lambda value: Unordered("frozenset", list(value), None),
    Node: lambda value: value,
    bytearray: _leaf(bytes),
    range: _leaf(lambda v: (len(v), *v[:1], *v[1:2])),
}

_NAMED: dict[str, Callable[[Any], Tree]] = {
    "datetime.date": _leaf(str),
    "datetime.timedelta": _leaf(repr),
    "datetime.datetime": _leaf(
        lambda v: v.replace(tzinfo=None).isoformat(), lambda v: v.fold, lambda v: v.tzinfo
    ),
    "decimal.Decimal": _leaf(_decimal),
    "fractions.Fraction": _leaf(str),
    "uuid.UUID": _leaf(str),
}
"""Types by name: together their modules take longer to load than all else that digests need."""

_BY_BASE: tuple[tuple[Any, Callable[[Any], Tree]], ...] = (
    (Enum, _leaf(lambda v: v.name or v.value)),
    (PurePath, _leaf(str)),
    (type, lambda value: Node(f"name {_global_name(value)}", ())),
    (FunctionType | BuiltinFunctionType, lambda value: Node(f"name {_global_name(value)}", ())),
    (ModuleType, lambda value: Node(f"module {value.__name__}", ())),
)
