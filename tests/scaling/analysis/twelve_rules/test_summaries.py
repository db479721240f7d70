"""Rules 3, 4 and 8."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from scaling.analysis.twelve_rules.check import Check, Standing
from scaling.model import SERIAL
from tests.scaling.finished import recorded

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder

Checked = Callable[[int], Check]


def test_no_mean_is_shown(sound: StudyBuilder, checked: Checked) -> None:
    """Medians, and rates from them."""
    assert checked(3).standing is Standing.MET
    assert "the times of 8 cases are medians" in checked(3).evidence


def test_nothing_measured_nothing_summarised(study: StudyBuilder, checked: Checked) -> None:
    """Without times most rules say nothing; the set-up is still there."""
    failed = study.case(SERIAL)
    study.session(failed, 1, [], status="failed")
    standings = [checked(number).standing for number in range(1, 13)]
    assert set(standings[:8] + standings[9:]) == {Standing.NOT_APPLICABLE}
    assert standings[8] is Standing.PARTLY


def test_ratios_of_medians_meet_the_rule(sound: StudyBuilder, checked: Checked) -> None:
    """Speedups are not averaged."""
    assert checked(4).standing is Standing.MET


def test_median_shares_are_summaries_of_ratios(sound: StudyBuilder, checked: Checked) -> None:
    """Where the time went is told as shares of each block, and their median."""
    recorded(sound)
    assert checked(4).standing is Standing.PARTLY
    assert "the shares of lost time of 6 cases are medians of shares" in checked(4).evidence


def test_no_ratio_no_summary(study: StudyBuilder, checked: Checked) -> None:
    """One case alone shows none."""
    study.case(SERIAL, [1.0] * 6)
    assert checked(4).standing is Standing.NOT_APPLICABLE


def test_steady_times_are_well_told_by_a_median(sound: StudyBuilder, checked: Checked) -> None:
    """Nothing is hidden."""
    assert (checked(8).standing, checked(8).remedy) == (Standing.MET, None)


def test_median_hides_spread(sound: StudyBuilder, checked: Checked) -> None:
    """Blocks that differ by 10 % want percentiles."""
    sound.case("threads", [1.0, 2.0, 1.0, 2.0, 1.0, 2.0], workers=2)
    check = checked(8)
    assert check.standing is Standing.PARTLY
    assert check.evidence.endswith(
        "a median hides that the blocks differ by 10 % or more: threads with 2 workers"
    )
    assert "percentiles" in (check.remedy or "")
