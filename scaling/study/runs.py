"""Starts a study, goes on with one, or looks ahead at one."""

from __future__ import annotations

import time
import uuid
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shlex import quote
from typing import Literal

from scaling import environment, store
from scaling.errors import Interrupted, ScaleError
from scaling.measure.launch import Launcher
from scaling.model import Plan, StudyHeader
from scaling.observer import Observer
from scaling.options import Limits, RunOptions
from scaling.records import EndRecord, Sample
from scaling.store import StudyData, Writer
from scaling.study.execution import Execution
from scaling.study.folders import default_output, private_folder
from scaling.study.history import History
from scaling.study.nodes import choice
from scaling.study.planning import now, plan_study, settings_of
from scaling.study.resumption import (
    refuse_by_value,
    refuse_changed_code,
    refuse_other_machine,
)
from scaling.study.stopping import Reason, StoppingRule, reached_precision


def start(options: RunOptions, observer: Observer) -> Path:
    """Run a new study and return its folder.

    Raises UsageError before anything is written, Interrupted, and ScaleError when the disk is full.
    """
    owner = _new_owner()
    with private_folder(owner) as folder:
        planned = plan_study(options, owner, folder, observer)
        header, made = planned.header, planned.header.plan
        output = _folder(options.output or default_output(header.facts[0].name))
        store.create(output, header)
        observer.message(f"study in {output}")
        with (
            _safely(output, resumable=not made.spec.by_value),
            planned.source.open(made, owner, planned.settings, folder) as nodes,
            Writer(output) as writer,
        ):
            history, rule = History(made), _rule(made, Limits())
            _execute(
                Execution(
                    header, history, planned.launcher, nodes, writer, observer, folder, rule, output
                )
            )
    return output


def look_ahead(options: RunOptions, observer: Observer) -> StudyHeader:
    """Return what ``start`` would write first. Nothing is measured; raises UsageError."""
    owner = _new_owner()
    with private_folder(owner) as folder:
        return plan_study(options, owner, folder, observer).header


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
        settings = settings_of(made.spec, made.threads_per_worker)
        launcher = Launcher(owner, folder, settings)
        refuse_changed_code(launcher, header)
        most = max((case.nodes for case in made.cases), default=1)
        source = choice.find(made.cluster, most, made.workers_per_node, owner)
        rule = _rule(made, limits)
        owed = set() if made.tolerance is None else set(history.digests)
        with (
            source.open(made, owner, settings, folder) as nodes,
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
    return EndRecord(reason, now(), time.monotonic() - began, reached)


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
        way = (
            f"make room, then go on with: scale run --resume {quote(str(output))}"
            if resumable
            else "its work came by value, so it cannot go on"
        )
        raise ScaleError(f"{error}; what was measured is safe in {output}: {way}") from None


def _folder(path: Path) -> Path:
    return path.parent if path.name == store.STUDY_FILE else path


def _new_owner() -> str:
    return uuid.uuid4().hex[:12]


def _history(data: StudyData) -> History:
    history = History(data.header.plan)
    samples: dict[str, list[Sample]] = defaultdict(list)
    for sample in data.samples:
        samples[sample.session].append(sample)
    for session in data.sessions:
        history.take(session, samples[session.session])
    return history
