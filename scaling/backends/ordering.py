"""The order in which items are handed out, where the author of the workload knows their cost.

The costliest come first: what is left for the end is short, so that all workers end together
(longest processing time first, Graham 1969).
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from scaling.backends.failures import error_text
from scaling.errors import ItemNotSendable, KernelFailed, OpeningFailed, PartNotSendable, WorkerDied

_LEAST = 1e-6
"""Weight of items that cost nothing: times are divided by it."""


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """Items in the order in which they are handed out."""

    positions: array[int]
    """Index of the item that is handed out first, second, and so on."""
    until: array[float]
    """Weight of all items up to each one, in that order; an item weighs 1 in the mean."""

    def arranged(self, items: Sequence[Any]) -> list[Any]:
        """Return the items in this order."""
        return [items[index] for index in self.positions]

    def restored(self, parts: Sequence[Any]) -> list[Any]:
        """Return the parts of items in this order in the order of the items themselves."""
        found: list[Any] = [None] * len(parts)
        for index, part in zip(self.positions, parts, strict=True):
            found[index] = part
        return found

    def renumbered(self, error: Exception) -> Exception:
        """Return an error that names the item by its own index."""
        match error:
            case KernelFailed(item=at):
                text, trace = error.item_text, error.trace
                return KernelFailed(
                    error.error, item=self.positions[at], item_text=text, trace=trace
                )
            case ItemNotSendable(item=at) | PartNotSendable(item=at):
                return type(error)(self.positions[at], error.item_text, error.reason)
            case WorkerDied(item=int(at)):
                return WorkerDied(error.worker, error.how, self.positions[at])
        return error


def costliest_first(items: Sequence[Any], cost: Callable[[Any], float]) -> Order | None:
    """Return the order, None where the costs are all equal. Raises OpeningFailed."""
    costs = [_cost(cost, index, item) for index, item in enumerate(items)]
    total = sum(costs)
    if not costs or not total or min(costs) == max(costs):
        return None
    positions = array("q", sorted(range(len(costs)), key=costs.__getitem__, reverse=True))
    mean = total / len(costs)
    weights = (max(_LEAST, costs[index] / mean) for index in positions)
    return Order(positions, array("d", accumulate(weights)))


def _cost(cost: Callable[[Any], float], index: int, item: Any) -> float:
    try:
        found = float(cost(item))
    except Exception as error:  # noqa: BLE001 - it is the user's function
        raise OpeningFailed(f"cost of item {index} raised {error_text(error)}") from None
    if not math.isfinite(found) or found < 0:
        raise OpeningFailed(
            f"cost of item {index} is {found}; it must be a finite number, not below 0"
        )
    return found
