"""Arguments that come from the command line: ``--size`` and ``--param``."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from scaling.errors import UsageError

SIZE = "size"
TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off"})
NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
PLACED = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def parameters(function: object) -> dict[str, inspect.Parameter]:
    """Return what can be given by name; nothing for what is no Python function."""
    if not callable(function):
        return {}
    try:
        listed = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return {}
    return {name: p for name, p in listed.items() if p.kind in NAMED}


def check_known(given: Mapping[str, str], *functions: object) -> None:
    """Raise UsageError for a ``--param`` that none of the functions takes."""
    accepted = {name for f in functions for name in parameters(f)} - {SIZE}
    for name in given:
        if name == SIZE:
            raise UsageError("--param size=N is not how the size is set; give --size N")
        if name not in accepted:
            known = f"it takes {', '.join(sorted(accepted))}" if accepted else "it takes none"
            raise UsageError(f"this workload has no --param {name!r}; {known}")


def arguments(
    function: Callable[..., Any], size: int | None, given: Mapping[str, str]
) -> dict[str, Any]:
    """Return the keyword arguments for ``function``, converted. Raises UsageError."""
    listed = parameters(function)
    values = {n: convert(n, given[n], p) for n, p in listed.items() if n in given and n != SIZE}
    if SIZE in listed and size is not None:
        values[SIZE] = size
    for name, parameter in listed.items():
        if name not in values and parameter.default is parameter.empty:
            way = "--size N" if name == SIZE else f"--param {name}=VALUE"
            raise UsageError(f"{_name(function)} needs a value for {name!r}; give {way}")
    return values


def convert(name: str, text: str, parameter: inspect.Parameter) -> Any:
    """Convert a ``--param`` value to the type of the parameter's default. Raises UsageError."""
    kind = _kind(parameter)
    try:
        return _boolean(text) if kind is bool else kind(text)
    except ValueError:
        wanted = {bool: "true or false", int: "a whole number", float: "a number"}[kind]
        raise UsageError(f"--param {name}={text} is not {wanted}") from None


def takes(function: Callable[..., Any], count: int) -> bool:
    """Tell whether ``function`` can be called with ``count`` arguments; True when unknown."""
    try:
        inspect.signature(function).bind(*range(count))
    except TypeError:
        return False
    except ValueError:
        return True
    return True


def wants_items(check: Callable[..., Any]) -> bool:
    """Tell whether a check asks for the items as its second argument."""
    try:
        placed = [p for p in inspect.signature(check).parameters.values() if p.kind in PLACED]
    except (TypeError, ValueError):
        return False
    if len(placed) < 2:
        return False
    return placed[1].name == "items" or placed[1].default is inspect.Parameter.empty


def _kind(parameter: inspect.Parameter) -> Any:
    known: dict[str, type] = {k.__name__: k for k in (bool, int, float, str, Path)}
    default = parameter.default
    if default is not parameter.empty and default is not None:
        if isinstance(default, Path):
            return Path
        if type(default).__name__ in known:
            return type(default)
        raise UsageError(
            f"--param {parameter.name} cannot be set: its default is a {type(default).__name__}"
        )
    said = parameter.annotation
    text = said if isinstance(said, str) else getattr(said, "__name__", str(said))
    return known.get(text.replace("None", "").strip(" |"), str)


def _boolean(text: str) -> bool:
    if text.lower() in TRUE | FALSE:
        return text.lower() in TRUE
    raise ValueError(text)


def _name(function: object) -> str:
    return str(getattr(function, "__name__", function))
