"""Least squares of the scaling laws. Loads numpy and scipy: import it where it is used."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from scaling.analysis.law_family import Coefficients, Law, coherency

Array = NDArray[np.float64]

_STARTS = ((0.01, 1e-4), (0.5, 1e-2))
"""Values of alpha and beta, the first as in the R package usl; scipy begins there."""
_GRID = (0.0, 1e-4, 0.01, 0.1, 0.3, 1.0)
"""Values of alpha and beta, all pairs: data that follow no law have several lowest points."""
_LEAST = 1e-9
"""Denominators of a law below this are outside its meaning."""
_ROUNDS = 200
_EXACT = 1e-15
"""Squares that change by less than this share of themselves have ended: rounding."""
_CLOSE = 1e-9
"""The same for a resample, whose own spread is millions of times larger."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The points of a fit, and the scale that makes its parameters alike in size."""

    law: Law
    counts: Array
    """Different N, rising."""
    contention: Array
    """N - 1 over its largest value."""
    coherency: Array
    """h(N) over its largest value."""
    scale: Array
    """What a scaled gamma, alpha and beta are multiplied with."""

    @classmethod
    def of(cls, law: Law, counts: Array, largest: float) -> Frame:
        """Return the frame of points; ``largest`` is about the largest throughput."""
        contention = counts - 1
        cost = np.array([coherency(law, float(count)) for count in counts])
        top = np.array([counts.max(), max(contention.max(), 1.0), max(cost.max(), 1.0)])
        scale = np.array([largest, 1.0, 1.0]) / top
        return cls(law, counts, contention / top[1], cost / top[2], scale)

    def denominators(self, theta: Array) -> Array:
        """Return what gamma N is divided by, one row for each row of scaled parameters."""
        return 1 + theta[:, 1:2] * self.contention + theta[:, 2:3] * self.coherency

    def curve(self, theta: Array) -> Array:
        """Return scaled throughput, one row for each row of scaled parameters."""
        below = self.denominators(theta)
        above = theta[:, :1] * self.counts / self.counts.max()
        return np.where(below > _LEAST, above / np.maximum(below, _LEAST), np.inf)

    def slopes(self, theta: Array) -> Array:
        """Return the derivatives of the curve by the scaled parameters: three, points, rows.

        Rows come last, unlike elsewhere: all that is done with slopes is summed over the points,
        which is ten times as fast where each sum adds whole arrays.
        """
        gamma, alpha, beta = theta.T.copy()
        contention, cost = self.contention[:, np.newaxis], self.coherency[:, np.newaxis]
        below = 1 + alpha * contention + beta * cost
        share = (self.counts / self.counts.max())[:, np.newaxis] / below
        fall = -gamma * share / below
        return np.stack([share, fall * contention, fall * cost])

    def bounds(self, *, bounded: bool) -> tuple[Array, Array]:
        """Return the least and largest scaled parameters; those that the law lacks stay at 0."""
        fitted = np.array([name in self.law.parameters for name in ("gamma", "alpha", "beta")])
        low = np.array([_LEAST, 0.0, 0.0]) if bounded else np.array([_LEAST, -np.inf, -np.inf])
        high = np.array([np.inf, 1.0, 1.0]) / self.scale if bounded else np.full(3, np.inf)
        return np.where(fitted, low, 0.0), np.where(fitted, high, 0.0)


def fit(law: Law, counts: Array, throughput: Array, *, bounded: bool = True) -> Coefficients:
    """Return the coefficients of least unweighted squares of throughput.

    Bounded: gamma > 0, 0 <= alpha <= 1, 0 <= beta <= 1.
    """
    largest = float(throughput.max())
    frame = Frame.of(law, counts, largest)
    values = throughput[np.newaxis] / largest
    low, high = frame.bounds(bounded=bounded)
    starts = np.vstack(
        [_by_scipy(frame, values[0], low, high), _linear_start(frame, values), _grid(frame, values)]
    )
    # scipy's method stays inside its bounds; the last step ends on a bound where that is best.
    theta = solve(frame, np.repeat(values, len(starts), 0), starts, low, high)
    best = theta[np.argmin(squares(frame, values, theta))]
    return Coefficients(*(float(value) for value in best * frame.scale))


def fit_many(
    law: Law, counts: Array, throughput: Array, near: Coefficients, *, bounded: bool = True
) -> Array:
    """Fit each row of throughput on its own, all at once, beginning near known coefficients.

    Returns one row of gamma, alpha and beta for each.
    """
    largest = float(throughput.max())
    frame = Frame.of(law, counts, largest)
    start = np.array([near.gamma, near.alpha, near.beta]) / frame.scale
    begin = np.repeat(start[np.newaxis], len(throughput), 0)
    low, high = frame.bounds(bounded=bounded)
    return solve(frame, throughput / largest, begin, low, high, close=_CLOSE) * frame.scale


def squares(frame: Frame, values: Array, theta: Array) -> Array:
    """Return the residual sum of squares of each row; infinite where the law has no meaning."""
    found: Array = np.sum((values - frame.curve(theta)) ** 2, axis=1)
    return found


