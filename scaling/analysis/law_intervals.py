"""Intervals of fitted laws. Loads numpy and scipy: import it where it is used.

With 6 blocks or more, blocks are drawn with replacement, medians taken and the law fitted again.
The percentile interval of so few blocks is too narrow; it is widened as Hesterberg does (What
Teachers Should Know About the Bootstrap, The American Statistician 69(4), 2015, section 5.3), by
taking the quantiles at Phi(-sqrt(n / (n - 1)) t(0.975, n - 1)) for n blocks.

With fewer, the profile likelihood of the medians: all values of a parameter for which the best fit
has RSS <= RSS_min (1 + F(0.95; 1, n - p) / (n - p)) for n points and p parameters (Bates & Watts,
Nonlinear Regression Analysis, 1988, section 6.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import fdtri, ndtr, stdtrit, wrightomega

from scaling.analysis.law_family import Coefficients, Law
from scaling.analysis.law_solver import Array, Frame, fit_many, solve, squares
from scaling.analysis.points import Point, Points
from scaling.analysis.statistics import LEAST_BLOCKS, Interval

RESAMPLES = 4000
SEED = 20_240_229
"""Any number, so long as it stays the same: a fit of the same data gives the same intervals."""
_HALVINGS = 32
_FAR = 1000.0
"""An end this many times the estimate away is none."""


@dataclass(frozen=True, slots=True)
class Resamples:
    """Medians of data drawn again from the blocks."""

    medians: Array
    """Different ones: one row for each, one column for each point."""
    weights: Array
    """How often each was drawn."""
    tail: float
    """Share beyond each end of a widened 95 % interval."""

    def interval(self, values: Array) -> Interval:
        """Return the interval of something computed from each resample."""
        low, high = quantiles(values, self.weights, self.tail)
        return Interval(low, high)

    def share(self, holds: Array) -> float:
        """Return how often something held."""
        return float(np.average(holds, weights=self.weights))


@lru_cache(maxsize=1)
def draw(points: Points) -> Resamples | None:
    """Draw blocks with replacement, or repeats of each N where they do not belong together.

    None where there are fewer than 6. Drawn once: all laws of the points have the same.
    """
    repeats = [len(point.values) for point in points.fitted]
    blocks = min(repeats, default=0) if points.blocks is None else len(points.blocks)
    if blocks < LEAST_BLOCKS:
        return None
    generator = np.random.default_rng(SEED)
    tail = float(ndtr(np.sqrt(blocks / (blocks - 1)) * stdtrit(blocks - 1, 0.025)))
    if points.blocks is None:
        columns = [_medians(point, generator) for point in points.fitted]
        return Resamples(np.stack(columns, axis=1), np.ones(RESAMPLES), tail)
    chosen = np.sort(generator.integers(blocks, size=(RESAMPLES, blocks)), axis=1)
    different, weights = np.unique(chosen, axis=0, return_counts=True)
    medians = np.median(np.array(points.blocks)[different], axis=1)
    return Resamples(medians, weights.astype(np.float64), tail)


def _medians(point: Point, generator: np.random.Generator) -> Array:
    """Return bootstrap medians of one point, at a cost that does not grow with its repeats.

    The middle of n uniform numbers is Beta distributed, and a resample's order statistic is the
    value whose rank that number falls on.
    """
    ordered, count = np.sort(np.array(point.values)), len(point.values)
    half = count // 2
    if count % 2:
        below = above = generator.beta(half + 1, half + 1, RESAMPLES)
    else:
        below = generator.beta(half, half + 1, RESAMPLES)
        above = below + (1 - below) * (1 - generator.random(RESAMPLES) ** (1 / half))
    medians: Array = (ordered[_ranks(below, count)] + ordered[_ranks(above, count)]) / 2
    return medians


def _ranks(uniform: Array, count: int) -> np.ndarray[tuple[int, ...], np.dtype[np.intp]]:
    return np.minimum((uniform * count).astype(np.intp), count - 1)


def quantiles(values: Array, weights: Array, tail: float) -> tuple[float, float]:
    """Return the values with this share of the weight below and above; infinite ones count."""
    order = np.argsort(values)
    below = np.cumsum(weights[order]) / weights.sum()
    low = int(np.searchsorted(below, tail))
    high = int(np.searchsorted(below, 1 - tail))
    return float(values[order[low]]), float(values[order[min(high, len(order) - 1)]])


def refits(resamples: Resamples, points: Points, law: Law, best: Coefficients) -> Array:
    """Return gamma, alpha and beta of each resample."""
    counts = np.array([point.count for point in points.fitted])
    return fit_many(law, counts, resamples.medians, best)


def peaks(law: Law, found: Array) -> Array:
    """Return the N of most throughput for each row of coefficients; infinite without one.

    As ``Coefficients.peak``, for many at once.
    """
    alpha, beta = found[:, 1], found[:, 2]
    falls = (beta > 0) & (alpha < 1)
    ratio = (1 - alpha[falls]) / beta[falls]
    where = np.full(len(found), np.inf)
    where[falls] = wrightomega(1 + ratio) if law is Law.LOG_USL else np.sqrt(ratio)
    return where


def profiles(points: Points, law: Law, best: Coefficients) -> tuple[Interval, ...] | None:
    """Return the profile-likelihood interval of each parameter; None without points to spare.

    An end at a bound of the parameter is that bound; gamma may have no upper end (infinite).
    """
    freedom = len(points.fitted) - len(law.parameters)
    if freedom < 1:
        return None
    throughput = np.array([point.throughput for point in points.fitted])
    largest = float(throughput.max())
    frame = Frame.of(law, np.array([point.count for point in points.fitted]), largest)
    theta = np.array([[best.gamma, best.alpha, best.beta]]) / frame.scale
    values = throughput[np.newaxis] / largest
    noise = 1 + float(fdtri(1, freedom, 0.95)) / freedom
    limit = float(squares(frame, values, theta)[0]) * noise
    number = len(law.parameters)
    low, high = (bound[:number] for bound in frame.bounds(bounded=True))
    most = np.where(np.isinf(high), _FAR * theta[0, :number], high)
    outer = np.stack([low, most])
    ends = _ends(frame, values, theta, outer, limit)
    below = ends[0] * frame.scale[:number]
    above = np.where(np.isinf(high) & (ends[1] == most), np.inf, ends[1] * frame.scale[:number])
    return tuple(Interval(float(a), float(b)) for a, b in zip(below, above, strict=True))


def _ends(frame: Frame, values: Array, theta: Array, outer: Array, limit: float) -> Array:
    """Return how far towards the outer values each parameter can go within the limit."""
    inside, outside = np.broadcast_to(theta[0, : outer.shape[1]], outer.shape), outer
    reached = _profile(frame, values, theta, outer) <= limit
    for _ in range(_HALVINGS):
        middle = (inside + outside) / 2
        within = _profile(frame, values, theta, middle) <= limit
        inside, outside = np.where(within, middle, inside), np.where(within, outside, middle)
    return np.where(reached, outer, inside)


def _profile(frame: Frame, values: Array, theta: Array, fixed: Array) -> Array:
    """Return the least squares with each parameter in turn fixed, for each row of values of it."""
    number = fixed.size
    rows = np.repeat(values, number, 0)
    low, high = (np.repeat(bound[np.newaxis], number, 0) for bound in frame.bounds(bounded=True))
    each = np.arange(number)
    low[each, each % fixed.shape[1]] = high[each, each % fixed.shape[1]] = fixed.ravel()
    theta = solve(frame, rows, np.repeat(theta, number, 0), low, high)
    return squares(frame, rows, theta).reshape(fixed.shape)
