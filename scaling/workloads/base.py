"""What a workload is, and the decorator that makes one."""

from __future__ import annotations

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
    combine: Callable[[list[Any]], Any] | None
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
    *,
    items: Callable[..., Iterable[Any]] | Iterable[Any],
    shared: Callable[..., Any] | None = None,
    combine: Callable[[list[Any]], Any] | None = None,
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
    ``check(answer)`` or ``check(answer, items)``: returns False or raises when the answer is wrong.
    """

    def declare(kernel: Function) -> Function:
        definition = Definition(
            name or kernel.__name__,
            kernel,
            items,
            shared,
            combine,
            check,
            asynchronous,
            waits,
            cost,
        )
        setattr(kernel, DEFINITION, definition)
        return kernel

    return declare
