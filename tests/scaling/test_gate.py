"""Two studies, or two grain results, to one verdict."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from scaling import gate, grain_store
from scaling.analysis.comparison.verdicts import Verdict
from scaling.errors import StudyFileError, UsageError
from scaling.grain_model import GrainHeader, GrainSession, Level
from scaling.model import SERIAL, Case, WorkloadSpec
from scaling.records import Failure
from scaling.studydata import StudyData
from tests.scaling.conftest import StudyBuilder
from tests.scaling.examples import ENVIRONMENT, PLAN
from tests.scaling.two_studies import data_of, times


def study(name: str, factor: float = 1.0, blocks: int = 12) -> StudyData:
    """Return serial and processes, the latter slower by a factor."""
    found = StudyBuilder()
    found.case(SERIAL, times(1.0, blocks, seed=len(name)))
    found.case("processes", times(0.6 * factor, blocks, seed=len(name)), workers=2)
    return data_of(found, name)


def test_one_slower_case_makes_the_whole_slower() -> None:
    """The others keep their verdict."""
    found = gate.of_studies(study("base"), study("other", 1.1))
    assert [one.verdict for one in found.cases] == [Verdict.SAME, Verdict.SLOWER]
    assert (found.verdict, found.verdict.exit_code) == (Verdict.SLOWER, 1)
    assert (found.workload, found.quantity, found.sized) == ("demo", "time", False)


def test_another_machine_leaves_all_open() -> None:
    """The ratio is told, the verdict is not; what failed in NEW is still broken."""
    other = study("other", 1.5)
    environment = replace(other.header.environment, processor="another")
    other = replace(other, header=replace(other.header, environment=environment))
    found = gate.of_studies(study("base"), other)
    assert {one.verdict for one in found.cases} == {Verdict.CANNOT_TELL}
    assert found.cases[1].ratio == pytest.approx(1.5, rel=0.05)
    assert "another machine" in found.cases[1].reason
    assert (found.causes, found.laws, found.asides) == ((), (), ())


def test_failure_in_new_fails_the_gate() -> None:
    """A case that worked in BASE and fails in NEW is exit code 1."""
    broken = StudyBuilder()
    broken.case(SERIAL, times(1.0, seed=5))
    case = broken.case("processes", workers=2)
    broken.session(case, 1, [], status="failed", failure=Failure("raised", "no luck"))
    found = gate.of_studies(study("base"), data_of(broken, "new"))
    assert (found.verdict, found.verdict.exit_code) == (Verdict.BROKEN, 1)


def test_studies_without_a_value_cannot_be_told() -> None:
    """Everything failed in both: exit code 3, no traceback."""
    builder = StudyBuilder()
    case = builder.case(SERIAL)
    builder.session(case, 1, [], status="failed", failure=Failure("raised", "no luck"))
    found = gate.of_studies(data_of(builder, "base"), data_of(builder, "new"))
    assert (found.verdict, found.cases, found.verdict.exit_code) == (Verdict.CANNOT_TELL, (), 3)
    assert "no value in either" in found.not_compared[0]


def test_nothing_in_common_is_refused() -> None:
    """The line says what each has."""
    other = StudyBuilder()
    other.case("threads", [1.0] * 6, workers=4, size=7)
    with pytest.raises(UsageError) as refused:
        gate.of_studies(study("base"), data_of(other, "new"))
    assert str(refused.value) == (
        "no case is in both: BASE has serial (1 worker) with 100 items, processes (2 workers) with "
        "100 items; NEW has threads (4 workers) with 7 items; measure some alike"
    )


def test_other_work_is_refused() -> None:
    """Two workloads are never compared."""
    other = StudyBuilder(plan={"spec": WorkloadSpec("demo", params=(("n", "1"),))})
    other.case(SERIAL, [1.0] * 6)
    with pytest.raises(UsageError, match="--param n=1"):
        gate.of_studies(study("base"), data_of(other, "new"))


def grain(folder: Path, factor: float) -> Path:
    """Write a grain result of one case."""
    case = Case("grain", 1000, "threads", 1, 2)
    plan = replace(PLAN, spec=WorkloadSpec("grain", size=1000), sizes=(1000,), cases=(case,))
    header = GrainHeader(str(factor), "2026-01-01", ("scale",), plan, 0.5, ENVIRONMENT)
    levels = ((400, 0.42), (200, 0.22), (100, 0.16), (50, 0.15))
    with grain_store.Writer(folder, header) as writer:
        for block in range(6):
            slow = factor * (1 + 0.001 * block)
            taken = tuple(Level(steps, (slow * seconds,)) for steps, seconds in levels)
            writer.append(GrainSession(f"s{block}", case.key, block, "ok", "now", 0.1, taken))
    return folder


def test_grains_are_compared_by_their_metg(tmp_path: Path) -> None:
    """Items must be a fifth longer: slower, by folder or by file."""
    base, new = grain(tmp_path / "a", 1.0), grain(tmp_path / "b", 1.2)
    found = gate.read(base, new / grain_store.GRAIN_FILE)
    assert (found.quantity, found.verdict) == ("METG", Verdict.SLOWER)
    assert found.cases[0].ratio == pytest.approx(1.2)
    assert gate.read(base, grain(tmp_path / "c", 1.001)).verdict is Verdict.SAME


def test_grain_and_study_are_no_pair(tmp_path: Path, study: StudyBuilder) -> None:
    """Each is named for what it is, whichever comes first."""
    study.case(SERIAL, [1.0] * 6)
    study.save(tmp_path / "s")
    grain(tmp_path / "g", 1.0)
    for base, new in (("s", "g"), ("g", "s")):
        with pytest.raises(UsageError, match=r"g is a grain result, .*s is not"):
            gate.read(tmp_path / base, tmp_path / new)
    with pytest.raises(StudyFileError, match="there is no study at"):
        gate.read(tmp_path / "s", tmp_path / "nowhere")
