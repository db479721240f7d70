"""Where a function that the user names is found: a file, a module, or the workload's own file."""

from __future__ import annotations

import importlib
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.machinery import PathFinder
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from scaling.errors import UsageError
from scaling.subject import BY_VALUE
from scaling.workloads.base import DEFINITION

OURS = frozenset({"cli", "cluster", "scaling"})
NEEDED = frozenset({
    "PIL", "cloudpickle", "dask", "distributed", "joblib", "matplotlib", "msgspec", "numpy",
    "pandas", "psutil", "ray", "rich", "scipy", "threadpoolctl", "typer",
})  # fmt: skip


class DoesNotImport(UsageError):
    """Raised when the user's own code fails while it is imported."""

    def __init__(self, what: str, error: BaseException, root: Path | None) -> None:
        super().__init__(f"{what} does not import: {error_line(error, root)}")


@dataclass(frozen=True, slots=True)
class Found:
    """What a name led to."""

    module: ModuleType
    name: str
    value: Any


UNUSED = frozenset(
    {"antigravity", "idlelib", "lib2to3", "test", "this", "tkinter", "turtle", "turtledemo"}
)
"""Modules of the standard library that nothing here imports."""


def refuse_hiding(root: Path) -> None:
    """Raise UsageError when a neighbour of the user's module would hide one that is needed.

    The folder comes first on the path of every process, as it does when Python runs the file.
    """
    needed = (sys.stdlib_module_names | NEEDED | {"scaling"}) - UNUSED
    for path in sorted(root.iterdir()):
        name = path.stem if path.suffix == ".py" else path.name
        package = (path / "__init__.py").is_file()
        if name in needed and (path.suffix == ".py" or package) and not _is_ours(path):
            raise UsageError(
                f"{path} would hide the module {name!r} that this toolkit or Python needs; "
                f"rename it, for example to 'my_{name}'"
            )


def _is_ours(path: Path) -> bool:
    return path.resolve() == Path(__file__).resolve().parents[1]


def import_root(target: str) -> Path | None:
    """Return the folder that must be importable for ``target``; None when there is none.

    Raises UsageError when the file of a file target cannot be a module.
    """
    place, _ = _split(target)
    if not place:
        return None
    if _is_file(place):
        return locate(place)[0]
    if place == BY_VALUE:
        found = PathFinder.find_spec(BY_VALUE)
        return Path(found.origin).parent if found is not None and found.origin else None
    here, top = Path.cwd(), place.partition(".")[0]
    local = (here / top).is_dir() or (here / f"{top}.py").is_file()
    return here if local else None


def portable(target: str) -> str:
    """Return ``target`` by module, for a machine that has the module but not this file."""
    place, name = _split(target)
    return f"{locate(place)[1]}:{name}" if _is_file(place) else target


def resolve(target: str, home: ModuleType | None = None) -> Found:
    """Import what ``target`` names; a bare name is looked up in ``home``.

    Raises UsageError with one line that says what to do.
    """
    place, name = _split(target)
    if place:
        module = _import_file(place) if _is_file(place) else _import_dotted(place)
        where = place
    elif home is None:
        raise UsageError(f"{target!r} is not a workload; write FILE.py:NAME or MODULE:NAME")
    else:
        module, where = home, str(getattr(home, "__file__", home.__name__))
    if not name:
        raise UsageError(f"{target} names no function; write {where}:NAME{_choice(module)}")
    if not hasattr(module, name):
        raise UsageError(f"{where} has no {name!r}{_hint(module, name)}")
    return Found(module, name, getattr(module, name))


def error_line(error: BaseException, root: Path | None) -> str:
    """Tell an error of the user's code in one line: type, message, file and line."""
    kind = type(error).__name__
    if isinstance(error, SyntaxError) and error.filename:
        return f"{kind}: {error.msg} ({Path(error.filename).name}, line {error.lineno})"
    text = " ".join(str(error).split())
    said = f"{kind}: {text}" if text else kind
    frames = [
        f for f in traceback.extract_tb(error.__traceback__) if not f.filename.startswith("<")
    ]
    own = [f for f in frames if root is not None and Path(f.filename).is_relative_to(root)]
    if not own:
        return said
    return f"{said} ({Path(own[-1].filename).name}, line {own[-1].lineno})"


def _split(target: str) -> tuple[str, str]:
    if target.endswith(".py"):
        return target, ""
    place, _, name = target.rpartition(":")
    return place, name


