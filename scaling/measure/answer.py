"""Is this session's answer the reference answer?"""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

from scaling.backends.failures import error_text
from scaling.files import write_whole
from scaling.measure.messages import SessionTask
from scaling.samples import Failure
from scaling.workloads import answers
from scaling.workloads.base import Workload


class WrongAnswer(Exception):
    """Raised when an answer is not the reference answer, or fails the workload's own check."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


class AnswerCheck:
    """Compares the answers of a session with the reference; where there is none yet, makes it."""

    def __init__(self, task: SessionTask, workload: Workload) -> None:
        self._task, self._workload = task, workload
        self._expected = task.expected_digest
        self._checked: str | None = None

    def digest(self, answer: object) -> str:
        """Return the answer's digest. Raises WrongAnswer."""
        try:
            digest = answers.digest(answer)
        except TypeError as error:
            message = f"the answer cannot be compared: {error}; let combine return plain values"
            raise WrongAnswer(Failure("wrong", message)) from None
        if digest == self._checked:
            return digest
        if self._checked is not None and self._expected is None:
            self._expected = self._checked
        self._run_own_check(answer)
        if self._expected is None:
            self._keep(answer)
        elif digest != self._expected:
            self._compare(answer)
        self._checked = digest
        return digest

    def _run_own_check(self, answer: object) -> None:
        if self._workload.check is None:
            return
        try:
            self._workload.check(answer)
        except AssertionError as error:
            message = f"the workload's own check says that the answer is wrong: {error}"
            raise WrongAnswer(Failure("wrong", message)) from None
        except Exception as error:  # noqa: BLE001 - a check of the user may raise anything
            message = f"the workload's own check raised {error_text(error)}"
            raise WrongAnswer(Failure("wrong", message)) from None

    def _keep(self, answer: object) -> None:
        path = Path(self._task.reference)
        if path.exists():
            return
        try:
            write_whole(path, pickle.dumps(answer, protocol=5))
        except Exception:  # noqa: BLE001 - not picklable, or no room: then digests are compared
            return

    def _compare(self, answer: object) -> None:
        path = Path(self._task.reference)
        difference: str | None = "its digest is another (the reference itself is not at hand)"
        if path.exists():
            reference: Any = pickle.loads(path.read_bytes())
            difference = answers.same(reference, answer, self._task.tolerance)
        if difference is None:
            return
        raise WrongAnswer(self._failure(difference))

    def _failure(self, difference: str) -> Failure:
        if self._task.case.key == self._task.reference_case:
            return Failure(
                "not-deterministic",
                f"the kernel is not deterministic: {self._task.case.backend} gave two different "
                f"answers: {difference}",
            )
        return Failure("wrong", f"the answer differs from the reference: {difference}")
