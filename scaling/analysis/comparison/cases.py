"""Which cases of two studies are compared, and why the others are not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from scaling.analysis.comparison.verdicts import Pair
from scaling.analysis.evidence import Evidence, gather
from scaling.analysis.granularity import Bound, grain_results, metg
from scaling.grain_model import GrainData
from scaling.model import Case, Status
from scaling.studydata import StudyData

BAD = {"failed", "wrong", "timeout"}


@dataclass(frozen=True, slots=True)
class Values:
    """A case of one study."""

    case: Case
    status: Status
    reason: str
    """Why the status is not ok."""
    values: tuple[float, ...]
    """One for each block."""
    unsure: str = ""
    """Why the values are no measure of the case."""

    @property
    def counts(self) -> bool:
        """True when it has values that others may be compared with."""
        return self.status == "ok" and bool(self.values)

    @property
    def ending(self) -> str:
        """How it ended without a value."""
        return f"{self.status}: {self.reason}" if self.reason else self.status


@dataclass(frozen=True, slots=True)
class Matching:
    """The cases of two studies, side by side."""

    pairs: tuple[Pair, ...]
    apart: tuple[str, ...]
    """What is not compared, and why, one sentence each."""


def of_study(data: StudyData) -> tuple[Values, ...]:
    """Return the session values of every case of a study."""
    return tuple(_of_evidence(one) for one in gather(data))


def _of_evidence(one: Evidence) -> Values:
    return Values(one.case, one.status, one.reason or "", tuple(one.values.values()))


def of_grain(data: GrainData) -> tuple[Values, ...]:
    """Return the METG of every session of every case of a grain file."""
    cases = (*data.header.plan.cases, *(one.case for one in data.header.plan.skipped))
    return tuple(
        Values(
            case,
            result.status,
            result.reason,
            tuple(_metgs(case, data)) if result.status == "ok" else (),
            _UNSURE[result.bound],
        )
        for case, result in zip(cases, grain_results(data), strict=True)
    )


_UNSURE = {
    Bound.EXACT: "",
    Bound.BELOW: "only known to be less: even the fewest steps were efficient enough",
    Bound.ABOVE: "only known to be more: the rate still rose at the most steps",
}


def _metgs(case: Case, data: GrainData) -> Iterator[float]:
    for session in data.sessions:
        if session.case == case.key:
            found = metg(session.levels, case.size, case.workers, data.header.threshold)
            yield found.seconds


def match(base: Iterable[Values], new: Iterable[Values]) -> Matching | None:
    """Put the cases side by side that both studies have; None where there are none.

    The same case has the same workload, size, backend, nodes, workers and twin.
    """
    ours = {one.case.key: one for one in base}
    theirs = {one.case.key: one for one in new}
    shared = [key for key in ours if key in theirs]
    if not shared:
        return None
    sizes = {ours[key].case.size for key in shared}
    found = [_pair(ours[key], theirs[key], sized=len(sizes) > 1) for key in shared]
    return Matching(
        tuple(one for one in found if isinstance(one, Pair)),
        (
            *(one for one in found if isinstance(one, str)),
            *_alone("BASE", ours, theirs),
            *_alone("NEW", theirs, ours),
        ),
    )


MOST_NAMED = 4
"""Cases that a sentence names."""


def label(case: Case, *, sized: bool) -> str:
    """Return how a sentence names a case; ``sized``: cases differ in their size too."""
    return f"{case.label}{f' with {case.size} items' * sized}"


def labels(cases: Sequence[Case]) -> str:
    """Return how a sentence names several cases."""
    sized = len({case.size for case in cases}) > 1
    return ", ".join(label(case, sized=sized) for case in cases)


def some(names: Sequence[str], of: int) -> str:
    """Return how a sentence names some of so many cases."""
    if len(names) == of > 1:
        return "all cases"
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more


def _alone(name: str, own: Mapping[str, Values], other: Mapping[str, Values]) -> Iterator[str]:
    if alone := [one.case for key, one in own.items() if key not in other]:
        yield f"Only in {name}: {labels(alone)}."


def _pair(base: Values, new: Values, *, sized: bool) -> Pair | str:
    """Return what is compared, or why nothing is."""
    name = label(base.case, sized=sized)
    if base.counts and new.counts:
        return Pair(base.case, base.values, new.values, lacking=base.unsure or new.unsure)
    if base.counts and new.status in BAD:
        return Pair(base.case, base.values, (), broken=new.ending)
    if base.counts:
        return Pair(base.case, base.values, (), lacking=f"NEW has no value: {new.ending}")
    if new.counts:
        return f"{name} has a value in NEW alone; in BASE it was {base.ending}."
    return f"{name} has no value in either; in NEW it was {new.ending}."
