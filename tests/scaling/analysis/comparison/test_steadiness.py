"""A comparison says where the times it rests on were not steady."""

from __future__ import annotations

from scaling.analysis.comparison.remark import Level
from scaling.analysis.comparison.steadiness import of_times
from scaling.model import SERIAL, Case
from tests.scaling.conftest import StudyBuilder


def test_drift_is_told_with_its_study_and_case() -> None:
    """A case that became slower from block to block is named; what is not compared is not."""
    base, new = StudyBuilder(), StudyBuilder()
    for study in (base, new):
        steady = study.case(SERIAL, [1.0, 1.01, 0.99] * 4)
        rise = 0.02 if study is new else 0.0
        drifting = study.case("threads", [1 + rise * block for block in range(12)], workers=2)
    found = list(of_times(base.data, new.data, [steady, drifting]))
    texts = [one.text for one in found if one.text.startswith("drift")]
    assert len(texts) == 1
    assert texts[0].startswith("drift, threads (2 workers) in NEW: its times rose or fell")
    assert {one.level for one in found} == {Level.CAUTION}
    assert list(of_times(base.data, new.data, [])) == []


def test_steady_times_have_no_remark() -> None:
    """Few blocks and the like are told by the verdict itself."""
    study = StudyBuilder()
    case = study.case(SERIAL, [1.0, 1.01])
    study.end()
    assert list(of_times(study.data, study.data, [case])) == []


def test_unfinished_study_is_told() -> None:
    """A run that ended before its blocks, or still runs; many cases are not listed one by one."""
    base, new = StudyBuilder(plan={"blocks": 12}), StudyBuilder(plan={"blocks": 12})
    for study, blocks in ((base, 12), (new, 8)):
        cases = [study.case("threads", [1.0] * blocks, workers=n) for n in range(1, 61)]
    base.end()
    (found,) = of_times(base.data, new.data, cases)
    assert found.text.startswith("interrupted, all cases in NEW: the run ended before all its")
    new.end("budget")
    (found,) = of_times(base.data, new.data, [*cases, Case("demo", 100, SERIAL, 1, 1)])
    assert found.text.startswith("budget, threads (1 worker), threads (2 workers)")
    assert "threads (4 workers) and 56 more in NEW: the time budget ran out" in found.text


def test_noise_is_told() -> None:
    """Blocks that differ by a tenth or more make a wide interval: it is said why."""
    base, new = StudyBuilder(), StudyBuilder()
    for study, noise in ((base, 0.01), (new, 0.3)):
        case = study.case(SERIAL, [1.0, 1.0 + noise] * 3)
        study.end()
    (found,) = of_times(base.data, new.data, [case])
    assert found.text.startswith("noisy, serial (1 worker) in NEW: the blocks differ by 10 %")
    (both,) = of_times(new.data, new.data, [case])
    assert both.text.startswith("noisy, serial (1 worker) in BASE and NEW: the blocks")
