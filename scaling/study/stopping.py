"""When has a study enough blocks?"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from scaling.analysis.statistics import relative_half_width

Reason = Literal["complete", "precision", "max-blocks", "budget", "stopped"]


@dataclass(slots=True)
class StoppingRule:
    """Asked at the end of each block whether another one begins."""

    blocks: int
    """The least number of blocks; neither precision nor budget ends a study before."""
    max_blocks: int | None
    """None for just ``blocks``."""
    precision: float
    budget_s: float | None
    began: float = field(default_factory=time.monotonic)
    _block_began: float | None = None

    def begin_block(self) -> None:
        """Note the time, to know how long a block takes."""
        self._block_began = time.monotonic()

    def reason(self, finished: int, values: Sequence[Iterable[float]]) -> Reason | None:
        """Return why no further block begins, None when one does.

        ``finished`` is the number of blocks that are done, ``values`` the session values of every
        case that is still measured.
        """
        if finished < self.blocks:
            return None
        if not values:
            return "stopped"
        if self.max_blocks is None or self.max_blocks == self.blocks:
            return "complete"
        reached = reached_precision(values)
        if reached is not None and reached <= self.precision:
            return "precision"
        if finished >= self.max_blocks:
            return "max-blocks"
        return "budget" if self._over_budget() else None

    def _over_budget(self) -> bool:
        if self.budget_s is None:
            return False
        now = time.monotonic()
        block_s = 0.0 if self._block_began is None else now - self._block_began
        return now + block_s > self.began + self.budget_s


def reached_precision(values: Sequence[Iterable[float]]) -> float | None:
    """Return the largest distance of an interval's end from its median, relative to the median.

    None when a case has too few values for an interval.
    """
    widths = [relative_half_width(list(own)) for own in values]
    if not widths or None in widths:
        return None
    return max(width for width in widths if width is not None)
