"""Which code a workload is: a digest of its files, and the commit they are from."""

from __future__ import annotations

import inspect
import os
import site
import sys
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from types import ModuleType

from scaling.subject import WorkloadSpec
from scaling.workloads import registry
from scaling.workloads.binding import definition_of

GIT_LIMIT_S = 5.0


def code_digest(spec: WorkloadSpec) -> str:
    """Return the SHA-256 of the files that hold the workload's functions.

    A kernel without a file, such as one in C, is told by the version of its module. Raises
    UsageError.
    """
    found = registry.find(spec)
    definition = definition_of(found, spec)
    parts = (definition.kernel, definition.items, definition.shared, definition.combine)
    files = [_file(part) for part in (found.module, *parts)]
    hasher = sha256()
    for file in dict.fromkeys(file for file in files if file is not None):
        hasher.update(file.read_bytes())
    if files[0] is None:
        version = getattr(found.module, "__version__", sys.version)
        hasher.update(f"{found.module.__name__} {version}".encode())
    return hasher.hexdigest()


def commit(spec: WorkloadSpec) -> str | None:
    """Return the commit of the user's code, ``+changes`` when its tree is not clean.

    None for what is built in, installed, or under no version control.
    """
    found = registry.find(spec)
    file = _file(found.module)
    if file is None or found.module.__name__.startswith("scaling.") or is_installed(file):
        return None
    short = _git(file.parent, "rev-parse", "--short", "HEAD")
    if not short:
        return None
    tree = _git(file.parent, "status", "--porcelain", "--untracked-files=no")
    own = _git(file.parent, "status", "--porcelain", "--ignored", "--", file.name)
    return f"{short}+changes" if tree or own else short


def _file(thing: object) -> Path | None:
    """Return the source file of a module or function, if it has one."""
    if not (isinstance(thing, ModuleType) or callable(thing)):
        return None
    inner = getattr(thing, "func", thing)  # functools.partial
    try:
        name = inspect.getsourcefile(inner)
    except TypeError:
        return None
    return Path(name) if name is not None and Path(name).is_file() else None


def is_installed(file: Path) -> bool:
    """Tell whether every Python process of this environment finds the file's module by itself."""
    folders = (*site.getsitepackages(), site.getusersitepackages(), str(Path(os.__file__).parent))
    others = (folder for folder in sys.path if folder and file.is_relative_to(folder))
    return any(file.is_relative_to(folder) for folder in folders) or any(map(_is_library, others))


@lru_cache(maxsize=64)
def _is_library(folder: str) -> bool:
    """Tell whether packages are installed there: clusters have such folders on PYTHONPATH."""
    return next(Path(folder).glob("*.dist-info"), None) is not None


def _git(folder: Path, *arguments: str) -> str | None:
    import subprocess

    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],  # noqa: S607 - the user's own git
            check=True,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=GIT_LIMIT_S,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0"},
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
