"""Digests of answers: equal values have equal ones, in whichever process they are taken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from struct import pack
from typing import TYPE_CHECKING, Any

from scaling.workloads.structure import SCALARS, Array, Tree, Unordered, take_apart

if TYPE_CHECKING:
    from hashlib import _Hash

UNIFORM_FROM = 8
"""Shortest sequence that is taken in one step when all its elements have one plain type."""
FEW = 1000
"""Longest sequence of mixed plain types that is joined before it is fed."""


def digest(value: Any) -> str:
    """Return the SHA-256 of a value's type and structure.

    It does not depend on the order of dicts and sets, on shared references, or on the process.
    NaN equals NaN, -0.0 equals 0.0; 1, 1.0 and True differ. Raises TypeError for what cannot be
    compared, such as a generator.
    """
    hasher = sha256()
    waiting: list[tuple[Iterator[Any], Any]] = [(iter((value,)), None)]
    opened: dict[int, int] = {}
    while waiting:
        children, parent = waiting[-1]
        for child in children:
            inner = _feed(hasher, child, opened)
            if inner is not None:
                opened[id(child)] = len(waiting)
                waiting.append((iter(inner), child))
                break
        else:
            waiting.pop()
            opened.pop(id(parent), None)
    return hasher.hexdigest()


def ordered(parts: Unordered) -> tuple[Sequence[Any], Sequence[Any] | None]:
    """Return the keys and values in an order that depends on nothing but the keys."""
    keys, values = parts.keys, parts.values
    if set(map(type, keys)) in ({str}, {int}):
        order = sorted(range(len(keys)), key=keys.__getitem__)
    else:
        order = _by_digest(keys, values)
    return [keys[i] for i in order], None if values is None else [values[i] for i in order]


def _by_digest(keys: Sequence[Any], values: Sequence[Any] | None) -> list[int]:
    digests = [digest(key) for key in keys]
    if values is not None and len(set(digests)) < len(digests):
        # Several NaN are keys of one dict: only their values can tell them apart.
        digests = [key + digest(value) for key, value in zip(digests, values, strict=True)]
    return sorted(range(len(keys)), key=digests.__getitem__)


def _feed(hasher: _Hash, value: Any, opened: dict[int, int]) -> Iterable[Any] | None:
    """Feed what is plain in a value and return its children, if it has any."""
    kind = type(value)
    if kind in SCALARS:
        hasher.update(_SCALAR[kind](value))
        return None
    if id(value) in opened:
        hasher.update(b"^%d;" % opened[id(value)])
        return None
    return _feed_tree(hasher, take_apart(value))


def _feed_tree(hasher: _Hash, tree: Tree) -> Iterable[Any] | None:
    if isinstance(tree, Array):
        from scaling.workloads.arrays import feed

        said = f"{tree.data.dtype.descr if tree.data.dtype.names else tree.data.dtype.str}"
        hasher.update(_text(f"{'scalar' if tree.scalar else 'array'} {said} {tree.data.shape}"))
        feed(hasher, tree.data)
        return None
    if isinstance(tree, Unordered):
        keys, values = ordered(tree)
        hasher.update(b"{" + _text(tree.kind))
        return (keys,) if values is None else (keys, values)
    hasher.update(b"(%d" % len(tree.children) + _text(tree.kind))
    return _feed_children(hasher, tree.children)


def _feed_children(hasher: _Hash, children: Sequence[Any]) -> Iterable[Any] | None:
    """Feed plain children at once, many times as fast as one by one; return others."""
    kinds = set(map(type, children))
    if not kinds <= SCALARS:
        return children
    if len(kinds) == 1 and len(children) >= UNIFORM_FROM:
        hasher.update(b"*")
        _feed_uniform(hasher, children, kinds.pop())
    elif len(children) <= FEW:
        hasher.update(b"".join([_SCALAR[type(child)](child) for child in children]))
    else:
        return children
    return None


def _feed_uniform(hasher: _Hash, children: Sequence[Any], kind: type) -> None:
    if kind is int:
        hasher.update(",".join(map(hex, children)).encode() + b";")
    elif kind is float:
        hasher.update(b"f")
        _feed_floats(hasher, children)
    else:
        hasher.update(b"".join(map(_SCALAR[kind], children)))


def _feed_floats(hasher: _Hash, values: Sequence[float]) -> None:
    import numpy as np

    from scaling.workloads.arrays import feed

    feed(hasher, np.fromiter(values, np.float64, len(values)))


def _text(text: str) -> bytes:
    data = text.encode("utf-8", "surrogatepass")
    return b"s%d:" % len(data) + data


def _float(value: float) -> bytes:
    return b"fNaN     " if value != value else b"f" + pack("<d", value + 0.0)  # noqa: PLR0124


_SCALAR: dict[Any, Any] = {
    type(None): lambda _: b"N",
    bool: lambda value: b"T" if value else b"F",
    int: lambda value: b"i%s;" % hex(value).encode(),
    float: _float,
    complex: lambda value: b"c" + _float(value.real) + _float(value.imag),
    str: _text,
    bytes: lambda value: b"b%d:" % len(value) + value,
}