def _is_file(place: str) -> bool:
    return "/" in place or Path(place).suffix in {".py", ".ipynb"}


def locate(place: str) -> tuple[Path, str]:
    """Return the folder to put on ``sys.path`` and the module's name in it.

    Raises UsageError when the file cannot be a module.
    """
    file = Path(place).absolute()
    _check_file(place, file)
    parts = [] if file.stem == "__init__" else [file.stem]
    root = file.parent
    while (root / "__init__.py").is_file():
        parts.insert(0, root.name)
        root = root.parent
    _check_parts(place, parts)
    return root, ".".join(parts)


def _check_file(place: str, file: Path) -> None:
    if file.suffix == ".ipynb":
        raise UsageError(f"{place} is a notebook; save its functions in a .py file and name that")
    if file.is_dir():
        raise UsageError(f"{place} is a folder; write FILE.py:NAME")
    if not file.is_file():
        near = [p.name for p in file.parent.glob("*.py")] if file.parent.is_dir() else []
        close = _close(file.name, near)
        hint = f"; did you mean {close[0]}?" if close else "; check the path"
        raise UsageError(f"there is no file {place}{hint}")
    if file.suffix != ".py":
        raise UsageError(f"{place} is not a Python file; its name must end in .py")


def _check_parts(place: str, parts: list[str]) -> None:
    for part in parts:
        if not part.isidentifier():
            raise UsageError(
                f"{place} cannot be imported, since {part!r} is not a Python name; rename it, "
                f"for example to {_as_identifier(part)!r}"
            )
    if parts and parts[0] in sys.stdlib_module_names | OURS | NEEDED:
        raise UsageError(
            f"{place} would hide the module {parts[0]!r} that this toolkit or Python needs; "
            f"rename it, for example to 'my_{parts[0]}'"
        )


def _as_identifier(text: str) -> str:
    name = "".join(c if c.isalnum() else "_" for c in text)
    return name if name.isidentifier() else f"_{name}"


def _import_file(place: str) -> ModuleType:
    root, name = locate(place)
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
        importlib.invalidate_caches()
    module = _import(place, name, root)
    loaded = Path(str(getattr(module, "__file__", None) or "?"))
    if loaded.resolve() != Path(place).resolve():
        raise UsageError(
            f"{place} cannot be imported as {name!r}, since {loaded} goes by that name; rename it"
        )
    return module


def _import_dotted(name: str) -> ModuleType:
    root = import_root(f"{name}:")
    if root is not None and str(root) not in sys.path:
        sys.path.insert(0, str(root))
    if not all(part.isidentifier() for part in name.split(".")):
        raise UsageError(f"{name!r} is neither a Python file nor a module")
    try:
        return _import(f"module {name}", name, root)
    except DoesNotImport as failed:
        cause = failed.__cause__
        if isinstance(cause, ModuleNotFoundError) and f"{name}.".startswith(f"{cause.name}."):
            raise UsageError(
                f"there is no module {cause.name!r}; run where it can be imported, "
                f"or write FILE.py:NAME"
            ) from cause
        raise


def _import(what: str, name: str, root: Path | None) -> ModuleType:
    try:
        return importlib.import_module(name)
    except UsageError:
        raise
    except SystemExit as error:
        raise UsageError(
            f"{what} exits while it is imported; put what runs under: if __name__ == '__main__':"
        ) from error
    except Exception as error:
        raise DoesNotImport(what, error, root) from error


def _candidates(module: ModuleType) -> list[str]:
    """Names of functions that the module itself defines, declared workloads first."""
    own = {
        name: value
        for name, value in vars(module).items()
        if isinstance(value, FunctionType) and value.__module__ == module.__name__
    }
    declared = [name for name, value in own.items() if hasattr(value, DEFINITION)]
    return declared or [name for name in own if not name.startswith("_")]


def _choice(module: ModuleType) -> str:
    names = _candidates(module)
    return f"; it has {', '.join(names[:8])}" if names else ""


def _hint(module: ModuleType, name: str) -> str:
    near = _close(name, [n for n in vars(module) if not n.startswith("__")])
    return f"; did you mean {near[0]!r}?" if near else _choice(module)


def _close(name: str, others: Sequence[str]) -> list[str]:
    from difflib import get_close_matches

    return get_close_matches(name, others, n=1)
