"""Which cases are compared: what both have, and a word on every other."""

from __future__ import annotations

from dataclasses import replace

from scaling.analysis.comparison.cases import Matching, match, of_grain, of_study
from scaling.grain_model import GrainData, GrainHeader, GrainSession, Level
from scaling.model import SERIAL, UNCAPPED, Case, SkippedCase, WorkloadSpec
from scaling.records import Failure
from tests.scaling.conftest import StudyBuilder
from tests.scaling.examples import ENVIRONMENT, PLAN

LEVELS = (Level(400, (0.42,)), Level(200, (0.22,)), Level(100, (0.16,)), Level(50, (0.15,)))


def matched(base: StudyBuilder, new: StudyBuilder) -> Matching:
    """Match two studies that have a case in common."""
    found = match(of_study(base.data), of_study(new.data))
    assert found is not None
    return found


def test_same_place_is_the_same_case() -> None:
    """Backend, nodes, workers, size and twin decide; the values of each block are its own."""
    base, new = StudyBuilder(), StudyBuilder()
    for study, seconds in ((base, 1.0), (new, 2.0)):
        study.case(SERIAL, [seconds] * 3)
        study.case(SERIAL, [seconds / 2] * 3, twin=UNCAPPED)
    found = matched(base, new)
    assert [(one.case.key, one.base, one.new) for one in found.pairs] == [
        ("serial-n1-w1-s100", (1.0,) * 3, (2.0,) * 3),
        ("serial-uncapped-n1-w1-s100", (0.5,) * 3, (1.0,) * 3),
    ]
    assert found.apart == ()


def test_cases_of_one_study_are_named() -> None:
    """Other workers and sizes are other cases; with several sizes the size is told."""
    base, new = StudyBuilder(), StudyBuilder()
    for study in (base, new):
        study.case(SERIAL, [1.0])
    base.case("threads", [1.0], workers=2)
    base.case("threads", [1.0], workers=2, size=200)
    new.case("threads", [1.0], workers=4)
    assert matched(base, new).apart == (
        "Only in BASE: threads (2 workers) with 100 items, threads (2 workers) with 200 items.",
        "Only in NEW: threads (4 workers).",
    )


def test_nothing_in_common() -> None:
    """Two studies without a shared case have no matching."""
    base, new = StudyBuilder(), StudyBuilder()
    base.case(SERIAL, [1.0], size=100)
    new.case(SERIAL, [1.0], size=200)
    assert match(of_study(base.data), of_study(new.data)) is None


def test_failure_in_new_alone_is_broken() -> None:
    """What worked in BASE and failed in NEW is told with its reason."""
    base, new = StudyBuilder(), StudyBuilder()
    base.case("dask", [1.0] * 6)
    failed = new.case("dask")
    new.session(failed, 1, [], status="failed", failure=Failure("raised", "no luck"))
    (pair,) = matched(base, new).pairs
    assert pair.broken == "failed: no luck"


def test_case_that_new_did_not_measure_lacks_a_value() -> None:
    """A library that is missing, or a run that ended early, is no regression and no pass."""
    base, new = StudyBuilder(), StudyBuilder()
    for study in (base, new):
        study.case(SERIAL, [1.0] * 6)
    base.case("dask", [1.0] * 6)
    new.skipped.append(SkippedCase(Case("demo", 100, "dask", 1, 1), "not installed"))
    lacking = matched(base, new).pairs[1]
    assert (lacking.broken, lacking.lacking) == ("", "NEW has no value: skipped: not installed")


def test_case_without_a_base_is_told_and_not_judged() -> None:
    """A fix, and what failed in both, are sentences."""
    base, new = StudyBuilder(), StudyBuilder()
    for study in (base, new):
        study.case(SERIAL, [1.0] * 6)
        wrong = study.case("threads", [1.0] * 6 if study is new else [])
        if study is base:
            study.session(wrong, 1, [1.0], status="wrong", failure=Failure("wrong", "42 is not 41"))
        both = study.case("ray")
        study.session(both, 1, [], status="timeout", failure=Failure("timeout", "60 s"))
    found = matched(base, new)
    assert [one.case.backend for one in found.pairs] == [SERIAL]
    assert found.apart == (
        "threads (1 worker) has a value in NEW alone; in BASE it was wrong: 42 is not 41.",
        "ray (1 worker) has no value in either; in NEW it was timeout: 60 s.",
    )


def grain(levels: tuple[Level, ...]) -> GrainData:
    """Return six equal sessions of one case."""
    case = Case("grain", 1000, "threads", 1, 2)
    plan = replace(PLAN, spec=WorkloadSpec("grain", size=1000), sizes=(1000,), cases=(case,))
    header = GrainHeader("id", "2026-01-01", ("scale", "grain"), plan, 0.5, ENVIRONMENT)
    sessions = tuple(
        GrainSession(f"s{block}", case.key, block, "ok", "now", 0.1, levels) for block in range(6)
    )
    return GrainData(header, (), sessions, ())


def test_grains_are_compared_by_the_metg_of_each_session() -> None:
    """Twice the time at each level is twice the METG; what is only bounded is not judged."""
    slower = tuple(Level(one.steps, tuple(2 * s for s in one.seconds)) for one in LEVELS)
    found = match(of_grain(grain(LEVELS)), of_grain(grain(slower)))
    assert found is not None
    (pair,) = found.pairs
    assert len(pair.base) == len(pair.new) == 6
    assert pair.new[0] / pair.base[0] == 2
    assert pair.lacking == ""
    bounded = match(of_grain(grain(LEVELS)), of_grain(grain(LEVELS[:3])))
    assert bounded is not None
    assert "only known to be less" in bounded.pairs[0].lacking
