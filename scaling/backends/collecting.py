"""What becomes of the parts that come back: kept in the order of the items, or folded into one."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import Any, Protocol

Fold = Callable[[Any, Any], Any]


class Collector(Protocol):
    """Takes the parts of batches as they come."""

    def add(self, first: int, parts: list[Any]) -> None:
        """Take the parts of a batch that begins with item ``first``."""
        ...

    def parts(self) -> list[Any]:
        """Return what is to be combined, once every batch has come."""
        ...


class Kept:
    """Keeps every part."""

    def __init__(self) -> None:
        self._batches: dict[int, list[Any]] = {}

    def add(self, first: int, parts: list[Any]) -> None:
        """Keep them."""
        self._batches[first] = parts

    def parts(self) -> list[Any]:
        """Return all, in the order of the items."""
        return list(chain.from_iterable(self._batches[first] for first in sorted(self._batches)))


class Folded:
    """Folds parts into one as soon as all before them have come; only those ahead are kept."""

    def __init__(self, fold: Fold) -> None:
        self._fold = fold
        self._early: dict[int, list[Any]] = {}
        self._next = 0
        self._accumulated: list[Any] = []

    def add(self, first: int, parts: list[Any]) -> None:
        """Fold what can be folded. Raises what the user's function raises."""
        self._early[first] = parts
        while (ready := self._early.pop(self._next, None)) is not None:
            self._next += len(ready)
            for part in ready:
                before = self._accumulated
                self._accumulated = [self._fold(before[0], part) if before else part]

    def parts(self) -> list[Any]:
        """Return what all were folded into; nothing without any."""
        return self._accumulated
