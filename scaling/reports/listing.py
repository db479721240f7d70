"""Tables of what there is: workloads and backends."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from textwrap import wrap

from scaling.backends import registry as backend_registry
from scaling.workloads.registry import Builtin

WIDTH = 80
_GAP = "  "


@dataclass(frozen=True, slots=True)
class Listed:
    """One line."""

    name: str
    purpose: str
    missing: str | None
    """What to do before it can be used here; None when it can."""


def workloads(builtins: Iterable[Builtin]) -> list[Listed]:
    """Return the built-in workloads."""
    return [Listed(builtin.name, builtin.shows, None) for builtin in builtins]


def backends() -> list[Listed]:
    """Return the backends, with what is missing on this machine."""
    found = []
    for name in backend_registry.names():
        missing = backend_registry.missing_library(name)
        purpose = backend_registry.entry(name).purpose
        found.append(Listed(name, purpose, None if missing is None else str(missing)))
    return found


def text(listed: Sequence[Listed]) -> str:
    """Return a line each in 80 columns, and further ones for what is longer or missing."""
    left = max(len(line.name) for line in listed) + len(_GAP)
    lines: list[str] = []
    for line in listed:
        for name, told in ((line.name, line.purpose), ("", line.missing or "")):
            lines += wrap(
                told, WIDTH, initial_indent=f"{name:<{left}}", subsequent_indent=" " * left,
                break_on_hyphens=False,
            )  # fmt: skip
    return "\n".join(lines)


def json_text(listed: Sequence[Listed]) -> str:
    """Return a JSON list."""
    return json.dumps([asdict(line) for line in listed], indent=2)
