"""Ray against the best local backend at one size, and what opening them takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, isinf

from scaling.analysis import crossover
from scaling.analysis.advice.fixed_costs import item_seconds, openings
from scaling.analysis.advice.ground import Standing, fastest, is_ray, leads_by_chance
from scaling.analysis.bounds import shares_cores
from scaling.analysis.statistics import Interval, median
from scaling.analysis.units import ratio, seconds
from scaling.model import SERIAL
from scaling.studydata import StudyData


@dataclass(frozen=True, slots=True)
class Rivals:
    """The fastest of Ray and the fastest of the local backends, at one size."""

    local: Standing
    ray: Standing
    locals: tuple[Standing, ...]
    """All local ones: with openings counted another may be the best."""
    item_s: float | None
    """Mean time of an item in the kernel: serial where there is one, else the local one's."""
    where: str
    """Where what is said of them holds, where it holds for no other machines."""

    @property
    def size(self) -> int:
        """Items of a pass."""
        return self.ray.case.size


def rivals(data: StudyData, cases: Sequence[Standing], *, told: bool) -> Rivals | None:
    """Return who competes at one size; None where Ray or everything local has no value.

    ``told``: that the nodes share cores has been said.
    """
    locals_ = tuple(one for one in cases if not is_ray(one) and not leads_by_chance(one, cases))
    rays = [one for one in cases if is_ray(one)]
    local, ray = fastest(locals_), fastest(rays)
    if local is not None and ray is not None and ray.seconds < local.seconds:
        ray = fastest(one for one in rays if not leads_by_chance(one, cases))
    if local is None or ray is None:
        return None
    alone = next((one for one in locals_ if one.case.backend == SERIAL), local)
    return Rivals(local, ray, locals_, item_seconds(data, alone), _where(data, ray, told=told))


def bracket(interval: Interval | None) -> str:
    """Return the interval of a ratio in brackets; nothing without one."""
    return f" (95 % {ratio(interval.low)} to {ratio(interval.high)})" if interval else ""


def openings_of(data: StudyData, pair: Rivals) -> tuple[float, float] | None:
    """Return the median opening of Ray and of the local case; None where one is not known."""
    ray, local = openings(data, pair.ray), openings(data, pair.local)
    if not ray or not local:
        return None
    return median(list(ray.values())), median(list(local.values()))


def counted(data: StudyData, pair: Rivals) -> str:
    """Name the openings of both, to begin a sentence."""
    found = openings_of(data, pair)
    if found is None:
        return "With openings counted"
    return (
        f"With openings counted ({seconds(found[0])} for Ray once its cluster runs, "
        f"{seconds(found[1])} for {pair.local.case.backend})"
    )


def passes(data: StudyData, pair: Rivals) -> str | None:
    """Say after how many passes Ray's opening has paid back against every local case."""
    both = [(_passes_and_openings(data, pair.ray, local), local) for local in pair.locals]
    known = [(rows, local) for rows, local in both if rows]
    if not known:
        return None
    rows, last = max(known, key=lambda one: crossover.passes_at_medians(one[0]))
    found = crossover.passes(rows, data.header.plan.seed)
    if found is None or isinf(found.value):
        return None
    number = _whole(found.value)
    noun = "pass" if number == 1 else "passes"
    return f"{number} {noun}{_span(found.interval)}, {seconds(number * last.seconds)} of work"


def _passes_and_openings(data: StudyData, ray: Standing, local: Standing) -> crossover.Rows:
    warm = [local.evidence.values, ray.evidence.values]
    return crossover.together([*warm, openings(data, local), openings(data, ray)])


def _where(data: StudyData, ray: Standing, *, told: bool) -> str:
    if not shares_cores(data, ray.case):
        return ""
    if ray.case.nodes == 1:
        return " on this machine"
    return " on these nodes" if told else " on these nodes, which share one machine"


def _whole(passes: float) -> int:
    return max(1, ceil(passes))


def _span(interval: Interval | None) -> str:
    if interval is None:
        return ""
    if isinf(interval.high):
        least = 1 if isinf(interval.low) else _whole(interval.low)
        return f" (95 % {least} or more)"
    low, high = _whole(interval.low), _whole(interval.high)
    return f" (95 % {low} to {high})" if high > low else ""
