"""What a study has found out decides what is left."""

from __future__ import annotations

from dataclasses import replace

from scaling.model import Case, Plan, Status, WorkloadSpec
from scaling.records import Failure, Sample, SessionRecord
from scaling.study.history import FIRST_LIMIT_S, LIMIT_BASE_S, LIMIT_FACTOR, History
from tests.scaling.examples import PLAN

SERIAL = Case("work", 10, "serial", 1, 1)
THREADS = Case("work", 10, "threads", 1, 2)


def plan(timeout_s: float | None = None, blocks: int = 2) -> Plan:
    """Make a plan of two cases."""
    return replace(
        PLAN,
        spec=WorkloadSpec("work"),
        sizes=(None,),
        cases=(SERIAL, THREADS),
        baseline=(SERIAL.key,),
        blocks=blocks,
        timeout_s=timeout_s,
    )


def session(case: Case, block: int, status: Status = "ok") -> SessionRecord:
    """Make the end of a session."""
    failure = None if status == "ok" else Failure("raised", "no luck")
    return SessionRecord("s", case.key, block, status, "now", 0.1, 0.1, 1, failure)


def sample(case: Case, seconds: float, digest: str = "d") -> Sample:
    """Make a sample."""
    return Sample("s", case.key, 1, 0, seconds, 0.0, 10, (), 0.0, digest, 1.0)


def test_new_study_has_all_left() -> None:
    """At first every case of every block is left, and the reference."""
    history = History(plan())
    assert history.references_left() == [SERIAL]
    for block in (1, 2):
        assert set(history.left_of(block)) == {SERIAL, THREADS}
    assert history.left() == 5


def test_done_sessions_are_not_repeated() -> None:
    """A session that ended is not left, nor is the reference."""
    history = History(plan())
    history.take(session(SERIAL, 0), [sample(SERIAL, 1.0)])
    history.take(session(THREADS, 1), [])
    assert history.references_left() == []
    assert history.left_of(1) == [SERIAL]
    assert set(history.left_of(2)) == {SERIAL, THREADS}
    assert history.left() == 3


def test_failed_case_is_not_run_in_later_blocks() -> None:
    """After a failure only the other cases are left; the rest goes on."""
    history = History(plan())
    history.take(session(THREADS, 1, "failed"), [])
    assert history.left_of(2) == [SERIAL]
    assert history.measured() == [[]]


def test_first_answer_is_the_reference() -> None:
    """The first digest of a size stays the reference, with the case that gave it."""
    history = History(plan())
    history.take(session(SERIAL, 0), [sample(SERIAL, 1.0, "first")])
    history.take(session(THREADS, 1), [sample(THREADS, 1.0, "second")])
    assert history.digests == {10: ("first", SERIAL.key)}


def test_limit_grows_with_the_serial_time() -> None:
    """A sample may take 60 s and 10 times the serial median; an hour while that is unknown."""
    history = History(plan())
    assert history.limit_s(THREADS) == FIRST_LIMIT_S
    history.take(session(SERIAL, 0), [sample(SERIAL, 3.0)])
    assert history.limit_s(THREADS) == LIMIT_BASE_S + LIMIT_FACTOR * 3.0


def test_session_values_are_medians_without_the_reference() -> None:
    """A session's value is the median of its samples; the reference block has none."""
    history = History(plan())
    history.take(session(SERIAL, 0), [sample(SERIAL, 9.0)])
    history.take(session(SERIAL, 1), [sample(SERIAL, s) for s in (1.0, 2.0, 5.0)])
    assert history.measured() == [[2.0], []]


def test_limit_of_the_user_holds() -> None:
    """``--timeout`` holds for every sample, the first too."""
    assert History(plan(timeout_s=5.0)).limit_s(SERIAL) == 5.0
