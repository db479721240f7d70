"""Memory and opening times that changed a lot."""

from __future__ import annotations

from dataclasses import replace

from scaling.analysis.comparison.asides import Aside, asides
from scaling.studydata import StudyData
from tests.scaling.conftest import StudyBuilder


def study(opening_s: float, memory_mb: float, blocks: int = 6) -> StudyData:
    """Return a study of one case."""
    found = StudyBuilder()
    case = found.case("ray")
    for block in range(1, blocks + 1):
        found.session(case, block, [1.0], opening_s=opening_s + 0.001 * block)
    data = found.data
    return replace(data, samples=tuple(replace(one, peak_rss_mb=memory_mb) for one in data.samples))


def told(base: StudyData, new: StudyData) -> list[str]:
    """Return what changed."""
    return [one.what for one in asides(base, new)]


def test_much_more_memory_and_opening_are_told() -> None:
    """Half as much again of both, whichever way; with their numbers."""
    assert told(study(0.5, 100), study(0.8, 150)) == ["peak memory", "opening"]
    assert told(study(0.8, 150), study(0.5, 100)) == ["peak memory", "opening"]
    (one,) = asides(study(0.5, 100), study(0.5, 150))
    assert one == Aside(one.case, "peak memory", 100, 150)


def test_a_little_is_not_told() -> None:
    """10 % more of either, a few megabytes, a few milliseconds, or too few sessions."""
    assert told(study(0.5, 100), study(0.55, 110)) == []
    assert told(study(0.01, 10), study(0.03, 25)) == []
    assert told(study(0.5, 100, blocks=2), study(0.8, 100, blocks=2)) == []
