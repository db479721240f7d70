"""What a figure shows of a case: a value, and the ends of its interval."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from scaling.analysis.speedup import CaseResult
from scaling.model import UNCAPPED


@dataclass(frozen=True, slots=True)
class Measure:
    """One of the columns of the report that have an interval."""

    axis: str
    """Label of its axis."""
    value: Callable[[CaseResult], float | None]
    low: Callable[[CaseResult], float | None]
    high: Callable[[CaseResult], float | None]

    def drawn(self, result: CaseResult) -> bool:
        """Tell whether a case has a place: a value that counts, and a number of workers."""
        return result.status == "ok" and result.twin != UNCAPPED and bool(self.value(result))

    def reach(self, result: CaseResult) -> list[float]:
        """Return the value and the ends of its interval, as far as they are known."""
        ends = (self.value(result), self.low(result), self.high(result))
        return [end for end in ends if end is not None]


SPEEDUP = Measure("speedup", lambda r: r.speedup, lambda r: r.speedup_low, lambda r: r.speedup_high)
EFFICIENCY = Measure(
    "efficiency", lambda r: r.efficiency, lambda r: r.efficiency_low, lambda r: r.efficiency_high
)
SECONDS = Measure("time", lambda r: r.median_s, lambda r: r.low_s, lambda r: r.high_s)
