"""Cautions of the cases that a comparison rests on: were their times steady?"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from scaling.analysis.cautions import Caution
from scaling.analysis.comparison.cases import label, some
from scaling.analysis.comparison.remark import Level, Remark
from scaling.analysis.speedup import case_results
from scaling.model import Case
from scaling.studydata import StudyData

TOLD = (
    Caution.SHORT, Caution.NOISY, Caution.SLOW_FIRST, Caution.DRIFT, Caution.AUTOCORRELATED,
    Caution.IDLE_CLUSTER, Caution.NOT_QUIET, Caution.INTERRUPTED, Caution.BUDGET,
)  # fmt: skip
"""What makes times another thing than independent values of one case, or fewer than were asked
for."""


def of_times(base: StudyData, new: StudyData, compared: Collection[Case]) -> Iterator[Remark]:
    """Yield a remark for each caution that compared cases have in either study."""
    ours, theirs = _doubted(base, compared), _doubted(new, compared)
    for caution in TOLD:
        found = {"BASE": ours.get(caution), "NEW": theirs.get(caution)}
        if found["BASE"] == found["NEW"]:
            found = {"BASE and NEW": found["BASE"]}
        where = [f"{_named(cases, compared)} in {name}" for name, cases in found.items() if cases]
        if where:
            text = f"{caution}, {'; '.join(where)}: {caution.explanation}"
            yield Remark(Level.CAUTION, text)


def _named(cases: Sequence[Case], compared: Collection[Case]) -> str:
    sized = len({case.size for case in compared}) > 1
    return some([label(case, sized=sized) for case in cases], len(compared))


def _doubted(data: StudyData, compared: Collection[Case]) -> Mapping[Caution, Sequence[Case]]:
    found: dict[Caution, list[Case]] = {}
    for one in case_results(data):
        case = Case(one.workload, one.size, one.backend, one.nodes, one.workers, one.twin or "")
        if case in compared:
            for caution in one.cautions:
                found.setdefault(caution, []).append(case)
    return found
