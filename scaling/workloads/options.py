"""Price a European call by simulating the share's way to its end, many times."""

from __future__ import annotations

from collections.abc import Iterable
from math import erf, exp, log, sqrt
from typing import NamedTuple

import numpy as np

from scaling.workloads.base import workload

STEPS = 64
"""Time steps of a path."""
ERRORS = 6
"""Standard errors that the price may be off."""


class Market(NamedTuple):
    """What an option is priced on; rates and volatility by year."""

    share: float = 100.0
    strike: float = 105.0
    rate: float = 0.03
    volatility: float = 0.2
    years: float = 1.0


MARKET = Market()


class Item(NamedTuple):
    """Paths to simulate; the random numbers depend on seed and number alone."""

    seed: int
    number: int
    paths: int


class Part(NamedTuple):
    """Sums over the discounted payoffs of one item."""

    paths: int
    total: float
    squares: float


class Price(NamedTuple):
    """An estimate, with its standard error from the paths and from the items."""

    paths: int
    mean: float
    error: float
    item_error: float


def items(size: int = 200, paths: int = 8_000, seed: int = 1) -> list[Item]:
    """Even, independent shares of the simulation."""
    return [Item(seed, number, paths) for number in range(size)]


def price(parts: list[Part]) -> Price:
    """Average over all paths."""
    paths = max(1, sum(part.paths for part in parts))
    mean = sum(part.total for part in parts) / paths
    variance = sum(part.squares for part in parts) / paths - mean * mean
    apart = sum((part.total - mean * part.paths) ** 2 for part in parts)
    count = max(2, len(parts))
    item_error = sqrt(apart * count / (count - 1)) / paths
    return Price(paths, mean, sqrt(max(0.0, variance) / paths), item_error)


def check(answer: Price, items: Iterable[Item]) -> None:
    """Compare with the formula of Black and Scholes, and the spread with its own formula."""
    asked = list(items)
    paths = sum(item.paths for item in asked)
    assert answer.paths == paths, f"{answer.paths} paths of {paths}"
    truth, deviation = exact(MARKET)
    error = deviation / sqrt(paths)
    near = abs(answer.mean - truth) <= ERRORS * error
    assert near, f"the price is {truth:.4f}, not {answer.mean:.4f}"
    # An estimate of a spread is itself off by some part in the square root of what it rests on.
    near = abs(answer.error / error - 1) <= 20 / sqrt(paths)
    assert near, f"the standard error is {error:.2g}, not {answer.error:.2g}"
    if len(asked) > 1 and asked[0].paths >= 100:
        least = max(1e-6, 1 - ERRORS * sqrt(2 / (len(asked) - 1)))
        alike = (answer.item_error / error) ** 2 < least
        assert not alike, "the items are too much alike to be independent"


@workload(name="options", items=items, combine=price, check=check)
def simulate(item: Item) -> Part:
    """Follow the logarithm of the share's price along each path."""
    sequence = np.random.SeedSequence(item.seed, spawn_key=(item.number,))
    random = np.random.Generator(np.random.Philox(sequence))
    market, span = MARKET, MARKET.years / STEPS
    moves = random.standard_normal((STEPS, item.paths)) * (market.volatility * sqrt(span))
    moves += (market.rate - market.volatility**2 / 2) * span
    ends = market.share * np.exp(moves.sum(axis=0))
    payoffs = exp(-market.rate * market.years) * np.maximum(ends - market.strike, 0.0)
    return Part(item.paths, float(payoffs.sum()), float((payoffs * payoffs).sum()))


def exact(market: Market) -> tuple[float, float]:
    """Return the price and the standard deviation of one discounted payoff.

    Black and Scholes 1973; the second moment follows from the same lognormal integrals.
    """
    share, strike, rate, volatility, years = market
    spread = volatility * sqrt(years)
    d2 = (log(share / strike) + (rate - volatility**2 / 2) * years) / spread
    low, middle, high = (_normal(d2 + k * spread) for k in (0, 1, 2))
    paid = strike * exp(-rate * years)
    mean = share * middle - paid * low
    square = share**2 * exp(spread**2) * high - 2 * share * paid * middle + paid**2 * low
    return mean, sqrt(square - mean * mean)


def _normal(x: float) -> float:
    return (1 + erf(x / sqrt(2))) / 2
