"""The sentences that follow the verdict, in their order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scaling.analysis.advice.ground import Standing, fastest, is_parallel, standings
from scaling.analysis.advice.limits import change, limit
from scaling.analysis.advice.payback import at_one_size, over_sizes
from scaling.analysis.advice.rivals import rivals
from scaling.analysis.advice.use import Pick, pick, use, use_growing
from scaling.analysis.audit.finding import Finding
from scaling.analysis.cautions import Caution
from scaling.analysis.speedup import CaseResult
from scaling.studydata import StudyData


def advice(
    data: StudyData, results: Sequence[CaseResult], findings: Sequence[Finding] = ()
) -> tuple[str, ...]:
    """Return up to six sentences that the data support, each with its number.

    What to use; whether and when Ray pays; what limits it now; what to change first.
    """
    plan = data.header.plan
    found = standings(data, results)
    if plan.null or not found:
        return ()
    if plan.weak:
        return tuple(_of_growing(data, found, findings))
    return tuple(_of_sizes(data, found, findings))


def _of_growing(
    data: StudyData, found: Sequence[Standing], findings: Sequence[Finding]
) -> Iterator[str]:
    if (told := use_growing(data, found)) is not None:
        subject, sentence = told
        yield sentence
        yield from _why(data, subject, found, findings, named=True)


def _of_sizes(
    data: StudyData, found: Sequence[Standing], findings: Sequence[Finding]
) -> Iterator[str]:
    sizes = sorted({one.case.size for one in found})
    groups = [[one for one in found if one.case.size == size] for size in sizes]
    widest = groups[-1]
    chosen = pick(data, widest)
    if chosen is not None:
        yield use(data, chosen, sizes=len(sizes))
    told = (chosen is not None and chosen.overtaken is not None) or any(
        Caution.OVERSUBSCRIBED in one.result.cautions for one in found
    )
    pairs = [pair for group in groups if (pair := rivals(data, group, told=told)) is not None]
    if len(pairs) > 1:
        yield from over_sizes(data, pairs)
    elif pairs:
        yield from at_one_size(data, pairs[0])
    subject = _subject(chosen, widest)
    if subject is not None:
        named = chosen is None or subject is not chosen.chosen or bool(pairs)
        yield from _why(data, subject, widest, findings, named=named)


def _subject(chosen: Pick | None, cases: Sequence[Standing]) -> Standing | None:
    """Return the case whose losses matter: the chosen one, else the fastest that is parallel."""
    if chosen is not None:
        for one in (chosen.chosen, chosen.fastest):
            if is_parallel(one):
                return one
    parallel = [one for one in cases if is_parallel(one)]
    return fastest(one for one in parallel if one.case.workers > 1) or fastest(parallel)


def _why(
    data: StudyData,
    subject: Standing,
    others: Sequence[Standing],
    findings: Sequence[Finding],
    *,
    named: bool,
) -> Iterator[str]:
    for sentence in (limit(subject, named=named), change(data, subject, findings, others)):
        if sentence is not None:
            yield sentence
