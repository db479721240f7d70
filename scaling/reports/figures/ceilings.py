"""The most that workers and the usable CPUs allow, where that is less than the ideal."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from scaling.reports.figures.series import Panel, Series

_STEPS = 24


@dataclass(frozen=True, slots=True)
class Ceiling:
    """What backends share that the CPUs hold back at the same numbers of workers."""

    backends: tuple[str, ...]
    corners: tuple[tuple[float, float], ...]
    """Workers and the most speedup; between two of them on a straight line."""

    def speedup(self) -> tuple[list[float], list[float]]:
        """Return workers and the most speedup."""
        return [workers for workers, _ in self.corners], [most for _, most in self.corners]

    def efficiency(self) -> tuple[list[float], list[float]]:
        """Return workers and the most efficiency: speedup over workers, so a curve."""
        across = [self.corners[0][0]]
        for (start, _), (end, _) in zip(self.corners, self.corners[1:], strict=False):
            across += [start + (end - start) * step / _STEPS for step in range(1, _STEPS + 1)]
        return across, [self._at(workers) / workers for workers in across]

    def _at(self, workers: float) -> float:
        pairs = zip(self.corners, self.corners[1:], strict=False)
        for (start, low), (end, high) in pairs:
            if workers <= end:
                return low + (high - low) * (workers - start) / (end - start)
        return self.corners[-1][1]


def ceilings(panel: Panel) -> tuple[Ceiling, ...]:
    """Return a ceiling for each group of backends; none where no CPU is short.

    It starts where it leaves the ideal line, at as many workers as the least of its bounds.
    """
    groups: dict[frozenset[int], list[Series]] = defaultdict(list)
    for one in panel.series:
        short = frozenset(r.bound for r in one.results if r.bound < r.workers)
        if short:
            groups[short].append(one)
    return tuple(_ceiling(own) for own in groups.values())


def _ceiling(series: list[Series]) -> Ceiling:
    found = {r.workers: r.bound for one in series for r in one.results if r.bound < r.workers}
    first = min(found.values())
    corners = [(float(first), float(first))]
    corners += [(float(workers), float(bound)) for workers, bound in sorted(found.items())]
    return Ceiling(tuple(one.backend for one in series), tuple(corners))
