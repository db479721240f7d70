"""An object in memory that processes share: written once, read by each without a copy of its data.

It lies in a file without a name, which lives as long as a process holds it. So nothing is left
behind, whatever ends how. First comes its pickle, then the buffers that pickle protocol 5 leaves
outside (the data of NumPy arrays).
"""

from __future__ import annotations

import mmap
import os
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_ALIGNMENT = 64
"""Of buffers: a cache line, and what vector instructions want."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the pieces of an object lie in its file. Bytes."""

    pickle_size: int
    """The pickle is at the start."""
    buffers_at: int
    """From here on the file is mapped for as long as the object lives."""
    buffers: tuple[tuple[int, int], ...]
    """Start, counted from there, and size of each."""


@contextmanager
def unnamed_file(folder: Path) -> Iterator[int]:
    """Open a file without a name: in memory, else in the folder. Raises OSError."""
    descriptor = _in_memory()
    if descriptor is None:
        descriptor = _on_disk(folder)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _in_memory() -> int | None:
    try:
        return os.memfd_create("rayscale")
    except (AttributeError, OSError):  # not on this system, or forbidden
        return None


def _on_disk(folder: Path) -> int:
    import tempfile

    with tempfile.TemporaryFile(dir=folder) as file:
        return os.dup(file.fileno())


def write(descriptor: int, value: object) -> Layout:
    """Write an object. Raises what pickling it raises, and OSError where there is no room.

    By calls, not through a mapping: that would count as memory of this process, and a full disk
    would kill it.
    """
    raw: list[memoryview] = []
    with open(descriptor, "wb", closefd=False) as file:
        pickle.Pickler(
            file, protocol=5, buffer_callback=lambda buffer: raw.append(buffer.raw())
        ).dump(value)
        pickle_size = file.tell()
        start = end = _rounded_up(pickle_size, mmap.ALLOCATIONGRANULARITY)
        buffers: list[tuple[int, int]] = []
        for view in raw:
            at = _rounded_up(end, _ALIGNMENT)
            file.seek(at)
            file.write(view)
            end = at + view.nbytes
            buffers.append((at - start, view.nbytes))
        # A mapping of nothing is refused, and one of empty buffers would end before they begin.
        file.truncate(max(end, start + 1))
    return Layout(pickle_size, start, tuple(buffers))


def read(descriptor: int, layout: Layout) -> Any:
    """Return the object. Its buffers are views of the file. Raises what unpickling raises.

    They can be changed, as if they had been sent: a page that is written to becomes this process's
    own.
    """
    buffers: list[memoryview] = []
    if layout.buffers:
        size = os.fstat(descriptor).st_size - layout.buffers_at
        mapped = memoryview(_mapped(descriptor, size, layout.buffers_at))
        buffers = [mapped[at : at + size] for at, size in layout.buffers]
    with _mapped(descriptor, layout.pickle_size) as text:
        return pickle.loads(text, buffers=buffers)


def _mapped(descriptor: int, size: int, at: int = 0) -> mmap.mmap:
    return mmap.mmap(descriptor, size, access=mmap.ACCESS_COPY, offset=at)


def _rounded_up(number: int, unit: int) -> int:
    return -(-number // unit) * unit
