"""One piece of work, and the same with one cost added: for ``benchmarks/injected_costs.py``.

The work hashes a buffer again and again: it computes, and releases the GIL while it does.
"""

from __future__ import annotations

import _hashlib
import ctypes
import hashlib
import os
import sys
import time
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from scaling import workload

ITEMS = 16
ROUNDS = 700
"""Hashes of the buffer per item, for items that are long beside what handing them out takes."""
BUFFER = bytes(range(256)) * 1024
"""Small enough for a core's own cache, large enough to be hashed without the GIL."""
GIL_ITEMS = 8
GIL_ROUNDS = 2_000
"""Calls per item: each is short beside the interval at which threads pass on the GIL, all of them
together are many such intervals."""
ARGUMENT = 1_000_000
SLOW_NODE = "RAYSCALE_SLOW_NODE"
"""File in which the first node to compute writes its id: it is the slow one."""

Item = tuple[int, int]


def even() -> list[Item]:
    """Items of equal work."""
    return [(index, ROUNDS) for index in range(ITEMS)]


def hashed(item: Item) -> str:
    """Hash the buffer as often as the item says."""
    index, rounds = item
    found = hashlib.sha256(index.to_bytes(4, "big"))
    for _ in range(rounds):
        found.update(BUFFER)
    return found.hexdigest()


@workload(items=even)
def control(item: Item) -> str:
    """The work by itself."""
    return hashed(item)


def slow_combine(parts: list[str]) -> str:
    """Work for a fifth of the time of all items."""
    return hashed((len(parts), ITEMS * ROUNDS // 5))


@workload(items=even, combine=slow_combine)
def combine(item: Item) -> str:
    """A serial combine of 20 %."""
    return hashed(item)


def uneven() -> list[Item]:
    """Half the work in the last item."""
    return [*((index, ROUNDS) for index in range(ITEMS // 2)), (ITEMS, ROUNDS * ITEMS // 2)]


@workload(items=uneven)
def dominant(item: Item) -> str:
    """One item of half the work."""
    return hashed(item)


def heavy() -> list[tuple[int, int, bytes]]:
    """A megabyte of arguments with each of many smaller items."""
    return [(index, ROUNDS // 6, bytes(ARGUMENT)) for index in range(ITEMS * 6)]


@workload(items=heavy)
def megabyte(item: tuple[int, int, bytes]) -> str:
    """1 MB of arguments per item."""
    return hashed(item[:2])


@workload(items=lambda: [(index, ROUNDS // 6) for index in range(ITEMS * 6)])
def light(item: Item) -> str:
    """The control of what needs many items."""
    return hashed(item)


def digested(item: Item, library: type[ctypes.CDLL]) -> str:
    """Hash the buffer in the C code that ``hashlib`` uses, which needs no GIL for it."""
    index, rounds = item
    digest = ctypes.create_string_buffer(32)
    sha256 = library(_hashlib.__file__).SHA256
    sha256.argtypes = (ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p)
    for _ in range(rounds):
        sha256(BUFFER, len(BUFFER), digest)
    return f"{index} {digest.raw.hex()}"


@workload(items=lambda: [(index, GIL_ROUNDS) for index in range(GIL_ITEMS)])
def released(item: Item) -> str:
    """The control of ``gil``: ctypes releases the GIL around functions of a ``CDLL``."""
    return digested(item, ctypes.CDLL)


@workload(items=lambda: [(index, GIL_ROUNDS) for index in range(GIL_ITEMS)])
def gil(item: Item) -> str:
    """A kernel that holds the GIL: ctypes keeps it around functions of a ``PyDLL``."""
    return digested(item, ctypes.PyDLL)


@lru_cache(maxsize=1)
def on_slow_node() -> bool:
    """Tell whether this worker is on the node that came first. Only Ray has nodes."""
    ray = sys.modules.get("ray")
    if ray is None or not ray.is_initialized():
        return False
    own: str = ray.get_runtime_context().get_node_id()
    path = Path(os.environ[SLOW_NODE])
    try:
        with path.open("x") as file:
            file.write(own)
    except FileExistsError:
        time.sleep(0.1)  # the other worker may be writing
    return path.read_text() == own


@workload(items=lambda: [(index, ROUNDS // 6) for index in range(ITEMS * 6)])
def slow_node(item: Item) -> str:
    """A node on which everything takes twice the work; items short enough to share out."""
    if on_slow_node():
        hashed(item)
    return hashed(item)


def produced(wait_s: float) -> Iterator[Item]:
    """Yield the items, each after a wait."""
    for item in even():
        time.sleep(wait_s)
        yield item


@workload(items=lambda: produced(0.0))
def stream(item: Item) -> str:
    """The control of ``producer``: a generator that does not wait."""
    return hashed(item)


@workload(items=lambda: produced(float(os.environ["RAYSCALE_PRODUCER_WAIT"])))
def producer(item: Item) -> str:
    """A wait in the item producer."""
    return hashed(item)
