"""The worker's side."""

from __future__ import annotations

import pickle
import threading
from typing import Any

import pytest

from scaling.backends.failures import error_text, first_unsendable, short_text
from scaling.backends.presence import memory_and_threads, usable_cpus
from scaling.backends.progress import IDLE
from scaling.backends.runner import ProcessWatch, Runner, Seen, bound_kernel
from scaling.errors import KernelFailed
from scaling.workloads.base import Workload


def make(kernel: Any, *, shared: bool = False) -> Workload:
    """Make a workload of a kernel."""
    return Workload("test", kernel, list, shared=(lambda: None) if shared else None)


def at() -> memoryview[int]:
    """Make a place for the index."""
    return memoryview(bytearray(8)).cast("q")


def divide(item: int) -> float:
    """Fail on zero."""
    return 1 / item


def test_batch_is_recorded() -> None:
    """A batch has one tick more than items, which never go back."""
    clock = iter([100, 175])
    reply = Runner(divide, 3, at(), lambda: next(clock)).run(40, [1, 2, 4])
    record = reply.record
    assert reply.parts == [1.0, 0.5, 0.25]
    assert (record.worker, record.first, record.count, record.cpu_ns) == (3, 40, 3, 75)
    assert sorted(record.ticks) == list(record.ticks)


def test_empty_batch() -> None:
    """No items, no parts, one tick."""
    reply = Runner(divide, 0, at()).run(0, [])
    assert (reply.parts, reply.record.count) == ([], 0)


def test_progress_is_kept() -> None:
    """While the kernel runs, the index of its item is in the file; afterwards none is."""
    place = at()
    reply = Runner(lambda _: place[0], 0, place).run(7, "abc")
    assert reply.parts == [7, 8, 9]
    assert place[0] == IDLE


def test_failure_names_the_item() -> None:
    """What the kernel raises has the index, the item and the user's frames."""
    place = at()
    with pytest.raises(KernelFailed) as caught:
        Runner(divide, 0, place).run(10, [1, 0, 1])
    failure = caught.value
    assert (failure.item, failure.item_text) == (11, "0")
    assert failure.error == "ZeroDivisionError: division by zero"
    assert "in divide" in failure.trace
    assert "/runner.py" not in failure.trace
    assert place[0] == IDLE


def test_failure_with_shared_input_shows_the_users_frames_only() -> None:
    """The frame that adds the shared input is ours and is not shown."""

    def kernel(item: int, shared: int) -> float:
        return item / shared

    with pytest.raises(KernelFailed) as caught:
        Runner(bound_kernel(make(kernel, shared=True), 0), 0, at()).run(0, [1])
    assert "in kernel" in caught.value.trace
    assert "/runner.py" not in caught.value.trace


def test_failure_travels() -> None:
    """A failure is the same after pickling."""
    with pytest.raises(KernelFailed) as caught:
        Runner(divide, 0, at()).run(0, [0])
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (str(caught.value), caught.value.trace) == (str(copy), copy.trace)


@pytest.mark.parametrize("error", [SystemExit(2), KeyboardInterrupt(), GeneratorExit()])
def test_leaving_python_is_a_failure_of_the_kernel(error: BaseException) -> None:
    """A kernel cannot end the worker by an exception."""

    def kernel(_: int) -> None:
        raise error

    with pytest.raises(KernelFailed):
        Runner(kernel, 0, at()).run(0, [0])


def test_shared_input_is_bound() -> None:
    """A kernel with a shared input receives it second; one without is left alone."""
    assert bound_kernel(make(divide), None) is divide
    assert bound_kernel(make(pow, shared=True), 3)(2) == 8


class Rude:
    """Refuses to be shown."""

    def __repr__(self) -> str:
        raise RuntimeError


def test_texts_are_short_and_safe() -> None:
    """A text of an item is short and never raises; an error is one line."""
    assert len(short_text("x" * 10_000)) < 100
    assert "Rude" in short_text(Rude())
    assert error_text(ValueError("two\nlines")) == "ValueError: two lines"


def test_unsendable_part_is_found() -> None:
    """The first part that cannot be pickled is named."""
    found = first_unsendable(30, [1, threading.Lock(), threading.Lock()], ["a", "b", "c"])
    assert found is not None
    assert (found.item, found.item_text) == (31, "'b'")
    assert "lock" in found.reason
    assert first_unsendable(0, [1], [1]) is None


def test_peak_memory_is_read_now_and_then() -> None:
    """Peak memory, threads and CPUs are of this process, and are not read again at once."""
    watch = ProcessWatch()
    assert watch.look(10**12).peak_rss > 2**20
    assert watch.look(10**12 + 1) == Seen(0, 0, None)
    seen = watch.look(2 * 10**12)
    assert seen.peak_rss >= memory_and_threads()[0] // 2
    assert seen.threads >= threading.active_count()
    assert seen.cpus == usable_cpus()
