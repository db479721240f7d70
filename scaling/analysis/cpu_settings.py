"""Frequency governor, turbo and SMT of a machine in words: what is known, and what is not."""

from __future__ import annotations

from scaling.analysis.units import listed
from scaling.model import CpuSettings

_NAMES = ("frequency governor", "turbo", "SMT")
_SWITCHED = {True: "on", False: "off", None: None}


def said(settings: CpuSettings | None) -> str:
    """Say what is known and what is not, as a phrase without a full stop."""
    return "; ".join(filter(None, (known(settings), missing(settings))))


def known(settings: CpuSettings | None) -> str:
    """Say what is known; empty where nothing is."""
    values = _values(settings).items()
    return ", ".join(f"{name} {value}" for name, value in values if value is not None)


def missing(settings: CpuSettings | None) -> str:
    """Say what is not known, and why; empty where all is."""
    names = unseen(settings)
    if not names:
        return ""
    verb = "was" if len(names) == 1 else "were"
    why = "recorded" if settings is None else "visible to the system"
    return f"{listed(names)} {verb} not {why}"


def unseen(settings: CpuSettings | None) -> list[str]:
    """Return the names of the settings that nobody knows."""
    return [name for name, value in _values(settings).items() if value is None]


def changes(base: CpuSettings | None, new: CpuSettings | None) -> list[str]:
    """Return each setting that is known of both and is not the same, as ``name old -> new``."""
    ours, theirs = _values(base), _values(new)
    return [
        f"{name} {ours[name]} -> {theirs[name]}"
        for name in _NAMES
        if None not in {ours[name], theirs[name]} and ours[name] != theirs[name]
    ]


def _values(settings: CpuSettings | None) -> dict[str, str | None]:
    told = settings or CpuSettings()
    governors = " and ".join(told.governors) or None
    turbo, smt = _SWITCHED[told.turbo], _SWITCHED[told.smt]
    return dict(zip(_NAMES, (governors, turbo, smt), strict=True))
