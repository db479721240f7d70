"""Digests of and differences between NumPy arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from hashlib import _Hash

AnyArray = NDArray[Any]

CHUNK = 1 << 18
"""Elements that are made canonical at a time, so that a large array is never copied."""


def feed(hasher: _Hash, array: AnyArray) -> None:
    """Feed the elements, in C order: equal values give equal bytes. Not for object arrays."""
    if array.dtype.names:
        for name in array.dtype.names:
            feed(hasher, array[name])
        return
    flat = np.ascontiguousarray(array).reshape(-1)
    if not flat.dtype.itemsize:
        return
    step = CHUNK if flat.dtype.kind in "fc" else max(1, flat.size)
    for start in range(0, flat.size, step):
        for piece in _canonical(flat[start : start + step]):
            hasher.update(piece.view(np.uint8).data)


def _canonical(flat: AnyArray) -> list[AnyArray]:
    """Give all zeros one sign and all NaN one form."""
    if flat.dtype.kind not in "fc":
        return [flat]
    parts = flat.view(flat.real.dtype) + 0.0
    parts[np.isnan(parts)] = np.nan
    return _long(parts) if parts.dtype.char == "g" else [parts]


def _long(parts: AnyArray) -> list[AnyArray]:
    """Long doubles hold padding bytes that mean nothing: split them into parts that do not."""
    with np.errstate(all="ignore"):
        mantissa, exponent = np.frexp(parts)
        high = mantissa.astype(np.float64)
        low = (mantissa - high).astype(np.float64)
    low[np.isnan(low)] = np.nan
    return [high, low, exponent]


def difference(a: AnyArray, b: AnyArray, tolerance: float | None) -> str | None:
    """Tell in one line where two arrays of one dtype and shape differ; None when nowhere.

    Not for object arrays.
    """
    for name in a.dtype.names or ():
        found = difference(a[name], b[name], tolerance)
        if found:
            return f"[{name!r}]{found}"
    if a.dtype.names or not a.size:
        return None
    wrong = _unequal(a, b, tolerance)
    count = int(np.count_nonzero(wrong))
    if not count:
        return None
    where = np.unravel_index(int(np.argmax(wrong)), a.shape)
    place = f"[{', '.join(str(int(i)) for i in where)}]" if where else ""
    more = f" ({count:,} of {a.size:,} elements differ)" if a.size > 1 else ""
    return f"{place}: {a[where]} against {b[where]}{more}"


def _unequal(a: AnyArray, b: AnyArray, tolerance: float | None) -> NDArray[np.bool_]:
    kind = a.dtype.kind
    if kind in "mM":
        return np.asarray(a.astype("i8") != b.astype("i8"))
    if kind == "V":
        return _unequal_bytes(a, b)
    if kind not in "fc":
        return np.asarray(a != b)
    equal = _equal_parts(a.real, b.real)
    if kind == "c":
        equal &= _equal_parts(a.imag, b.imag)
    return ~equal if tolerance is None else ~(equal | _close(a, b, tolerance))


def _equal_parts(a: AnyArray, b: AnyArray) -> NDArray[np.bool_]:
    return np.asarray((a == b) | (np.isnan(a) & np.isnan(b)))


def _close(a: AnyArray, b: AnyArray, tolerance: float) -> NDArray[np.bool_]:
    """As ``math.isclose`` with both tolerances."""
    with np.errstate(all="ignore"):
        allowed = np.maximum(tolerance * np.maximum(np.abs(a), np.abs(b)), tolerance)
        near = np.abs(a - b) <= allowed
    return np.asarray(near & np.isfinite(a) & np.isfinite(b))


def _unequal_bytes(a: AnyArray, b: AnyArray) -> NDArray[np.bool_]:
    if not a.dtype.itemsize:
        return np.zeros(a.shape, np.bool_)
    flat = [np.ascontiguousarray(x).reshape(-1, 1).view(np.uint8) for x in (a, b)]
    return np.asarray((flat[0] != flat[1]).any(axis=1).reshape(a.shape))
