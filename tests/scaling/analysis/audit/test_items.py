"""Rules on the items themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from scaling.analysis.audit.finding import Severity
from scaling.records import MachineUse

if TYPE_CHECKING:
    from tests.scaling.analysis.audit.conftest import Scene

SIZE = 20_000


def fine(scene: Scene, busy: float, seconds: float, backend: str = "processes") -> None:
    """20,000 items in 20 batches on two workers."""
    scene.serial(2 * busy, size=SIZE)
    scene.add(backend, [busy, busy], seconds, size=SIZE)


def test_items_too_fine(scene: Scene) -> None:
    """U = 10 s for 20,000 items is 0.5 ms each; P T - U = 10 s is as much again."""
    fine(scene, 5.0, 10.0)
    found = scene.found("items-too-fine")
    assert found is not None
    assert found.severity == Severity.HIGH
    assert found.evidence == (
        "an item takes 500 us and its handing out 500 us, with 1000 items in a message and "
        "10.0 s for all: 50% of the time"
    )


@pytest.mark.parametrize(("busy", "seconds"), [(10.1, 20.2), (5.0, 6.2)])
def test_items_long_enough(scene: Scene, busy: float, seconds: float) -> None:
    """Items of over 1 ms are not fine, and 19 % of scheduling is not too much."""
    fine(scene, busy, seconds)
    assert scene.found("items-too-fine") is None


def test_threads_with_a_whole_cpu_are_not_too_fine(scene: Scene) -> None:
    """What used 1 CPU all the time lacked no items; it shows as the GIL beside processes."""
    fine(scene, 5.0, 10.0, "threads")
    assert scene.found("items-too-fine") is None


def test_fewer_items_than_workers_are_not_too_fine(scene: Scene) -> None:
    """Two items for three workers leave one idle, whatever their length."""
    scene.serial(0.0008, size=2)
    scene.add("processes", [0.0004, 0.0004, 0.0], 0.0008, size=2)
    assert scene.found("items-too-fine") is None


def test_workers_that_other_work_keeps_waiting_are_not_too_fine(scene: Scene) -> None:
    """Half a CPU of other work is a fourth of what two workers need, and half of their loss."""
    use = MachineUse(busy_s=15.0)
    scene.serial(10.0, size=SIZE, sample={"machine": use})
    scene.add("processes", [5.0, 5.0], 10.0, size=SIZE)
    assert scene.found("items-too-fine") is None
    assert scene.found("busy-machine") is not None


def dominated(scene: Scene, longest: float, balance: float) -> None:
    """One item takes so long of 10 s; then 2 workers end so far apart."""
    worker = {"longest_s": longest, "longest_item": 7}
    scene.serial(worker=worker)
    busy, other = 5.0 + balance / 2, 5.0 - balance / 2
    ends = [{"last_end_s": busy, **worker}, {"last_end_s": other}]
    scene.add("processes", [busy, other], busy, worker=ends, sample={"last_start_s": 0.0})


def test_dominant_item(scene: Scene) -> None:
    """6 of 10 s: from 10/6 workers on. One waits 2 of the 12 worker-seconds for the other."""
    dominated(scene, 6.0, 2.0)
    found = scene.found("dominant-item")
    assert found is not None
    assert found.severity == Severity.MEDIUM
    assert found.cases == ("processes-n1-w2-s100",)
    assert found.evidence == (
        "item 7 alone takes 6.00 s: from 1.67 workers on nothing gets faster; "
        "17% of the time was lost to imbalance"
    )


def test_item_that_will_dominate(scene: Scene) -> None:
    """At 4 workers, twice what was measured, it would: good to know, and no case is slowed."""
    dominated(scene, 2.5, 0.0)
    found = scene.found("dominant-item")
    assert found is not None
    assert (found.severity, found.cases) == (Severity.LOW, ())
    assert found.evidence == ("item 7 alone takes 2.50 s: from 4.00 workers on nothing gets faster")


def test_item_that_is_only_the_longest(scene: Scene) -> None:
    """2.4 of 10 s bounds 4.2 workers, beyond twice the two that were measured."""
    dominated(scene, 2.4, 0.0)
    assert scene.found("dominant-item") is None


def test_another_item_each_time_is_noise(scene: Scene) -> None:
    """The same item must be the longest in 3 of 4 sessions."""
    case = scene.serial(blocks=0)
    for block in (1, 2, 3):
        worker = {"longest_s": 6.0, "longest_item": 7 if block < 3 else 8}
        scene.block(case, block, [10.0], 10.0, worker=worker)
    assert scene.found("dominant-item") is None


def test_slow_producer(measured: Scene) -> None:
    """Both workers wait 2 of 7 s for items that are not there yet."""
    measured.add("threads", [5.0, 5.0], 7.0, worker={"starved_s": 2.0}, sample={"producing_s": 6.0})
    found = measured.found("slow-producer")
    assert found is not None
    assert found.severity == Severity.HIGH
    assert found.evidence == (
        "workers had nothing to do 29% of the time, since items were still being made: "
        "6.00 s of 7.00 s"
    )


def test_producer_that_keeps_up(measured: Scene) -> None:
    """0.69 of 7 s is under 10 %, however long it takes meanwhile."""
    measured.add(
        "threads", [5.0, 5.0], 7.0, worker={"starved_s": 0.69}, sample={"producing_s": 6.9}
    )
    assert measured.found("slow-producer") is None


def test_driver_bound(measured: Scene) -> None:
    """The driver computes 7.2 of 8 s."""
    measured.add("processes", [5.0, 5.0], 8.0, sample={"driver_cpu_s": 7.2})
    found = measured.found("driver-bound")
    assert found is not None
    assert found.evidence == (
        "the driver was on the CPU 90% of the time, and workers waited for items 38% of it"
    )


@pytest.mark.parametrize(("seconds", "driver"), [(8.0, 6.39), (6.2, 6.0), (8.0, None)])
def test_driver_with_time_left(measured: Scene, seconds: float, driver: float | None) -> None:
    """Under 80 % of the time it could do more; where workers do not wait it does enough."""
    sample: dict[str, Any] = {"driver_cpu_s": driver}
    measured.add("processes", [5.0, 5.0], seconds, sample=sample)
    assert measured.found("driver-bound") is None


def test_blocked_loop(measured: Scene) -> None:
    """9 of 10 s, of which making items took 1 s."""
    slots = {"blocked_s": 9.0, "producing_s": 1.0}
    measured.add("asyncio", [5.0, 5.0], 10.0, sample=slots)
    found = measured.found("blocked-loop")
    assert found is not None
    assert found.severity == Severity.HIGH
    assert found.evidence == (
        "for 80% of the time something held the event loop up, so that 2 slots waited for one"
    )


@pytest.mark.parametrize(("slots", "blocked"), [(1, 9.0), (2, 1.9)])
def test_loop_that_goes_on(measured: Scene, slots: int, blocked: float) -> None:
    """One slot keeps nobody waiting; 19 % is what a busy machine does."""
    measured.add("asyncio", [9.0] * slots, 10.0, sample={"blocked_s": blocked})
    assert measured.found("blocked-loop") is None


def test_loop_that_never_comes_to_a_beat(measured: Scene) -> None:
    """Two slots that are in kernels for 9.9 of 10 s together never ran at the same time."""
    measured.add("asyncio", [9.9, 0.0], 10.0, sample={"blocked_s": 0.0})
    found = measured.found("blocked-loop")
    assert found is not None
    assert found.evidence == (
        "no two items overlapped on 2 slots: one or another ran for 99% of the time"
    )


@pytest.mark.parametrize("busy", [[5.2, 5.2], [3.9, 3.9]])
def test_slots_that_overlap_or_wait(measured: Scene, busy: list[float]) -> None:
    """Over 102 % some items overlapped; under 80 % something else took the time."""
    measured.add("asyncio", busy, 10.0, sample={"blocked_s": 0.0})
    assert measured.found("blocked-loop") is None
