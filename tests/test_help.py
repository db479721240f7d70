"""What ``--help`` says."""

from __future__ import annotations

import shlex
from typing import Any

import pytest
import typer

import cli
from scaling.command_help import EXAMPLES

COMMAND: Any = typer.main.get_command(cli.app)


def help_of(*words: str, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return the lines of the help of a command."""
    assert cli.run_command(COMMAND, [*words, "--help"], "scale") == 0
    return capsys.readouterr().out.splitlines()


def test_each_command_is_told_whole(capsys: pytest.CaptureFixture[str]) -> None:
    """None of the sentences is cut off."""
    lines = help_of(capsys=capsys)
    told = lines[lines.index("Commands:") + 1 :][: len(COMMAND.commands)]
    assert [line.split()[0] for line in told] == list(COMMAND.commands)
    assert [line for line in told if line.endswith("...")] == []


@pytest.mark.parametrize("name", ["run", "compare", "grain"])
def test_many_options_stand_in_groups(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Every option is in one of them, and what is left is no more than two."""
    lines = help_of(name, capsys=capsys)
    headings = [line for line in lines if line.endswith(":") and not line.startswith(" ")]
    assert headings[-5:] == [
        "What is run:", "Where it runs:", "How it is measured:", "Result:", "Options:",
    ]  # fmt: skip
    shown = [line.split()[0] for line in lines[lines.index("What is run:") :] if "  -" in line[:4]]
    longest = [max(one.opts, key=len) for one in COMMAND.commands[name].params
               if one.param_type_name == "option"]  # fmt: skip
    flat = "\n".join(lines)
    assert all(flat.count(f" {option} ") >= 1 for option in longest)
    assert len(shown) == len(longest) + 1
    assert len(lines[lines.index("Options:") + 1 : lines.index("  Examples:") - 1]) == 2


@pytest.mark.parametrize(
    "line",
    [line.strip() for told in EXAMPLES.values() for line in told.splitlines() if line.strip()],
)
def test_examples_are_taken(line: str) -> None:
    """Every example is a command with options that there are, and is no longer than a line."""
    program, name, *words = shlex.split(line)
    assert program == "scale"
    assert len(line) <= 76
    if "--help" not in words:
        parent = COMMAND.make_context(program, [name])
        found = COMMAND.commands[name].make_context(name, [*words, "--no-config"], parent=parent)
        assert found.params["no_config"]


def test_examples_are_those_of_commands() -> None:
    """No command of that name, no examples."""
    assert EXAMPLES.keys() - {"scale"} <= COMMAND.commands.keys()
