"""The serial case without the cap on inner threads is shown, and is never taken for serial."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaling.analysis.cautions import Caution
from scaling.analysis.choice import choices
from scaling.analysis.cost import fronts
from scaling.analysis.losses import of_cases
from scaling.analysis.null import null_result
from scaling.analysis.points import from_study
from scaling.analysis.speedup import CaseResult, case_results
from scaling.analysis.verdict import verdict
from scaling.model import SERIAL, UNCAPPED, Case
from scaling.records import Failure
from scaling.reports import table

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder


@pytest.fixture
def both(study: StudyBuilder) -> tuple[Case, Case]:
    """Serial takes 4 s, without the cap 1 s: as fast as 4 CPUs allow."""
    study.plan["blocks"] = 6
    capped = study.case(SERIAL, [4.0] * 6)
    return capped, study.case(SERIAL, [1.0] * 6, twin=UNCAPPED)


def results(study: StudyBuilder) -> list[CaseResult]:
    """Return the rows of the report."""
    return list(case_results(study.data))


def test_speedup_is_against_the_capped_baseline(
    study: StudyBuilder, both: tuple[Case, Case]
) -> None:
    """It is 4 times as fast as serial; efficiency has no meaning, and 4 CPUs explain the gain."""
    capped, free = results(study)
    assert (capped.speedup, capped.relative_speedup, capped.efficiency) == (1.0, 1.0, 1.0)
    assert (free.speedup, free.relative_speedup, free.bound) == (4.0, 4.0, 4)
    assert (free.efficiency, free.efficiency_low, free.efficiency_high) == (None, None, None)
    assert (free.karp_flatt, free.twin) == (None, UNCAPPED)
    assert Caution.SUPERLINEAR not in free.cautions


def test_it_is_no_base(study: StudyBuilder) -> None:
    """Where the capped case has no value, nothing is compared with its twin."""
    study.session(study.case(SERIAL), 1, [], status="failed", failure=Failure("raised", "no luck"))
    study.case(SERIAL, [1.0] * 6, twin=UNCAPPED)
    study.case("threads", [2.0] * 6, workers=2)
    _, free, threads = results(study)
    assert (free.speedup, free.relative_speedup) == (None, None)
    assert (threads.speedup, threads.relative_speedup) == (None, 1.0)
    assert "the baseline has no value" in verdict([free, threads], study.header.plan)


def test_it_has_no_losses(study: StudyBuilder, both: tuple[Case, Case]) -> None:
    """Nobody knows how many workers it has, so nothing says what they lost."""
    capped, free = both
    lost = of_cases(study.data)
    assert capped.key in lost
    assert free.key not in lost


def test_no_law_choice_or_price_rests_on_it(study: StudyBuilder, both: tuple[Case, Case]) -> None:
    """It is no point of a curve, no number of workers to choose, no offer, and no twin of noise."""
    study.case("threads", [4.0] * 6)
    study.case("threads", [2.5] * 6, workers=2)
    assert [points.name for points in from_study(study.data)] == ["threads"]
    assert [choice.backend for choice in choices(study.data)] == ["threads"]
    assert [(one.backend, one.seconds) for one in fronts(results(study))] == [
        ("threads", 2.5),
        (SERIAL, 4.0),
    ]
    study.case(SERIAL, [1.0] * 6, twin=UNCAPPED, size=200)
    assert null_result(study.data) is None


def test_it_has_a_name_of_its_own(study: StudyBuilder, both: tuple[Case, Case]) -> None:
    """The table and the verdict say which of the two they mean."""
    (one,) = table.tables(results(study))
    assert [row[0] for row in one.rows] == ["serial", "serial-uncapped"]
    assert verdict(results(study), study.header.plan) == (
        "Fastest: serial with inner threads, 1.00 s, 4.00 times serial (95 % 4.00 to 4.00)."
    )
