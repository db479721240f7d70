"""Messages reach the owner as they were told, and tasks the session."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaling.errors import UsageError
from scaling.measure.launch import Launcher, process_environment
from scaling.measure.listen import decode
from scaling.measure.messages import Checking, Done, Message, Opened, Refused, Warmed, encode
from scaling.model import WorkloadSpec
from scaling.samples import Failure, MachineUse, Sample, WorkerFacts, WorkerSummary

WORKER = WorkerSummary("thread-0", "local", 3, 1, 0.5, None, 0.0, 0.5)
MESSAGES = (
    Opened(0.25),
    Warmed(0.5, (WorkerFacts("thread-0", "local", "0-1", 1, 0.1, None),)),
    Checking(),
    Sample("s", "c", 1, 0, 1.5, 0.1, 3, (WORKER,), 0.5, "d", 9.5, machine=MachineUse(0.1)),
    Done("failed", Failure("raised", 'ValueError: \u00e9 "quoted"\n', item=2), 7),
    Refused("no"),
)


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_messages_come_as_they_were_told(message: Message) -> None:
    """A message is one line, and equal after it."""
    line = encode(message)
    assert line.index(b"\n") == len(line) - 1
    assert message == decode(line)


def test_what_is_not_utf_8_becomes_a_question_mark() -> None:
    """A file name with bytes that are no text does not break the line."""
    assert Refused("no file ?.py") == decode(encode(Refused("no file \udcff.py")))


def test_a_name_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    """No process is started for a workload whose name the study file could not hold."""
    launcher = Launcher("tests", tmp_path, process_environment([], 1))
    with pytest.raises(UsageError, match="not UTF-8"):
        launcher.probe(WorkloadSpec("work.py:f", items="glob:\udcff*"), sends=False)
