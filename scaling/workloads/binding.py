"""From a function and what the user said about it to a workload."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial, reduce
from pathlib import Path
from types import ModuleType
from typing import Any

from scaling.errors import UsageError
from scaling.subject import WorkloadSpec
from scaling.workloads.base import DEFINITION, Definition, Workload, check_kernel
from scaling.workloads.imports import Found, resolve
from scaling.workloads.items import Kept, Make, Passes, from_text, is_one_shot
from scaling.workloads.parameters import (
    SIZE,
    arguments,
    check_known,
    parameters,
    takes,
    wants_items,
)

KINDS = "range:1000, lines:FILE, glob:PATTERN, csv:FILE or MODULE:NAME"


def definition_of(found: Found, spec: WorkloadSpec) -> Definition:
    """Return what is declared for the function, with the overrides of ``spec``.

    Raises UsageError.
    """
    try:
        check_kernel(found.value)
    except TypeError as error:
        raise UsageError(f"{spec.target}: {error}") from None
    declared = getattr(found.value, DEFINITION, None) or _plain(found)
    # What the name leads to may be a wrapper around the function that was declared.
    definition = replace(declared, kernel=found.value, items=_items(declared, spec, found))
    if spec.combine is not None:
        definition = replace(definition, combine=_function("combine", spec.combine, found.module))
    if spec.shared is not None:
        definition = replace(definition, shared=_shared(spec.shared, found.module))
    return definition


def bind(definition: Definition, spec: WorkloadSpec, home: ModuleType) -> Workload:
    """Return the workload of this size and with these parameters. Raises UsageError."""
    given = dict(spec.params)
    check_known(given, definition.items, definition.shared)
    _check_arity(definition)
    items = _passes(definition, spec.size, given, home)
    shared = definition.shared
    return Workload(
        name=definition.name,
        kernel=definition.kernel,
        items=items,
        shared=shared and partial(shared, **arguments(shared, spec.size, given)),
        combine=_combine(definition.combine),
        fold=definition.combine if _folds(definition.combine) else None,
        check=definition.check and Check(definition.check, items),
        asynchronous=definition.asynchronous,
        waits=definition.waits,
        cost=definition.cost,
        summary=(definition.kernel.__doc__ or "").strip().partition("\n")[0],
    )


def _folds(combine: Callable[..., Any] | None) -> bool:
    """Tell whether it takes the parts one by one; what takes one argument takes all of them."""
    return combine is not None and not takes(combine, 1) and takes(combine, 2)


def _combine(combine: Callable[..., Any] | None) -> Callable[[list[Any]], Any] | None:
    return partial(reduce, combine) if combine is not None and _folds(combine) else combine


class Check:
    """A user's check in one form: silent, or AssertionError with the reason."""

    def __init__(self, check: Callable[..., Any], items: Make) -> None:
        self._check, self._items = check, items
        self._with_items = wants_items(check)

    def __call__(self, answer: Any) -> None:
        """Raise AssertionError when ``answer`` is wrong."""
        try:
            verdict = (
                self._check(answer, self._items()) if self._with_items else self._check(answer)
            )
        except AssertionError as error:
            raise AssertionError(str(error) or f"the check failed{_line(error)}") from error
        except Exception as error:
            said = f"{type(error).__name__}: {error}".rstrip(": ")
            raise AssertionError(f"the check raised {said}{_line(error)}") from error
        # NumPy has a bool of its own.
        if type(verdict).__name__ in {"bool", "bool_"} and not verdict:
            raise AssertionError("the check returned False")


def _line(error: BaseException) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f" ({Path(last.filename).name}, line {last.lineno}: {last.line})"


def _plain(found: Found) -> Definition:
    function = found.value
    name = getattr(function, "__name__", found.name)
    return Definition(name, function, None, None, None, None, None, None, None)


def _items(
    declared: Definition, spec: WorkloadSpec, found: Found
) -> Callable[..., Iterable[Any]] | Iterable[Any]:
    if spec.items is None:
        if declared.items is None:
            raise UsageError(
                f"{spec.target} is a plain function, so say what it runs on: --items {KINDS}"
            )
        return declared.items
    made = from_text(spec.items)
    if made is not None:
        return made
    value = _named("items", spec.items, found.module)
    if isinstance(value, str | bytes) or not (callable(value) or isinstance(value, Iterable)):
        raise UsageError(
            f"--items {spec.items} is of type {type(value).__name__}; "
            "name an iterable, or a function that returns one"
        )
    return value  # type: ignore[no-any-return]


def _named(option: str, text: str, home: ModuleType) -> Any:
    try:
        return resolve(text, home).value
    except UsageError as error:
        known = f"; --items is {KINDS}" if option == "items" and _is_scheme(text) else ""
        raise UsageError(f"--{option} {text}: {error}{known}") from error


def _is_scheme(text: str) -> bool:
    """Tell whether the text looks like a misspelt ``lines:FILE``."""
    scheme, colon, rest = text.partition(":")
    return bool(colon) and "." not in scheme and "/" not in scheme and not rest.isidentifier()


def _function(option: str, text: str, home: ModuleType) -> Callable[..., Any]:
    value = _named(option, text, home)
    if not callable(value):
        raise UsageError(f"--{option} {text} is of type {type(value).__name__}; name a function")
    return value  # type: ignore[no-any-return]


def _shared(text: str, home: ModuleType) -> Callable[..., Any]:
    value = _named("shared", text, home)
    return value if callable(value) else lambda: value


def _check_arity(definition: Definition) -> None:
    count = 1 if definition.shared is None else 2
    said = "one item" if count == 1 else "an item and the shared input"
    for function in (definition.kernel, definition.asynchronous):
        if function is not None and not takes(function, count):
            name = getattr(function, "__name__", definition.name)
            raise UsageError(f"{name} cannot be called with {said}, as a kernel is")
    combine = definition.combine
    if combine is not None and not takes(combine, 1) and not takes(combine, 2):
        name = getattr(combine, "__name__", "combine")
        raise UsageError(
            f"{name} can be called neither with the list of parts nor with what was combined so "
            "far and a part, as combine is"
        )


def _passes(
    definition: Definition, size: int | None, given: dict[str, str], home: ModuleType
) -> Passes:
    source = definition.items
    label = f"the items of {definition.name}"
    if source is None:
        raise UsageError(f"{definition.name} in {home.__name__} has no items; give --items {KINDS}")
    if not isinstance(source, Iterable):
        takes_size = SIZE in parameters(source)
        make = partial(source, **arguments(source, size, given))
        return Passes(make, None if takes_size else size, label)
    if is_one_shot(source):
        return Passes(Kept(iter(source), size), None, label)
    return Passes(lambda: source, size, label)
