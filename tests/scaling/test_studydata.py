"""What is made of a study once, and what belongs together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaling.model import SERIAL

if TYPE_CHECKING:
    from scaling.studydata import StudyData
    from tests.scaling.conftest import StudyBuilder


def test_what_is_made_of_a_study_is_made_once(study: StudyBuilder) -> None:
    """The function is called for each study, and once."""
    calls: list[StudyData] = []
    one, other = study.data, study.data
    for data in (one, other, one):
        data.once(calls.append)
    assert len(calls) == 2


def test_samples_and_sessions_are_found_by_name(study: StudyBuilder) -> None:
    """Those of a session, and of a case, in their order; none of a case that has none."""
    serial, idle = study.case(SERIAL), study.case("threads")
    study.session(serial, 1, [2.0, 2.1])
    study.session(serial, 2, [2.2])
    data = study.data
    first, second = data.sessions_of[serial.key]
    assert [first.block, second.block] == [1, 2]
    assert [sample.seconds for sample in data.samples_of[first.session]] == [2.0, 2.1]
    assert idle.key not in data.sessions_of
