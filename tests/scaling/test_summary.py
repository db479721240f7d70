"""What a line about a study says is what its report says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scaling.errors import StudyFileError
from scaling.model import REFERENCE_BLOCK, SERIAL
from scaling.records import Failure
from scaling.results import Study
from scaling.summary import of_study

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder


@pytest.fixture
def study(study: StudyBuilder) -> StudyBuilder:
    """Three cases in six blocks; the slowest of them failed."""
    base = study.case(SERIAL, [2.0, 2.1, 2.2, 2.3, 2.4, 2.5])
    study.session(base, REFERENCE_BLOCK, [99.0])
    study.case("processes", [1.0, 1.1, 1.2, 1.3, 1.4, 1.5], workers=2)
    died = study.case("joblib", [0.1, 0.1], workers=2)
    study.session(died, 3, [], status="failed", failure=Failure("died", "killed"))
    return study


def test_fastest_and_its_speedup_are_those_of_the_report(
    study: StudyBuilder, tmp_path: Path
) -> None:
    """The same median and speedup, to the last digit; a case that failed is never the fastest."""
    found = of_study(study.save(tmp_path).parent)
    results = Study.load(tmp_path).results
    processes = next(one for one in results if one.backend == "processes")
    assert found.best is not None
    assert found.best.case.backend == "processes"
    assert (found.best.seconds, found.best.speedup) == (processes.median_s, processes.speedup)


def test_numbers_of_a_study(study: StudyBuilder, tmp_path: Path) -> None:
    """Cases, blocks without the reference, bad cases, how it ended."""
    study.end("budget")
    found = of_study(study.save(tmp_path).parent)
    assert (found.workload, found.sizes, found.cases) == ("demo", (100,), 3)
    assert (found.blocks, found.bad, found.ended) == (6, 1, "budget")
    assert (found.folder, found.kind) == (str(tmp_path), "study")


def test_study_that_goes_on_has_not_ended(study: StudyBuilder, tmp_path: Path) -> None:
    """A session after the end of an earlier run takes that back; so does no end at all."""
    study.end("interrupted")
    assert of_study(study.save(tmp_path / "a").parent).ended == "interrupted"
    study.session(study.cases[0], 7, [2.0])
    assert of_study(study.save(tmp_path / "b").parent).ended is None


def test_only_what_counts(study: StudyBuilder, tmp_path: Path) -> None:
    """A session counts once for a case and block, and not before it has ended."""
    study.session(study.cases[1], 1, [1000.0])
    study.records.append(study.sample("open", study.cases[1], 7, 0, 1000.0))
    found = of_study(study.save(tmp_path).parent)
    assert found.best is not None
    assert found.best.seconds == pytest.approx(1.25)


def test_line_that_was_cut_off(study: StudyBuilder, tmp_path: Path) -> None:
    """What a killed run left of its last line does not matter."""
    file = study.save(tmp_path)
    with file.open("ab") as stream:
        stream.write(b'{"kind":"sample","crc":1,"rec')
    assert of_study(tmp_path).blocks == 6


def test_damaged_line(study: StudyBuilder, tmp_path: Path) -> None:
    """A line that is no JSON is named with its number."""
    file = study.save(tmp_path)
    lines = file.read_bytes().split(b"\n")
    file.write_bytes(b"\n".join([*lines[:2], b"oh no", *lines[2:]]))
    with pytest.raises(StudyFileError, match="line 3 was changed or damaged"):
        of_study(tmp_path)


def test_several_sizes_show_the_largest(study: StudyBuilder, tmp_path: Path) -> None:
    """The fastest case of the largest size, against the baseline of that size."""
    study.case(SERIAL, [8.0] * 6, size=400)
    study.case("threads", [2.0] * 6, size=400, workers=4)
    found = of_study(study.save(tmp_path).parent)
    assert found.sizes == (100, 400)
    assert found.best is not None
    assert (found.best.case.backend, found.best.speedup) == ("threads", 4.0)


def test_weak_study_has_an_efficiency(study: StudyBuilder, tmp_path: Path) -> None:
    """Of the most workers, against the smallest case of the same backend, as in its report."""
    study.cases.clear()
    study.records.clear()
    base = study.case(SERIAL, [1.0] * 6, size=100)
    study.case("processes", [1.0] * 6, workers=1, size=100)
    study.case("processes", [1.25] * 6, workers=2, size=200)
    study.plan = {"weak": True, "baseline": (base.key,)}
    found = of_study(study.save(tmp_path).parent)
    largest = Study.load(tmp_path).results[-1]
    assert found.best is not None
    assert (found.best.speedup, found.best.efficiency) == (None, largest.efficiency)


def test_unstable_answers_leave_nothing(study: StudyBuilder, tmp_path: Path) -> None:
    """Where the reference differs from run to run, no case of that size has a speedup."""
    failure = Failure("not-deterministic", "it differs")
    study.session(study.cases[0], 7, [], status="wrong", failure=failure)
    found = of_study(study.save(tmp_path).parent)
    assert found.best is None
    assert found.bad == 3
    assert {one.status for one in Study.load(tmp_path).results} == {"wrong", "failed"}


def test_study_without_a_session(study: StudyBuilder, tmp_path: Path) -> None:
    """A study that was killed at once has no fastest case."""
    study.records.clear()
    found = of_study(study.save(tmp_path).parent)
    assert (found.best, found.blocks, found.bad, found.ended) == (None, 0, 0, None)


def test_simulated_times_are_not_the_fastest(study: StudyBuilder, tmp_path: Path) -> None:
    """What was computed stands back behind what was measured."""
    study.case("simulated", [0.001] * 6, workers=4)
    found = of_study(study.save(tmp_path).parent)
    assert found.best is not None
    assert found.best.case.backend == "processes"
