"""The answer is a number of workers, with its confidence and its price."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scaling.analysis.choice import Choice, Size, choices
from scaling.analysis.cost import fronts
from scaling.analysis.speedup import case_results
from scaling.model import SERIAL

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder


def curve(study: StudyBuilder, backend: str, times: dict[int, float], blocks: int = 6) -> None:
    """Add a backend's cases of so many workers."""
    for workers, seconds in times.items():
        study.case(backend, [seconds] * blocks, workers=workers)


def test_most_workers_above_the_target(study: StudyBuilder) -> None:
    """Efficiency 1, 0.8, 0.5: two workers keep 70 %, the knee (S x E = 1, 1.28, 1) is there too."""
    study.case(SERIAL, [8.0] * 6)
    curve(study, "processes", {1: 8.0, 2: 5.0, 4: 4.0})
    sure = 1 - 1 / 128
    assert choices(study.data) == (
        Choice("processes", 100, 0.7, Size(1, 2), 0.8, sure, Size(1, 2), Size(1, 4)),
    )


@pytest.mark.parametrize(("target", "workers"), [(0.5, 4), (0.81, 1), (1.01, None)])
def test_target_decides(study: StudyBuilder, target: float, workers: int | None) -> None:
    """A lower target takes more workers; one that nothing reaches takes none."""
    study.case(SERIAL, [8.0] * 6)
    curve(study, "processes", {1: 8.0, 2: 5.0, 4: 4.0})
    (found,) = choices(study.data, target)
    assert (found.best.workers if found.best else None) == workers
    assert (found.confidence is None) == (workers is None)


def test_confidence_is_a_share_of_resamples_from_ten_blocks(study: StudyBuilder) -> None:
    """Half the blocks above the target give neither certainty nor its opposite."""
    study.case(SERIAL, [8.0] * 12)
    study.case("processes", [5.0, 6.0, 5.6] * 4, workers=2)
    confidence = choices(study.data)[0].confidence
    assert confidence is not None
    assert 0.5 < confidence < 1


def test_few_blocks_have_no_confidence(study: StudyBuilder) -> None:
    """Five blocks choose and do not say how surely."""
    study.case(SERIAL, [8.0] * 5)
    curve(study, "processes", {2: 5.0}, blocks=5)
    (found,) = choices(study.data)
    assert (found.best, found.confidence, found.knee) == (Size(1, 2), None, None)


def test_nothing_is_chosen_without_a_baseline(study: StudyBuilder) -> None:
    """No baseline, no efficiency; serial alone is no choice."""
    study.session(study.case(SERIAL), 1, [], status="timeout")
    curve(study, "processes", {2: 5.0})
    assert choices(study.data) == ()


def test_weak_study_has_a_choice_and_no_knee(study: StudyBuilder) -> None:
    """Efficiency is T(1) / T(N), over all sizes together."""
    base = study.case(SERIAL, [1.0] * 6)
    for workers, seconds in ((1, 1.0), (2, 1.25), (4, 2.0)):
        study.case("processes", [seconds] * 6, workers=workers, size=100 * workers)
    study.plan = {"weak": True, "baseline": (base.key,)}
    (found,) = choices(study.data)
    assert (found.best, found.efficiency, found.knee) == (Size(1, 2), 0.8, None)


def test_front_leaves_out_what_is_beaten(study: StudyBuilder) -> None:
    """Slower and dearer is not on it; workers cost while there is one node."""
    study.case(SERIAL, [8.0] * 6)
    curve(study, "threads", {2: 8.5})
    curve(study, "processes", {2: 5.0, 4: 4.0})
    front = fronts(case_results(study.data))
    assert [(o.backend, o.seconds, o.cost) for o in front] == [
        ("processes", 4.0, 16.0), ("processes", 5.0, 10.0), ("serial", 8.0, 8.0),
    ]  # fmt: skip
    assert {(o.unit, o.money) for o in front} == {("worker-seconds", None)}


def test_nodes_cost_money(study: StudyBuilder) -> None:
    """Two nodes for 3 s at 3.6 an hour each: 0.006; a local case holds one node."""
    study.case(SERIAL, [8.0] * 6)
    study.case("processes", [5.0] * 6, workers=2)
    study.case("ray", [3.0] * 6, workers=4, nodes=2)
    front = fronts(case_results(study.data), 3.6)
    assert [(o.backend, o.cost) for o in front] == [("ray", 6.0), ("processes", 5.0)]
    assert [o.money for o in front] == [pytest.approx(0.006), pytest.approx(0.005)]
    assert {o.unit for o in front} == {"node-seconds"}


def test_no_times_no_front(study: StudyBuilder) -> None:
    """A study without values offers nothing."""
    study.case(SERIAL)
    assert fronts(case_results(study.data)) == ()
