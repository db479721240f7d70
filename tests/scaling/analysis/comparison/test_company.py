"""Other work on the machine is told, and limits the verdict where it was there on one side."""

from __future__ import annotations

from dataclasses import replace

from scaling.analysis.comparison.company import of_company
from scaling.analysis.comparison.remark import Level
from scaling.model import SERIAL
from scaling.records import MachineUse
from scaling.studydata import StudyData
from tests.scaling.conftest import StudyBuilder
from tests.scaling.two_studies import data_of


def study(use: MachineUse | None, name: str = "base") -> StudyData:
    """Return ten seconds of serial work on 4 CPUs, with what the machine did meanwhile."""
    found = StudyBuilder()
    found.case(SERIAL, [10.0] * 6)
    data = data_of(found, name)
    return replace(data, samples=tuple(replace(one, machine=use) for one in data.samples))


QUIET = study(MachineUse(busy_s=0.5))
BUSY = study(MachineUse(busy_s=18.0), "new")


def test_other_work_limits_the_verdict() -> None:
    """1.75 of 4 CPUs were taken in either study, or both: it may be all of the difference."""
    (found,) = of_company(QUIET, BUSY)
    assert found.level is Level.LIMIT
    start = "the machine was not free (busy-machine): in NEW beside the serial case other work used"
    assert found.text.startswith(f"{start} 1.7")
    (found,) = of_company(BUSY, QUIET)
    assert (found.level, "in BASE" in found.text) == (Level.LIMIT, True)
    (found,) = of_company(BUSY, study(MachineUse(busy_s=18.0)))
    assert (found.level, "in NEW" in found.text) == (Level.LIMIT, True)


def test_little_work_beside_is_a_caution() -> None:
    """A tenth of the machine is told, and the verdict stands."""
    (found,) = of_company(QUIET, study(MachineUse(busy_s=6.5), "new"))
    assert found.level is Level.CAUTION


def test_quota_in_both_is_the_machine() -> None:
    """Used up in one study alone it limits the verdict, in both it is what both ran with."""
    throttled = study(MachineUse(busy_s=0.5, throttled_s=4.0), "new")
    (found,) = of_company(QUIET, throttled)
    reason = "the machine was not free (throttled)"
    assert (found.level, found.text.partition(":")[0]) == (Level.LIMIT, reason)
    (found,) = of_company(throttled, study(MachineUse(busy_s=0.5, throttled_s=4.0)))
    assert found.level is Level.CAUTION


def test_a_little_stolen_time_is_a_caution() -> None:
    """What can hardly explain a difference leaves the verdict as it is."""
    (found,) = of_company(QUIET, study(MachineUse(busy_s=0.5, steal_s=2.4), "new"))
    assert (found.level, "(steal)" in found.text) == (Level.CAUTION, True)


def test_quiet_machine_has_no_remark() -> None:
    """Nor has one that does not say what it did, nor one study compared with itself."""
    assert list(of_company(QUIET, study(MachineUse(busy_s=0.5), "new"))) == []
    assert list(of_company(study(None), study(None, "new"))) == []
    assert list(of_company(BUSY, BUSY)) == []


def test_load_tells_what_short_samples_cannot() -> None:
    """Twice as many that want to run as there are CPUs are told, but not beside busy-machine."""
    crowded = loaded(study(None, "new"), 8.0)
    (found,) = of_company(loaded(QUIET, 4.0), crowded)
    assert found.level is Level.CAUTION
    assert found.text.startswith("the load was 8.00 on 4 CPUs before NEW: much else ran")
    (found,) = of_company(crowded, QUIET)
    assert "before BASE" in found.text
    (found,) = of_company(QUIET, loaded(BUSY, 8.0))
    assert found.level is Level.LIMIT
    computed = StudyBuilder()
    computed.case("simulated", [1.0] * 6)
    assert list(of_company(QUIET, loaded(data_of(computed, "new"), 8.0))) == []


def loaded(data: StudyData, load: float) -> StudyData:
    """Return the study as if the machine had this load before."""
    environment = replace(data.header.environment, load_1m=load)
    return replace(data, header=replace(data.header, environment=environment))
