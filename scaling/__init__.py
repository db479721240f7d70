"""Runs the same work under every backend and reports how it scales.

``run`` runs a study and returns it, ``load`` reads one; ``Study`` holds its report as pandas
frames; ``workload`` declares a function to be a kernel; ``errors`` holds what all of them raise.
Names are imported on first use: ``import scaling`` is cheap.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scaling import errors
    from scaling.api import run
    from scaling.results import Study, load
    from scaling.workloads.base import workload

__all__ = ["Study", "errors", "load", "run", "workload"]

_HOMES = {
    "Study": "scaling.results",
    "load": "scaling.results",
    "run": "scaling.api",
    "workload": "scaling.workloads.base",
}


def __getattr__(name: str) -> Any:
    if name == "errors":
        return import_module("scaling.errors")
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__
