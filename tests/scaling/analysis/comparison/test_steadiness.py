"""A comparison says where the times it rests on were not steady."""

from __future__ import annotations

from scaling.analysis.comparison.remark import Level
from scaling.analysis.comparison.steadiness import of_times
from scaling.model import SERIAL
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
    assert list(of_times(study.data, study.data, [case])) == []
