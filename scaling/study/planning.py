"""What a study will measure, found out before anything is measured or written."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from scaling import environment, plan, store
from scaling.errors import UsageError
from scaling.measure.launch import Launcher, process_environment
from scaling.model import StudyHeader, WorkloadFacts, WorkloadSpec
from scaling.observer import Observer
from scaling.options import RunOptions
from scaling.study import handing
from scaling.study.nodes import choice
from scaling.study.nodes.base import NodeSource
from scaling.workloads.registry import import_roots


@dataclass(frozen=True, slots=True)
class Planned:
    """A study that can begin."""

    header: StudyHeader
    launcher: Launcher
    settings: Mapping[str, str]
    """Environment of its processes."""
    source: NodeSource
    """Of the nodes that it is going to use."""


def plan_study(options: RunOptions, owner: str, folder: Path, observer: Observer) -> Planned:
    """Look at the workload and the machine, and plan the study.

    ``folder`` is the private one of the run. Raises UsageError.
    """
    if options.output is not None:
        _refuse_output(options.output)
    handed = handing.unfold(options, folder)
    settings = settings_of(options.spec, options.threads_per_worker, handed)
    launcher = Launcher(owner, folder, settings)
    observer.message(f"looking at {handing.shown(options)}")
    facts = _probe(launcher, options, options.sizes)
    most = max(options.nodes, default=1)
    source = choice.find(options.cluster, most, options.workers_per_node, owner)
    node_cpus = source.node_cpus(options.nodes)
    machine = environment.collect()
    if options.weak:
        sizes = plan.grown_sizes(options, facts[0], machine, node_cpus)
        options = replace(options, sizes=sizes)
        facts = _probe(launcher, options, sizes)
    header = StudyHeader(
        id=owner,
        created=now(),
        command=options.command,
        plan=plan.make(options, facts, machine, node_cpus),
        facts=facts,
        environment=machine,
    )
    return Planned(header, launcher, settings, source)


def settings_of(spec: WorkloadSpec, threads: int, handed: Iterable[Path] = ()) -> dict[str, str]:
    """Return the environment of the processes that run a workload.

    ``handed`` holds the folders of what came by value. Raises UsageError.
    """
    return process_environment(list(dict.fromkeys([*handed, *import_roots(spec)])), threads)


def now() -> str:
    """Return the time in UTC, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _refuse_output(path: Path) -> None:
    """Find out before the workload is looked at, and in a dry run, what could not be written."""
    try:
        store.refuse_existing(path)
        place = next(one for one in (path, *path.absolute().parents) if one.exists())
    except OSError as error:
        raise UsageError(f"--output {path}: {error.strerror}; choose another folder") from None
    if not (place.is_dir() and os.access(place, os.W_OK)):
        raise UsageError(
            f"--output {path}: {place} is no folder that you may write to; choose another"
        )


def _probe(
    launcher: Launcher, options: RunOptions, sizes: Iterable[int | None]
) -> tuple[WorkloadFacts, ...]:
    sends, plain = plan.sends_items(options), plan.takes_no_code(options)
    return tuple(
        launcher.probe(replace(options.spec, size=size), sends=sends, plain=plain) for size in sizes
    )
