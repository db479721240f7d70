"""Names of the built-in workloads, and the way from a spec to a workload."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from scaling.errors import UnknownName, UsageError
from scaling.subject import WorkloadSpec
from scaling.workloads import imports
from scaling.workloads.base import Workload
from scaling.workloads.binding import bind, definition_of
from scaling.workloads.items import is_text

DEFAULT = "sources"


@dataclass(frozen=True, slots=True)
class Builtin:
    """One workload that comes with the toolkit."""

    name: str
    function: str
    """Name of its kernel in ``scaling.workloads.<name>``."""
    shows: str
    """What it shows, in a line."""
    extra: str | None = None
    """What to install for its optional part."""

    @property
    def target(self) -> str:
        """Where its kernel is."""
        return f"scaling.workloads.{self.name}:{self.function}"


BUILTINS = (
    Builtin(
        "sources",
        "measure",
        "pure Python on files of very different sizes: parse and measure the standard library",
    ),
    Builtin("primes", "count", "pure Python arithmetic: what the interpreter lock costs threads"),
    Builtin(
        "features",
        "describe",
        "NumPy on images: parts that release the lock; param folder=DIR takes your own images",
        extra="images",
    ),
    Builtin("fetch", "get", "waiting for HTTP answers: where threads and asyncio are enough"),
    Builtin("matmul", "multiply", "large shared inputs and large parts: what moving data costs"),
    Builtin("options", "simulate", "Monte Carlo with NumPy: even, independent items"),
    Builtin("grain", "step", "items as short as you like (param steps=N): the cost of an item"),
)


def names() -> list[str]:
    """Names of the built-in workloads, the default one first."""
    return [builtin.name for builtin in BUILTINS]


def describe() -> tuple[Builtin, ...]:
    """Return the built-in workloads without importing them."""
    return BUILTINS


def import_roots(spec: WorkloadSpec) -> list[Path]:
    """Return the folders that must be on the path of every process, the workload's own first."""
    targets = [] if spec.target in names() else [spec.target]
    targets += [
        name
        for name in (spec.items, spec.combine, spec.shared)
        if name is not None and ":" in name and not is_text(name)
    ]
    roots = (imports.import_root(target) for target in targets)
    return list(dict.fromkeys(root for root in roots if root is not None))


def portable(spec: WorkloadSpec) -> WorkloadSpec:
    """Return the spec by modules, for machines that have the modules but not these files."""
    return replace(
        spec,
        target=imports.portable(spec.target),
        items=spec.items if spec.items and is_text(spec.items) else _portable(spec.items),
        combine=_portable(spec.combine),
        shared=_portable(spec.shared),
    )


def _portable(target: str | None) -> str | None:
    return None if target is None else imports.portable(target)


@lru_cache(maxsize=16)
def load(spec: WorkloadSpec) -> Workload:
    """Import what ``spec`` names and bind it to its size and parameters. Raises UsageError."""
    if spec.size is not None and spec.size < 1:
        raise UsageError(f"--size {spec.size} is not possible; give at least 1")
    found = find(spec)
    workload = bind(definition_of(found, spec), spec, found.module)
    builtin = _builtin(spec)
    return replace(workload, summary=builtin.shows) if builtin else workload


def find(spec: WorkloadSpec) -> imports.Found:
    """Import what the target of ``spec`` names. Raises UsageError."""
    builtin = _builtin(spec)
    if builtin is None and ":" not in spec.target and not spec.target.endswith(".py"):
        raise UnknownName("workload", spec.target, names())
    return imports.resolve(builtin.target if builtin else spec.target)


def _builtin(spec: WorkloadSpec) -> Builtin | None:
    return next((b for b in BUILTINS if b.name == spec.target), None)
