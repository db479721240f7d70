"""The name under which other processes find what a caller holds, where it has one."""

from __future__ import annotations

import inspect
import sys
from pathlib import Path
from types import ModuleType

from scaling.workloads.imports import OURS, import_root, locate
from scaling.workloads.origin import is_installed

MAIN = "__main__"


def target_of(value: object) -> str | None:
    """Return ``/absolute/file.py:name`` or ``module:name``; None where other processes find none.

    A list has none: a module that is imported again may give its name another list than the caller
    has by now. Raises UsageError when the file of its module cannot be imported.
    """
    module = module_of(value)
    name = None if module is None else _name_in(module, value)
    place = None if module is None or name is None else place_of(module)
    return None if place is None else f"{place}:{name}"


def place_of(module: ModuleType) -> str | None:
    """Return what a target names the module by; None where other processes do not find it.

    That is its file where only the caller's path leads to it, as to a script. Raises UsageError.
    """
    if module.__name__ == MAIN:
        file = script()
        return None if file is None else str(file)
    name = module.__name__
    path = Path(str(getattr(module, "__file__", None) or ""))
    if name in sys.builtin_module_names or is_installed(path) or _is_ours(name, path):
        return name
    if not has_source(module):
        return None
    return str(path.absolute()) if locate(str(path))[1] == name else None


def _is_ours(name: str, path: Path) -> bool:
    own = Path(__file__).resolve().parents[2]
    return name.partition(".")[0] in OURS and path.resolve().is_relative_to(own)


def root_of(value: object) -> Path | None:
    """Return the folder whose modules a value of the caller may use; None where all find them.

    Raises UsageError.
    """
    module = module_of(value)
    if module is None or module.__name__ == MAIN:
        return _own_folder()
    place = place_of(module)
    return import_root(f"{place}:") if place is not None and place.endswith(".py") else None


def _own_folder() -> Path | None:
    """Return where the caller's imports begin: beside its script, or in a notebook's folder."""
    file = script()
    if file is None:
        here = Path.cwd()
        return here if {"", str(here)} & set(sys.path) else None
    root = file.parent
    while (root / "__init__.py").is_file():
        root = root.parent
    return None if is_installed(file) else root


def is_found(module: ModuleType) -> bool:
    """Tell whether other processes find the module. Raises UsageError."""
    return place_of(module) is not None


def has_source(module: ModuleType) -> bool:
    """Tell whether the module is of Python code in a file."""
    path = Path(str(getattr(module, "__file__", None) or ""))
    return path.suffix == ".py" and path.is_file()


def module_of(value: object) -> ModuleType | None:
    """Return the module that a value says it is of, or that it is."""
    if isinstance(value, ModuleType):
        return value
    return sys.modules.get(str(getattr(value, "__module__", None)))


def script() -> Path | None:
    """Return the file that this Python runs; None for a notebook or a prompt."""
    name = getattr(sys.modules.get(MAIN), "__file__", None)
    file = Path(name).absolute() if name else None
    return file if file is not None and file.suffix == ".py" and file.is_file() else None


def _name_in(module: ModuleType, value: object) -> str | None:
    own = getattr(value, "__name__", None)
    if isinstance(own, str) and vars(module).get(own) is value:
        return own if module.__name__ != MAIN or _stands_in(value, script()) else None
    if module.__name__ == MAIN:
        # Its file, imported again, may give a name another value than the script gave it later.
        return None
    return next((name for name, one in vars(module).items() if one is value), None)


def _stands_in(value: object, file: Path | None) -> bool:
    """Tell a function of the script from one that was typed into a Python that had run it."""
    code = getattr(inspect.unwrap(value) if callable(value) else value, "__code__", None)
    return file is not None and (code is None or Path(code.co_filename).absolute() == file)
