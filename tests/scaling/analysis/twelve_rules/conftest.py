"""Studies that meet the rules, for tests of what does not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import pytest

from scaling.analysis.twelve_rules.check import Check
from scaling.analysis.twelve_rules.checks import checks
from scaling.model import SERIAL
from scaling.results import Study

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder

Checked = Callable[[int], Check]


@pytest.fixture
def checked(study: StudyBuilder) -> Checked:
    """Return how the study, as it is by then, stands to the rule of a number."""

    def check(number: int) -> Check:
        read = Study(study.data)
        found = checks(read.data, read.results)
        assert [one.number for one in found] == list(range(1, 13))
        return found[number - 1]

    return check


@pytest.fixture
def sound(study: StudyBuilder) -> StudyBuilder:
    """Return six blocks of two sizes on all four CPUs, without noise."""
    for size in (100, 200):
        times = [size / 100 * value for value in (4.0, 4.01, 4.02, 3.99, 4.0, 4.0)]
        study.case(SERIAL, times, size=size)
        for workers in (1, 2, 4):
            study.case("processes", _over(times, workers), workers=workers, size=size)
    study.end()
    return study


def _over(times: Sequence[float], workers: int) -> list[float]:
    return [value / workers for value in times]
