"""What a workload is, and the decorator that makes one."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])

DEFINITION = "__rayscale_workload__"


@dataclass(frozen=True, slots=True)
class Definition:
    """What ``@workload`` was told, kept on the kernel itself."""

    name: str
    kernel: Callable[..., Any]
    items: Callable[..., Iterable[Any]] | Iterable[Any] | None
    shared: Callable[..., Any] | None
    combine: Callable[..., Any] | None
    """``combine(parts)`` or ``combine(accumulated, part)``."""
    check: Callable[..., Any] | None
    asynchronous: Callable[..., Awaitable[Any]] | None
    waits: bool | None
    cost: Callable[[Any], float] | None


@dataclass(frozen=True, slots=True)
class Workload:
    """A fixed, checkable piece of work, bound to its size and parameters."""

    name: str
    kernel: Callable[..., Any]
    """``kernel(item)``, or ``kernel(item, shared)`` when ``shared`` is given."""
    items: Callable[[], Iterable[Any]]
    """A fresh pass over the items at each call; ``len()`` works where it is known."""
    shared: Callable[[], Any] | None = None
    """Makes the shared input once per session. A context manager is entered for the session's
    time and what it yields is the shared input."""
    combine: Callable[[list[Any]], Any] | None = None
    """Makes the answer from the parts, in the order of the items; None: the list of parts."""
    fold: Callable[[Any, Any], Any] | None = None
    """``fold(accumulated, part)``, where the answer is made part by part: ``combine`` does the same
    with all of them."""
    check: Callable[[Any], None] | None = None
    """Raises AssertionError, with the reason, when an answer is wrong."""
    asynchronous: Callable[..., Awaitable[Any]] | None = None
    """The kernel's form for asyncio, with the same arguments."""
    waits: bool | None = None
    """True when the kernel mostly waits, as its author says; None: to be probed."""
    cost: Callable[[Any], float] | None = None
    """Relative cost of an item, where the author knows it."""
    summary: str = ""
    """What it shows, in a line."""


def workload(
    *misplaced: object,
    items: Callable[..., Iterable[Any]] | Iterable[Any],
    shared: Callable[..., Any] | None = None,
    combine: Callable[..., Any] | None = None,
    check: Callable[..., Any] | None = None,
    asynchronous: Callable[..., Awaitable[Any]] | None = None,
    waits: bool | None = None,
    cost: Callable[[Any], float] | None = None,
    name: str | None = None,
) -> Callable[[Function], Function]:
    """Declare a function to be the kernel of a workload. The function stays as it is.

    ``items``: an iterable, or a function that returns one; a parameter named ``size`` receives
    ``--size`` and other parameters receive ``--param`` values of their name, converted to the type
    of their default. ``shared`` likewise; what it returns is the kernel's second argument.
    ``combine(parts)`` makes the answer from the list of parts; ``combine(accumulated, part)`` is
    called for each part but the first, in the order of the items, so that they need not be kept.
    ``cost(item)``: relative cost; the costliest items are handed out first.
    ``check(answer)`` or ``check(answer, items)``: returns False or raises when the answer is wrong.

    Raises TypeError when an argument cannot be what it should be.
    """
    if misplaced:
        raise TypeError("@workload takes keywords only: write @workload(items=...)")
    _check_items(items)
    _check_functions(
        shared=shared, combine=combine, check=check, asynchronous=asynchronous, cost=cost
    )
    _check_words(waits, name)

    def declare(kernel: Function) -> Function:
        check_kernel(kernel)
        named = name or kernel.__name__
        definition = Definition(
            named, kernel, items, shared, combine, check, asynchronous, waits, cost
        )
        setattr(kernel, DEFINITION, definition)
        return kernel

    return declare


def is_async(function: Callable[..., Any]) -> bool:
    """Tell whether calling it gives an awaitable."""
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(
        getattr(function, "__call__", None)  # noqa: B004 - an object with an async __call__
    )


def check_kernel(kernel: object) -> None:
    """Raise TypeError, with what to do, for what cannot be a kernel."""
    name = getattr(kernel, "__name__", repr(kernel)[:60])
    if inspect.isclass(kernel):
        raise TypeError(f"{name} is a class; a kernel is a function that takes one item")
    if not callable(kernel):
        raise TypeError(f"{name} is of type {type(kernel).__name__}; a kernel is a function")
    if inspect.isgeneratorfunction(kernel) or inspect.isasyncgenfunction(kernel):
        raise TypeError(f"{name} is a generator; a kernel returns its part, so return a list")
    if is_async(kernel):
        raise TypeError(
            f"{name} is async; declare a plain kernel and give this one as asynchronous="
        )


def _check_items(items: object) -> None:
    if isinstance(items, str | bytes):
        raise TypeError(f"items is the text {items!r:.60}; give an iterable or a function")
    if not callable(items) and not isinstance(items, Iterable):
        raise TypeError(f"items must be an iterable or a function, not {items!r:.60}")


def _check_functions(**given: object) -> None:
    for option, value in given.items():
        if value is not None and not callable(value):
            raise TypeError(f"{option} must be a function, not {value!r:.60}")
    asynchronous = given["asynchronous"]
    if callable(asynchronous) and not is_async(asynchronous):
        raise TypeError("asynchronous must be an async function")


def _check_words(waits: object, name: object) -> None:
    if waits not in {None, True, False}:
        raise TypeError(f"waits must be True, False or None, not {waits!r:.60}")
    if name is not None and not (isinstance(name, str) and name.strip()):
        raise TypeError(f"name must be a text, not {name!r:.60}")
