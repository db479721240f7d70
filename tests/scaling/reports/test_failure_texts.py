"""What the user's code said is told once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaling.records import Failure
from scaling.reports.failure_texts import MOST_LINES, told
from scaling.results import Study

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder


def test_same_text_is_told_once(study: StudyBuilder) -> None:
    """The same trace on two backends; the printed lines of one."""
    for backend, output in (("threads", None), ("processes", "printed")):
        case = study.case(backend, workers=2)
        failure = Failure("raised", "no", traceback=f"in {backend}\nValueError: no\n")
        study.session(case, 1, [], status="failed", failure=failure, output=output)
    assert list(told(Study(study.data))) == [
        ("threads (2 workers) raised", "in threads\nValueError: no"),
        ("processes (2 workers) printed", "printed"),
    ]


def test_long_text_keeps_its_end(study: StudyBuilder) -> None:
    """What went wrong is said last."""
    case = study.case("threads")
    lines = "\n".join(map(str, range(100)))
    study.session(case, 1, [], status="failed", failure=Failure("raised", "no", traceback=lines))
    ((_, text),) = told(Study(study.data))
    assert text.split("\n") == [str(number) for number in range(100 - MOST_LINES, 100)]
