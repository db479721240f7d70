"""How large items and parts are on their way, and what travels again and again."""

from __future__ import annotations

import pickle
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from importlib import import_module, util
from io import BytesIO
from types import FunctionType
from typing import Any

LIMIT_S = 1.0
"""No more values are pickled once this has been spent."""
LEAST_REPEATED_BYTES = 10_000
LEAST_ITEMS = 3
MOST_ELEMENTS = 64
"""No more elements of an item are looked at."""


@dataclass(slots=True)
class Load:
    """Sizes of values of one kind, pickled one by one."""

    sizes: list[int] = field(default_factory=list)
    spent_s: float = 0.0
    by_value: bool = False
    """True when one holds code that no other process can import."""
    refusal: Exception | None = None
    """Why a value cannot be sent at all."""
    plain_refusal: Exception | None = None
    """Why a value cannot be sent by plain pickle, which sends no code."""

    @property
    def mean_bytes(self) -> int | None:
        """Mean size; None without values, or when one of them has none."""
        if not self.sizes or self.refusal is not None:
            return None
        return round(sum(self.sizes) / len(self.sizes))

    def take(self, value: object) -> None:
        """Weigh a value, unless enough time was spent, or one before was refused."""
        if self.refusal is not None or self.spent_s > LIMIT_S:
            return
        start = time.perf_counter()
        try:
            self._weigh(value)
        except Exception as error:  # noqa: BLE001 - any class may refuse in its own way
            self.refusal = self.plain_refusal = error
        self.spent_s += time.perf_counter() - start

    def _weigh(self, value: object) -> None:
        stream = BytesIO()
        pickler = _Pickler(stream, protocol=pickle.HIGHEST_PROTOCOL)
        pickler.dump(value)
        if not pickler.by_value:
            pickle.loads(stream.getvalue())
            self.sizes.append(stream.tell())
            return
        self.by_value = True
        try:
            pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
        except Exception as error:  # noqa: BLE001 - any class may refuse in its own way
            self.plain_refusal = error
        # Without the library that sends code, its size is not known, but the rest can be sent.
        if util.find_spec("cloudpickle") is not None:
            self.sizes.append(len(import_module("cloudpickle").dumps(value)))


class _Pickler(pickle.Pickler):
    """Finds functions and classes that have no name to import them by, and leaves them out."""

    by_value = False

    def reducer_override(self, obj: Any) -> Any:
        """Take a stand-in for what cannot be imported."""
        if not isinstance(obj, type | FunctionType) or _importable(obj):
            return NotImplemented
        self.by_value = True
        return str, ()


def _importable(code: type | FunctionType) -> bool:
    # A worker's __main__ is another module.
    if code.__module__ == "__main__":
        return False
    if any(code is known for known in _NAMELESS):
        return True
    found: Any = sys.modules.get(code.__module__)
    for name in code.__qualname__.split("."):
        found = getattr(found, name, None)
    return found is code


_NAMELESS = (type(None), type(NotImplemented), type(...))
"""Classes without a name in their module, which pickle knows."""


def repeated_bytes(items: Sequence[Any]) -> int:
    """Return the pickled size of the largest value that every item holds alike; 0 for none.

    Looks at the items and at their elements of 10 kB or more; 0 under 3 items.
    """
    if len(items) < LEAST_ITEMS:
        return 0
    deadline = time.perf_counter() + LIMIT_S
    first, *others = (dict(_elements(item)) for item in items)
    largest = 0
    for name, value in first.items():
        if isinstance(value, int | float | complex | None):
            continue
        frame = _frame(value)
        if len(frame) <= max(largest, LEAST_REPEATED_BYTES - 1):
            continue
        if all(name in other and _alike(value, other[name], frame, deadline) for other in others):
            largest = len(frame)
    return largest


def _alike(value: object, other: object, frame: bytes, deadline: float) -> bool:
    if other is value:
        return True
    if type(other) is not type(value) or time.perf_counter() > deadline:
        return False
    return _frame(other) == frame


def _elements(item: object) -> Iterator[tuple[object, object]]:
    """Yield the item itself and what it holds, each with its place."""
    yield (), item
    if isinstance(item, Mapping):
        held: list[tuple[object, object]] = list(item.items())
    elif isinstance(item, tuple | list):
        held = list(enumerate(item[:MOST_ELEMENTS]))
    elif is_dataclass(item) and not isinstance(item, type):
        held = [(one.name, getattr(item, one.name, None)) for one in fields(item)]
    else:
        held = list(getattr(item, "__dict__", {}).items())
    yield from held[:MOST_ELEMENTS]


def _frame(value: object) -> bytes:
    try:
        return pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    except Exception:  # noqa: BLE001 - what cannot be pickled has no size
        return b""
