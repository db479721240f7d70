"""Another clock's offset is known to within half a round trip."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from array import array
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaling.backends import clocks
from scaling.backends.clocks import Offset, Ping, estimate, measure, offsets

SHIFT_S = 1000
CLOCK = """
import sys, time
for _ in sys.stdin.buffer:
    sys.stdout.buffer.write(b"%d\\n" % time.perf_counter_ns())
    sys.stdout.buffer.flush()
"""
UNSHARE = ("unshare", "--user", "--map-root-user", "--time", "--fork", "--monotonic")

delays = st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**9)), min_size=1)
times = st.integers(-(10**18), 10**18)


@given(delays, times, times)
def test_true_offset_is_within_the_error(
    delays: list[tuple[int, int]], start: int, offset: int
) -> None:
    """However long the ways there and back take, and however unequally."""
    pings = [Ping(start, start + there - offset, start + there + back) for there, back in delays]
    found = estimate(pings)
    assert abs(found.add_ns - offset) <= found.error_ns


@given(delays, times)
def test_error_is_half_of_the_shortest_round_trip(
    delays: list[tuple[int, int]], offset: int
) -> None:
    """Slow pings beside a quick one do no harm."""
    found = estimate([Ping(0, there - offset, there + back) for there, back in delays])
    assert found.error_ns == (min(there + back for there, back in delays) + 1) // 2


def test_estimate_by_hand() -> None:
    """Asked at 100, heard at 140, read 7 there: 120 here was 7 there, give or take 20."""
    slow, quick = Ping(0, 3, 90), Ping(100, 7, 140)
    assert estimate([slow, quick]) == Offset(113, 20)


def test_equal_delays_give_the_exact_offset() -> None:
    """The middle of the round trip is when the clock was read."""
    assert estimate([Ping(0, 5 + 1000, 10)]).add_ns == -1000


def test_times_are_shifted() -> None:
    """Every reading moves by the offset."""
    assert Offset(-5, 1).shifted(array("q", [5, 7])) == array("q", [0, 2])


def test_one_clock_is_measured_once() -> None:
    """Workers of one host share its offset; those on the driver's clock have none."""
    asked: list[int] = []

    def read(worker: int) -> int:
        asked.append(worker)
        return time.perf_counter_ns() - 10**12

    found = offsets(["here", "there", "there", "here"], ["a", "b", "b", "a"], "here", read)
    assert asked == [1] * clocks.PINGS
    assert found[0] == found[3] == Offset(0, 0)
    assert found[1] == found[2]
    assert abs(found[1].add_ns - 10**12) <= found[1].error_ns


def test_clock_without_a_name_is_never_ours() -> None:
    """Where the system does not say, each host is measured, even when the driver's has no name."""
    asked: list[int] = []

    def read(worker: int) -> int:
        asked.append(worker)
        return time.perf_counter_ns()

    offsets(["", "", ""], ["a", "b", "a"], "", read)
    assert set(asked) == {0, 1}


@pytest.fixture
def shifted_clock() -> Iterator[subprocess.Popen[bytes]]:
    """A process that tells its time, which is 1000 s ahead of ours."""
    if shutil.which("unshare") is None:
        pytest.skip("unshare is not installed")
    command = [*UNSHARE, str(SHIFT_S), sys.executable, "-I", "-S"]
    tried = subprocess.run([*command, "-c", ""], check=False, capture_output=True, text=True)
    if tried.returncode:
        pytest.skip(f"no time namespaces here: {tried.stderr.strip()}")
    with subprocess.Popen(
        [*command, "-c", CLOCK], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
    ) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()
        process.wait(10)


def test_offset_of_a_process_with_another_clock(shifted_clock: subprocess.Popen[bytes]) -> None:
    """A process in a time namespace, pinged over a pipe: its shift is found within the error."""
    assert shifted_clock.stdin is not None
    assert shifted_clock.stdout is not None
    end, source = shifted_clock.stdin, shifted_clock.stdout

    def read() -> int:
        end.write(b"?\n")
        return int(source.readline())

    found = measure(read)
    assert abs(found.add_ns + SHIFT_S * 10**9) <= found.error_ns
    assert found.error_ns < 10**9


def test_clock_of_a_time_namespace_has_another_name(
    shifted_clock: subprocess.Popen[bytes],
) -> None:
    """Processes of one machine can have two clocks, and tell it."""
    del shifted_clock
    code = "from scaling.backends.presence import here; print(here().clock)"
    names = {
        subprocess.run(
            [*prefix, sys.executable, "-c", code],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for prefix in ((), (*UNSHARE, str(SHIFT_S)))
    }
    assert len(names) == 2
