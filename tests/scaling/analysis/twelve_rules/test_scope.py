"""Rules 1 and 2."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from scaling.analysis.twelve_rules.check import Check, Standing
from scaling.model import SERIAL
from scaling.records import Failure

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder

Checked = Callable[[int], Check]


def test_serial_base_is_told_with_its_times(sound: StudyBuilder, checked: Checked) -> None:
    """The absolute time of each size is in the evidence."""
    check = checked(1)
    assert (check.standing, check.remedy) == (Standing.MET, None)
    assert check.evidence == (
        "speedup is relative to serial, one process that runs the plain loop without any "
        "framework: 4.00 s (100 items), 8.00 s (200 items)"
    )


def test_parallel_base_is_called_so(study: StudyBuilder, checked: Checked) -> None:
    """A baseline that was named is no serial one."""
    study.case("processes", [4.0] * 6, workers=2)
    study.case("processes", [2.5] * 6, workers=4)
    assert checked(1).standing is Standing.MET
    assert checked(1).evidence == (
        "speedup is relative to processes with 2 workers, a parallel run that is not the best "
        "serial one: 4.00 s"
    )


def test_law_is_a_base_of_its_own(study: StudyBuilder, checked: Checked) -> None:
    """A simulated baseline is computed."""
    study.case("simulated", [1.0])
    study.case("simulated", [0.5], workers=2)
    assert checked(1).evidence.endswith("simulated with 1 worker, as its law computes it: 1.00 s")


def test_baseline_without_a_value_is_not_met(study: StudyBuilder, checked: Checked) -> None:
    """No speedup has a base."""
    failed = study.case(SERIAL)
    study.session(failed, 1, [], status="failed", failure=Failure("raised", "no"))
    study.case("threads", [1.0] * 6)
    study.case("processes", [1.0] * 6)
    assert checked(1).standing is Standing.NOT_MET
    assert "--baseline" in (checked(1).remedy or "")
    assert checked(11).standing is Standing.NOT_MET


def test_one_size_without_baseline_is_partly_met(study: StudyBuilder, checked: Checked) -> None:
    """The size is named."""
    study.case(SERIAL, [1.0] * 6)
    study.case("threads", [1.0] * 6)
    failed = study.case(SERIAL, size=200)
    study.session(failed, 1, [], status="failed", failure=Failure("raised", "no"))
    study.case("threads", [1.0] * 6, size=200)
    assert checked(1).standing is Standing.PARTLY
    assert checked(1).evidence.endswith(
        "1.00 s (100 items); the baseline has no value at 200 items"
    )


def test_weak_study_names_the_base_of_each_backend(study: StudyBuilder, checked: Checked) -> None:
    """Efficiency has more than one base case."""
    base = study.case(SERIAL, [1.0] * 6)
    study.case("processes", [1.1] * 6)
    study.case("processes", [1.25] * 6, workers=2, size=200)
    study.plan = {"weak": True, "baseline": (base.key,)}
    assert checked(1).evidence.endswith(": serial 1.00 s, processes with 1 worker 1.10 s")


def test_no_speedup_no_base(study: StudyBuilder, checked: Checked) -> None:
    """One case alone, and one under two names, show no speedup."""
    study.case(SERIAL, [1.0] * 6, twin="-a")
    assert checked(1).standing is Standing.NOT_APPLICABLE
    study.case(SERIAL, [1.0] * 6, twin="-b")
    study.plan = {"null": True}
    assert checked(1).standing is Standing.NOT_APPLICABLE
    assert "two names" in checked(1).evidence


def test_all_cpus_and_sizes_leave_nothing_out(sound: StudyBuilder, checked: Checked) -> None:
    """Four of four CPUs, two sizes."""
    assert (checked(2).standing, checked(2).evidence) == (
        Standing.MET, "4 of 4 logical CPUs were usable",
    )  # fmt: skip


def test_unused_cpus_and_one_size_want_a_reason(study: StudyBuilder, checked: Checked) -> None:
    """The tool cannot know why."""
    study.case(SERIAL, [1.0] * 6)
    study.case("processes", [0.5] * 6, workers=2)
    study.case("simulated", [0.5] * 6, workers=8)
    check = checked(2)
    assert check.standing is Standing.PARTLY
    assert check.evidence == (
        "4 of 4 logical CPUs were usable; no more than 2 of 4 usable CPUs were used, for no "
        "recorded reason; one workload was measured in one size"
    )
    assert (check.remedy or "").startswith("measure up to 4 workers, or give the reason for fewer;")


def test_wider_cases_without_a_value_are_the_reason(study: StudyBuilder, checked: Checked) -> None:
    """They were to use all CPUs, and why they did not is shown."""
    study.case(SERIAL, [1.0] * 6)
    failed = study.case("processes", workers=4)
    study.session(failed, 1, [], status="failed", failure=Failure("raised", "no"))
    assert "1 of 4 usable CPUs were used: cases of more have no value" in checked(2).evidence
    assert (checked(2).remedy or "").startswith("mend the cases without a value;")


def test_waiting_needs_no_cpu(study: StudyBuilder, checked: Checked) -> None:
    """Work that waits may leave CPUs unused."""
    study.waits = True
    study.case(SERIAL, [1.0] * 6)
    study.case("threads", [0.5] * 6, workers=2)
    assert "usable CPUs were used" not in checked(2).evidence


def test_nodes_on_one_machine_are_no_machines(sound: StudyBuilder, checked: Checked) -> None:
    """However good the rest is."""
    sound.embedded()
    sound.case("ray", [1.0] * 6, workers=2, nodes=2)
    assert checked(2).standing is Standing.NOT_MET
    assert "says nothing of 2 machines" in checked(2).evidence


def test_cases_without_a_value_are_counted(sound: StudyBuilder, checked: Checked) -> None:
    """They are shown with their reason."""
    failed = sound.case("joblib", workers=2)
    sound.session(failed, 1, [], status="failed", failure=Failure("raised", "no"))
    assert checked(2).standing is Standing.MET
    assert "1 case without a value shown with the reason" in checked(2).evidence
