"""Runs the sessions that are left, and saves what they tell."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from cluster.errors import ClusterError
from scaling.backends import limits, registry
from scaling.errors import ScaleError
from scaling.files import remove_torn
from scaling.measure.launch import Launcher, SessionResult
from scaling.measure.messages import TRACES, Done, SessionTask
from scaling.model import REFERENCE_BLOCK, Case, Status, StudyHeader
from scaling.observer import Observer
from scaling.records import Failure, Sample, SessionRecord
from scaling.store import Writer
from scaling.study.history import History
from scaling.study.nodes.base import Nodes
from scaling.study.nodes.idle_load import IdleLoad
from scaling.study.stopping import Reason, StoppingRule

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
    rule: StoppingRule
    study: Path
    """Folder of the study."""
    owed: set[int] = field(default_factory=set)
    """Sizes whose reference answer an earlier run took: it is not at hand."""

    def run(self) -> Reason:
        """Take the missing reference answers, then block after block. Returns why it ended."""
        remove_torn(self.study / TRACES)
        self.observer.started(self.history.left())
        for case in self.history.references_left():
            self._session(case, REFERENCE_BLOCK)
        for block in count(1):
            left = self.history.left_of(block)
            if left:
                self.rule.begin_block()
            if left and block > self.history.plan.blocks:
                self.observer.started(len(left))
            for case in left:
                self._session(case, block)
            reason = self.rule.reason(block, self.history.measured())
            if reason is not None:
                return reason
        raise AssertionError("a study has an end")

    def _retake_reference(self, size: int) -> None:
        """Take the reference answer again, without recording it.

        Digests tell equal answers, not near ones: those need the reference itself. Raises
        ScaleError when it does not come.
        """
        self.owed.discard(size)
        case = self.header.plan.case(self.history.digests[size][1])
        self.observer.message(f"taking the reference answer of {size} items again")
        result = self._measure(case, REFERENCE_BLOCK, _new_id(), retake=True)
        if result.status != "ok" or not self._reference(size).exists():
            raise ScaleError(
                f"the reference answer of {case.label} did not come again, and --tolerance "
                "needs it; start a new study"
            )

    def _session(self, case: Case, block: int) -> None:
        if case.size in self.owed:
            self._retake_reference(case.size)
        self.observer.session_started(case, block)
        session = _new_id()
        started = datetime.now(UTC).isoformat(timespec="milliseconds")
        quiet = self.nodes.settle()
        load = IdleLoad.begin(self.nodes)
        result = self._measure(case, block, session)
        if _on_cluster(case) and result.status == "failed" and not self.nodes.whole():
            self.observer.message("the cluster lost a node: starting it and the session again")
            session = _new_id()
            result = self._measure(case, block, session)
        status, failure = _outcome(case, result)
        record = SessionRecord(
            session=session,
            case=case.key,
            block=block,
            status=status,
            started=started,
            opening_s=result.opening_s,
            warmup_s=result.warmup_s,
            samples=len(result.samples),
            failure=failure,
            idle_load=None if _on_cluster(case) else load.mean(),
            output=result.output,
            quiet=quiet,
            workers=result.workers,
            spilled_bytes=result.done.spilled_bytes if result.done else None,
        )
        if status != "ok":
            remove_torn(self.study / TRACES)
        self.writer.append(record)
        self.history.take(record, result.samples)
        self._tell_end(case, block, record)

    def _tell_end(self, case: Case, block: int, record: SessionRecord) -> None:
        text = record.failure.message if record.failure else ""
        self.observer.session_ended(case, block, record.status, text)
        if record.status != "ok" and block <= self.history.plan.blocks:
            self.observer.started(self.history.left())

    def _measure(
        self, case: Case, block: int, session: str, *, retake: bool = False
    ) -> SessionResult:
        environment = limits.variables(self._threads(case)) if case.uncapped else {}
        if _on_cluster(case):
            try:
                self._open_nodes()
            except ClusterError as error:
                return SessionResult(done=Done("failed", Failure("opening", str(error))))
            environment = self.nodes.environment()
        return self.launcher.session(
            self._task(case, block, session, retake=retake),
            environment=environment,
            sample_limit_s=self.history.limit_s(case),
            on_sample=_ignore if retake else self._keep,
        )

    def _open_nodes(self) -> None:
        opened = self.nodes.open()
        if opened is not None:
            self.writer.append(opened)
            count = len(opened.nodes)
            start = f", started in {opened.start_s:.1f} s" if opened.embedded else ""
            self.observer.message(f"cluster of {count} node{'s' * (count != 1)}{start}")

    def _task(self, case: Case, block: int, session: str, *, retake: bool) -> SessionTask:
        plan = self.header.plan
        digest, key = self.history.digests.get(case.size, (None, None))
        return SessionTask(
            session=session,
            case=case,
            block=block,
            spec=self.header.spec(case),
            threads_per_worker=self._threads(case),
            batch=plan.batch,
            tolerance=plan.tolerance,
            code_digest=self.header.facts_of(case).code_digest,
            reference=str(self._reference(case.size)),
            reference_case=key,
            expected_digest=None if retake else digest,
            most_samples=1 if block == REFERENCE_BLOCK else MOST_SAMPLES,
            cluster=self.nodes.target(case) if _on_cluster(case) else None,
            law=plan.simulate,
            study=str(self.study.absolute()) if plan.trace and not retake else None,
        )

    def _threads(self, case: Case) -> int:
        """Return the cap on inner threads of the case's workers."""
        header = self.header
        return header.environment.usable_cpus if case.uncapped else header.plan.threads_per_worker

    def _reference(self, size: int) -> Path:
        return self.folder / f"answer-{size}"

    def _keep(self, sample: Sample) -> None:
        self.writer.append(sample)
        if self.header.plan.trace and sample.trace is None:
            self.observer.message(f"no trace of a sample: {self.study} cannot be written")
        self.observer.sample(self.header.plan.case(sample.case), sample.block, sample.seconds)


def _on_cluster(case: Case) -> bool:
    return registry.entry(case.backend).on_cluster


def _outcome(case: Case, result: SessionResult) -> tuple[Status, Failure | None]:
    """Return how the session of a case ended, and why it has no value.

    More threads add in another order, so that sums may differ in their last digits: then the twin
    that shows what inner threads do cannot be compared, and nothing is wrong with the work.
    """
    failure = result.failure
    if not case.uncapped or result.status != "wrong" or failure is None:
        return result.status, failure
    message = f"with inner threads {failure.message}; --tolerance allows for another order of sums"
    return "skipped", replace(failure, kind="wrong", message=message)


def _new_id() -> str:
    return uuid.uuid4().hex[:12]


def _ignore(sample: Sample) -> None:
    del sample
