"""Starts a study, or goes on with one."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from cluster.errors import ClusterError
from cluster.model import Connection
from scaling import environment, plan, store
from scaling.errors import ScaleError, UsageError
from scaling.measure.launch import Launcher, process_environment
from scaling.model import EndRecord, Plan, StudyHeader, WorkloadFacts, WorkloadSpec
from scaling.observer import Observer
from scaling.options import RunOptions
from scaling.store import StudyData, Writer
from scaling.study.execution import Execution
from scaling.study.folders import default_output, private_folder
from scaling.study.history import History
from scaling.study.nodes import AttachedNodes, EmbeddedNodes, Nodes
from scaling.workloads.registry import import_root

LOCAL = "local"


class Interrupted(ScaleError):
    """Raised when the user stopped a run; what was measured is in the study folder."""

    exit_code = 130

    def __init__(self, folder: Path) -> None:
        super().__init__(f"interrupted; go on with: scale run --resume {folder}")
        self.folder = folder


def start(options: RunOptions, observer: Observer) -> Path:
    """Run a new study and return its folder.

    Raises UsageError before anything is written, and Interrupted.
    """
    owner = uuid.uuid4().hex[:12]
    if options.output is not None:
        store.refuse_existing(options.output)
    with private_folder(owner) as folder:
        launcher = Launcher(owner, folder, _settings(options.spec, options.threads_per_worker))
        observer.message(f"looking at {options.spec.target}")
        facts = _probe(launcher, options)
        connection = _attach(
            options.cluster, max(options.nodes, default=1), options.workers_per_node, owner
        )
        machine = environment.collect()
        made = plan.make(options, facts, machine, _node_cpus(connection, options.nodes))
        output = options.output or default_output(facts[0].name)
        header = StudyHeader(
            id=owner,
            created=_now(),
            command=options.command,
            plan=made,
            facts=facts,
            environment=machine,
        )
        store.create(output, header)
        observer.message(f"study in {output}")
        with _nodes(made, owner, connection, folder) as nodes, Writer(output) as writer:
            history = History(made)
            _execute(Execution(header, history, launcher, nodes, writer, observer, folder), output)
    return output


def resume(output: Path, observer: Observer) -> Path:
    """Run what is left of a study and return its folder.

    Raises UsageError when the workload's code changed since, and Interrupted.
    """
    data = store.read(output)
    header = data.header
    made = header.plan
    history = _history(data)
    owner = uuid.uuid4().hex[:12]
    with private_folder(owner) as folder:
        launcher = Launcher(owner, folder, _settings(made.spec, made.threads_per_worker))
        _refuse_changed_code(launcher, header)
        for note in data.notes:
            observer.message(note)
        most = max((case.nodes for case in made.cases), default=1)
        connection = _attach(made.cluster, most, made.workers_per_node, owner)
        with _nodes(made, owner, connection, folder) as nodes, Writer(output) as writer:
            _execute(Execution(header, history, launcher, nodes, writer, observer, folder), output)
    return output


def _execute(execution: Execution, output: Path) -> None:
    began = time.monotonic()
    try:
        if execution.header.plan.tolerance is not None:
            # Digests tell equal answers, not near ones: those need the reference itself.
            execution.retake_references()
        execution.run()
    except KeyboardInterrupt:
        execution.writer.append(EndRecord("interrupted", _now(), time.monotonic() - began))
        raise Interrupted(output) from None
    execution.writer.append(EndRecord("complete", _now(), time.monotonic() - began))


def _settings(spec: WorkloadSpec, threads: int) -> dict[str, str]:
    root = import_root(spec)
    return process_environment(None if root is None else Path(root), threads)


def _probe(launcher: Launcher, options: RunOptions) -> tuple[WorkloadFacts, ...]:
    sends = plan.sends_items(options)
    return tuple(
        launcher.probe(replace(options.spec, size=size), sends=sends) for size in options.sizes
    )


def _refuse_changed_code(launcher: Launcher, header: StudyHeader) -> None:
    for size, facts in zip(header.plan.sizes, header.facts, strict=True):
        now = launcher.probe(replace(header.plan.spec, size=size), sends=False)
        if now.code_digest != facts.code_digest:
            raise UsageError(
                f"the code of {facts.name} has changed since this study began; "
                "start a new study, since old and new samples would not be of the same work"
            )
        if now.items != facts.items:
            raise UsageError(
                f"{facts.name} now has {now.items} items, it had {facts.items} when this study "
                "began; start a new study"
            )


def _history(data: StudyData) -> History:
    history = History(data.header.plan)
    for session in data.sessions:
        own = [sample for sample in data.samples if sample.session == session.session]
        history.take(session, own)
    return history


def _attach(address: str, nodes: int, cpus: int | None, owner: str) -> Connection | None:
    if address == LOCAL:
        return None
    from cluster import attach

    try:
        # The user's own environment: it holds what their cluster asks for.
        return attach.inspect(address, nodes=nodes, cpus_per_node=cpus, owner=owner, env=os.environ)
    except ClusterError as error:
        raise UsageError(str(error)) from None


def _node_cpus(connection: Connection | None, counts: tuple[int, ...]) -> int | None:
    """Return the smallest CPU count of the nodes that will be used."""
    if connection is None:
        return None
    return int(min(node.cpus for node in connection.nodes[: max(counts, default=1)]))


@contextmanager
def _nodes(made: Plan, owner: str, connection: Connection | None, folder: Path) -> Iterator[Nodes]:
    if connection is not None:
        yield AttachedNodes(connection)
        return
    settings = _settings(made.spec, made.threads_per_worker)
    with EmbeddedNodes(made, owner, settings, folder) as nodes:
        yield nodes


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
