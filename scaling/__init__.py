"""Runs the same work under every backend and reports how it scales.

``workload`` declares a function to be a kernel; ``load`` reads a study; ``Study`` holds its report
as pandas frames. Names are imported on first use: ``import scaling`` is cheap.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scaling.results import Study, load
    from scaling.workloads.base import workload

__all__ = ["Study", "load", "workload"]

_HOMES = {
    "Study": "scaling.results",
    "load": "scaling.results",
    "workload": "scaling.workloads.base",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__
