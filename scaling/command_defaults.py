"""Defaults from a file on their way into a command: which options take them, which give way.

A ``context`` here is that of the command line's parser, a click ``Context``. Some versions of typer
bring a click of their own, so its class has no name that could be imported.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from inspect import Parameter
from pathlib import Path
from typing import Any

from scaling import config
from scaling.config import Commands, Option
from scaling.errors import UsageError

BESIDE_RESUME = {"csv", "json", "quiet"}
"""Options that a study which goes on can be shown with."""
_NEVER = {"resume", "dry_run", "no_config"}
_NOT_OF_A_STUDY = {*BESIDE_RESUME, "output"}
"""Options that do not decide what is measured."""
_GIVES_WAY = {"quick": {"blocks", "max_blocks"}, "blocks": {"quick"}, "max_blocks": {"quick"}}
"""What an option on the command line displaces beside its own default."""


def take(context: Any) -> None:
    """Give the options of a command their defaults from the file. Raises UsageError."""
    commands = _commands(context.find_root().command)
    found = config.defaults(context.info_name, commands, _current_folder(), os.environ)
    for option in context.command.params:
        try:
            if option.name in found.values:
                option.process_value(context, found.values[option.name])
        except Exception as error:
            if not hasattr(error, "format_message"):
                raise
            raise UsageError(f"{found.file}: {error.format_message()}") from None
    context.obj, context.default_map = found, dict(found.values)


def taken(context: Any) -> list[str]:
    """Return the parameters whose value is that of the file."""
    typed = {name for name in context.params if source(context, name) == "COMMANDLINE"}
    out = {other for name in typed for other in _GIVES_WAY.get(name, ())}
    if "resume" in typed:
        out |= context.params.keys() - BESIDE_RESUME
    return [name for name in context.params if _from_file(context, name) and name not in out]


def given_way(
    context: Any, given: Mapping[str, Any], parameters: Mapping[str, Parameter]
) -> dict[str, Any]:
    """Return the values with the command's own default where that of the file gives way."""
    kept = taken(context)
    return {
        name: parameters[name].default if _from_file(context, name) and name not in kept else value
        for name, value in given.items()
    }


def told(context: Any) -> str:
    """Say which defaults the command takes from a file; empty for none."""
    names = ", ".join(name.replace("_", "-") for name in taken(context))
    return f"defaults from {context.obj.file}: {names}" if names else ""


def blamed(context: Any, error: UsageError) -> UsageError:
    """Return an error that names the file, where it is about an option that comes from it."""
    if any(long_name(name) in str(error) for name in taken(context)):
        return UsageError(
            f"{error} (it comes from {context.obj.file}; --no-config leaves that out)"
        )
    return error


def command_line(context: Any, words: Sequence[str]) -> list[str]:
    """Return a command line that does the same where there is no file with defaults."""
    found = list(words)
    for name in taken(context):
        found += _words(name, context.params[name])
    return found


def source(context: Any, name: str) -> str:
    """Return where the value of a parameter comes from, by the parser's name for it."""
    found = context.get_parameter_source(name)
    return found.name if found else ""


def long_name(name: str) -> str:
    """Return how a parameter is written on the command line."""
    return "WORKLOAD" if name == "workload" else f"--{name.replace('_', '-')}"


def _current_folder() -> Path:
    try:
        return Path.cwd()
    except OSError as error:
        raise UsageError(
            f"the current folder cannot be used ({error.strerror}); change into another"
        ) from None


def _from_file(context: Any, name: str) -> bool:
    return source(context, name) == "DEFAULT_MAP"


def _words(name: str, value: Any) -> Iterable[str]:
    if name in _NOT_OF_A_STUDY:
        return []
    if name == "workload":
        return [value]
    if isinstance(value, bool):
        return [long_name(name)] * value
    each = value if isinstance(value, list | tuple) else [value]
    return [f"{long_name(name)}={one}" for one in each]


def _commands(group: Any) -> Commands:
    """Return what a file may give defaults for."""
    return {
        name: {
            one.name: Option(
                flag=bool(getattr(one, "is_flag", False)), many=getattr(one, "multiple", False)
            )
            for one in command.params
            if one.name == "workload"
            or (one.param_type_name == "option" and one.name not in _NEVER)
        }
        for name, command in group.commands.items()
    }
