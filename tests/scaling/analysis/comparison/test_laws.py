"""Changed parameters of scaling laws."""

from __future__ import annotations

import random

from scaling.analysis.comparison.laws import law_changes
from scaling.studydata import StudyData
from tests.scaling.conftest import StudyBuilder

WORKERS = (1, 2, 4, 8)


def study(
    serial: float, seed: int, blocks: int = 6, seconds: float = 10.0, noise: float = 0.005
) -> StudyData:
    """Return processes that follow Amdahl's law with a little noise."""
    chance = random.Random(seed)  # noqa: S311 - noise, not a secret
    found = StudyBuilder(environment={"cpus_affinity": 8, "cpus": 8})
    for workers in WORKERS:
        time = seconds * (serial + (1 - serial) / workers)
        values = [time * chance.lognormvariate(0, noise) for _ in range(blocks)]
        found.case("processes", values, workers=workers)
    return found.data


def test_larger_serial_share_is_found() -> None:
    """5 % became 15 %: alpha changed, the rate of one worker did not."""
    (found,) = law_changes(study(0.05, 1), study(0.15, 2))
    assert (found.name, str(found.law), found.parameter) == ("processes", "amdahl", "alpha")
    assert found.base_interval.low < 0.05 < found.base_interval.high
    assert found.new_interval.low < 0.15 < found.new_interval.high


def test_slower_kernels_change_the_rate_alone() -> None:
    """A fifth slower: gamma changed, with its unit."""
    (found,) = law_changes(study(0.05, 1), study(0.05, 2, seconds=12.0))
    assert (found.parameter, found.unit) == ("gamma", "items/s")
    assert found.new < found.base


def test_same_law_has_not_changed() -> None:
    """Nor has one that few blocks, or another set of workers, cannot show."""
    assert law_changes(study(0.05, 1), study(0.05, 2)) == ()
    assert law_changes(study(0.05, 1), study(0.15, 2, blocks=2)) == ()
    assert law_changes(study(0.05, 1), StudyBuilder().data) == ()


def test_exact_times_change_what_changed_alone() -> None:
    """Without noise intervals have no width: alpha that differs by a rounding is no change."""
    (found,) = law_changes(study(0.05, 1, noise=0), study(0.05, 1, noise=0, seconds=12.0))
    assert found.parameter == "gamma"
