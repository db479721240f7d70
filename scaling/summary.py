"""What a line about a study needs of its file: far less than its report, and read much faster.

Checksums are left to what reads a study whole: this is a list to choose from.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import msgspec

from scaling import grain_store, store
from scaling.analysis.statistics import median
from scaling.errors import StudyFileError
from scaling.model import REFERENCE_BLOCK, UNCAPPED, Case, Plan

STUDY, GRAIN = "study", "grain"
_SIMULATED = "simulated"


@dataclass(frozen=True, slots=True)
class Best:
    """The case to look at first: the fastest one of the largest size."""

    case: Case
    seconds: float
    """Its median."""
    speedup: float | None
    """Against the baseline, as in the report; of a weak study, see ``efficiency``."""
    efficiency: float | None = None
    """Of a weak study: that of its largest case, against the smallest of the same backend."""


@dataclass(frozen=True, slots=True)
class Summary:
    """One study, or one grain result."""

    folder: str
    kind: str
    """``study`` or ``grain``."""
    created: str
    """UTC, ISO 8601."""
    workload: str
    sizes: tuple[int, ...]
    """Items, from the smallest size on."""
    cases: int
    blocks: int
    """The most that a case has."""
    ended: str | None
    """Why there are no more; None while it is being measured, and where it was killed."""
    bad: int
    """Cases that failed, were wrong or took too long."""
    best: Best | None


class _Failure(msgspec.Struct):
    kind: str = ""


class _Record(msgspec.Struct):
    """What matters of any line; every field is of samples, sessions or the end of a run."""

    session: str = ""
    case: str = ""
    block: int = 0
    seconds: float = 0.0
    status: str = ""
    reason: str = ""
    failure: _Failure | None = None


class _Line(msgspec.Struct):
    kind: str
    record: _Record


_DECODER = msgspec.json.Decoder(_Line)


@dataclass(slots=True)
class _Lines:
    """What the lines after the header tell."""

    values: dict[str, dict[int, float]] = field(default_factory=dict)
    """Session values in seconds by case and block."""
    blocks: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    """Blocks of each case with a session that ended well."""
    bad: dict[str, str] = field(default_factory=dict)
    """How the cases without a value ended."""
    unstable: set[str] = field(default_factory=set)
    """Cases whose answer differs from run to run."""
    ended: str | None = None
    _samples: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    _seen: set[tuple[str, int]] = field(default_factory=set)

    def take(self, line: _Line) -> None:
        """Learn from one line."""
        record = line.record
        if line.kind == "sample":
            self._samples[record.session].append(record.seconds)
        elif line.kind == "session":
            self._end_session(record)
        elif line.kind == "end":
            self.ended = record.reason

    def _end_session(self, record: _Record) -> None:
        self.ended = None
        samples = self._samples.pop(record.session, [])
        if (record.case, record.block) in self._seen:
            return
        self._seen.add((record.case, record.block))
        if record.status != "ok":
            self.bad.setdefault(record.case, record.status)
            if record.failure is not None and record.failure.kind == "not-deterministic":
                self.unstable.add(record.case)
        elif record.block != REFERENCE_BLOCK:
            self.blocks[record.case].add(record.block)
            if samples:
                self.values.setdefault(record.case, {})[record.block] = median(samples)


def of_study(folder: Path) -> Summary:
    """Return the summary of the study in a folder. Raises StudyFileError."""
    file = store.locate(folder)
    try:
        with file.open("rb") as stream:
            header = store.header_of(stream.readline(), file)
            found = _lines(stream, file)
    except OSError as error:
        raise StudyFileError(f"cannot read {file}: {error.strerror}") from None
    plan = header.plan
    names = [case.workload for case in plan.cases] or [plan.spec.target]
    return Summary(
        folder=str(folder),
        kind=STUDY,
        created=header.created,
        workload=names[0],
        sizes=tuple(sorted({case.size for case in plan.cases})),
        cases=len(plan.cases),
        blocks=max(map(len, found.blocks.values()), default=0),
        ended=found.ended,
        bad=len([case for case in plan.cases if _is_bad(case, plan, found)]),
        best=_best(plan, found),
    )


def of_grain(folder: Path) -> Summary:
    """Return the summary of the grain result in a folder. Raises StudyFileError."""
    data = grain_store.read(folder)
    plan = data.header.plan
    return Summary(
        folder=str(folder),
        kind=GRAIN,
        created=data.header.created,
        workload=GRAIN,
        sizes=tuple(sorted({case.size for case in plan.cases})),
        cases=len(plan.cases),
        blocks=max((session.block for session in data.sessions), default=0),
        ended=data.ends[-1].reason if data.ends else None,
        bad=len({session.case for session in data.sessions if session.status != "ok"}),
        best=None,
    )


def _lines(stream: IO[bytes], file: Path) -> _Lines:
    found = _Lines()
    for number, line in enumerate(stream, start=2):
        if not line.endswith(b"\n"):
            break  # cut off: the run was killed, or is writing it
        try:
            found.take(_DECODER.decode(line))
        except (ValueError, RecursionError) as error:
            raise StudyFileError(f"{file} line {number} was changed or damaged: {error}") from None
    return found


def _is_bad(case: Case, plan: Plan, found: _Lines) -> bool:
    unstable = {plan.case(key).size for key in found.unstable}
    return found.bad.get(case.key, "skipped") != "skipped" or case.size in unstable


def _best(plan: Plan, found: _Lines) -> Best | None:
    counted = {
        case: median(list(values.values()))
        for case in plan.cases
        if (values := found.values.get(case.key))
        and case.key not in found.bad
        and not _is_bad(case, plan, found)
    }
    if not counted:
        return None
    return _most_grown(counted) if plan.weak else _fastest(counted, plan)


def _fastest(counted: dict[Case, float], plan: Plan) -> Best:
    size = max(case.size for case in counted)
    own = {case: seconds for case, seconds in counted.items() if case.size == size}
    real = {case: seconds for case, seconds in own.items() if case.backend != _SIMULATED} or own
    fastest = min(real, key=lambda case: real[case])
    base = next((seconds for case, seconds in own.items() if case.key in plan.baseline), None)
    seconds = own[fastest]
    return Best(fastest, seconds, base / seconds if base is not None and seconds else None)


def _most_grown(counted: dict[Case, float]) -> Best:
    def efficiency(case: Case) -> float:
        alike = [one for one in counted if one.backend == case.backend and one.twin != UNCAPPED]
        smallest = min(alike, key=lambda one: (one.workers, one.nodes))
        return counted[smallest] / counted[case] if counted[case] else 0.0

    most = max(case.workers for case in counted)
    best = max((case for case in counted if case.workers == most), key=efficiency)
    return Best(best, counted[best], None, efficiency(best))
