"""The advice below the table: how many workers, and at what cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scaling.analysis.bounds import RAY
from scaling.analysis.choice import Choice, Size
from scaling.analysis.cost import Offer
from scaling.analysis.units import count, digits, percent, seconds

SUREST = 0.99
"""No number of resamples makes more of a few blocks."""


def efficient(choices: Sequence[Choice]) -> Iterator[str]:
    """Yield one line for each backend: the most workers above the target, and the knee."""
    if not choices:
        return
    sizes = {choice.size for choice in choices}
    yield f"Most workers with an efficiency of {percent(choices[0].target)} or more:"
    for choice in choices:
        size = f" ({count(choice.size, 'item')})" if len(sizes) > 1 else ""
        yield f"  {choice.backend}{size}: {_best(choice)}{_knee(choice)}"


def front(offers: Sequence[Offer]) -> Iterator[str]:
    """Yield one line for each case that no other beats in both time and cost."""
    if not offers:
        return
    sizes = {offer.size for offer in offers}
    yield f"Time against {offers[0].unit}; whatever is faster costs more:"
    for offer in offers:
        size = f" ({count(offer.size, 'item')})" if len(sizes) > 1 else ""
        place = _place(offer.backend, Size(offer.nodes, offer.workers))
        money = "" if offer.money is None else f", costs {digits(offer.money)}"
        yield (
            f"  {offer.backend}{size}, {place}: {seconds(offer.seconds)}, "
            f"{digits(offer.cost)} {offer.unit}{money}"
        )


def _best(choice: Choice) -> str:
    if choice.best is None or choice.efficiency is None:
        return "none"
    more = ", the most measured" if choice.best == choice.largest else ""
    place = _place(choice.backend, choice.best)
    return f"{place}{more}: {percent(choice.efficiency)} ({_sure(choice)})"


def _sure(choice: Choice) -> str:
    if choice.confidence is None:
        return "too few blocks for a confidence"
    surest = choice.confidence > SUREST
    return f"confidence {'over ' * surest}{percent(min(choice.confidence, SUREST))}"


def _knee(choice: Choice) -> str:
    if choice.knee is None:
        return ""
    if choice.knee == choice.largest:
        return "; knee not before the most measured"
    return f"; knee at {_place(choice.backend, choice.knee)}"


def _place(backend: str, size: Size) -> str:
    workers = count(size.workers, "worker")
    return f"{count(size.nodes, 'node')} with {workers}" if backend == RAY else workers
