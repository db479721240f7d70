"""What no other process can import: one module, made in the private folder of the run, holds it."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from hashlib import sha256
from importlib import import_module
from io import BytesIO
from pathlib import Path
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any, TypeGuard

from scaling.errors import UsageError
from scaling.subject import BY_VALUE
from scaling.workloads import imports, naming

if TYPE_CHECKING:
    from scaling.options import HandedOver

_MODULE = '''"""What was handed over by value, SHA-256 {digest}."""

from scaling.workloads.by_value import unpack

globals().update(unpack(__name__, __loader__.get_data(__file__.removesuffix("py") + "pickle")))
'''


def pack(values: Mapping[str, object]) -> HandedOver:
    """Pickle what a caller holds. Code goes by name where it has one, else by value.

    Raises UsageError when something of it cannot be pickled.
    """
    from scaling.options import HandedOver

    stream = BytesIO()
    with ExitStack() as stack:
        sender = _Sender(stack)
        try:
            for value in values.values():
                sender.meet(value)
            # The code is known once the values were pickled, which come before it.
            sender.pickler(stream).dump((dict(values), sender.code))
        except UsageError:
            raise
        except Exception as error:
            said = " ".join(f"{type(error).__name__}: {error}".split())
            raise UsageError(
                f"the work cannot be handed to other processes: {said}; "
                "define it in a file, and make there what cannot be sent"
            ) from error
    return HandedOver(stream.getvalue(), tuple(sender.roots))


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
    """Return what was packed, and beside it the code that no other module holds.

    It becomes code of this module, so that plain pickle finds it in every process: items and parts
    may be made of it. Raises UsageError where this process lacks something that it uses.
    """
    found, code = _loaded(payload)
    for one in code:
        name = one.__name__
        while found.get(name, one) is not one:
            name += "_"
        found[name] = one
        one.__module__, one.__qualname__ = module, name
    return found


def _loaded(payload: bytes) -> tuple[dict[str, Any], list[Any]]:
    try:
        values, code = pickle.loads(payload)
    except UsageError:
        raise
    except Exception as error:
        said = " ".join(f"{type(error).__name__}: {error}".split())
        raise UsageError(
            f"what came by value cannot be used in other processes: {said}; "
            "define it in a file and import it from there"
        ) from error
    return values, code


def named(target: str) -> Any:
    """Return what a target leads to: how a script's functions and classes are pickled."""
    return imports.resolve(target).value


class _Sender:
    """Decides of each piece of code how it travels, and keeps what other processes need for it."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._met: set[str] = set()
        self.code: list[FunctionType | type] = []
        """Functions and classes that go by value."""
        self.roots: dict[Path, None] = {}
        """Folders of the modules that go by name."""

    def pickler(self, stream: BytesIO) -> Any:
        """Return a pickler that asks here."""
        # Imported by name: it has no types.
        pickler = import_module("cloudpickle").Pickler(stream, protocol=pickle.HIGHEST_PROTOCOL)
        inherited = pickler.reducer_override

        def reduce(value: object) -> Any:
            if not isinstance(value, FunctionType | type | ModuleType):
                return inherited(value)
            target = _script_target(value)
            if target is not None:
                return named, (target,)
            # What cannot be found elsewhere is told of there, where it is used.
            with suppress(UsageError):
                self.meet(value)
            reduced = inherited(value)
            if reduced is not NotImplemented and _may_stand_alone(value):
                self.code.append(value)
            return reduced

        pickler.reducer_override = reduce
        return pickler

    def meet(self, value: object) -> None:
        """Let other processes find the module of a value, or its code go by value.

        Raises UsageError.
        """
        module = naming.module_of(value)
        name = naming.MAIN if module is None else module.__name__
        if name in self._met:
            return
        # A module that is used as such goes by name; its functions may still go by value.
        self._met |= set() if value is module else {name}
        if (root := naming.root_of(value)) is not None and root not in self.roots:
            imports.refuse_hiding(root)
            self.roots[root] = None
        if module is None or value is module or name == naming.MAIN:
            return
        if naming.has_source(module) and not naming.is_found(module):
            self._send_by_value(module)

    def _send_by_value(self, module: ModuleType) -> None:
        cloudpickle = import_module("cloudpickle")
        if module.__name__ not in cloudpickle.list_registry_pickle_by_value():
            cloudpickle.register_pickle_by_value(module)
            self._stack.callback(cloudpickle.unregister_pickle_by_value, module)


def _script_target(value: object) -> str | None:
    """Return the target of what is imported again from the script that runs."""
    if isinstance(value, FunctionType | type) and value.__module__ == naming.MAIN:
        return naming.target_of(value)
    return None


def _may_stand_alone(value: FunctionType | type | ModuleType) -> TypeGuard[FunctionType | type]:
    """Tell functions and classes from methods, which their classes hold, and from what is C's."""
    if isinstance(value, ModuleType) or value.__module__ == "builtins":
        return False
    around = value.__qualname__.rpartition(".")[0]
    return isinstance(value, type) or not around or around.endswith("<locals>")
