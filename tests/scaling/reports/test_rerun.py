"""The command of a report can be typed as it stands, and measures the same."""

from __future__ import annotations

import pytest

from scaling.reports.rerun import command


@pytest.mark.parametrize(
    "program", ["scale", "/home/me/.venv/bin/scale", "cli.py", "/src/rayscale/cli.py"]
)
def test_program_has_the_name_under_which_it_is_installed(program: str) -> None:
    """Where the first command was found is of no use elsewhere; a file of a clone does not run."""
    assert command((program, "run", "primes", "--quick")) == "scale run primes --quick"


@pytest.mark.parametrize("words", [("--output", "out"), ("--output=out",), ("--csv", "a b.csv")])
def test_files_that_were_written_are_left_out(words: tuple[str, ...]) -> None:
    """The folder holds a study now, and a table would be lost."""
    told = command(("scale", "run", *words, "--param", "text=--output", "primes"))
    assert told == "scale run --param text=--output primes"


def test_option_without_its_value() -> None:
    """What could never have run does no harm."""
    assert command(("scale", "run", "--output")) == "scale run"


def test_script_is_run_as_it_was() -> None:
    """The options of a script are its own."""
    words = ("python", "my study.py", "--output", "out")
    assert command(words) == "python 'my study.py' --output out"


def test_call_in_python_has_no_command() -> None:
    """A notebook was started by no command of the user."""
    assert command(("scaling.run",)) is None
