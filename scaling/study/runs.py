"""Starts a study, or goes on with one."""

from __future__ import annotations

import time
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from scaling import environment, plan, store
from scaling.errors import Interrupted, ScaleError, UsageError
from scaling.measure.launch import Launcher, process_environment
from scaling.model import Plan, StudyHeader, WorkloadFacts, WorkloadSpec
from scaling.observer import Observer
from scaling.options import Limits, RunOptions
from scaling.records import EndRecord, Sample
from scaling.store import StudyData, Writer
from scaling.study import handing
from scaling.study.execution import Execution
from scaling.study.folders import default_output, private_folder
from scaling.study.history import History
from scaling.study.nodes import attach, node_cpus_of, open_nodes
from scaling.study.resumption import (
    refuse_by_value,
    refuse_changed_code,
    refuse_other_machine,
)
from scaling.study.stopping import Reason, StoppingRule, reached_precision
from scaling.workloads.registry import import_roots


def start(options: RunOptions, observer: Observer) -> Path:
    """Run a new study and return its folder.

    Raises UsageError before anything is written, Interrupted, and ScaleError when the disk is full.
    """
    owner = _new_owner()
    if options.output is not None:
        _refuse_output(options.output)
    with private_folder(owner) as folder:
        handed = handing.unfold(options, folder)
        settings = _settings(options.spec, options.threads_per_worker, handed)
        launcher = Launcher(owner, folder, settings)
        observer.message(f"looking at {handing.shown(options)}")
        facts = _probe(launcher, options, options.sizes)
        most = max(options.nodes, default=1)
        connection = attach(options.cluster, most, options.workers_per_node, owner)
        node_cpus = node_cpus_of(connection, options.nodes)
        machine = environment.collect()
        if options.weak:
            sizes = plan.grown_sizes(options, facts[0], machine, node_cpus)
            options = replace(options, sizes=sizes)
            facts = _probe(launcher, options, sizes)
        made = plan.make(options, facts, machine, node_cpus)
        header = StudyHeader(
            id=owner,
            created=_now(),
            command=options.command,
            plan=made,
            facts=facts,
            environment=machine,
        )
        output = _folder(options.output or default_output(facts[0].name))
        store.create(output, header)
        observer.message(f"study in {output}")
        with (
            _safely(output, resumable=not made.spec.by_value),
            open_nodes(made, owner, settings, connection, folder) as nodes,
            Writer(output) as writer,
        ):
            history, rule = History(made), _rule(made, Limits())
            _execute(
                Execution(header, history, launcher, nodes, writer, observer, folder, rule, output)
            )
    return output


def resume(output: Path, observer: Observer, limits: Limits) -> Path:
    """Run what is left of a study and return its folder.

    Raises UsageError when the workload's code or the machine is not the same, and as ``start``.
    """
    data = store.read(output)
    output = _folder(output)
    header = data.header
    made = header.plan
    refuse_by_value(output, header)
    history = _history(data)
    owner = _new_owner()
    for note in data.notes:
        observer.message(note)
    with _safely(output), private_folder(owner) as folder:
        refuse_other_machine(header, environment.collect())
        settings = _settings(made.spec, made.threads_per_worker)
        launcher = Launcher(owner, folder, settings)
        refuse_changed_code(launcher, header)
        most = max((case.nodes for case in made.cases), default=1)
        connection = attach(made.cluster, most, made.workers_per_node, owner)
        rule = _rule(made, limits)
        owed = set() if made.tolerance is None else set(history.digests)
        with (
            open_nodes(made, owner, settings, connection, folder) as nodes,
            Writer(output) as writer,
        ):
            _execute(
                Execution(
                    header, history, launcher, nodes, writer, observer, folder, rule, output, owed
                )
            )
    return output


def _execute(execution: Execution) -> None:
    began = time.monotonic()
    try:
        reason: Reason = execution.run()
    except KeyboardInterrupt:
        execution.writer.append(_end("interrupted", began, execution.history))
        raise
    execution.writer.append(_end(reason, began, execution.history))


def _end(reason: Reason | Literal["interrupted"], began: float, history: History) -> EndRecord:
    reached = reached_precision(history.measured())
    return EndRecord(reason, _now(), time.monotonic() - began, reached)


def _rule(made: Plan, limits: Limits) -> StoppingRule:
    return StoppingRule(
        blocks=made.blocks,
        max_blocks=limits.max_blocks or made.max_blocks,
        precision=made.precision,
        budget_s=limits.budget_s or made.budget_s,
    )


@contextmanager
def _safely(output: Path, *, resumable: bool = True) -> Iterator[None]:
    """Say how to go on with a study that could not go on."""
    try:
        yield
    except KeyboardInterrupt:
        raise Interrupted(output, resumable=resumable) from None
    except OSError as error:
        raise ScaleError(
            f"{error}; what was measured is safe: make room, then go on with: "
            f"scale run --resume {output}"
        ) from None


def _refuse_output(path: Path) -> None:
    try:
        store.refuse_existing(path)
    except OSError as error:
        raise UsageError(f"--output {path}: {error.strerror}; choose another folder") from None


def _folder(path: Path) -> Path:
    return path.parent if path.name == store.STUDY_FILE else path


def _new_owner() -> str:
    return uuid.uuid4().hex[:12]


def _settings(spec: WorkloadSpec, threads: int, handed: Iterable[Path] = ()) -> dict[str, str]:
    return process_environment(list(dict.fromkeys([*handed, *import_roots(spec)])), threads)


def _probe(
    launcher: Launcher, options: RunOptions, sizes: Iterable[int | None]
) -> tuple[WorkloadFacts, ...]:
    sends, plain = plan.sends_items(options), plan.takes_no_code(options)
    return tuple(
        launcher.probe(replace(options.spec, size=size), sends=sends, plain=plain) for size in sizes
    )


def _history(data: StudyData) -> History:
    history = History(data.header.plan)
    samples: dict[str, list[Sample]] = defaultdict(list)
    for sample in data.samples:
        samples[sample.session].append(sample)
    for session in data.sessions:
        history.take(session, samples[session.session])
    return history


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
