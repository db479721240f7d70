"""No difference between two studies is passed over in silence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from scaling.analysis.comparison.remark import Level, Remark
from scaling.analysis.comparison.remarks import of_grains, of_studies
from scaling.grain_model import GrainData, GrainHeader
from scaling.model import REFERENCE_BLOCK, SERIAL, CpuSettings, WorkloadSpec
from scaling.records import ClusterRecord
from scaling.studydata import StudyData
from tests.scaling.conftest import EMBEDDED, StudyBuilder
from tests.scaling.examples import ENVIRONMENT, PLAN
from tests.scaling.two_studies import data_of

ATTACHED = ClusterRecord("10.0.0.1:6379", False, ("a",), (8.0,), ("one",), 0.0)


def study(name: str = "base", code: str = "c0de", **plan: Any) -> StudyData:
    """Return a small study whose plan differs in this."""
    found = StudyBuilder(plan=plan)
    found.case(SERIAL, [1.0] * 6)
    return data_of(found, name, code)


def remarks(base: StudyData, new: StudyData, level: Level) -> list[str]:
    """Return the remarks of a level."""
    return [one.text for one in of_studies(base, new) if one.level is level]


def on(data: StudyData, **changes: Any) -> StudyData:
    """Return the study as if it ran in another environment."""
    environment = replace(data.header.environment, **changes)
    return replace(data, header=replace(data.header, environment=environment))


def knowing(data: StudyData, **changes: Any) -> StudyData:
    """Return the study as if the probe had learnt this."""
    facts = tuple(replace(one, **changes) for one in data.header.facts)
    return replace(data, header=replace(data.header, facts=facts))


def test_same_code_on_the_same_machine_has_a_note_alone() -> None:
    """It says that the code is the same, and what was not looked at."""
    (one,) = of_studies(study(), study("new"))
    assert one.level is Level.NOTE
    assert "own code is the same in both; what it imports is not looked at" in one.text


def test_other_code_is_a_caution() -> None:
    """It is what a comparison is for, and the first reason for a difference."""
    (one,) = of_studies(study(), study("new", "d00d"))
    assert one == Remark(
        Level.CAUTION, "the workload's own code is another: c0de in BASE, d00d in NEW"
    )


def test_other_numerical_libraries_are_a_caution() -> None:
    """The same code on another BLAS is other work for the processor."""
    (found,) = remarks(study(), knowing(study("new"), blas=("openblas=1",)), Level.CAUTION)
    assert found == "other numerical libraries: none in BASE, openblas=1 in NEW"


def test_same_study_twice_is_a_caution() -> None:
    """Whoever gives one folder twice learns of it."""
    assert remarks(study(), study(), Level.CAUTION) == ["BASE and NEW are the same study"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"spec": WorkloadSpec("demo", params=(("n", "2"),))}, "no --param, NEW with --param n=2"),
        ({"threads_per_worker": 2}, "a worker is not the same"),
    ],
)
def test_other_work_is_refused(changes: dict[str, Any], said: str) -> None:
    """Other parameters and other workers are not the same work."""
    (found,) = remarks(study(), study("new", **changes), Level.REFUSAL)
    assert said in found


def test_other_workload_is_refused() -> None:
    """Its name decides, wherever its file lies."""
    (found,) = remarks(study(), knowing(study("new"), name="other"), Level.REFUSAL)
    assert found == "BASE measured demo, NEW other: give two studies of one workload"


def test_checkouts_of_one_file_are_one_workload() -> None:
    """The folder may differ, the file's name may not without a caution."""
    base = study(spec=WorkloadSpec("/old/work.py:f"))
    assert remarks(base, study("new", spec=WorkloadSpec("/new/work.py:f")), Level.CAUTION) == []
    assert remarks(base, study("new", spec=WorkloadSpec("/new/play.py:f")), Level.CAUTION) == [
        "BASE ran /old/work.py:f, NEW /new/play.py:f"
    ]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"batch": 8}, "--batch was auto in BASE, 8 in NEW"),
        ({"quick": True}, "NEW alone is a quick look"),
        ({"weak": True}, "NEW alone is weak scaling"),
        ({"null": True}, "NEW alone is a null study"),
        ({"trace": True}, "NEW alone is a study that kept the whole record (--trace)"),
        ({"spec": WorkloadSpec("demo", items="range:9")}, "--items was not given in BASE, range:9"),
        ({"spec": WorkloadSpec("demo", combine="sum")}, "--combine was not given in BASE, sum"),
    ],
)
def test_other_settings_are_cautions(changes: dict[str, Any], said: str) -> None:
    """They may be what is compared, so the verdict stands."""
    (found,) = remarks(study(), study("new", **changes), Level.CAUTION)
    assert said in found


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"processor": "another"}, "the processor was a processor in BASE, another in NEW"),
        ({"cpus_affinity": 2}, "the number of usable CPUs was 4 in BASE, 2 in NEW"),
        ({"cpu_quota": 1.5}, "the number of usable CPUs was 4 in BASE, 1.5 in NEW"),
    ],
)
def test_other_machine_limits_the_verdict(changes: dict[str, Any], said: str) -> None:
    """Times of two machines tell nothing of the code."""
    (found,) = remarks(study(), on(study("new"), **changes), Level.LIMIT)
    assert said in found


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"cpus": 64}, "the machine of BASE has 4 CPUs, that of NEW 64"),
        ({"memory_mb": 4000}, "the memory was 8000 MB in BASE, 4000 MB in NEW"),
        ({"hostname": "there"}, "another host (here in BASE, there in NEW)"),
        ({"python": "3.12.1"}, "CPython 3.11.7 -> CPython 3.12.1"),
        ({"gil": False}, "with the GIL -> without the GIL"),
        ({"versions": (("ray", "2.61.0"),)}, "ray 2.60.0 -> ray 2.61.0"),
        ({"versions": ()}, "ray 2.60.0 -> ray none"),
    ],
)
def test_other_environment_is_a_caution(changes: dict[str, Any], said: str) -> None:
    """An upgrade may be what is compared; an equal machine is another one all the same."""
    (found,) = remarks(study(), on(study("new"), **changes), Level.CAUTION)
    assert said in found


