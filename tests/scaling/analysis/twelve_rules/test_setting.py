"""Rules 9 and 10."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from scaling.analysis.twelve_rules.check import Check, Standing
from scaling.analysis.twelve_rules.checks import checks
from scaling.model import SERIAL, WorkloadSpec
from scaling.records import ClusterRecord, Sample
from scaling.results import Study

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder

Checked = Callable[[int], Check]


def test_governor_is_never_recorded(sound: StudyBuilder, checked: Checked) -> None:
    """The set-up of a measured study is never complete, and what is missing is named."""
    check = checked(9)
    assert check.standing is Standing.PARTLY
    assert check.evidence.endswith(
        "order and seed; frequency governor, turbo, SMT and placement of threads are not recorded"
    )
    assert check.remedy == "state frequency governor, turbo and SMT in the text"


def test_law_needs_no_machine(study: StudyBuilder, checked: Checked) -> None:
    """Nothing of the set-up is in computed times, and nothing was timed."""
    study.case("simulated", [1.0])
    assert checked(9).standing is Standing.MET
    assert checked(10).standing is Standing.NOT_APPLICABLE


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
