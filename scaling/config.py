"""Defaults of options from a file: ``scale.toml``, or ``[tool.scale]`` in ``pyproject.toml``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scaling.errors import UnknownName, UsageError

OWN_FILE, PROJECT_FILE = "scale.toml", "pyproject.toml"
VARIABLE = "SCALE_CONFIG"
"""Environment variable: ``off``, or the file to take."""
OFF = "off"
_MEANS_ANOTHER_THING = {
    "predict": {"nodes", "workers"},
    "grain": {"items", "threshold"},
    "diff": {"threshold"},
    "export": {"output"},
}
"""Options that share only their name with those of other commands: never from the top level."""
_PATHS = {"output", "csv", "grain", "junit"}
_TARGETS = {"workload", "combine", "shared", "items"}
_TEXT_ITEMS = {"lines", "glob", "csv"}
"""Sources of ``--items`` that name files."""


@dataclass(frozen=True, slots=True)
class Option:
    """What a default for an option may be."""

    flag: bool = False
    many: bool = False
    """True when it may be given several times."""


Commands = Mapping[str, Mapping[str, Option]]
"""By the name of a command: its options that may have defaults, by parameter name."""
Value = bool | str | list[str]
"""As the command line would give it; a flag is a truth value."""


@dataclass(frozen=True, slots=True)
class Defaults:
    """Defaults of one command."""

    file: str
    """How messages name the file that they come from; empty where there is none."""
    values: Mapping[str, Value]
    """By parameter name."""


NONE = Defaults("", {})


def defaults(
    command: str, commands: Commands, folder: Path, environment: Mapping[str, str]
) -> Defaults:
    """Return the defaults of a command that runs in a folder.

    Raises UsageError when the file is not what it should be, whichever command its mistakes
    are about.
    """
    file = locate(folder, environment)
    if file is None:
        return NONE
    name = file.name if file.parent == folder else str(file)
    table = _table(file, name)
    _refuse_unknown(table, commands, name)
    own = table.get(command)
    given = {
        key: value
        for key, value in table.items()
        if not isinstance(value, dict) and _applies(_parameter(key), command, commands)
    }
    values = {
        _parameter(key): _value(key, value, commands[command][_parameter(key)], name)
        for key, value in {**given, **(own if isinstance(own, dict) else {})}.items()
    }
    base = Path() if file.parent == folder else file.parent
    return Defaults(name, {key: _placed(key, value, base) for key, value in values.items()})


def locate(folder: Path, environment: Mapping[str, str]) -> Path | None:
    """Return the file with the defaults for a folder; None where there is none.

    It is in the folder or the nearest one above that has one, up to the root of a repository or
    the user's home. Folders above that anyone may write to end the search: what lies there need
    not be the user's. Raises UsageError when the file that ``SCALE_CONFIG`` names is not there.
    """
    wanted = environment.get(VARIABLE, "")
    if wanted == OFF:
        return None
    if wanted:
        file = Path(wanted).expanduser().absolute()
        if not file.is_file():
            raise UsageError(f"{VARIABLE}={wanted}: there is no such file; name one, or {OFF}")
        return file
    for place in _folders(folder, environment.get("HOME", "")):
        if (place / OWN_FILE).is_file():
            return place / OWN_FILE
        if _has_table(place / PROJECT_FILE):
            return place / PROJECT_FILE
    return None


def _folders(folder: Path, home: str) -> Iterator[Path]:
    last = Path(home).resolve() if home else None
    for place in (folder, *folder.parents):
        if place != folder and place.stat().st_mode & 0o002:
            return
        yield place
        if place == last or (place / ".git").exists():
            return


def _has_table(file: Path) -> bool:
    """Tell whether a project file is about us; one that is not is never parsed."""
    try:
        return b"scale" in file.read_bytes() and bool(
            _tool_table(_parsed(file, str(file)), str(file))
        )
    except OSError:
        return False


def _table(file: Path, name: str) -> dict[str, Any]:
    parsed = _parsed(file, name)
    if file.name == PROJECT_FILE:
        return _tool_table(parsed, name)
    if isinstance(parsed.get("tool"), dict):
        raise UsageError(
            f"{name}: [tool.scale] is for {PROJECT_FILE}; write its options at the top here, and "
            "[run] for [tool.scale.run]"
        )
    return parsed


def _tool_table(parsed: dict[str, Any], name: str) -> dict[str, Any]:
    tool = parsed.get("tool")
    table = tool.get("scale", {}) if isinstance(tool, dict) else {}
    if not isinstance(table, dict):
        raise UsageError(f"{name}: tool.scale is no table; write [tool.scale] above its options")
    return table


def _parsed(file: Path, name: str) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UsageError(
            f"cannot read {name}: {error.strerror}; use --no-config to go without it"
        ) from None
    except ValueError as error:
        raise UsageError(
            f"{name} is not TOML: {error}; mend it, or use --no-config to go without it"
        ) from None


def _parameter(key: str) -> str:
    return key.replace("-", "_")


def _applies(name: str, command: str, commands: Commands) -> bool:
    other = _MEANS_ANOTHER_THING.get(command, set())
    return name in commands.get(command, {}) and name not in other


def _refuse_unknown(table: Mapping[str, Any], commands: Commands, file: str) -> None:
    shared = {key for name in commands for key in commands[name] if _applies(key, name, commands)}
    for key, value in table.items():
        if not isinstance(value, dict):
            _refuse_key(key, shared, "", file, commands)
        elif key not in commands:
            raise UsageError(f"{file}: {UnknownName('command', key, sorted(commands))}")
        else:
            for own in value:
                _refuse_key(own, set(commands[key]), key, file, commands)


def _refuse_key(key: str, known: set[str], table: str, file: str, commands: Commands) -> None:
    name = _parameter(key)
    if name in known:
        return
    place = f"[{table}] of {file}" if table else file
    owners = [f"[{command}]" for command in commands if name in commands[command]]
    if owners:
        raise UsageError(f"{place}: {key!r} belongs into {' or '.join(owners)}")
    names = sorted(one.replace("_", "-") for one in known)
    raise UsageError(f"{place}: {UnknownName('option', key, names)}")


def _value(key: str, value: object, option: Option, file: str) -> Value:
    """Return what the command line would have given for it."""
    if option.flag or isinstance(value, bool):
        if option.flag and isinstance(value, bool):
            return value
        wanted = "true or false" if option.flag else "a text or a number"
        raise UsageError(f"{file}: {key} = {_shown(value)}: give {wanted}")
    texts = [_text(key, one, file) for one in (value if isinstance(value, list) else [value])]
    return texts if option.many else ",".join(texts)


def _text(key: str, value: object, file: str) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise UsageError(f"{file}: {key} = {_shown(value)}: give texts or numbers")
    return str(value)


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else repr(value)


def _placed(key: str, value: Value, folder: Path) -> Value:
    """Return the value with its path, if it has one, relative to the folder of the file."""
    if not isinstance(value, str):
        return value
    if key in _PATHS:
        return str(folder / Path(value).expanduser())
    if key not in _TARGETS:
        return value
    scheme, colon, rest = value.partition(":")
    if key == "items" and colon and scheme in _TEXT_ITEMS:
        return f"{scheme}:{folder / Path(rest).expanduser()}"
    module, colon, name = value.rpartition(":")
    if colon and module.endswith(".py"):
        return f"{folder / Path(module).expanduser()}:{name}"
    return value
