"""Rules on threads, workers and CPUs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaling.analysis.audit.finding import Severity

if TYPE_CHECKING:
    from tests.scaling.analysis.audit.conftest import Scene


def many_threads(scene: Scene, inner: int, cpu_s: float) -> None:
    """Serial kernels use cpu_s / 10 CPUs; two workers have pools of ``inner`` threads each."""
    scene.serial(worker={"cpu_s": cpu_s}, facts={"inner_threads": inner})
    scene.add("processes", [8.0, 8.0], 8.0, worker={"cpu_s": 8.0}, facts={"inner_threads": inner})


def test_inner_threads(scene: Scene) -> None:
    """2 workers x 2 threads on 2 CPUs; work 16 - 15, waiting (16 - 16) - (10 - 15): 6 of 16."""
    many_threads(scene, 2, 15.0)
    found = scene.found("inner-threads")
    assert found is not None
    assert found.cases == ("processes-n1-w2-s100",)
    assert found.severity == Severity.HIGH
    assert found.evidence == (
        "2 workers with 2 inner threads each make 4 threads on 2 usable CPUs of a host; a kernel "
        "alone used 1.50 CPUs; 38% of the time went to more work and waiting"
    )


def test_inner_threads_that_the_probe_saw(scene: Scene) -> None:
    """On a busy machine the serial case hides what the kernel would use: the probe tells 1.7."""
    scene.facts = {"inner_cpus": 1.7}
    many_threads(scene, 2, 10.0)
    found = scene.found("inner-threads")
    assert found is not None
    assert "a kernel alone used 1.70 CPUs" in found.evidence


@pytest.mark.parametrize(("inner", "cpu_s"), [(1, 15.0), (2, 10.9)])
def test_inner_threads_that_fit_or_that_nobody_uses(scene: Scene, inner: int, cpu_s: float) -> None:
    """One thread for each of 2 CPUs fits; pools of kernels that use 1.09 CPUs do not matter."""
    many_threads(scene, inner, cpu_s)
    assert scene.found("inner-threads") is None


def test_more_workers_than_cpus(measured: Scene) -> None:
    """4 workers on 2 CPUs: U 20, C 10, so waiting is 10 of 20."""
    measured.add("processes", [5.0] * 4, 5.0, worker={"cpu_s": 2.5})
    found = measured.found("more-workers-than-cpus")
    assert found is not None
    assert found.severity == Severity.MEDIUM
    assert found.evidence == (
        "4 workers share 2 CPUs (the CPUs of this machine); "
        "50% of the time went to more work and waiting"
    )


@pytest.mark.parametrize(
    ("environment", "limit"),
    [
        ({"cpus_affinity": 1}, "1 CPU (affinity; the machine has 2)"),
        ({"cpu_quota": 1.5}, "1 CPU (quota of 1.5 CPUs of the control group)"),
        ({"slurm_cpus_per_task": 1}, "1 CPU (SLURM_CPUS_PER_TASK)"),
        ({"slurm_cpus_on_node": 1}, "1 CPU (SLURM_CPUS_ON_NODE)"),
    ],
)
def test_what_limits_the_cpus_is_named(
    measured: Scene, environment: dict[str, float], limit: str
) -> None:
    """Affinity, quota and SLURM each allow fewer CPUs than the machine has."""
    measured.study.environment |= environment
    measured.add("processes", [5.0, 5.0], 5.0)
    found = measured.found("more-workers-than-cpus")
    assert found is not None
    assert found.severity == Severity.LOW
    assert found.evidence.startswith(f"2 workers share {limit}; 0.0% of the time")


def test_as_many_workers_as_cpus_and_work_that_waits(measured: Scene) -> None:
    """2 workers on 2 CPUs share none, and 32 that wait need none."""
    measured.add("processes", [5.0, 5.0], 5.0)
    assert measured.found("more-workers-than-cpus") is None
    measured.add("threads", [0.3] * 32, 0.3)
    measured.study.waits = True
    assert measured.found("more-workers-than-cpus") is None


def test_pinned_workers(measured: Scene) -> None:
    """Two workers on CPU 1, where the study may use 2: U 20, C 10, half the time is waiting."""
    measured.add("processes", [10.0] * 2, 10.0, worker={"cpu_s": 5.0}, facts={"cpus": "1"})
    found = measured.found("pinned-workers")
    assert found is not None
    assert found.severity == Severity.HIGH
    assert found.evidence == (
        "2 workers on one host may only use 1 CPU (number 1), where the study may use 2; "
        "50% of the time went to more work and waiting"
    )


@pytest.mark.parametrize("cpus", ["0-1", "0,1", None])
def test_workers_with_a_cpu_each_or_unknown(measured: Scene, cpus: str | None) -> None:
    """Two CPUs are enough for two workers; what is not known is not a finding."""
    measured.add("processes", [5.0] * 2, 5.0, facts={"cpus": cpus})
    assert measured.found("pinned-workers") is None


def test_own_threads(scene: Scene) -> None:
    """A kernel of 1.8 CPUs: on 2 CPUs two of them get no more than 1 each, and miss 1.6 of 3.6."""
    scene.serial(worker={"cpu_s": 18.0})
    scene.add("processes", [9.0, 9.0], 9.0, worker={"more_threads": 3})
    found = scene.found("own-threads")
    assert found is not None
    assert found.severity == Severity.MEDIUM
    assert found.cases == ("processes-n1-w2-s100", "serial-n1-w1-s100")
    assert found.evidence == (
        "a kernel alone used 1.80 CPUs, its process had 3 more threads after a batch, "
        "2 workers have 2 usable CPUs"
    )


def test_threads_that_only_stay_are_good_to_know(measured: Scene) -> None:
    """A thread more without CPU time costs nothing."""
    measured.add("processes", [5.0, 5.0], 5.0, worker={"more_threads": 1})
    found = measured.found("own-threads")
    assert found is not None
    assert (found.severity, found.evidence) == (
        Severity.LOW, "its process had 1 more thread after a batch",
    )  # fmt: skip


def test_threads_of_frameworks_are_not_the_kernels(scene: Scene) -> None:
    """Ray starts threads in its workers; 1.09 CPUs is what clocks differ by."""
    scene.serial(worker={"cpu_s": 10.9})
    scene.add("ray", [5.0, 5.0], 5.0, worker={"more_threads": 9})
    assert scene.found("own-threads") is None


def test_own_processes(measured: Scene) -> None:
    """1 of 5 s in each worker was that of its children; they slowed nothing."""
    measured.add("processes", [5.0, 5.0], 5.0, worker={"children_s": 1.0})
    found = measured.found("own-processes")
    assert found is not None
    assert found.severity == Severity.LOW
    assert found.evidence == "20% of the kernels' CPU time was that of processes they start"


def test_children_that_hardly_count(measured: Scene) -> None:
    """0.49 of 5 s is under 10 %."""
    measured.add("processes", [5.0, 5.0], 5.0, worker={"children_s": 0.49})
    assert measured.found("own-processes") is None