def test_other_cpu_settings_are_a_caution() -> None:
    """They change all times; where one of the two does not know them nothing is said."""
    fast, slow = CpuSettings(("performance",), turbo=True), CpuSettings(("powersave",), turbo=False)
    base, new = on(study(), cpu_settings=fast), on(study("new"), cpu_settings=slow)
    (found,) = remarks(base, new, Level.CAUTION)
    assert "frequency governor performance -> powersave, turbo on -> off: they make" in found
    assert remarks(study(), new, Level.CAUTION) == []


@pytest.mark.parametrize("changes", [{"memory_mb": 8100}, {"cpu_quota": 8.0}])
def test_same_machine_has_no_remark(changes: dict[str, Any]) -> None:
    """Systems keep a little memory for themselves; a quota of more CPUs than there are is none."""
    assert len(of_studies(study(), on(study("new"), **changes))) == 1


def test_other_cluster_limits_ray_alone() -> None:
    """Raylets on one machine are no machines; nodes of other CPUs are no equal ones."""
    base, new = study(), study("new")
    for ours, theirs, count in (
        (EMBEDDED, EMBEDDED, 0),
        (EMBEDDED, ATTACHED, 1),
        (ATTACHED, replace(ATTACHED, cpus=(4.0,)), 1),
        (ATTACHED, replace(ATTACHED, address="10.0.0.2:1", nodes=("z",)), 0),
    ):
        found = of_studies(replace(base, clusters=(ours,)), replace(new, clusters=(theirs,)))
        limits = [one.backend for one in found if one.level is Level.LIMIT]
        assert limits == ["ray"] * count
    others = replace(new, clusters=(replace(ATTACHED, hosts=("two",)),))
    found = of_studies(replace(base, clusters=(ATTACHED,)), others)
    assert "other hosts" in " ".join(one.text for one in found)


