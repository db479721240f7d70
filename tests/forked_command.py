"""The command line in a process that is forked from one with its libraries loaded.

To load them takes most of the time of a short command. What is loaded when is for other tests.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import FileIO, TextIOWrapper
from pathlib import Path
from subprocess import TimeoutExpired
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
LIBRARIES = (
    "cli",
    "jinja2",
    "pydantic.type_adapter",
    "rich.console",
    "rich.table",
    "scaling.analysis.law_intervals",
    "scaling.grains",
    "scaling.reports.figures.painters",
    "scaling.reports.page.study_page",
    "scaling.reports.trace",
    "scaling.results",
    "scaling.study.grain",
    "typer.main",
)
"""What commands load, with all that these load."""
AT_START = ("PYTHONIOENCODING", "PYTHONUTF8", "LC_", "LANG")
"""Beginnings of variables that decide at the start of Python how it writes: too late here."""
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload([__name__, *LIBRARIES])
_BEFORE = dict(os.environ)


@dataclass(frozen=True)
class Finished:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def error(self) -> str:
        """Return the one error line; fails when there is none or more."""
        lines = [line for line in self.err.splitlines() if line.startswith("error:")]
        assert len(lines) == 1, self.err
        return lines[0]


def run(*arguments: str, cwd: Path, timeout_s: float = 100) -> Finished:
    """Run a command in a folder to its end."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80"}
    late = {name for name in os.environ if os.environ[name] != _BEFORE.get(name)}
    assert not [name for name in late if name.startswith(AT_START)], "start a Python of your own"
    with TemporaryDirectory() as told:
        process = _FORKS.Process(target=_be, args=(arguments, cwd, environment, told))
        process.start()
        try:
            process.join(timeout_s)
            code = process.exitcode
            if code is None:
                raise TimeoutExpired(list(arguments), timeout_s)
        finally:
            process.kill()
            process.join()
            process.close()
        out, err = (Path(told, name).read_text(encoding="utf-8") for name in ("out", "err"))
        return Finished(code, out, err)


def _be(arguments: Sequence[str], folder: Path, environment: Mapping[str, str], told: str) -> None:
    """Be the command line."""
    import cli

    for number, file in enumerate((Path(os.devnull), Path(told, "out"), Path(told, "err"))):
        stream = os.open(file, os.O_RDWR | os.O_CREAT)
        os.dup2(stream, number)
        os.close(stream)
    sys.stdout = TextIOWrapper(FileIO(1, "w", closefd=False))
    sys.stderr = TextIOWrapper(FileIO(2, "w", closefd=False), errors="backslashreplace")
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["scale", *arguments]
    cli.app()
