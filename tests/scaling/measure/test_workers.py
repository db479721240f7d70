"""What a session learns of its workers."""

from __future__ import annotations

from array import array

from scaling.measure.workers import cpu_list, facts
from scaling.passes import BatchRecord, Mapped, Place, Presence

PRESENCE = Presence(pid=1, cpus=(0, 1), inner_threads=1, threads=1, clock="here")
SECOND = 1_000_000_000


def batch(start: int, *seconds: int, cpus: tuple[int, ...] | None = None) -> BatchRecord:
    """Return a batch of worker 0 with items of so many seconds."""
    ticks = array("q", (start * SECOND,))
    for one in seconds:
        ticks.append(ticks[-1] + one * SECOND)
    return BatchRecord(0, 0, ticks, 0, cpus=cpus)


def test_first_and_later_calls() -> None:
    """The first call is the earliest of all batches, the others are summed up by their median."""
    place = Place("process-0", "local", PRESENCE)
    (found,) = facts([place], Mapped([], [batch(20, 1, 2, 3), batch(0, 9)]))
    assert (found.first_call_s, found.later_call_s) == (9.0, 2.0)


def test_a_kernel_that_pins_its_worker_is_seen() -> None:
    """The CPUs after the last batch that told of them hold, else those at the opening."""
    place = Place("process-0", "local", PRESENCE)
    mapped = Mapped([], [batch(0, 1, cpus=(0, 1)), batch(1, 1, cpus=(1,)), batch(2, 1)])
    assert facts([place], mapped)[0].cpus == "1"
    assert facts([place], Mapped([], [batch(0, 1)]))[0].cpus == "0-1"
    assert facts([Place("simulated", "local")], Mapped([], []))[0].cpus is None


def test_cpus_are_written_as_linux_does() -> None:
    """Ranges, single numbers, and nothing for none."""
    assert cpu_list({3, 0, 1, 2, 8}) == "0-3,8"
    assert cpu_list([]) == ""