def answering(digest: str, *, block: int = REFERENCE_BLOCK, code: str = "c0de") -> StudyData:
    """Return a study with this answer in one session."""
    found = StudyBuilder()
    case = found.case(SERIAL)
    found.session(case, block, [1.0])
    data = data_of(found, digest, code)
    return replace(data, samples=tuple(replace(one, digest=digest) for one in data.samples))


def test_other_answers_are_a_caution() -> None:
    """Of the same code more so; where floats may differ they are not compared."""
    (found,) = remarks(answering("one"), answering("two"), Level.CAUTION)
    assert "though the workload's own code is the same" in found
    _, found = remarks(answering("one"), answering("two", code="d00d"), Level.CAUTION)
    assert found == "the answers of NEW are not those of BASE; make sure that this is meant"
    (found,) = remarks(answering("one", block=1), answering("two", block=1), Level.CAUTION)
    assert "the answers of NEW" in found
    rough = replace(answering("one").header.plan, tolerance=1e-9)
    base = answering("one")
    base = replace(base, header=replace(base.header, plan=rough))
    assert remarks(base, answering("two"), Level.CAUTION) == []
    assert "not compared: --tolerance" in " ".join(remarks(base, answering("two"), Level.NOTE))


def test_what_a_file_lost_is_told() -> None:
    """A torn line, or samples of a session that did not end, in either study."""
    torn = replace(study("new"), notes=("the last line was cut off and is left out",))
    for base, new, name in ((study(), torn, "NEW"), (torn, study(), "BASE")):
        (found,) = remarks(base, new, Level.CAUTION)
        assert found == f"in the file of {name} the last line was cut off and is left out"


def test_days_between_are_a_caution() -> None:
    """A machine of another day is another machine; an odd date is no reason to fail."""
    base, new = study(), study("new")
    later = replace(new, header=replace(new.header, created="2026-01-04T00:00:00+00:00"))
    (found,) = remarks(base, later, Level.CAUTION)
    assert "measured 3 days apart" in found
    odd = replace(new, header=replace(new.header, created="yesterday"))
    assert remarks(base, odd, Level.CAUTION) == []


def test_simulated_times_are_marked() -> None:
    """The law is told, and that nothing was measured."""
    base, new = (StudyBuilder(plan={"simulate": law}) for law in ("linear:seconds=1", "other"))
    for one in (base, new):
        one.case("simulated", [1.0] * 6)
    found = of_studies(data_of(base), data_of(new, "new"))
    texts = [(one.level, one.text) for one in found if one.backend == "simulated"]
    assert texts == [
        (Level.CAUTION, "times were computed from a law, not measured"),
        (Level.NOTE, "the law was linear:seconds=1 in BASE, other in NEW"),
    ]


def test_gravest_remark_comes_first() -> None:
    """Refusals, limits, cautions, notes."""
    found = of_studies(study(), on(study("new", threads_per_worker=2, batch=8), processor="x"))
    assert [one.level for one in found] == [
        Level.REFUSAL, Level.LIMIT, Level.CAUTION, Level.NOTE,
    ]  # fmt: skip


def test_grains_have_their_remarks() -> None:
    """METG of another threshold is another number; machines are looked at as in studies."""
    header = GrainHeader("a", "2026-01-01T00:00:00Z", ("scale",), PLAN, 0.5, ENVIRONMENT)
    base = GrainData(header, (), (), ())
    other = replace(header, id="b", threshold=0.8)
    (found,) = of_grains(base, replace(base, header=other))
    assert found.level is Level.REFUSAL
    moved = replace(header, id="b", environment=replace(ENVIRONMENT, processor="x"))
    (found,) = of_grains(base, replace(base, header=moved))
    assert found.level is Level.LIMIT
    assert of_grains(base, replace(base, header=replace(header, id="b"))) == ()
