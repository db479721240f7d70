"""An answer is checked by the workload itself and against the reference."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from scaling.measure.answer import AnswerCheck, WrongAnswer
from scaling.measure.messages import SessionTask
from scaling.model import Case, WorkloadSpec
from scaling.workloads.answers import digest
from scaling.workloads.base import Workload

CASE = Case("work", 1, "threads", 1, 2)


def task(path: Path, *, expected: object = None, tolerance: float | None = None) -> SessionTask:
    """Make a task whose reference answer is ``expected``; None for no reference yet."""
    if expected is not None:
        path.write_bytes(pickle.dumps(expected))
    return SessionTask(
        session="s",
        case=CASE,
        block=1,
        spec=WorkloadSpec("work"),
        code_digest="0",
        threads_per_worker=1,
        batch=None,
        tolerance=tolerance,
        reference=str(path),
        reference_case=None,
        expected_digest=None if expected is None else digest(expected),
        most_samples=1,
    )


def workload(check: Callable[[object], None] | None = None) -> Workload:
    """Make a workload that only has a check."""
    return Workload("work", abs, list, check=check)


def test_first_answer_is_kept(tmp_path: Path) -> None:
    """Where there is no reference, the answer becomes it."""
    path = tmp_path / "answer"
    AnswerCheck(task(path), workload()).digest([1, 2.5])
    assert pickle.loads(path.read_bytes()) == [1, 2.5]


def test_equal_answer_passes(tmp_path: Path) -> None:
    """An equal answer has the reference's digest."""
    check = AnswerCheck(task(tmp_path / "answer", expected={"a": 1, "b": 2}), workload())
    assert check.digest({"b": 2, "a": 1}) == digest({"a": 1, "b": 2})


def test_other_answer_is_wrong_and_says_where(tmp_path: Path) -> None:
    """Another answer is wrong, and the message says where they differ."""
    check = AnswerCheck(task(tmp_path / "answer", expected=[1, 2, 3]), workload())
    with pytest.raises(WrongAnswer, match=r"\[1\]"):
        check.digest([1, 5, 3])


def test_tolerance_lets_near_floats_pass(tmp_path: Path) -> None:
    """Floats within the tolerance are equal; without one they must be exact."""
    near = [1.0 + 1e-9]
    path = tmp_path / "answer"
    AnswerCheck(task(path, expected=[1.0], tolerance=1e-6), workload()).digest(near)
    with pytest.raises(WrongAnswer):
        AnswerCheck(task(path, expected=[1.0]), workload()).digest(near)


def test_answers_of_one_session_must_agree(tmp_path: Path) -> None:
    """Two different answers in one session are noticed without a reference."""
    check = AnswerCheck(task(tmp_path / "answer"), workload())
    check.digest(1)
    with pytest.raises(WrongAnswer):
        check.digest(2)


def test_baseline_that_differs_from_itself(tmp_path: Path) -> None:
    """When the reference's own case differs, the kernel is not deterministic."""
    made = task(tmp_path / "answer", expected=1)
    object.__setattr__(made, "reference_case", CASE.key)
    with pytest.raises(WrongAnswer) as caught:
        AnswerCheck(made, workload()).digest(2)
    assert caught.value.failure.kind == "not-deterministic"


def test_own_check_speaks_first(tmp_path: Path) -> None:
    """The workload's own check decides even where there is no reference."""

    def refuse(answer: object) -> None:
        raise AssertionError(f"{answer} is no prime")

    with pytest.raises(WrongAnswer, match="4 is no prime"):
        AnswerCheck(task(tmp_path / "answer"), workload(refuse)).digest(4)


def test_own_check_that_fails_itself(tmp_path: Path) -> None:
    """A check that raises something else is told as that."""

    def broken(answer: object) -> None:
        raise KeyError("x")

    with pytest.raises(WrongAnswer, match="KeyError"):
        AnswerCheck(task(tmp_path / "answer"), workload(broken)).digest(4)


def test_what_cannot_be_compared_is_wrong(tmp_path: Path) -> None:
    """An answer without a digest is refused with what to do."""
    with pytest.raises(WrongAnswer, match="plain values"):
        AnswerCheck(task(tmp_path / "answer"), workload()).digest(x for x in [1])
