"""The backends by name: where each lives, what it needs, what it is for."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module, util

from scaling.backends.base import Backend
from scaling.errors import MissingLibrary, UnknownName


@dataclass(frozen=True, slots=True)
class BackendEntry:
    """A line of the table of backends."""

    module: str
    type_name: str
    purpose: str
    """What it is for, in a line."""
    library: str | None = None
    """The library it needs beyond those that are always installed."""
    extra: str = ""
    """The extra of this distribution that installs it."""
    sends: bool = True
    """True when items travel to other processes."""
    by_value: bool = False
    """True when code that no worker can import travels too, by its value."""
    needs_async: bool = False
    """True when it runs only a kernel's asynchronous form."""
    on_cluster: bool = False
    """True when its workers are on the nodes of a cluster."""


_TABLE = {
    "serial": BackendEntry(
        "serial", "SerialBackend", "the plain loop, which speedup is relative to", sends=False
    ),
    "threads": BackendEntry(
        "threads", "ThreadsBackend", "kernels that wait or release the GIL", sends=False
    ),
    "processes": BackendEntry(
        "processes", "ProcessesBackend", "kernels that compute in Python, on one machine"
    ),
    "asyncio": BackendEntry(
        "event_loop",
        "EventLoopBackend",
        "very many waits at once; needs the kernel's async form",
        sends=False,
        needs_async=True,
    ),
    "joblib": BackendEntry(
        "joblib_loky",
        "JoblibBackend",
        "joblib's own processes and batching",
        "joblib",
        "joblib",
        by_value=True,
    ),
    "dask": BackendEntry(
        "dask_distributed",
        "DaskBackend",
        "a local Dask cluster",
        "distributed",
        "dask",
        by_value=True,
    ),
    "ray": BackendEntry(
        "ray_actors",
        "RayBackend",
        "actors pinned to the nodes of a Ray cluster",
        by_value=True,
        on_cluster=True,
    ),
    "simulated": BackendEntry(
        "simulated",
        "SimulatedBackend",
        "exact times from a scaling law, for trying reports",
        sends=False,
    ),
}


def names() -> list[str]:
    """Return the names of all backends."""
    return list(_TABLE)


def entry(name: str) -> BackendEntry:
    """Return the table's line. Raises UnknownName."""
    if name not in _TABLE:
        raise UnknownName("backend", name, names())
    return _TABLE[name]


def missing_library(name: str) -> MissingLibrary | None:
    """Return what to install when the backend's library is not there."""
    line = entry(name)
    if line.library is None or util.find_spec(line.library) is not None:
        return None
    return MissingLibrary(f"the backend {name!r}", line.library, line.extra)


def load(name: str) -> Backend:
    """Import the backend. Raises UnknownName or MissingLibrary."""
    line = entry(name)
    missing = missing_library(name)
    if missing is not None:
        raise missing
    module = import_module(f"scaling.backends.{line.module}")
    backend: Backend = getattr(module, line.type_name)()
    return backend
