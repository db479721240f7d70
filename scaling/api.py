"""A study from Python: the same as ``scale run`` with the same options."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scaling import option_values as values
from scaling import options
from scaling.errors import UsageError
from scaling.handover import Items, name_work
from scaling.option_texts import parse_counts
from scaling.option_values import Counts, Time
from scaling.options import RunOptions
from scaling.workloads.naming import script

if TYPE_CHECKING:
    from scaling.observer import Observer
    from scaling.results import Study


def run(
    work: str | Callable[..., Any],
    *,
    items: Items | None = None,
    combine: str | Callable[..., Any] | None = None,
    shared: str | Callable[..., Any] | None = None,
    size: Counts | None = None,
    param: Mapping[str, object] | None = None,
    nodes: Counts | None = 4,
    dense: bool = False,
    workers: Counts | None = None,
    workers_per_node: int | None = None,
    backends: str | Sequence[str] | None = None,
    blocks: int | None = None,
    max_blocks: int | None = None,
    precision: float | str = options.DEFAULT_PRECISION,
    budget: Time | None = None,
    baseline: str | None = None,
    quick: bool = False,
    batch: int | str = "auto",
    threads_per_worker: int = 1,
    seed: int = 0,
    timeout: Time | None = None,
    tolerance: float | None = None,
    cluster: str = "local",
    weak: bool = False,
    null: bool = False,
    simulate: str | None = None,
    output: str | Path | None = None,
    trace: bool = False,
    progress: bool = True,
) -> Study:
    """Run a study, as ``scale run`` does, and return it. Its folder is ``Study.folder``.

    ``work`` is a function, plain or with ``@workload``, or a name as on the command line. A
    function of a module or of the script that runs is imported again from its file in other
    processes, so a script calls this under ``if __name__ == "__main__":``. Anything else (a
    notebook cell, a lambda, a closure) goes by value, and so do items that are no range and no
    function: the report then has the caution ``by-value``, and the study cannot be resumed.

    ``items`` are what a plain function runs on: an iterable, a function that returns one, or a text
    such as ``"lines:FILE"``. ``nodes=4`` means 1, 2 and 4 nodes, ``(1, 3)`` just those; None
    compares the local backends, as ``scale compare`` does. Times are in seconds, or texts such as
    ``"4m"``. ``progress`` writes to stderr. The other options are those of ``scale run --help``.

    A case that fails does not raise: see ``Study.failed``. Raises UsageError for what cannot be,
    before anything is written; Interrupted at Ctrl-C, with what was measured saved (before there is
    a folder it is KeyboardInterrupt); ScaleError when it cannot be saved; all are in
    ``scaling.errors``.
    """
    from scaling.study.nesting import refuse_nested

    refuse_nested()
    names = name_work(
        work,
        items=items,
        combine=combine,
        shared=shared,
        most=values.largest(size, "--size"),
    )
    node_counts = values.counts(nodes)
    chosen = options.build(
        workload=names.workload,
        items=names.items,
        combine=names.combine,
        shared=names.shared,
        size=values.counts(size),
        params=values.params(param),
        nodes=node_counts,
        dense=values.flag(dense, "--dense"),
        workers=values.counts(workers),
        workers_per_node=values.at_least_one_or_none(workers_per_node, "--workers-per-node"),
        backends=values.names(backends, "--backends"),
        blocks=values.at_least_one_or_none(blocks, "--blocks"),
        max_blocks=values.at_least_one_or_none(max_blocks, "--max-blocks"),
        precision=str(precision),
        budget=values.time(budget),
        baseline=values.text_or_none(baseline, "--baseline"),
        quick=values.flag(quick, "--quick"),
        batch=str(batch),
        threads_per_worker=values.at_least_one(threads_per_worker, "--threads-per-worker"),
        seed=values.number(seed, "--seed"),
        timeout=values.time(timeout),
        tolerance=values.tolerance(tolerance),
        cluster=values.text(cluster, "--cluster"),
        weak=values.flag(weak, "--weak"),
        null=values.flag(null, "--null"),
        simulate=values.text_or_none(simulate, "--simulate"),
        output=values.path(output, "--output"),
        trace=values.flag(trace, "--trace"),
        command=_command(),
    )
    if values.are_several(nodes):
        # Just these, and so (4,), which no text can say.
        chosen = replace(chosen, nodes=parse_counts(node_counts or "", "--nodes"))
    return _measured(replace(chosen, handed=names.handed), shown=progress)


def _measured(chosen: RunOptions, *, shown: bool) -> Study:
    from scaling import study

    watching = _observer(shown=shown)
    try:
        folder = study.start(chosen, watching)
    finally:
        watching.finished()
    return _reported(folder)


def _command() -> tuple[str, ...]:
    """Return how the caller was started; a notebook was started by no command of the user."""
    return ("scaling.run",) if script() is None else ("python", *sys.orig_argv[1:])


def _observer(*, shown: bool) -> Observer:
    from scaling.reports import progress
    from scaling.reports.notebook_progress import OneLine

    stream = sys.stderr
    # Programs put objects of their own there, which know less than files do.
    if not shown or not hasattr(stream, "write") or not hasattr(stream, "flush"):
        return progress.Quiet()
    if not hasattr(stream, "isatty"):
        return progress.PlainLines(stream)
    in_notebook = "ipykernel" in sys.modules and not stream.isatty()
    return OneLine(stream) if in_notebook else progress.observer(stream)


def _reported(folder: Path) -> Study:
    """Read the study, and write the reports that belong into its folder.

    A study is not lost because one cannot be written: that is a warning.
    """
    import warnings

    from scaling.grains import Grain
    from scaling.places import RESULTS
    from scaling.reports import folder as reports
    from scaling.results import load

    found = load(folder)
    found.grain = Grain.for_study(RESULTS, found.data)
    try:
        problem = reports.write(found, folder).problem
    except UsageError as error:
        problem = str(error)
    if problem:
        warnings.warn(problem, stacklevel=4)
    return found
