"""The work of a call from Python, as the names that the command line takes for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from scaling.errors import UsageError
from scaling.options import HandedOver
from scaling.subject import BY_VALUE
from scaling.workloads import by_value, naming
from scaling.workloads.base import DEFINITION, check_kernel
from scaling.workloads.items import KEPT_AT_MOST, is_one_shot

Items = str | Iterable[Any] | Callable[..., Iterable[Any]]


@dataclass(frozen=True, slots=True)
class WorkNames:
    """Texts for the options of the same names; None where one was not given."""

    workload: str
    items: str | None
    combine: str | None
    shared: str | None
    handed: HandedOver | None
    """What the texts lead to that has no name in a file or a module."""


def name_work(
    work: str | Callable[..., Any],
    *,
    items: Items | None = None,
    combine: str | Callable[..., Any] | None = None,
    shared: str | Callable[..., Any] | None = None,
    most: int | None = None,
) -> WorkNames:
    """Return names for what a caller gives. A text stays as it is.

    ``most`` is how many items of an iterator are needed; None for all. Raises UsageError.
    """
    _check(work, items, combine)
    namer = _Namer()
    texts = {
        "kernel": namer.text("kernel", work),
        "items": namer.text("items", _ready(items, most)),
        "combine": namer.text("combine", combine),
        "shared": namer.text("shared", shared),
    }
    assert texts["kernel"] is not None, "it was checked"
    return WorkNames(
        workload=texts["kernel"],
        items=texts["items"],
        combine=texts["combine"],
        shared=texts["shared"],
        handed=namer.handed(),
    )


class _Namer:
    """Gives names, and collects what has none."""

    def __init__(self) -> None:
        self._unnamed: dict[str, object] = {}

    def text(self, role: str, value: object) -> str | None:
        if value is None or isinstance(value, str):
            return value and str(value)
        if isinstance(value, range):
            return _range_text(value)
        target = naming.target_of(value)
        if target is not None:
            return target
        self._unnamed[role] = value
        return f"{BY_VALUE}:{role}"

    def handed(self) -> HandedOver | None:
        return by_value.pack(self._unnamed) if self._unnamed else None


def _range_text(numbers: range) -> str:
    if numbers.step != 1:
        return f"range:{numbers.start},{numbers.stop},{numbers.step}"
    return f"range:{numbers.start},{numbers.stop}" if numbers.start else f"range:{numbers.stop}"


def _check(work: object, items: object, combine: object) -> None:
    if items is not None and not callable(items) and not _may_be_items(items):
        raise UsageError(
            f"the items are of type {type(items).__name__}; give an iterable, a function that "
            "returns one, or a text such as 'lines:FILE'"
        )
    if combine is not None and not isinstance(combine, str) and not callable(combine):
        raise UsageError(f"combine is of type {type(combine).__name__}; give a function")
    _check_work(work, items)


def _may_be_items(items: object) -> bool:
    return isinstance(items, Iterable) and not isinstance(items, bytes)


def _check_work(work: object, items: object) -> None:
    if isinstance(work, str):
        return
    if not callable(work):
        raise UsageError(
            f"the work is of type {type(work).__name__}; give a function, or a name like 'primes' "
            "or 'file.py:name'"
        )
    try:
        check_kernel(work)
    except TypeError as error:
        raise UsageError(str(error)) from None
    if items is None and not hasattr(work, DEFINITION):
        name = getattr(work, "__name__", type(work).__name__)
        raise UsageError(
            f"{name} is a plain function, so say what it runs on: items=range(1000), a list, "
            "a function that returns one, or a text such as 'lines:FILE'"
        )


def _ready(items: Items | None, most: int | None) -> Items | None:
    """Return the items as what can be passed over again: an iterator is used up by its first."""
    if items is None or callable(items) or not is_one_shot(items):
        return items
    return list(_taken(iter(items), most))


def _taken(once: Iterator[Any], most: int | None) -> Iterator[Any]:
    yield from islice(once, KEPT_AT_MOST if most is None else most)
    if most is None and next(once, once) is not once:
        raise UsageError(
            f"the items are an iterator of over {KEPT_AT_MOST:,} items; "
            "give a function that returns a new one, or size=N"
        )
