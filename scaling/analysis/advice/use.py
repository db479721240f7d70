"""Which backend to use, and how many workers or nodes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scaling.analysis.advice.ground import (
    CLOSE,
    Standing,
    fastest,
    is_parallel,
    lead,
    leads_by_chance,
    stands_for_itself,
    told_apart,
)
from scaling.analysis.bounds import RAY, shares_cores, usable_cpus
from scaling.analysis.choice import TARGET_EFFICIENCY, Choice, Size, choices
from scaling.analysis.speedup import Gain
from scaling.analysis.units import count, percent, seconds
from scaling.analysis.verdict import label
from scaling.model import SERIAL, Case
from scaling.studydata import StudyData

SIMPLEST_FIRST = (SERIAL, "threads", "asyncio", "processes", "joblib", "dask", RAY)
"""Which of two equal cases is cheaper to live with, when they have as many workers."""
SUREST = 0.99
LEAST_SHARE = 0.0005
"""Less would be printed as nothing."""


@dataclass(frozen=True, slots=True)
class Pick:
    """The case to use, and the fastest of those that could be used."""

    chosen: Standing
    fastest: Standing
    lead: Gain
    """Of the fastest over the chosen one."""
    overtaken: Standing | None
    """A faster case that is not for use: its nodes share cores."""
    chance: Standing | None
    """A faster case of one worker beside a serial run."""


def pick(data: StudyData, cases: Sequence[Standing]) -> Pick | None:
    """Return the case of one size to use: the cheapest that cannot be told from the fastest.

    None where there is no choice.
    """
    usable = [
        one
        for one in cases
        if stands_for_itself(data, one.case) and not leads_by_chance(one, cases)
    ]
    first, overall = fastest(usable), fastest(cases)
    if first is None or overall is None or (len(usable) < 2 and not _all_of_one(cases)):
        return None
    equal = [one for one in usable if _cannot_be_told(data, first, one)]
    chosen = min(equal, key=_price)
    return Pick(
        chosen=chosen,
        fastest=first,
        lead=lead(data, first, chosen),
        overtaken=None if stands_for_itself(data, overall.case) else overall,
        chance=overall if leads_by_chance(overall, cases) else None,
    )


def use(data: StudyData, found: Pick, *, sizes: int) -> str:
    """Say what to use."""
    case = found.chosen.case
    places = [f"for {count(case.size, 'item')}"] if sizes > 1 else []
    if found.overtaken is not None:
        cpus = count(usable_cpus(data, found.overtaken.case), "CPU")
        places.append(f"on this machine, whose {cpus} the nodes share,")
    where = " ".join(places)
    if found.chance is not None:
        return (
            f"{_verb(where, found.chosen)} {label(case)}, and doubt the lead of "
            f"{label(found.chance.case)}: one worker does no more at a time than serial."
        )
    if found.chosen.case != found.fastest.case:
        return f"{_verb(where, found.chosen)} {label(case)}: {_ahead(found)}."
    if case.backend == SERIAL or case.key in data.header.plan.baseline:
        why = f"{count(case.workers, 'worker')} is enough" if case.workers == 1 else (
            f"nothing else gets under {seconds(found.chosen.seconds)}"
        )  # fmt: skip
        return f"{_verb(where, found.chosen)} {label(case)}: {why} here."
    return f"{_verb(where, found.chosen)} {label(case)}{_well(data, found)}."


def use_growing(data: StudyData, cases: Sequence[Standing]) -> tuple[Standing, str] | None:
    """Return the best of the largest cases, and how far its backend goes.

    Ray on nodes that share cores is left out: its work grows and its cores do not.
    """
    parallel = [
        one
        for one in cases
        if is_parallel(one)
        and one.result.efficiency is not None
        and not shares_cores(data, one.case)
    ]
    most = max((one.case.workers for one in parallel), default=0)
    widest = [one for one in parallel if one.case.workers == most]
    best = max(widest, key=lambda one: one.result.efficiency or 0, default=None)
    if best is None:
        return None
    found = next((c for c in choices(data) if c.backend == best.case.backend), None)
    name = "Ray" if best.case.backend == RAY else best.case.backend
    target = percent(TARGET_EFFICIENCY)
    if found is None or found.best is None or found.efficiency is None:
        return best, f"No number of workers of {name} keeps an efficiency of {target}."
    sure = _sure(found)
    told = f"{percent(found.efficiency)}{f', confidence {sure}' if sure else ''}"
    place = f"Use up to {_place(name, found.best)}"
    if found.best == found.largest:
        return best, f"{place}, the most measured: they keep an efficiency of {target} ({told})."
    return best, f"{place}: more do not keep an efficiency of {target} ({told})."


def _all_of_one(cases: Sequence[Standing]) -> bool:
    """Tell whether nothing but pools of one worker was measured beside serial."""
    return len(cases) > 1 and all(one.case.workers == 1 for one in cases)


def _cannot_be_told(data: StudyData, first: Standing, one: Standing) -> bool:
    if one is first:
        return True
    found = lead(data, first, one)
    return found.ratio <= 1 + CLOSE and not told_apart(data, found)


def _price(one: Standing) -> tuple[int, int, int]:
    backend = one.case.backend
    rank = SIMPLEST_FIRST.index(backend) if backend in SIMPLEST_FIRST else len(SIMPLEST_FIRST)
    return one.case.nodes, one.case.workers, rank


def _verb(where: str, chosen: Standing) -> str:
    verb = "stay with" if chosen.case.backend == SERIAL else "use"
    return f"{where[:1].upper()}{where[1:]} {verb}" if where else verb.capitalize()


def _ahead(found: Pick) -> str:
    blocks = count(min(len(one.evidence.values) for one in (found.chosen, found.fastest)), "block")
    share, other = found.lead.ratio - 1, label(found.fastest.case)
    if share < LEAST_SHARE:
        return f"{other} is no faster, as far as {blocks} can tell"
    return f"{other} is ahead by only {percent(share)}, too little for {blocks} to tell"


def _well(data: StudyData, found: Pick) -> str:
    """Say how well the workers are used, and how many would be."""
    result, case = found.chosen.result, found.chosen.case
    if result.efficiency is None:
        return f", the fastest at {seconds(found.chosen.seconds)}"
    told, target = percent(result.efficiency), percent(TARGET_EFFICIENCY)
    choice = _choice(data, case)
    best = choice.best if choice else None
    if result.efficiency >= TARGET_EFFICIENCY:
        sure = _sure(choice) if choice and best == Size(case.nodes, case.workers) else None
        more = f", at least {target} with a confidence of {sure}" if sure else ""
        return f": efficiency {told}{more}"
    if choice and best and choice.efficiency is not None and 1 < best.workers < case.workers:
        return (
            f" for the shortest time; at most {count(best.workers, 'worker')} keep an efficiency "
            f"of {target} ({percent(choice.efficiency)})"
        )
    return f" for the shortest time, though efficiency is only {told}"


def _choice(data: StudyData, case: Case) -> Choice | None:
    return next(
        (c for c in choices(data) if (c.backend, c.size) == (case.backend, case.size)), None
    )


def _sure(choice: Choice) -> str | None:
    if choice.confidence is None:
        return None
    return f"{'over ' * (choice.confidence > SUREST)}{percent(min(choice.confidence, SUREST))}"


def _place(name: str, size: Size) -> str:
    nodes = f"{count(size.nodes, 'node')} with " if name == "Ray" else ""
    return f"{nodes}{count(size.workers, 'worker')} of {name}"
