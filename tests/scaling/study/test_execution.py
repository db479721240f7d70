"""What a session of each case is given, and what becomes of its end."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from scaling.backends import limits
from scaling.measure.launch import SessionResult
from scaling.measure.messages import Done, SessionTask
from scaling.model import SERIAL, UNCAPPED, Case, Status
from scaling.records import Failure
from scaling.store import Writer, read
from scaling.study.execution import Execution
from scaling.study.history import History
from scaling.study.stopping import StoppingRule
from tests.scaling.conftest import StudyBuilder

DIFFERS = Failure("wrong", "the answer differs from the reference: 1.0 is not 1.1")


class Launcher:
    """Takes tasks and ends each session in the same way."""

    def __init__(self, done: Done) -> None:
        self._done = done
        self.given: dict[str, tuple[int, dict[str, str]]] = {}

    def session(
        self, task: SessionTask, *, environment: dict[str, str], **others: Any
    ) -> SessionResult:
        """Note what the session is given."""
        del others
        self.given[task.case.key] = task.threads_per_worker, environment
        return SessionResult(done=self._done)


class Nodes:
    """No cluster."""

    def settle(self) -> bool:
        """Nothing has to become quiet."""
        return True

    def cpu_seconds(self) -> None:
        """Nothing idles beside the cases."""


def say_nothing(*words: object) -> None:
    """Ignore what happens."""
    del words


class Silent:
    """Sees what happens and says nothing."""

    def __getattr__(self, name: str) -> Any:
        return say_nothing


def run(study: StudyBuilder, done: Done, folder: Path) -> tuple[Launcher, History]:
    """Run one block of a study whose sessions all end like this."""
    launcher, header = Launcher(done), study.header
    history = History(header.plan)
    study.save(folder)
    with Writer(folder) as writer:
        Execution(
            header=header,
            history=history,
            launcher=cast("Any", launcher),
            nodes=cast("Any", Nodes()),
            writer=writer,
            observer=cast("Any", Silent()),
            folder=folder,
            rule=StoppingRule(1, None, 0.05, None),
            study=folder,
        ).run()
    return launcher, history


@pytest.fixture
def cases(study: StudyBuilder) -> list[Case]:
    """Serial with and without the cap, and threads."""
    study.plan["blocks"] = 1
    return [study.case(SERIAL), study.case(SERIAL, twin=UNCAPPED), study.case("threads")]


def test_one_case_has_no_cap(study: StudyBuilder, cases: list[Case], tmp_path: Path) -> None:
    """Its session may use all 4 CPUs, by its environment and by its task; others keep the cap."""
    launcher, _ = run(study, Done("ok", None), tmp_path)
    capped, free, threads = (launcher.given[case.key] for case in cases)
    assert free == (4, limits.variables(4))
    assert capped == threads == (1, {})


@pytest.mark.parametrize(
    ("status", "of_twin"), [("wrong", "skipped"), ("failed", "failed"), ("timeout", "timeout")]
)
def test_another_order_of_sums_is_no_wrong_answer(
    study: StudyBuilder, cases: list[Case], tmp_path: Path, status: Status, of_twin: Status
) -> None:
    """A twin whose answer differs is left out with the reason; it is not run again."""
    run(study, Done(status, DIFFERS), tmp_path)
    ends = {one.case: one for one in read(tmp_path).sessions}
    capped, free, threads = (ends[case.key] for case in cases)
    assert (capped.status, free.status, threads.status) == (status, of_twin, status)
    assert free.failure is not None
    assert ("--tolerance" in free.failure.message) == (of_twin == "skipped")
