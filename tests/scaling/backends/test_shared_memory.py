"""Objects in memory that processes share."""

from __future__ import annotations

import errno
import os
import pickle
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaling.backends import shared_memory

FOLDER = Path()
"""Not used where there are files in memory."""


@pytest.fixture
def file(tmp_path: Path) -> Iterator[int]:
    """Return an open file without a name."""
    with shared_memory.unnamed_file(tmp_path) as descriptor:
        yield descriptor


def there_and_back(value: object) -> Any:
    """Return what a reader gets, after the writer has closed its file."""
    with shared_memory.unnamed_file(FOLDER) as descriptor:
        return shared_memory.read(descriptor, shared_memory.write(descriptor, value))


arrays = st.builds(
    np.arange, st.integers(0, 5000), dtype=st.sampled_from([np.uint8, np.float32, np.complex128])
)


@given(st.lists(st.one_of(arrays, st.binary(), st.text(), st.integers(), st.none()), max_size=8))
def test_objects_come_back_as_they_were(value: list[Any]) -> None:
    """Arrays of any length, empty ones too, among anything else."""
    found = there_and_back(value)
    assert [pickle.dumps(one) for one in value] == [pickle.dumps(one) for one in found]


@pytest.mark.parametrize("value", [None, np.zeros(0), b"x" * 100_000, [np.zeros(0), np.ones(3)]])
def test_lonely_objects(value: object) -> None:
    """Nothing, no data, data inside the pickle."""
    assert pickle.dumps(value) == pickle.dumps(there_and_back(value))


def test_order_of_an_array_is_kept() -> None:
    """A Fortran array arrives as one, with its data."""
    value = np.asfortranarray(np.arange(12.0).reshape(3, 4))
    found = there_and_back(value)
    assert found.flags.f_contiguous
    assert value.tolist() == found.tolist()


def test_buffers_are_aligned() -> None:
    """Each begins at a cache line, whatever the one before it holds."""
    found = there_and_back([np.zeros(size, np.uint8) for size in (1, 63, 64, 65, 5000)])
    assert {0} == {array.ctypes.data % 64 for array in found}


def test_arrays_are_views_of_the_file(file: int) -> None:
    """What is written to the file later is seen by a reader who has not changed that page."""
    layout = shared_memory.write(file, np.zeros(10_000, np.uint8))
    array = shared_memory.read(file, layout)
    os.pwrite(file, b"\x07", layout.buffers_at + 9_000)
    assert array[9_000] == 7


def test_readers_change_their_own_copy_only(file: int) -> None:
    """An array can be changed, and nobody else sees it."""
    layout = shared_memory.write(file, np.zeros(10_000))
    first, second = (shared_memory.read(file, layout) for _ in range(2))
    first += 1
    assert (first.sum(), second.sum()) == (10_000, 0)


def test_what_cannot_be_changed_stays_so() -> None:
    """A read-only array arrives read-only."""
    value = np.zeros(10)
    value.flags.writeable = False
    assert not there_and_back(value).flags.writeable


def test_the_writer_does_not_map_the_data(file: int) -> None:
    """The writer's own memory does not grow with what it writes."""
    value = np.ones(50_000_000, np.uint8)
    before = resident_bytes()
    shared_memory.write(file, value)
    assert resident_bytes() - before < value.nbytes / 5


def test_the_reader_takes_no_memory_of_its_own(file: int) -> None:
    """Reading every byte of an array makes no private page of it."""
    layout = shared_memory.write(file, np.ones(50_000_000, np.uint8))
    before = private_bytes()
    array = shared_memory.read(file, layout)
    assert array.sum() == 50_000_000
    assert private_bytes() - before < 10_000_000


def test_without_files_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file on disk does as well, and has no name there."""
    monkeypatch.delattr(os, "memfd_create")
    with shared_memory.unnamed_file(tmp_path) as descriptor:
        array = shared_memory.read(descriptor, shared_memory.write(descriptor, np.arange(1000)))
        assert not list(tmp_path.iterdir())
    assert array.sum() == 499_500


def test_files_in_memory_may_be_forbidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sandbox that refuses them is no reason to fail."""

    def refuse(name: str) -> int:
        raise PermissionError(errno.EPERM, "not here", name)

    monkeypatch.setattr(os, "memfd_create", refuse)
    with shared_memory.unnamed_file(tmp_path) as descriptor:
        assert shared_memory.read(descriptor, shared_memory.write(descriptor, "text")) == "text"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_an_error() -> None:
    """No room raises OSError, for small objects too."""
    descriptor = os.open("/dev/full", os.O_RDWR)
    try:
        with pytest.raises(OSError, match="space"):
            shared_memory.write(descriptor, [1, 2, 3])
    finally:
        os.close(descriptor)


def test_what_cannot_be_pickled_raises(file: int) -> None:
    """The error is that of pickling."""
    with pytest.raises(TypeError, match="lock"):
        shared_memory.write(file, threading.Lock())


def test_no_descriptor_is_left() -> None:
    """Once the object is gone, so are its file and its mapping."""
    before = len(list(Path("/proc/self/fd").iterdir()))
    there_and_back(np.zeros(100))
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def resident_bytes() -> int:
    """Return the resident size of this process."""
    return status("VmRSS")


def private_bytes() -> int:
    """Return the resident size without files and shared memory."""
    return status("RssAnon")


def status(name: str) -> int:
    """Read a size of this process."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))
