"""Runs the sessions that are left, and saves what they tell."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cluster.errors import ClusterError
from scaling.backends import registry
from scaling.measure.launch import Launcher, SessionResult
from scaling.measure.messages import Done, SessionTask
from scaling.model import (
    REFERENCE_BLOCK,
    Case,
    Failure,
    Sample,
    SessionRecord,
    StudyHeader,
)
from scaling.observer import Observer
from scaling.store import Writer
from scaling.study.history import History
from scaling.study.nodes import Nodes

MOST_SAMPLES = 10


@dataclass(frozen=True, slots=True)
class Execution:
    """One run of a study, from where it stands to its end."""

    header: StudyHeader
    history: History
    launcher: Launcher
    nodes: Nodes
    writer: Writer
    observer: Observer
    folder: Path
    """Private folder of the run."""

    def run(self) -> None:
        """Take the reference answers that are missing, then every session that is left."""
        self._announce()
        for case in self.history.references_left():
            self._session(case, REFERENCE_BLOCK)
        for block, case in self.history.left():
            self._session(case, block)

    def retake_references(self) -> None:
        """Take the reference answers again for this run's comparisons, without recording them."""
        for size, (_, key) in list(self.history.digests.items()):
            case = self.header.plan.case(key)
            self.observer.message(f"taking the reference answer of {size} items again")
            self._measure(case, REFERENCE_BLOCK, uuid.uuid4().hex[:12], expected=None, record=False)

    def _announce(self) -> None:
        left = sum(1 for _ in self.history.left())
        self.observer.started(left + len(self.history.references_left()))

    def _session(self, case: Case, block: int) -> None:
        self.observer.session_started(case, block)
        session = uuid.uuid4().hex[:12]
        started = datetime.now(UTC).isoformat(timespec="milliseconds")
        load = Load.begin(self.nodes)
        known = self.history.digests.get(case.size)
        result = self._measure(case, block, session, expected=known and known[0], record=True)
        on_cluster = registry.entry(case.backend).on_cluster
        idle_load = None if on_cluster else load.mean()
        record = _record(case, block, result, session=session, started=started, idle_load=idle_load)
        self.writer.append(record)
        self.history.take(record, result.samples)
        self._tell_end(case, block, record)

    def _tell_end(self, case: Case, block: int, record: SessionRecord) -> None:
        text = record.failure.message if record.failure else ""
        self.observer.session_ended(case, block, record.status, text)
        if record.status != "ok":
            self._announce()

    def _measure(
        self, case: Case, block: int, session: str, *, expected: str | None, record: bool
    ) -> SessionResult:
        on_cluster = registry.entry(case.backend).on_cluster
        try:
            if on_cluster:
                self._open_nodes()
            else:
                self.nodes.settle()
        except ClusterError as error:
            return SessionResult(done=Done("failed", Failure("opening", str(error))))
        return self.launcher.session(
            self._task(case, block, session, expected),
            environment=self.nodes.environment() if on_cluster else {},
            sample_limit_s=self.history.limit_s(case),
            on_sample=self._keep if record else _ignore,
        )

    def _open_nodes(self) -> None:
        opened = self.nodes.open()
        if opened is not None:
            self.writer.append(opened)
            count = len(opened.nodes)
            start = f", started in {opened.start_s:.1f} s" if opened.embedded else ""
            self.observer.message(f"cluster of {count} node{'s' * (count != 1)}{start}")

    def _task(self, case: Case, block: int, session: str, expected: str | None) -> SessionTask:
        plan = self.header.plan
        entry = registry.entry(case.backend)
        known = self.history.digests.get(case.size)
        return SessionTask(
            session=session,
            case=case,
            block=block,
            spec=self.header.spec(case),
            threads_per_worker=plan.threads_per_worker,
            batch=plan.batch,
            tolerance=plan.tolerance,
            reference=str(self.folder / f"answer-{case.size}"),
            reference_case=known and known[1],
            expected_digest=expected,
            most_samples=1 if block == REFERENCE_BLOCK else MOST_SAMPLES,
            cluster=self.nodes.target(case) if entry.on_cluster else None,
            law=plan.simulate,
        )

    def _keep(self, sample: Sample) -> None:
        self.writer.append(sample)
        self.observer.sample(self.header.plan.case(sample.case), sample.block, sample.seconds)


@dataclass(frozen=True, slots=True)
class Load:
    """CPUs that the idle cluster kept busy since a moment."""

    nodes: Nodes
    cpu_s: float | None
    started: float

    @classmethod
    def begin(cls, nodes: Nodes) -> Load:
        """Start counting."""
        return cls(nodes, nodes.cpu_seconds(), time.monotonic())

    def mean(self) -> float | None:
        """Return the mean number of busy CPUs; None without a cluster of ours."""
        now = self.nodes.cpu_seconds()
        if self.cpu_s is None or now is None:
            return None
        return round((now - self.cpu_s) / (time.monotonic() - self.started), 4)


def _ignore(sample: Sample) -> None:
    del sample


def _record(
    case: Case,
    block: int,
    result: SessionResult,
    *,
    session: str,
    started: str,
    idle_load: float | None,
) -> SessionRecord:
    assert result.done is not None, "a session that ended says how"
    return SessionRecord(
        session=session,
        case=case.key,
        block=block,
        status=result.done.status,
        started=started,
        opening_s=result.opening_s,
        warmup_s=result.warmup_s,
        samples=len(result.samples),
        failure=result.done.failure,
        idle_load=idle_load,
        output=result.output,
    )
