"""What the user's code said is told once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scaling.model import Case, SkippedCase
from scaling.records import Failure
from scaling.reports.failure_texts import MOST_LINES, reasons, told
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


def test_cases_of_one_reason_share_a_line(study: StudyBuilder) -> None:
    """The first few by name; one case reads as before."""
    for workers in range(1, 7):
        case = study.case("joblib", workers=workers)
        study.session(case, 1, [], status="failed", failure=Failure("raised", "no"))
    study.skipped.append(SkippedCase(Case("demo", 100, "dask", 1, 2), "not installed"))
    study.skipped.append(SkippedCase(Case("demo", 100, "dask", 1, 1), "not installed"))
    wrong = study.case("threads")
    study.session(wrong, 1, [1.0], status="wrong", failure=Failure("wrong", "other"))
    first, *others = reasons(Study(study.data).results)
    assert first.startswith("joblib (1 worker), joblib (2 workers), joblib (3 workers), joblib (4")
    assert first.endswith("workers) and 2 more failed: no")
    assert others == [
        "threads (1 worker) gave a wrong answer: other",
        "dask (2 workers) and dask (1 worker) were skipped: not installed",
    ]


def test_sizes_are_told_where_there_are_several(study: StudyBuilder) -> None:
    """Else one name would stand for two cases."""
    for size in (1, 20):
        study.session(study.case("joblib", size=size), 1, [], status="timeout")
    (line,) = {line.partition(":")[0] for line in reasons(Study(study.data).results)}
    assert line == "joblib (1 worker) with 1 item and joblib (1 worker) with 20 items took too long"


def test_brief_reason_keeps_its_beginning(study: StudyBuilder) -> None:
    """The names of the cases are never cut."""
    for workers in (1, 2):
        failure = Failure("raised", f"why {'x' * 500}")
        case = study.case("joblib", workers=workers)
        study.session(case, 1, [], status="failed", failure=failure)
    (line,) = reasons(Study(study.data).results, brief=True)
    assert line.startswith("joblib (1 worker) and joblib (2 workers) failed: why xxx")
    assert line.endswith("xxx ...")
    assert len(line) < 220
