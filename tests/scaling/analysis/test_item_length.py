"""The items of a study beside METG."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaling.analysis.granularity import GrainResult
from scaling.analysis.item_length import item_lengths, mean_item_seconds
from scaling.model import SERIAL, Case

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder

GRAIN_SERIAL = Case("grain", 1000, "serial", 1, 1)
GRAIN_RAY = Case("grain", 1000, "ray", 2, 4)


def result_of(case: Case, metg_s: float | None) -> GrainResult:
    """Return a result with this METG."""
    return GrainResult(
        "grain", 1000, case.backend, case.nodes, case.workers, None, 0.5, "ok", metg_s=metg_s
    )


def test_items_beside_metg() -> None:
    """Items of 1 ms are 5 times a METG of 200 us, and a fifth of one of 5 ms."""
    study = (Case("mine", 40, "ray", 2, 4), Case("mine", 40, "serial", 1, 1))
    found = item_lengths(
        [result_of(GRAIN_RAY, 5e-3), result_of(GRAIN_SERIAL, 2e-4)], study, {40: 1e-3}
    )
    assert [one.backend for one in found] == ["ray", "serial"]
    assert [one.times for one in found] == pytest.approx([0.2, 5.0])


def test_only_equal_cases_are_compared() -> None:
    """Other workers, or a METG that failed, say nothing of a case."""
    study = (Case("mine", 40, "ray", 1, 2), Case("mine", 40, "serial", 1, 1))
    known = [result_of(GRAIN_RAY, 5e-3), result_of(GRAIN_SERIAL, None)]
    assert item_lengths(known, study, {40: 1e-3}) == ()


def test_item_time_is_that_of_the_baselines_kernels(study: StudyBuilder) -> None:
    """0.9 s of 100 items in the kernel is 9 ms an item, whatever the wall time; by size."""
    study.case(SERIAL, [1.0, 2.0, 3.0])
    study.case("threads", [0.5] * 3, workers=2)
    study.case(SERIAL, [5.0], size=300)
    assert mean_item_seconds(study.data) == pytest.approx({100: 9e-3, 300: 3e-3})
