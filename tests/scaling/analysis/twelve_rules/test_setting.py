"""Rules 9 and 10."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from scaling.analysis.twelve_rules.check import Check, Standing
from scaling.analysis.twelve_rules.checks import checks
from scaling.model import SERIAL, CpuSettings, WorkloadSpec
from scaling.records import ClusterRecord, Sample
from scaling.results import Study

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder

Checked = Callable[[int], Check]


def test_recorded_set_up_meets_the_rule(sound: StudyBuilder, checked: Checked) -> None:
    """Where the system tells how it runs its CPUs, nothing is missing."""
    sound.environment = {"cpu_settings": CpuSettings(("performance",), turbo=False, smt=False)}
    check = checked(9)
    assert (check.standing, check.remedy) == (Standing.MET, None)
    assert "processor (frequency governor performance, turbo off, SMT off)" in check.evidence


@pytest.mark.parametrize(
    ("settings", "missing", "remedy"),
    [
        (
            None,
            "frequency governor, turbo and SMT were not recorded",
            "state frequency governor, turbo and SMT of the host in the text",
        ),
        (
            CpuSettings(smt=True),
            "frequency governor and turbo were not visible to the system",
            "state frequency governor and turbo of the host in the text",
        ),
    ],
)
def test_hidden_cpu_settings_are_named(
    sound: StudyBuilder,
    checked: Checked,
    settings: CpuSettings | None,
    missing: str,
    remedy: str,
) -> None:
    """A virtual machine does not show them; an older study did not look."""
    sound.environment = {"cpu_settings": settings}
    check = checked(9)
    assert (check.standing, check.remedy) == (Standing.PARTLY, remedy)
    assert check.evidence.endswith(f"; no worker is bound to a CPU; {missing}")


def test_law_needs_no_machine(study: StudyBuilder, checked: Checked) -> None:
    """Nothing of the set-up is in computed times, and nothing was timed."""
    study.case("simulated", [1.0])
    assert checked(9).standing is Standing.MET
    assert checked(10).standing is Standing.NOT_APPLICABLE
    assert "usable" not in checked(2).evidence


@pytest.mark.parametrize(
    ("commit", "told"),
    [(None, "in no Git commit"), ("c0ffee+changes", "commit was not clean"), ("c0ffee", "")],
)
def test_code_of_the_user_wants_a_commit(
    sound: StudyBuilder, commit: str | None, told: str
) -> None:
    """Own code is known by its digest; a commit lets others have it."""
    data = sound.data
    plan = replace(data.header.plan, spec=WorkloadSpec("/there/work.py:simulate"))
    facts = tuple(replace(one, commit=commit) for one in data.header.facts)
    read = Study(replace(data, header=replace(data.header, plan=plan, facts=facts)))
    evidence = checks(read.data, read.results)[8].evidence
    assert told in evidence
    assert ("commit" in evidence) == bool(told)


@pytest.mark.parametrize(
    ("spec", "missing", "remedy"),
    [
        (WorkloadSpec("rayscale_by_value:w0"), "no file tells what it was", "into a file of their"),
        (WorkloadSpec("demo", items="rayscale_by_value:i0"), "no file tells", "into a file"),
        (WorkloadSpec("demo", items="csv:/d/a.csv"), "the files of --items csv:/d/a.csv", "hand"),
        (WorkloadSpec("demo", items="range:9"), "", ""),
    ],
)
def test_work_that_no_file_holds_is_named(
    sound: StudyBuilder, checked: Checked, spec: WorkloadSpec, missing: str, remedy: str
) -> None:
    """Others could not do it again."""
    sound.plan = {"spec": spec}
    sound.environment = {"cpu_settings": CpuSettings(("performance",), turbo=False, smt=False)}
    check = checked(9)
    assert check.standing is (Standing.PARTLY if missing else Standing.MET)
    assert missing in check.evidence
    assert remedy in (check.remedy or "")


def test_other_nodes_are_known_by_name_only(sound: StudyBuilder, checked: Checked) -> None:
    """Nobody looked at their processors."""
    sound.records.append(ClusterRecord("a:1", False, ("a", "b"), (4.0, 4.0), ("a", "b"), 0.0))
    sound.case("ray", [1.0] * 6, workers=2, nodes=2)
    assert "only hosts and CPUs are recorded" in checked(9).evidence


def test_no_network_between_nodes_on_one_machine(sound: StudyBuilder, checked: Checked) -> None:
    """Nor does a study of them document one."""
    sound.embedded()
    sound.case("ray", [1.0] * 6, workers=2, nodes=2)
    assert "no network lies between nodes on one machine" in checked(9).evidence


def test_clock_is_told(sound: StudyBuilder, checked: Checked) -> None:
    """Which one, from when to when, and how values became one."""
    assert checked(10).standing is Standing.MET
    assert "the driver's monotonic clock" in checked(10).evidence
    assert "clocks of other hosts" not in checked(10).evidence
    sound.records[:] = [
        replace(record, clock_error_s=0.0005) if isinstance(record, Sample) else record
        for record in sound.records
    ]
    assert checked(10).evidence.endswith("clocks of other hosts are known to 500 us")


def test_samples_too_short_to_time_are_named(study: StudyBuilder, checked: Checked) -> None:
    """Under 1 ms the clock and its reading count."""
    study.case(SERIAL, [0.0005] * 6)
    assert checked(10).standing is Standing.PARTLY
    assert checked(10).evidence.endswith("samples under 1 ms are too short to time: serial")
    assert checked(10).remedy == "take more items"


def test_pool_that_was_not_quiet_is_named(study: StudyBuilder, checked: Checked) -> None:
    """Workers of an earlier session disturb."""
    case = study.case(SERIAL)
    study.session(case, 1, [1.0], quiet=False)
    assert checked(10).standing is Standing.PARTLY
