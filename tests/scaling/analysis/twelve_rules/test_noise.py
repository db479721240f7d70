"""Rules 5 to 7."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from scaling.analysis.twelve_rules.check import Check, Standing
from scaling.model import SERIAL

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder

Checked = Callable[[int], Check]


def quick(study: StudyBuilder) -> None:
    """Two blocks, as with --quick."""
    study.plan = {"quick": True, "blocks": 2, "max_blocks": 2}
    study.case(SERIAL, [4.0, 4.1])
    for workers in (1, 2, 4):
        study.case("processes", [4.0 / workers, 4.1 / workers], workers=workers)
    study.end()


def test_six_blocks_have_intervals(sound: StudyBuilder, checked: Checked) -> None:
    """All cases of the study have one."""
    check = checked(5)
    assert (check.standing, check.evidence) == (
        Standing.MET, "8 of 8 cases have 95 % intervals by exact ranks",
    )  # fmt: skip


def test_quick_look_has_none(study: StudyBuilder, checked: Checked) -> None:
    """Two blocks bound no median, compare nothing, and their laws assume normal errors."""
    quick(study)
    assert [checked(number).standing for number in (5, 6, 7)] == [
        Standing.NOT_MET, Standing.PARTLY, Standing.NOT_MET,
    ]  # fmt: skip
    assert checked(5).evidence == "times vary; with 2 blocks none of 4 cases has an interval"
    assert checked(5).remedy == checked(7).remedy == "take 6 blocks or more"
    assert "differences of 3 cases from the base case may be chance" in checked(7).evidence


def test_case_of_few_blocks_is_named(sound: StudyBuilder, checked: Checked) -> None:
    """The others have their intervals."""
    sound.case("threads", [1.0] * 5, workers=2)
    for number in (5, 7):
        assert checked(number).standing is Standing.PARTLY
        assert checked(number).evidence.endswith("no interval for threads with 2 workers")


def test_drift_makes_intervals_doubtful(study: StudyBuilder, checked: Checked) -> None:
    """Blocks that follow a trend are not independent."""
    study.case(SERIAL, [1.0 + 0.1 * block for block in range(10)])
    assert checked(5).standing is Standing.PARTLY
    assert "do not vary by chance alone" in checked(5).evidence


def test_ranks_and_resamples_assume_no_distribution(study: StudyBuilder, checked: Checked) -> None:
    """From 10 blocks on, ratios are resampled."""
    study.case(SERIAL, [1.0] * 6)
    study.case("processes", [0.5] * 6, workers=2)
    assert checked(6).standing is Standing.MET
    assert "resampled" not in checked(6).evidence
    study.case("threads", [0.5] * 12, workers=2)
    assert checked(6).standing is Standing.MET
    assert "resampled blocks" in checked(6).evidence


def test_comparison_is_paired(sound: StudyBuilder, checked: Checked) -> None:
    """Six cases beside the base of their size."""
    assert checked(7).standing is Standing.MET
    assert "interval, paired by block: 6 of 6; each stands for itself" in checked(7).evidence


def test_law_is_deterministic(study: StudyBuilder, checked: Checked) -> None:
    """What is computed has no chance in it."""
    study.case("simulated", [1.0])
    study.case("simulated", [0.5], workers=2)
    assert checked(5).standing is Standing.MET
    assert checked(7).standing is Standing.NOT_APPLICABLE
    assert "computed from a law" in checked(5).evidence


def test_one_case_is_compared_with_nothing(study: StudyBuilder, checked: Checked) -> None:
    """There is no second."""
    study.case(SERIAL, [1.0] * 6)
    assert (checked(7).standing, checked(7).evidence) == (
        Standing.NOT_APPLICABLE, "nothing is compared",
    )  # fmt: skip


def test_twins_are_compared(study: StudyBuilder, checked: Checked) -> None:
    """A null study compares one case with itself."""
    study.case(SERIAL, [1.0] * 6, twin="-a")
    study.case(SERIAL, [1.0] * 6, twin="-b")
    study.plan = {"null": True}
    assert checked(7).standing is Standing.MET
