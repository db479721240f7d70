"""Scaling laws of throughput, as formulas.

All are X(N) = gamma N / (1 + alpha (N - 1) + beta h(N)), with h(N) = N (N - 1) in the universal
scalability law (Gunther, Guerrilla Capacity Planning, 2007) and h(N) = ln(N) (N - 1) in its variant
(Schwartz, Practical Scalability Analysis with the USL, 2015). Without beta it is Amdahl's law
(1967), with alpha the serial share; without both it is linear.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import log, sqrt


class Law(StrEnum):
    """A scaling law."""

    LINEAR = "linear"
    AMDAHL = "amdahl"
    USL = "usl"
    LOG_USL = "log-usl"

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of what is fitted, in the order of ``Coefficients``."""
        return _PARAMETERS[self]

    @property
    def least_points(self) -> int:
        """Fewest different N that it is fitted to."""
        return _LEAST_POINTS[self]


_PARAMETERS = {
    Law.LINEAR: ("gamma",),
    Law.AMDAHL: ("gamma", "alpha"),
    Law.USL: ("gamma", "alpha", "beta"),
    Law.LOG_USL: ("gamma", "alpha", "beta"),
}
# Two more points than parameters; the R package usl warns under six for three parameters.
_LEAST_POINTS = {Law.LINEAR: 3, Law.AMDAHL: 4, Law.USL: 6, Law.LOG_USL: 6}


@dataclass(frozen=True, slots=True)
class Coefficients:
    """What decides a law; what a law does not have is 0."""

    gamma: float
    """Throughput of one worker or node."""
    alpha: float = 0.0
    """Contention: the share of the work that is done in turns."""
    beta: float = 0.0
    """Coherency: the cost of agreeing with every other."""

    def throughput(self, law: Law, count: float) -> float:
        """Return X(N)."""
        slowed = 1 + self.alpha * (count - 1) + self.beta * coherency(law, count)
        return self.gamma * count / slowed

    def peak(self, law: Law) -> float | None:
        """Return the N of most throughput, not rounded; None without a finite one.

        USL: sqrt((1 - alpha) / beta). Its variant, from dX/dN = 0:
        N - 1 + ln(N) = (1 - alpha) / beta.
        """
        if self.beta <= 0 or self.alpha >= 1:
            return None
        ratio = (1 - self.alpha) / self.beta
        return _log_peak(ratio) if law is Law.LOG_USL else sqrt(ratio)

    @property
    def ceiling(self) -> float | None:
        """Throughput that contention alone would allow at most: gamma / alpha; None without."""
        return self.gamma / self.alpha if self.alpha > 0 else None

    @property
    def knee(self) -> float | None:
        """Where perfect scaling would reach the ceiling: 1 / alpha; None without a ceiling."""
        return 1 / self.alpha if self.alpha > 0 else None


def coherency(law: Law, count: float) -> float:
    """Return h(N), what beta is multiplied with."""
    if law is Law.USL:
        return count * (count - 1)
    return log(count) * (count - 1) if law is Law.LOG_USL else 0.0


def _log_peak(ratio: float) -> float:
    """Solve N + ln(N) = 1 + ratio: the Wright omega function."""
    from scipy.special import wrightomega

    return float(wrightomega(1 + ratio))