def solve(
    frame: Frame, values: Array, start: Array, low: Array, high: Array, *, close: float = _EXACT
) -> Array:
    """Minimise each row's squares within its bounds: Levenberg-Marquardt with projected steps.

    (Marquardt, SIAM J. 11(2), 1963; a parameter at a bound that pulls outwards rests, as in
    Bertsekas, Projected Newton Methods, SIAM J. Control 20(2), 1982.)
    """
    theta = np.clip(start, low, high)
    low, high = np.broadcast_to(low, theta.shape), np.broadcast_to(high, theta.shape)
    rss = squares(frame, values, theta)
    damping = np.full(len(theta), 1e-3)
    running = np.flatnonzero(np.isfinite(rss))
    for _ in range(_ROUNDS):
        if not running.size:
            break
        now = theta[running]
        within = low[running], high[running]
        step = _step(frame, values[running], now, within, damping[running])
        tried = np.clip(now + step, *within)
        found = squares(frame, values[running], tried)
        better = found < rss[running]
        gained = rss[running] - found
        theta[running[better]], rss[running[better]] = tried[better], found[better]
        damping[running] = np.where(better, damping[running] / 10, damping[running] * 10)
        ended = (np.abs(gained) <= close * found) | (damping[running] > 1e8)
        running = running[~ended]
    return theta


def _step(
    frame: Frame, values: Array, theta: Array, bounds: tuple[Array, Array], damping: Array
) -> Array:
    slopes, (low, high) = frame.slopes(theta), bounds
    misses = np.ascontiguousarray((values - frame.curve(theta)).T)
    pull = np.sum(slopes * misses, axis=1)
    resting = ((theta <= low).T & (pull <= 0)) | ((theta >= high).T & (pull >= 0))
    slopes = np.where(resting[:, np.newaxis, :], 0.0, slopes)
    length = np.sqrt(np.sum(slopes**2, axis=1))
    length = np.where(length > 0, length, 1.0)
    slopes /= length[:, np.newaxis, :]
    normal = _normal(slopes)
    diagonal = np.arange(3)
    normal[:, diagonal, diagonal] = 1 + np.maximum(damping, _LEAST)[:, np.newaxis]
    pull = np.where(resting, 0.0, pull) / length
    step: Array = np.linalg.solve(normal, pull.T[:, :, np.newaxis])[:, :, 0] / length.T
    return step


def _normal(slopes: Array) -> Array:
    """Return the products of the slopes, summed over the points: rows, three, three."""
    normal = np.empty((slopes.shape[2], 3, 3))
    for one, other in combinations(range(3), 2):
        normal[:, one, other] = np.sum(slopes[one] * slopes[other], axis=0)
        normal[:, other, one] = normal[:, one, other]
    return normal


def _by_scipy(frame: Frame, values: Array, low: Array, high: Array) -> Array:
    """Return what scipy finds from each start, one row for each."""
    moves = high > low
    gamma = float(np.max(values * frame.counts.max() / frame.counts))
    found = []
    for alpha, beta in _STARTS:
        theta = np.array([gamma, alpha / frame.scale[1], beta / frame.scale[2]])
        theta = np.clip(theta, low, high)
        misses = partial(_misses, frame, values, theta, moves)
        inside = np.clip(theta[moves], low[moves] + 1e-6, high[moves] - 1e-6)
        limits = (low[moves], high[moves])
        theta[moves] = least_squares(misses, inside, bounds=limits, xtol=1e-12, ftol=1e-12).x
        found.append(theta)
    return np.array(found)


def _misses(frame: Frame, values: Array, theta: Array, moves: NDArray[np.bool_], x: Array) -> Array:
    tried = theta.copy()
    tried[moves] = x
    below = frame.denominators(tried[np.newaxis])[0]
    above = tried[0] * frame.counts / frame.counts.max()
    misses: Array = above / np.maximum(below, _LEAST) - values
    return misses


def _linear_start(frame: Frame, values: Array) -> Array:
    """Solve N / X = (1 + alpha (N - 1) + beta h(N)) / gamma, which is linear, weighted alike."""
    counts = frame.counts / frame.counts.max()
    columns = np.stack([np.ones_like(counts), frame.contention, frame.coherency], axis=1)
    weight = (values[0] ** 2 / counts)[:, np.newaxis]
    answer = counts / np.maximum(values[0], _LEAST)
    first, *rest = np.linalg.lstsq(columns * weight, answer * weight[:, 0], rcond=None)[0]
    gamma = 1 / first if first > _LEAST else 1.0
    return np.array([[gamma, gamma * rest[0], gamma * rest[1]]])


def _grid(frame: Frame, values: Array) -> Array:
    """Return starts all over the bounds, each with its best gamma."""
    alpha, beta = (pair.ravel() for pair in np.meshgrid(_GRID, _GRID))
    starts = np.stack([np.ones_like(alpha), alpha, beta], axis=1)
    starts[:, 1:] /= frame.scale[1:]
    starts[:, 1:] *= [name in frame.law.parameters for name in ("alpha", "beta")]
    shape = frame.curve(starts)
    starts[:, 0] = np.sum(shape * values, axis=1) / np.sum(shape**2, axis=1)
    return starts
