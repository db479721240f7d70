"""Rules on what the machine did meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaling.analysis.audit.finding import Severity
from scaling.records import MachineUse

if TYPE_CHECKING:
    from tests.scaling.analysis.audit.conftest import Scene


@pytest.mark.parametrize(
    ("rule", "use", "severity", "evidence"),
    [
        (
            "throttled", MachineUse(throttled_s=3.0), Severity.HIGH,
            "the control group had used up its CPU quota for 30% of the time",
        ),
        (
            "steal", MachineUse(steal_s=2.0), Severity.MEDIUM,
            "the hypervisor gave 10% of this machine's CPU time to others",
        ),
        (
            "memory-pressure", MachineUse(memory_pressure_s=0.5), Severity.LOW,
            "some process waited for memory 5.0% of the time",
        ),
    ],
)  # fmt: skip
def test_counters(
    scene: Scene, rule: str, use: MachineUse, severity: Severity, evidence: str
) -> None:
    """10 s on 2 CPUs: 3 s throttled, 2 of 20 CPU-seconds stolen, 0.5 s of waiting for memory."""
    scene.serial(sample={"machine": use})
    found = scene.found(rule)
    assert found is not None
    assert (found.severity, found.evidence) == (severity, evidence)


@pytest.mark.parametrize(
    ("rule", "use"),
    [
        ("throttled", MachineUse(throttled_s=0.49)),
        ("steal", MachineUse(steal_s=0.98)),
        ("memory-pressure", MachineUse(memory_pressure_s=0.49)),
        ("cpu-pressure", MachineUse(cpu_pressure_s=2.4)),
        ("busy-machine", MachineUse(busy_s=11.9)),
    ],
)
def test_counters_that_hardly_move(scene: Scene, rule: str, use: MachineUse) -> None:
    """Under 5 % (25 % for waiting for a CPU, 10 % of all CPUs for other work) nothing is said."""
    scene.serial(sample={"machine": use})
    assert scene.found(rule) is None


def test_cpu_pressure(scene: Scene) -> None:
    """3 of 10 s, though one worker leaves one of two CPUs free and nobody else uses it."""
    scene.serial(sample={"machine": MachineUse(busy_s=10.0, cpu_pressure_s=3.0)})
    found = scene.found("cpu-pressure")
    assert found is not None
    assert found.severity == Severity.LOW
    assert found.evidence == (
        "some process waited for a CPU 30% of the time, though 1 worker of 2 usable CPUs left "
        "some free"
    )


def test_pressure_of_full_cpus(measured: Scene) -> None:
    """Where as many workers as CPUs run, the driver waits sometimes."""
    use = MachineUse(busy_s=10.0, cpu_pressure_s=5.0)
    measured.add("processes", [5.0, 5.0], 5.0, sample={"machine": use})
    assert measured.found("cpu-pressure") is None


def test_pressure_of_other_work(scene: Scene) -> None:
    """Half a CPU of other work is half of what is free: that is another finding."""
    scene.serial(sample={"machine": MachineUse(busy_s=15.0, cpu_pressure_s=5.0)})
    assert scene.found("cpu-pressure") is None
    assert scene.found("busy-machine") is not None


def test_pressure_of_the_kernels_own_threads(scene: Scene) -> None:
    """A kernel of 1.2 CPUs leaves 0.8 of 2."""
    use = MachineUse(busy_s=12.0, cpu_pressure_s=5.0)
    scene.serial(worker={"cpu_s": 12.0}, sample={"machine": use})
    assert scene.found("cpu-pressure") is None


def test_busy_machine(scene: Scene) -> None:
    """18 CPU-seconds in 10 s, 10 of them ours and 1 of the idle cluster: 0.7 of 2 CPUs."""
    scene.serial(sample={"machine": MachineUse(busy_s=18.0)}, session={"idle_load": 0.1})
    found = scene.found("busy-machine")
    assert found is not None
    assert found.severity == Severity.HIGH
    assert found.evidence == (
        "beside the serial case other work used 0.70 of 2 CPUs: that many workers less can run "
        "at once"
    )


def test_busy_machine_with_cpus_to_spare(scene: Scene) -> None:
    """Of 64 CPUs this study may use 2: 62 others may be busy."""
    scene.study.environment = {"cpus": 64, "cpus_affinity": 2}
    scene.serial(sample={"machine": MachineUse(busy_s=630.0)})
    assert scene.found("busy-machine") is None


def sessions(scene: Scene, busy_s: float, seconds: float) -> None:
    """Five sessions of 10 s on an idle machine, and one with other work."""
    scene.serial(blocks=5, sample={"machine": MachineUse(busy_s=10.5)})
    case = scene.study.cases[0]
    use = MachineUse(busy_s=busy_s)
    scene.block(case, 6, [10.0], seconds, sample={"machine": use})


def test_busier_session(scene: Scene) -> None:
    """Block 6: 6 CPU-seconds of other work in 12.5 s are 0.48, the others saw 0.05."""
    sessions(scene, 16.0, 12.5)
    found = scene.found("busier-sessions")
    assert found is not None
    assert found.severity == Severity.MEDIUM
    assert found.evidence == (
        "in block 6 other work used 0.43 CPUs more than in the median session, "
        "and it took 1.25 times as long"
    )


@pytest.mark.parametrize(("busy_s", "seconds"), [(13.7, 12.5), (16.0, 10.9)])
def test_sessions_that_bear_it(scene: Scene, busy_s: float, seconds: float) -> None:
    """0.246 CPUs more are too few, and 9 % longer is what sessions differ by."""
    sessions(scene, busy_s, seconds)
    assert scene.found("busier-sessions") is None


def test_spilling(measured: Scene) -> None:
    """A session moved 3 MB to disk."""
    measured.add("ray", [10.0], 10.0, session={"spilled_bytes": 3_000_000})
    found = measured.found("spilling")
    assert found is not None
    assert found.evidence == "3 MB were moved from memory to disk"


@pytest.mark.parametrize("spilled", [None, 0, 999_999])
def test_nothing_spilled(measured: Scene, spilled: int | None) -> None:
    """Nothing, or less than a megabyte."""
    measured.add("ray", [10.0], 10.0, session={"spilled_bytes": spilled})
    assert measured.found("spilling") is None


def test_a_share_is_at_most_all_of_the_time(scene: Scene) -> None:
    """A counter that leaps by 20 s in 10 s was behind."""
    scene.serial(sample={"machine": MachineUse(memory_pressure_s=20.0)})
    found = scene.found("memory-pressure")
    assert found is not None
    assert "100% of the time" in found.evidence
