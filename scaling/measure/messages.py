"""What a session or a probe tells its owner: one JSON line each, on the private channel."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, TypeAlias

from scaling.passes import ClusterTarget
from scaling.samples import Failure, Sample, WorkerFacts
from scaling.subject import Case, Status, WorkloadSpec

if TYPE_CHECKING:
    from scaling.grain_model import Level
    from scaling.model import WorkloadFacts

TASK_FILE = "task.pickle"
"""The task, in the private folder of the process it is for."""
TRACES = "traces"
"""Folder of the whole records, in that of the study."""


@dataclass(frozen=True, slots=True)
class SessionTask:
    """What a session is to do."""

    session: str
    case: Case
    block: int
    spec: WorkloadSpec
    threads_per_worker: int
    batch: int | None
    tolerance: float | None
    reference: str
    """File of the reference answer; made by the first session that has one."""
    code_digest: str
    """Of the code that the study began with."""
    reference_case: str | None
    """Key of the case that gave the reference answer."""
    expected_digest: str | None
    """Digest of the reference answer; None when there is none yet."""
    most_samples: int
    cluster: ClusterTarget | None = None
    law: str | None = None
    study: str | None = None
    """Folder of the study, where the whole record of each sample goes; None keeps none."""


@dataclass(frozen=True, slots=True)
class GrainTask:
    """What a session of ``scale grain`` is to do."""

    session: str
    case: Case
    spec: WorkloadSpec
    threads_per_worker: int
    batch: int | None
    code_digest: str
    """Of the code that the run began with."""
    threshold: float
    cluster: ClusterTarget | None = None


@dataclass(frozen=True, slots=True)
class ProbeTask:
    """What a probe is to look at."""

    spec: WorkloadSpec
    sends: bool
    """True when items must travel to other processes."""
    plain: bool = True
    """True when some of these processes take no code by value."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The pool answers and holds the shared input."""

    opening_s: float


@dataclass(frozen=True, slots=True)
class Warmed:
    """Every worker has done some work."""

    warmup_s: float
    workers: tuple[WorkerFacts, ...]


@dataclass(frozen=True, slots=True)
class Sampling:
    """A sample begins."""


@dataclass(frozen=True, slots=True)
class Checking:
    """The sample is over; its answer is being checked."""


@dataclass(frozen=True, slots=True)
class Done:
    """The session has no more to tell."""

    status: Status
    failure: Failure | None
    spilled_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """The probe found a mistake of the user."""

    message: str


Message: TypeAlias = (
    "Opened | Warmed | Sampling | Checking | Sample | Level | Done | Refused | WorkloadFacts"
)


def encode(message: Message) -> bytes:
    """Return the message as a line; what is not UTF-8 in a text becomes a question mark.

    By the standard library: loading a faster one takes longer than a session's few messages.
    """
    line = {"kind": type(message).__name__, "body": asdict(message)}
    return json.dumps(line, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
