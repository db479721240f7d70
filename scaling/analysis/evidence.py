"""What was measured of each case, before anything is compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from scaling.analysis.statistics import median, session_value
from scaling.model import REFERENCE_BLOCK, Case, Status
from scaling.records import Sample, SessionRecord
from scaling.studydata import StudyData

_WHY_NOT_RUN = {
    "interrupted": "the run was interrupted before it",
    "budget": "the time budget ran out before it",
    "stopped": "the run stopped before it",
    "complete": "no session of it was run",
    "precision": "no session of it was run",
    "max-blocks": "no session of it was run",
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """One case: how it ended and the times it took."""

    case: Case
    status: Status
    reason: str | None
    """Why the status is not ok."""
    values: dict[int, float]
    """Session value in seconds by block, in the order of time, without the reference block."""
    seconds: tuple[float, ...]
    """All samples behind the values."""
    openings: tuple[float, ...]
    """Seconds that opening the pool took, by session."""
    peak_rss_mb: float | None
    idle_load: float | None
    """Most CPUs that an idle cluster took beside it."""
    quiet: bool = True
    """False when workers of an earlier session were still there in one of its sessions."""
    first_ratios: tuple[float, ...] = ()
    """First sample over the median of the later ones, by session with two samples or more."""

    @property
    def counts(self) -> bool:
        """True when other cases may be compared with it."""
        return self.status == "ok" and bool(self.values)


def gather(data: StudyData) -> tuple[Evidence, ...]:
    """Return the evidence of all cases in the order of the plan, skipped ones last."""
    return data.once(_gathered)


def _gathered(data: StudyData) -> tuple[Evidence, ...]:
    plan = data.header.plan
    measured = [_evidence(case, data) for case in plan.cases]
    skipped = [_without_times(skip.case, skip.reason) for skip in plan.skipped]
    return (*_judge_answers(measured, data), *skipped)


def _evidence(case: Case, data: StudyData) -> Evidence:
    sessions, samples = data.sessions_of.get(case.key, ()), data.samples_of
    status, reason = _ending(sessions)
    timed = [
        session
        for session in sessions
        if session.block != REFERENCE_BLOCK
        and session.status in {"ok", "wrong"}
        and session.session in samples
    ]
    if status == "ok" and not timed:
        return _without_times(case, _why_not_run(case, data))
    taken = [sample for session in timed for sample in samples[session.session]]
    return Evidence(
        case=case,
        status=status,
        reason=reason,
        values={s.block: session_value(samples[s.session]) for s in timed},
        seconds=tuple(sample.seconds for sample in taken),
        openings=tuple(s.opening_s for s in timed if s.opening_s is not None),
        peak_rss_mb=max((sample.peak_rss_mb for sample in taken), default=None),
        idle_load=max((s.idle_load for s in timed if s.idle_load is not None), default=None),
        quiet=all(session.quiet for session in timed),
        first_ratios=tuple(_first_ratios(samples[session.session] for session in timed)),
    )


def _first_ratios(sessions: Iterable[Sequence[Sample]]) -> Iterator[float]:
    for samples in sessions:
        first, *later = (one.seconds for one in sorted(samples, key=lambda one: one.index))
        if later and (rest := median(later)):
            yield first / rest


def _without_times(case: Case, reason: str) -> Evidence:
    return Evidence(case, "skipped", reason, {}, (), (), None, None)


def _ending(sessions: Iterable[SessionRecord]) -> tuple[Status, str | None]:
    for session in sessions:
        if session.status != "ok":
            message = session.failure.message if session.failure else None
            return session.status, message or f"the session of block {session.block} gave no reason"
    return "ok", None


def _why_not_run(case: Case, data: StudyData) -> str:
    plan = data.header.plan
    for session, size in _with_size(data):
        alike = plan.weak or size == case.size
        if alike and session.case in plan.baseline and session.failure:
            return f"the baseline has no answer: {session.failure.message}"
    end = data.ends[-1].reason if data.ends else "stopped"
    return _WHY_NOT_RUN[end]


def _judge_answers(found: Sequence[Evidence], data: StudyData) -> tuple[Evidence, ...]:
    """Call every case of a size wrong whose reference differs from run to run."""
    unstable = {
        size: session.failure.message
        for session, size in _with_size(data)
        if session.failure and session.failure.kind == "not-deterministic"
    }
    return tuple(
        replace(one, status="wrong", reason=unstable[one.case.size])
        if one.status in {"ok", "skipped"} and one.case.size in unstable
        else one
        for one in found
    )


def _with_size(data: StudyData) -> Iterator[tuple[SessionRecord, int]]:
    sizes = {case.key: case.size for case in data.header.plan.cases}
    return ((session, sizes[session.case]) for session in data.sessions if session.case in sizes)
