"""All that a study holds, and what of it counts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeVar

from scaling.model import StudyHeader
from scaling.records import ClusterRecord, EndRecord, Sample, SessionRecord

T = TypeVar("T")


@dataclass(frozen=True)
class StudyData:
    """All that a study file holds, after what does not count was left out."""

    header: StudyHeader
    clusters: tuple[ClusterRecord, ...]
    samples: tuple[Sample, ...]
    """Of the sessions below, in the order in which they were taken."""
    sessions: tuple[SessionRecord, ...]
    """At most one for each case and block."""
    ends: tuple[EndRecord, ...]
    notes: tuple[str, ...]
    """What was left out, one sentence each."""
    torn: bool
    """True when the last line was cut off."""
    valid_bytes: int
    """Length of the file without its torn line."""

    @cached_property
    def samples_of(self) -> Mapping[str, Sequence[Sample]]:
        """The samples of each session that has some, by its name, in the order they were taken."""
        return _grouped((sample.session, sample) for sample in self.samples)

    @cached_property
    def sessions_of(self) -> Mapping[str, Sequence[SessionRecord]]:
        """The sessions of each case that has some, by its key, in the order of time."""
        return _grouped((session.case, session) for session in self.sessions)

    def once(self, make: Callable[[StudyData], T]) -> T:
        """Return what a function makes of this study; it is called the first time only."""
        if make not in self._made:
            self._made[make] = make(self)
        made: T = self._made[make]
        return made

    @cached_property
    def _made(self) -> dict[Callable[[StudyData], Any], Any]:
        return {}


def _grouped(pairs: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    groups: dict[str, list[T]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return dict(groups)


def missing_samples(data: StudyData) -> str | None:
    """Say which session lost sample lines, as only an edit by hand can do; None for none."""
    found = Counter(sample.session for sample in data.samples)
    for session in data.sessions:
        if session.status == "ok" and found[session.session] != session.samples:
            return (
                f"session {session.session} took {session.samples} samples, "
                f"the file holds {found[session.session]}"
            )
    return None


def only_what_counts(data: StudyData) -> StudyData:
    """Leave out samples of sessions that did not end, and all but the first of a case and block."""
    return _without_repeats(_without_unfinished(data))


def _without_unfinished(data: StudyData) -> StudyData:
    ended = {session.session for session in data.sessions}
    kept = tuple(sample for sample in data.samples if sample.session in ended)
    dropped = len(data.samples) - len(kept)
    return _with_note(
        replace(data, samples=kept), dropped, "sample", "of a session that did not end"
    )


def _without_repeats(data: StudyData) -> StudyData:
    first: dict[tuple[str, int], SessionRecord] = {}
    for session in data.sessions:
        first.setdefault((session.case, session.block), session)
    repeats = len(data.sessions) - len(first)
    counted = {session.session for session in first.values()}
    kept = replace(
        data,
        sessions=tuple(first.values()),
        samples=tuple(sample for sample in data.samples if sample.session in counted),
    )
    return _with_note(kept, repeats, "session", "of a case and block that had ended before")


def _with_note(data: StudyData, dropped: int, noun: str, why: str) -> StudyData:
    if not dropped:
        return data
    note = f"{dropped} {noun}{'s' * (dropped != 1)} {why}: left out"
    return replace(data, notes=(*data.notes, note))
