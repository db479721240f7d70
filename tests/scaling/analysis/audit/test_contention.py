"""Rules on workers that slow each other down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaling.analysis.audit.finding import Severity
from scaling.records import MachineUse

if TYPE_CHECKING:
    from tests.scaling.analysis.audit.conftest import Scene


def beside(scene: Scene, threads_s: float, cpu_s: float, processes_s: float = 5.5) -> None:
    """Two threads in kernels all the time, on the CPU for so long each; two processes."""
    scene.add("threads", [threads_s] * 2, threads_s, worker={"cpu_s": cpu_s})
    scene.add("processes", [5.0, 5.0], processes_s)


def test_gil(measured: Scene) -> None:
    """Threads: U 20, C 10: half is waiting. Processes: P T 11, U 10: 9.1 % of scheduling."""
    beside(measured, 10.0, 5.0)
    found = measured.found("gil")
    assert found is not None
    assert found.severity == Severity.HIGH
    assert found.cases == ("threads-n1-w2-s100",)
    assert found.evidence == (
        "the threads waited 50% of their time and used 1.00 CPUs; processes beside them lost 9.1% "
        "and took 5.50 s instead of 10.0 s"
    )
    assert measured.found("library-lock") is None


def test_gil_between_batches(measured: Scene) -> None:
    """Items shorter than the GIL's switch interval wait for it outside of the kernel."""
    measured.add("threads", [5.0, 5.0], 10.0)
    measured.add("processes", [5.0, 5.0], 5.5)
    assert measured.found("gil") is not None


def test_lock_where_there_is_no_gil(measured: Scene) -> None:
    """The same times on a free-threaded Python are another lock."""
    measured.study.environment["gil"] = False
    beside(measured, 10.0, 5.0)
    assert measured.found("gil") is None
    assert measured.found("library-lock") is not None


def test_lock_whose_holder_waits(scene: Scene) -> None:
    """Threads that use 0.69 CPUs together do not wait for the GIL: who holds it computes."""
    scene.serial(worker={"cpu_s": 6.9})
    scene.add("threads", [10.0, 10.0], 10.0, worker={"cpu_s": 3.45})
    scene.add("processes", [5.0, 5.0], 5.5, worker={"cpu_s": 3.45})
    found = scene.found("library-lock")
    assert found is not None
    assert "used 0.69 CPUs" in found.evidence
    assert scene.found("gil") is None


@pytest.mark.parametrize(("threads_s", "processes_s"), [(6.2, 5.2), (10.0, 7.0), (6.3, 5.5)])
def test_threads_that_go_on(measured: Scene, threads_s: float, processes_s: float) -> None:
    """Lost 19 %; processes lost over half as much (4 of 14); processes hardly faster (1.145)."""
    beside(measured, threads_s, 5.0, processes_s)
    assert measured.found("gil") is None
    assert measured.found("library-lock") is None


def test_threads_that_are_slower_in_some_blocks(measured: Scene) -> None:
    """4 of 6 blocks are not enough, whatever the median."""
    beside(measured, 10.0, 5.0)
    processes = measured.study.cases[-1]
    last = [record for record in measured.study.records if getattr(record, "block", 0) < 5]
    measured.study.records[:] = last
    for case in measured.study.cases:
        for block in (5, 6):
            busy = [10.0 / case.workers] * case.workers
            seconds = 12.0 if case == processes else 10.0
            measured.block(case, block, busy, seconds)
    assert measured.found("gil") is None


def test_waiting_in_kernels(measured: Scene) -> None:
    """U 14, C 10: 4 of 14 worker-seconds off the CPU, with a disk waited for 2 of 7 s."""
    use = MachineUse(busy_s=10.0, io_pressure_s=2.0)
    measured.add("processes", [7.0, 7.0], 7.0, worker={"cpu_s": 5.0}, sample={"machine": use})
    found = measured.found("waiting-in-kernels")
    assert found is not None
    assert found.severity == Severity.HIGH
    assert found.evidence == (
        "kernels were off the CPU 29% of the time more than when serial; "
        "some process waited for a disk 29% of it"
    )


def test_waiting_that_other_work_explains(measured: Scene) -> None:
    """4 CPU-seconds of other work are all that the workers waited for."""
    use = MachineUse(busy_s=14.0)
    measured.add("processes", [7.0, 7.0], 7.0, worker={"cpu_s": 5.0}, sample={"machine": use})
    assert measured.found("waiting-in-kernels") is None


def test_waiting_of_pinned_workers(scene: Scene) -> None:
    """Two workers on one CPU are a finding of their own."""
    scene.serial()
    slow = {"cpu_s": 5.0}
    scene.add("processes", [7.0, 7.0], 7.0, worker=slow, facts={"cpus": "0"})
    assert scene.found("pinned-workers") is not None
    assert scene.found("waiting-in-kernels") is None


def test_waiting_of_kernels_with_own_threads(scene: Scene) -> None:
    """Two kernels of 1.2 CPUs need more than 2: C 12, U 16, so that 6 of 16 is waiting."""
    scene.serial(worker={"cpu_s": 12.0})
    scene.add("processes", [8.0, 8.0], 8.0, worker={"cpu_s": 6.0})
    assert scene.found("own-threads") is not None
    assert scene.found("waiting-in-kernels") is None


def test_one_worker_shares_with_nobody(measured: Scene) -> None:
    """Whatever a lone process waits for, it is not another worker."""
    measured.add("processes", [14.0], 14.0, worker={"cpu_s": 10.0})
    assert measured.found("waiting-in-kernels") is None


def test_a_little_waiting(measured: Scene) -> None:
    """1.7 of 11.7 worker-seconds are under 15 %."""
    measured.add("processes", [5.85, 5.85], 5.85, worker={"cpu_s": 5.0})
    assert measured.found("waiting-in-kernels") is None


def test_more_cpu_time_per_item(measured: Scene) -> None:
    """C grows from 10 to 10.5 and 14 s: 4 of 14 worker-seconds are more work."""
    measured.add("processes", [10.5], 10.5)
    measured.add("processes", [7.0, 7.0], 7.0)
    found = measured.found("more-cpu-time-per-item")
    assert found is not None
    assert found.severity == Severity.HIGH
    assert found.cases == ("processes-n1-w2-s100",)
    assert found.evidence == (
        "an item took 1.40 times the CPU time of serial, 1.33 times as on processes (1 worker): "
        "29% of the time"
    )


@pytest.mark.parametrize(("one", "two"), [(10.0, 10.98), (13.0, 14.0)])
def test_cpu_time_that_does_not_grow(measured: Scene, one: float, two: float) -> None:
    """8.9 % is too little; what one process of the backend takes too is not due to their number."""
    measured.add("processes", [one], one)
    measured.add("processes", [two / 2] * 2, two / 2)
    assert measured.found("more-cpu-time-per-item") is None
