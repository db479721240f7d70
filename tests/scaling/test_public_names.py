"""The public surface: few names, imported on first use, with the parameters they have."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

import cli
import scaling
from scaling.results import Study

NAMES = ["Study", "errors", "load", "run", "workload"]
RUN = (
    "work", "items", "combine", "shared", "size", "param", "nodes", "dense", "workers",
    "workers_per_node", "backends", "blocks", "max_blocks", "precision", "budget", "baseline",
    "quick", "batch", "threads_per_worker", "seed", "timeout", "tolerance", "cluster", "weak",
    "null", "simulate", "output", "trace", "progress",
)  # fmt: skip
WORKLOAD = (
    "misplaced", "items", "shared", "combine", "check", "asynchronous", "waits", "cost", "name",
)  # fmt: skip
STUDY = {
    "advice", "choices", "export", "failed", "failures", "findings", "front", "header", "laws",
    "load", "losses", "notes", "null", "plot", "protocol", "report", "results", "rows", "samples",
    "verdict",
}  # fmt: skip
NOT_FROM_PYTHON = {
    "csv": "Study.export",
    "dry_run": "nothing: a plan is looked at before a script is written",
    "json": "Study.report and the other frames",
    "resume": "the command line, as the message of Interrupted says",
}
"""Options of ``scale run`` that ``run`` has not, and what there is for them."""


def test_public_names() -> None:
    """These are the names, and each is there."""
    assert scaling.__all__ == NAMES
    assert dir(scaling) == scaling.__all__
    for name in scaling.__all__:
        assert getattr(scaling, name) is not None


def test_unknown_name() -> None:
    """Another name is missing as in any module."""
    with pytest.raises(AttributeError, match="nothing"):
        _ = scaling.nothing


def test_parameters_are_the_documented_ones() -> None:
    """Scripts give these by name: a change breaks them."""
    assert tuple(inspect.signature(scaling.run).parameters) == RUN
    assert tuple(inspect.signature(scaling.workload).parameters) == WORKLOAD
    assert tuple(inspect.signature(scaling.load).parameters) == ("path",)


def test_all_but_the_work_is_given_by_name() -> None:
    """No option depends on its place."""
    first, *others = inspect.signature(scaling.run).parameters.values()
    assert first.name == "work"
    assert {one.kind for one in others} == {inspect.Parameter.KEYWORD_ONLY}


def test_options_are_those_of_the_command_line() -> None:
    """Every option of ``scale run`` is there by its name, or has another way."""
    options = set(inspect.signature(cli.run).parameters) - {"context", "workload", "quiet"}
    assert options - set(NOT_FROM_PYTHON) == set(RUN) - {"work", "progress"}


def test_defaults_are_those_of_the_command_line() -> None:
    """What is left out means the same in both."""
    command = inspect.signature(cli.run).parameters
    own = inspect.signature(scaling.run).parameters
    as_texts = {"nodes": str(own["nodes"].default), "precision": f"{own['precision'].default:.0%}"}
    for name in set(own) & set(command):
        assert as_texts.get(name, own[name].default) == command[name].default


def test_study_has_these_attributes() -> None:
    """The methods and properties that users rely on."""
    assert {name for name in vars(Study) if not name.startswith("_")} == STUDY


def test_types_are_for_users_too() -> None:
    """A type checker reads our annotations in the user's environment."""
    assert Path(scaling.__file__).with_name("py.typed").is_file()
