"""What no other process can import: one module, made in the private folder of the run, holds it."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from hashlib import sha256
from importlib import import_module
from io import BytesIO
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from scaling.errors import UsageError
from scaling.subject import BY_VALUE
from scaling.workloads import imports, naming

_MODULE = '''"""What was handed over by value, SHA-256 {digest}."""

from scaling.workloads.by_value import unpack

globals().update(unpack(__name__, __loader__.get_data(__file__.removesuffix("py") + "pickle")))
'''


def pack(values: Mapping[str, object]) -> bytes:
    """Pickle what a caller holds. Code goes by name where it has one, else by value.

    Raises UsageError when something of it cannot be pickled.
    """
    stream = BytesIO()
    with ExitStack() as stack:
        for module in _unfound(values.values()):
            _send_by_value(module, stack)
        try:
            _pickler(stream).dump(dict(values))
        except Exception as error:
            said = " ".join(f"{type(error).__name__}: {error}".split())
            raise UsageError(
                f"the work cannot be handed to other processes: {said}; "
                "define it in a file, and make there what cannot be sent"
            ) from error
    return stream.getvalue()


def write(folder: Path, payload: bytes) -> Path:
    """Write the module for what was packed, and return the folder to put on ``sys.path``."""
    own = folder / "by-value"
    own.mkdir(mode=0o700)
    (own / f"{BY_VALUE}.pickle").write_bytes(payload)
    # The digest of the code is that of files with source, so that it follows what was packed.
    source = _MODULE.format(digest=sha256(payload).hexdigest())
    (own / f"{BY_VALUE}.py").write_text(source, encoding="utf-8")
    return own


def unpack(module: str, payload: bytes) -> dict[str, Any]:
    """Return what was packed, and beside it the classes that no other module holds.

    They become classes of this module, so that plain pickle finds them in every process: items and
    parts may be made of them. Raises UsageError where this process lacks something that it uses.
    """
    found = _loaded(payload)
    classes = {
        kind.__name__: kind
        for value in found.values()
        for kind in _classes(value)
        if _has_no_home(kind)
    }
    for kind in classes.values():
        kind.__module__ = module
    return classes | found


def _loaded(payload: bytes) -> dict[str, Any]:
    try:
        found: dict[str, Any] = pickle.loads(payload)
    except UsageError:
        raise
    except Exception as error:
        said = " ".join(f"{type(error).__name__}: {error}".split())
        raise UsageError(
            f"what came by value cannot be used in other processes: {said}; "
            "define it in a file and import it from there"
        ) from error
    return found


def named(target: str) -> Any:
    """Return what a target leads to: how a script's functions and classes are pickled."""
    return imports.resolve(target).value


def _pickler(stream: BytesIO) -> Any:
    # Imported by name: it has no types.
    pickler = import_module("cloudpickle").Pickler(stream, protocol=pickle.HIGHEST_PROTOCOL)
    inherited = pickler.reducer_override

    def reduce(value: object) -> Any:
        target = _script_target(value)
        return inherited(value) if target is None else (named, (target,))

    pickler.reducer_override = reduce
    return pickler


def _script_target(value: object) -> str | None:
    """Return the target of what is imported again from the script that runs."""
    if isinstance(value, FunctionType | type) and value.__module__ == naming.MAIN:
        return naming.target_of(value)
    return None


def _unfound(values: Iterable[object]) -> Iterator[ModuleType]:
    """Yield the modules of the values that other processes do not find."""
    names = {str(getattr(value, "__module__", None)) for value in values} - {naming.MAIN}
    modules = (sys.modules.get(name) for name in sorted(names))
    return (one for one in modules if one is not None and not naming.is_found(one))


def _send_by_value(module: ModuleType, stack: ExitStack) -> None:
    cloudpickle = import_module("cloudpickle")
    if module.__name__ not in cloudpickle.list_registry_pickle_by_value():
        cloudpickle.register_pickle_by_value(module)
        stack.callback(cloudpickle.unregister_pickle_by_value, module)


def _classes(value: object) -> Iterator[type]:
    """Yield the classes that a function names, or that items are instances of."""
    names = getattr(value, "__globals__", {})
    yield from (one for one in names.values() if isinstance(one, type))
    if isinstance(value, list | tuple):
        yield from {type(item) for item in value}


def _has_no_home(kind: type) -> bool:
    lost = kind.__module__ == naming.MAIN or kind.__module__ not in sys.modules
    return lost and kind.__qualname__ == kind.__name__
