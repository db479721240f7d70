"""What the contests print: tables in Markdown, bars with their figures, a CSV of every timing."""

from __future__ import annotations

import csv
import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from benchmarks.contest_session import Timing

Figure = Callable[[Timing], float]


@dataclass(frozen=True, slots=True)
class Bar:
    """A bound, and what was found."""

    says: str
    wanted: str
    found: str
    holds: bool


def at_most(says: str, found: float, bound: float, unit: str = "") -> Bar:
    """State an upper bound."""
    return Bar(says, f"at most {bound:g}{unit}", f"{found:.3f}{unit}", found <= bound)


def at_least(says: str, found: float, bound: float) -> Bar:
    """State a lower bound."""
    return Bar(says, f"at least {bound:g}", f"{found:.2f}", found >= bound)


class Results:
    """Timings of all rounds, in the order in which they were taken."""

    def __init__(self) -> None:
        self._rounds: list[list[Timing]] = []

    def add(self, timings: Iterable[Timing]) -> None:
        """Keep what a round gave. The answers of ways that ran the same items must agree."""
        self._rounds.append(list(timings))
        self._agree()

    def _agree(self) -> None:
        seen: dict[tuple[str, int], tuple[str, str]] = {}
        for timing in self._all():
            first = seen.setdefault((timing.case, timing.items), (timing.digest, timing.way))
            if first[0] != timing.digest:
                raise SystemExit(f"{timing.case}: {timing.way} and {first[1]} do not agree")

    def _all(self) -> Iterator[Timing]:
        return (timing for taken in self._rounds for timing in taken)

    def cases(self) -> list[str]:
        """Return the cases in the order in which they were run."""
        return list(dict.fromkeys(timing.case for timing in self._all()))

    def ways(self, case: str | None = None) -> list[str]:
        """Return the ways of a case, or all."""
        return list(dict.fromkeys(one.way for one in self._all() if case in {None, one.case}))

    def values(self, way: str, case: str, figure: Figure) -> list[float]:
        """Return a figure of each round."""
        return [figure(one) for one in self._all() if (one.way, one.case) == (way, case)]

    def median(self, way: str, case: str, figure: Figure) -> float:
        """Return the median over the rounds."""
        middle: float = statistics.median(self.values(way, case, figure))
        return middle

    def ratio(self, way: str, other: str, case: str) -> float:
        """Return the median over the rounds of one way's time an item over another's."""
        pairs = (self.values(name, case, lambda one: one.item_us) for name in (way, other))
        middle: float = statistics.median(mine / its for mine, its in zip(*pairs, strict=True))
        return middle

    def fastest(self, ways: Sequence[str], case: str) -> str:
        """Return the way with the least median time an item."""
        tried = [way for way in ways if way in self.ways(case)]
        return min(tried, key=lambda way: self.median(way, case, lambda one: one.item_us))

    def items(self, way: str, case: str) -> int:
        """Return how many items a way ran."""
        return next(one.items for one in self._all() if (one.way, one.case) == (way, case))

    def write(self, path: Path) -> None:
        """Write every timing."""
        names = [field.name for field in fields(Timing)]
        with path.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["round", *names])
            for number, taken in enumerate(self._rounds):
                writer.writerows([number, *astuple(timing)] for timing in taken)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table."""
    print(f"| {' | '.join(head)} |")
    print(f"|{'---|' * len(head)}")
    for row in rows:
        print(f"| {' | '.join(row)} |")
    print(flush=True)


def bars(found: Iterable[Bar]) -> int:
    """Print the bars; return how many do not hold."""
    judged = list(found)
    rows = ((one.says, one.wanted, one.found, "yes" if one.holds else "NO") for one in judged)
    table(("bar", "wanted", "found", "holds"), rows)
    return sum(not one.holds for one in judged)
