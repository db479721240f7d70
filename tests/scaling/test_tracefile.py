"""Trace files hold small arrays and no pickles."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import fields, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import synthetic_trace
from scaling import tracefile
from scaling.errors import StudyFileError
from scaling.tracefile import Trace, smallest

INT64 = st.integers(-(2**63), 2**63 - 1)


def of_two_batches() -> Trace:
    """Items 0 and 1 on one worker, item 2 on the other."""
    return Trace(
        workers=np.array(["a", "b"]),
        nodes=np.array(["n1", "n2"]),
        clock_error_ns=np.array([0, 5]),
        worker=np.array([1, 0]),
        first=np.array([0, 2]),
        count=np.array([2, 1]),
        start_ns=np.array([100, 40]),
        sent_ns=np.array([90, 30]),
        received_ns=np.array([190, 80]),
        cpu_ns=np.array([50, 20]),
        duration_ns=np.array([30, 50, 10]),
        produced_ns=np.array([1, 4]),
        seconds=2e-6,
        combine_s=1e-6,
        hides_batches=False,
        order=np.empty(0, np.uint8),
    )


@given(st.lists(INT64))
def test_smallest_type_holds_every_value(values: list[int]) -> None:
    """Nothing is cut, whatever the values are."""
    assert smallest(np.array(values, dtype=np.int64)).tolist() == values


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([], "uint8"),
        ([0, 255], "uint8"),
        ([256], "uint16"),
        ([2**32 - 1], "uint32"),
        ([2**32], "uint64"),
        ([-1, 127], "int8"),
        ([-1, 128], "int16"),
        ([-129], "int16"),
    ],
)
def test_smallest_type(values: list[int], kind: str) -> None:
    """Unsigned where nothing is negative; no larger than needed."""
    assert smallest(np.array(values, dtype=np.int64)).dtype == kind


def test_bounds_of_items_by_hand() -> None:
    """Within a batch each item starts where the one before ended."""
    starts, ends = of_two_batches().bounds()
    assert starts.tolist() == [100, 130, 40]
    assert ends.tolist() == [130, 180, 50]
    assert of_two_batches().ends().tolist() == [180, 50]
    assert of_two_batches().offsets().tolist() == [0, 2]


@given(st.integers(1, 400), st.integers(1, 50))
def test_ends_of_batches_are_those_of_their_last_items(items: int, per_batch: int) -> None:
    """However many items a batch has; the first item is where the batch starts."""
    trace = synthetic_trace.trace(items, per_batch)
    starts, ends = trace.bounds()
    last = [min(first + per_batch, items) - 1 for first in trace.first.tolist()]
    assert trace.ends().tolist() == ends[last].tolist()
    assert starts[trace.offsets()].tolist() == trace.start_ns.tolist()


def test_pass_without_batches_has_no_ends() -> None:
    """There is nothing to add up."""
    none = np.empty(0, np.int64)
    assert replace(of_two_batches(), count=none, start_ns=none).ends().tolist() == []


def test_file_reads_back_without_pickle(tmp_path: Path) -> None:
    """What was written is read, by NumPy alone too."""
    path = tmp_path / "one.npz"
    path.write_bytes(tracefile.encode(of_two_batches()))
    found = tracefile.read(path)
    assert found.bounds()[1].tolist() == [130, 180, 50]
    assert (found.seconds, found.hides_batches) == (2e-6, False)
    with np.load(path, allow_pickle=False) as file:
        assert int(file["version"]) == tracefile.VERSION
        assert file["workers"].tolist() == ["a", "b"]


def test_damage_is_told_in_one_line(tmp_path: Path) -> None:
    """A file that is gone, cut off, foreign, too new, or does not fit is an error of one line."""
    path = tmp_path / "one.npz"
    with pytest.raises(StudyFileError, match="No such file"):
        tracefile.read(path)
    whole = tracefile.encode(of_two_batches())
    for content in (b"", whole[:500], whole[:-40], b"PK" + bytes(50)):
        path.write_bytes(content)
        with pytest.raises(StudyFileError, match="damaged"):
            tracefile.read(path)
    np.savez(path, version=1, x=np.arange(3))
    with pytest.raises(StudyFileError, match="no trace"):
        tracefile.read(path)
    np.savez(path, version=tracefile.VERSION + 1)
    with pytest.raises(StudyFileError, match="newer"):
        tracefile.read(path)
    with np.load(tmp_path / "one.npz") as file:
        assert file.files
    path.write_bytes(whole)
    with np.load(path) as file:
        parts = {name: file[name] for name in file.files}
    for wrong in ({"worker": np.array([7, 0])}, {"count": np.array([3, 0])}):
        np.savez(path, **{**parts, **wrong})
        with pytest.raises(StudyFileError, match="do not fit"):
            tracefile.read(path)


def test_objects_are_never_unpickled(tmp_path: Path) -> None:
    """An array of objects is refused."""
    path = tmp_path / "one.npz"
    np.savez(path, version=1, worker=np.array([object()], dtype=object))
    with pytest.raises(StudyFileError, match="damaged"):
        tracefile.read(path)


@given(st.integers(0, 5000), st.integers(0, 255))
def test_no_damage_ends_in_a_traceback(position: int, value: int) -> None:
    """Whatever one byte becomes, the file is read or refused."""
    content = bytearray(tracefile.encode(of_two_batches()))
    content[position % len(content)] = value
    with TemporaryDirectory() as folder:
        path = Path(folder) / "one.npz"
        path.write_bytes(content)
        with suppress(StudyFileError):
            found = tracefile.read(path)
            assert found.ends().size == found.worker.size


def test_traces_of_the_first_version_are_read(tmp_path: Path) -> None:
    """They have no order: items were handed out as they came."""
    path = tmp_path / "old.npz"
    trace = of_two_batches()
    old = {field.name: getattr(trace, field.name) for field in fields(trace)}
    del old["order"]
    np.savez(path, version=1, **old)
    assert tracefile.read(path).item(2) == 2


def test_items_that_were_handed_out_in_another_order() -> None:
    """What was third to be handed out may be item 0."""
    trace = replace(of_two_batches(), order=np.array([2, 1, 0]))
    assert trace.item(2) == 0
