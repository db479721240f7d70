"""Are two answers equal, and where do they differ?"""

from __future__ import annotations

import cmath
from collections.abc import Iterable, Iterator
from math import isclose
from reprlib import Repr
from typing import Any

from scaling.workloads.digests import digest, ordered
from scaling.workloads.structure import SCALARS, Array, Node, Tree, Unordered, kind_name, take_apart

__all__ = ["digest", "same"]

Path = tuple["Path", str] | None
"""The way from the answer down, last step first."""
Pair = tuple[str, Any, Any]
"""A step, and the two values it leads to."""

_short = Repr()
_short.maxstring = _short.maxother = 60


def same(a: Any, b: Any, tolerance: float | None = None) -> str | None:
    """Tell in one line where two answers differ; None when they are equal.

    ``tolerance`` is relative or absolute, as both in ``math.isclose``, and holds for floats and
    complex numbers; None compares exactly. NaN equals NaN, and -0.0 equals 0.0.
    Equal digests mean that this returns None. Raises TypeError for what cannot be compared.
    """
    waiting: list[tuple[Path, Iterator[Pair], tuple[int, int]]] = [
        (None, iter([("", a, b)]), (0, 0))
    ]
    opened: set[tuple[int, int]] = set()
    while waiting:
        path, pairs, ids = waiting[-1]
        for step, x, y in pairs:
            if x is y or (id(x), id(y)) in opened:
                continue
            found = _compare(x, y, tolerance)
            if isinstance(found, str):
                return _line((path, step), found)
            if found is not None:
                opened.add((id(x), id(y)))
                waiting.append(((path, step), iter(found), (id(x), id(y))))
                break
        else:
            waiting.pop()
            opened.discard(ids)
    return None


def _compare(a: Any, b: Any, tolerance: float | None) -> str | Iterable[Pair] | None:
    """Return how the two differ, or the pairs that are left to compare."""
    if tolerance is not None and _is_number(a) and _is_number(b):
        return None if _near(a, b, tolerance) else f": {a!r} against {b!r}"
    if type(a) in SCALARS or type(b) in SCALARS:
        return None if type(a) is type(b) and _equal(a, b) else _unlike(a, b)
    return _compare_trees(a, b, take_apart(a), take_apart(b), tolerance)


def _compare_trees(
    a: Any, b: Any, x: Tree, y: Tree, tolerance: float | None
) -> str | Iterable[Pair] | None:
    if isinstance(x, Array) and isinstance(y, Array) and x.scalar == y.scalar:
        return _compare_arrays(x, y, tolerance)
    if isinstance(x, Unordered) and isinstance(y, Unordered) and x.kind == y.kind:
        return _compare_unordered(x, y)
    if not (isinstance(x, Node) and isinstance(y, Node)) or x.kind != y.kind:
        return _unlike(a, b)
    if x.whole:
        return None if digest(a) == digest(b) else _unlike(a, b)
    if len(x.children) != len(y.children):
        return f": {len(x.children):,} elements against {len(y.children):,}"
    return ((x.step(i), x.children[i], y.children[i]) for i in range(len(x.children)))


def _compare_arrays(a: Array, b: Array, tolerance: float | None) -> str | None:
    if a.data.dtype != b.data.dtype:
        return f": dtype {a.data.dtype} against {b.data.dtype}"
    if a.data.shape != b.data.shape:
        return f": shape {a.data.shape} against {b.data.shape}"
    # Here, since it loads NumPy.
    from scaling.workloads.arrays import difference

    return difference(a.data, b.data, tolerance)


def _compare_unordered(a: Unordered, b: Unordered) -> str | Iterable[Pair]:
    keys, values = ordered(a)
    others, other_values = ordered(b)
    found = _missing(keys, others, a.kind)
    if found:
        return found
    if values is None or other_values is None:
        return ()
    steps = (f"[{_show(key)}]" for key in keys)
    return zip(steps, values, other_values, strict=True)


def _missing(keys: Iterable[Any], others: Iterable[Any], kind: str) -> str | None:
    """Tell which key one has and the other lacks. Keys of both kinds are compared exactly."""
    left = {digest(key): key for key in keys}
    right = {digest(key): key for key in others}
    what = "key" if kind == "dict" else "element"
    for here, there, side in ((left, right, "first"), (right, left, "second")):
        for sign, key in here.items():
            if sign not in there:
                return f": only the {side} has the {what} {_show(key)}"
    return None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | complex) and not isinstance(value, bool)


def _near(a: complex, b: complex, tolerance: float) -> bool:
    if isinstance(a, int) and isinstance(b, int):
        return a == b
    if _equal(a, b):
        return True
    close = cmath.isclose if isinstance(a, complex) or isinstance(b, complex) else isclose
    return close(a, b, rel_tol=tolerance, abs_tol=tolerance)


def _equal(a: Any, b: Any) -> bool:
    if isinstance(a, complex):
        return isinstance(b, complex) and _equal(a.real, b.real) and _equal(a.imag, b.imag)
    return bool(a == b or (a != a and b != b))  # noqa: PLR0124


def _unlike(a: Any, b: Any) -> str:
    one, two = kind_name(a), kind_name(b)
    if one == two:
        return f": {_show(a)} against {_show(b)}"
    return f": {_show(a)} ({one}) against {_show(b)} ({two})"


def _show(value: Any) -> str:
    try:
        return " ".join(_short.repr(value).split())
    except Exception:  # noqa: BLE001 - the repr of a user's class may raise anything
        return f"a {kind_name(value)}"


def _line(path: Path, found: str) -> str:
    steps: list[str] = []
    while path is not None:
        path, step = path
        steps.append(step)
    line = "".join(reversed(steps)) + found
    return line.removeprefix(": ")
