"""Runs ``scale grain``: blocks of one session of every case, kept as they end."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from cluster.errors import ClusterError
from scaling import cases, environment, plan
from scaling.analysis import units
from scaling.analysis.granularity import metg
from scaling.backends import registry
from scaling.errors import GrainInterrupted
from scaling.grain_model import GrainEnd, GrainHeader, GrainSession
from scaling.grain_options import WORKLOAD, GrainOptions
from scaling.grain_store import Writer, refuse_existing
from scaling.measure.launch import Launcher, SessionResult, process_environment
from scaling.measure.messages import Done, GrainTask
from scaling.model import Case, Environment, Plan, SkippedCase, WorkloadFacts
from scaling.observer import Observer
from scaling.options import RunOptions
from scaling.records import Failure, Sample
from scaling.study.folders import default_output, private_folder
from scaling.study.nodes import choice
from scaling.study.nodes.base import Nodes, NodeSource

BACKENDS = (*cases.COMPARE_BACKENDS, "ray")
PASS_LIMIT_S = 300.0
"""A pass over the items that takes longer has failed."""

Reason = Literal["complete", "budget", "stopped"]


def start(options: GrainOptions, observer: Observer) -> Path:
    """Run all blocks and return the folder.

    Raises UsageError before anything is written, and GrainInterrupted.
    """
    owner = uuid.uuid4().hex[:12]
    with private_folder(owner) as folder:
        planned = _planned(options, owner, folder, observer)
        header, made = planned.header, planned.header.plan
        output = options.run.output or default_output(WORKLOAD)
        with (
            Writer(output, header) as writer,
            planned.source.open(made, owner, planned.settings, folder) as nodes,
        ):
            observer.message(f"grain in {output}")
            execution = _Execution(header, planned.facts, planned.launcher, nodes, writer, observer)
            with _ending(execution, output):
                execution.run(options.budget_s)
    return output


def look_ahead(options: GrainOptions, observer: Observer) -> GrainHeader:
    """Return what ``start`` would write first. Nothing is measured; raises UsageError."""
    owner = uuid.uuid4().hex[:12]
    with private_folder(owner) as folder:
        return _planned(options, owner, folder, observer).header


@dataclass(frozen=True, slots=True)
class _Planned:
    """A run that can begin."""

    header: GrainHeader
    facts: WorkloadFacts
    launcher: Launcher
    settings: Mapping[str, str]
    source: NodeSource


def _planned(options: GrainOptions, owner: str, folder: Path, observer: Observer) -> _Planned:
    run = options.run
    if run.output is not None:
        refuse_existing(run.output)
    settings = process_environment([], run.threads_per_worker)
    launcher = Launcher(owner, folder, settings)
    observer.message("looking at the machine")
    facts = replace(launcher.probe(run.spec, sends=True), waits=False)
    source = choice.find(run.cluster, max(run.nodes, default=1), run.workers_per_node, owner)
    machine = environment.collect()
    made = make_plan(run, facts, machine, source.node_cpus(run.nodes))
    header = GrainHeader(owner, _now(), run.command, made, options.threshold, machine)
    return _Planned(header, facts, launcher, settings, source)


def make_plan(
    run: RunOptions, facts: WorkloadFacts, machine: Environment, node_cpus: int | None
) -> Plan:
    """Return the cases and their blocks.

    Raises UsageError when a backend that was named cannot run the items.
    """
    wanted = run.backends or BACKENDS
    problems = {} if run.backends else {name: cases.problem(name, facts) for name in wanted}
    usable = tuple(name for name in wanted if problems.get(name) is None)
    made = plan.make(
        replace(run, backends=usable), facts=(facts,), environment=machine, node_cpus=node_cpus
    )
    return replace(
        made,
        # Nothing here is relative to a baseline.
        cases=tuple(case for case in made.cases if case.backend in usable),
        skipped=tuple(
            SkippedCase(Case(facts.name, facts.items, name, 1, 1), str(problem))
            for name, problem in problems.items()
            if problem is not None
        ),
    )


@dataclass(slots=True)
class _Execution:
    """One run, from its first session to its last."""

    header: GrainHeader
    facts: WorkloadFacts
    launcher: Launcher
    nodes: Nodes
    writer: Writer
    observer: Observer
    failed: set[str] = field(default_factory=set)
    """Keys of the cases that are not run again."""
    began: float = field(default_factory=time.monotonic)

    def run(self, budget_s: float | None) -> None:
        """Take block after block."""
        reason: Reason = "complete"
        blocks = self.header.plan.blocks
        for block in range(1, blocks + 1):
            left = [c for c in plan.order(self.header.plan, block) if c.key not in self.failed]
            self.observer.started(len(left) * (blocks - block + 1))
            begun = time.monotonic()
            for case in left:
                self._session(case, block)
            if len(self.failed) == len(self.header.plan.cases):
                reason = "stopped"
                break
            now = time.monotonic()
            last = block == blocks
            if budget_s is not None and not last and now + (now - begun) > self.began + budget_s:
                reason = "budget"
                break
        self.end(reason)

    def end(self, reason: Reason | Literal["interrupted"]) -> None:
        """Write why there is no more."""
        self.writer.append(GrainEnd(reason, _now(), time.monotonic() - self.began))

    def _session(self, case: Case, block: int) -> None:
        self.observer.session_started(case, block)
        started = datetime.now(UTC).isoformat(timespec="milliseconds")
        self.nodes.settle()
        session, result = self._measure(case)
        if _on_cluster(case) and result.status == "failed" and not self.nodes.whole():
            self.observer.message("the cluster lost a node: starting it and the session again")
            session, result = self._measure(case)
        self.writer.append(
            GrainSession(
                session=session,
                case=case.key,
                block=block,
                status=result.status,
                started=started,
                opening_s=result.opening_s,
                levels=tuple(result.levels),
                failure=_failure(result),
                output=result.output,
            )
        )
        if result.status != "ok":
            self.failed.add(case.key)
        failure = _failure(result)
        text = failure.message if failure else self._found(case, result)
        self.observer.session_ended(case, block, result.status, text)

    def _found(self, case: Case, result: SessionResult) -> str:
        found = metg(result.levels, case.size, case.workers, self.header.threshold)
        return f"METG {found.bound}{' ' * bool(found.bound)}{units.seconds(found.seconds)}"

    def _measure(self, case: Case) -> tuple[str, SessionResult]:
        session = uuid.uuid4().hex[:12]
        settings: dict[str, str] = {}
        if _on_cluster(case):
            try:
                self._open_nodes()
            except ClusterError as error:
                done = Done("failed", Failure("opening", str(error)))
                return session, SessionResult(done=done)
            settings = self.nodes.environment()
        made = self.header.plan
        task = GrainTask(
            session=session,
            case=case,
            spec=made.spec,
            threads_per_worker=made.threads_per_worker,
            batch=made.batch,
            code_digest=self.facts.code_digest,
            threshold=self.header.threshold,
            cluster=self.nodes.target(case) if _on_cluster(case) else None,
        )
        return session, self.launcher.session(
            task, environment=settings, sample_limit_s=PASS_LIMIT_S, on_sample=_none_comes
        )

    def _open_nodes(self) -> None:
        opened = self.nodes.open()
        if opened is not None:
            self.writer.append(opened)
            self.observer.message(f"cluster of {units.count(len(opened.nodes), 'node')}")


@contextmanager
def _ending(execution: _Execution, output: Path) -> Iterator[None]:
    """Keep what was measured when the user stops the run, and say where it is."""
    try:
        yield
    except KeyboardInterrupt:
        execution.end("interrupted")
        raise GrainInterrupted(output) from None


def _failure(result: SessionResult) -> Failure | None:
    if result.status != "timeout" or result.failure is None:
        return result.failure
    message = f"a pass over the items takes more than {PASS_LIMIT_S:.0f} s; give fewer --items"
    return replace(result.failure, message=message)


def _on_cluster(case: Case) -> bool:
    return registry.entry(case.backend).on_cluster


def _none_comes(sample: Sample) -> None:
    del sample


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
