"""What time costs: the cases that no other beats in both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from scaling.analysis.speedup import CaseResult
from scaling.model import UNCAPPED

HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class Offer:
    """One case of the front. Opening the pool is not in it."""

    size: int
    backend: str
    nodes: int
    workers: int
    seconds: float
    cost: float
    unit: Literal["node-seconds", "worker-seconds"]
    """Nodes where the study has several or they have a price, else workers."""
    money: float | None
    """In the unit of the price; None without one."""


def fronts(
    results: Sequence[CaseResult], price_per_node_hour: float | None = None
) -> tuple[Offer, ...]:
    """Return, for each size, the cases that are fastest at their cost, the fastest first.

    A local case holds one node. The set is Pareto's: whatever is faster costs more. What uses all
    CPUs under the name of one worker has no known cost.
    """
    known = [one for one in results if one.twin != UNCAPPED]
    timed = [one for one in known if one.status == "ok" and one.median_s]
    by_node = price_per_node_hour is not None or any(one.nodes > 1 for one in timed)
    front: list[Offer] = []
    for size in dict.fromkeys(one.size for one in timed):
        offers = [_offer(r, price_per_node_hour, by_node=by_node) for r in timed if r.size == size]
        least = float("inf")
        for offer in sorted(offers, key=lambda one: (one.seconds, one.cost)):
            if offer.cost < least:
                least = offer.cost
                front.append(offer)
    return tuple(front)


def _offer(result: CaseResult, price: float | None, *, by_node: bool) -> Offer:
    assert result.median_s is not None, "only cases with a time are offered"
    node_seconds = result.nodes * result.median_s
    return Offer(
        size=result.size,
        backend=result.backend,
        nodes=result.nodes,
        workers=result.workers,
        seconds=result.median_s,
        cost=node_seconds if by_node else result.workers * result.median_s,
        unit="node-seconds" if by_node else "worker-seconds",
        money=None if price is None else node_seconds / HOUR_S * price,
    )
