"""What speedup is relative to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaling.analysis.base_case import base_cases, key_of
from scaling.model import SERIAL, UNCAPPED
from scaling.results import Study

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder


def found(study: StudyBuilder) -> list[str]:
    """Return the keys of the base cases."""
    read = Study(study.data)
    return [key_of(base) for base in base_cases(read.results, read.header.plan)]


def test_one_for_each_size_with_a_value(study: StudyBuilder) -> None:
    """A size whose baseline failed has none."""
    first = study.case(SERIAL, [1.0], size=10)
    study.case("threads", [1.0], size=10)
    failed = study.case(SERIAL, size=20)
    study.session(failed, 1, [], status="failed")
    assert found(study) == [first.key]


def test_smallest_of_each_backend_where_work_grows(study: StudyBuilder) -> None:
    """Every backend is its own base case; a case without the cap is none."""
    base = study.case(SERIAL, [1.0])
    study.case(SERIAL, [0.8], twin=UNCAPPED)
    study.case("processes", [1.2], workers=4, size=400)
    second = study.case("processes", [1.1], workers=2, size=200)
    study.plan = {"weak": True, "baseline": (base.key,)}
    assert found(study) == [base.key, second.key]


def test_key_tells_twins_apart(study: StudyBuilder) -> None:
    """A result leads back to its case."""
    cases = [study.case(SERIAL, [1.0], twin=twin) for twin in ("-a", "-b")]
    assert [key_of(result) for result in Study(study.data).results] == [c.key for c in cases]
