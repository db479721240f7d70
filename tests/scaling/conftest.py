"""Studies that never ran, for the tests of what is done with a study."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from scaling import store
from scaling.lines import Record
from scaling.model import (
    Case,
    SkippedCase,
    Status,
    StudyHeader,
    WorkloadFacts,
)
from scaling.records import ClusterRecord, EndRecord, Failure, Sample, SessionRecord, WorkerSummary
from scaling.studydata import StudyData
from tests.scaling.examples import ENVIRONMENT, PLAN

# a shared machine stops for longer than any deadline
settings.register_profile("scaling", deadline=None)
settings.load_profile("scaling")

WORKER = WorkerSummary("w0", "local", 100, 4, 0.9, 0.8, 0.0, 1.0)
EMBEDDED = ClusterRecord("127.0.0.1:1", True, ("a", "b"), (1.0, 1.0), ("here", "here"), 3.0)


@dataclass
class StudyBuilder:
    """Takes cases and their times, gives the study."""

    plan: dict[str, Any] = field(default_factory=dict)
    """Fields of the plan that differ."""
    environment: dict[str, Any] = field(default_factory=dict)
    waits: bool = False
    cases: list[Case] = field(default_factory=list)
    skipped: list[SkippedCase] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)

    def case(
        self, backend: str, values: Iterable[float] = (), *, workers: int = 1, nodes: int = 1,
        size: int = 100, twin: str = "",
    ) -> Case:  # fmt: skip
        """Add a case with one session of one sample for each value, in blocks 1, 2, ..."""
        case = Case("demo", size, backend, nodes, workers, twin)
        self.cases.append(case)
        for block, seconds in enumerate(values, start=1):
            self.session(case, block, [seconds])
        return case

    def session(
        self, case: Case, block: int, seconds: Iterable[float], *, status: Status = "ok",
        failure: Failure | None = None, opening_s: float = 0.5, **changes: Any,
    ) -> None:  # fmt: skip
        """Add a session with its samples."""
        name = f"{case.key}-b{block}-{len(self.records)}"
        samples = [self.sample(name, case, block, i, s) for i, s in enumerate(seconds)]
        self.records.extend(samples)
        session = SessionRecord(
            name, case.key, block, status, "2026-01-01T00:00:00Z", opening_s, 0.1, len(samples),
            failure,
        )  # fmt: skip
        self.records.append(replace(session, **changes))

    def sample(self, session: str, case: Case, block: int, index: int, seconds: float) -> Sample:
        """Make a sample of a case."""
        return Sample(
            session,
            case.key,
            block,
            index,
            seconds,
            0.01,
            case.size,
            (WORKER,),
            0.5,
            "d1g357",
            50.0,
        )

    def end(self, reason: Any = "complete", reached: float | None = None) -> None:
        """End the run."""
        self.records.append(EndRecord(reason, "2026-01-01T01:00:00Z", 60.0, reached))

    def embedded(self) -> None:
        """Put two nodes on this machine."""
        self.records.append(EMBEDDED)

    @property
    def header(self) -> StudyHeader:
        """The header for the cases so far; the first case of each size is the baseline."""
        sizes = sorted({case.size for case in self.cases})
        first = [next(c.key for c in self.cases if c.size == size) for size in sizes]
        plan = replace(
            PLAN,
            sizes=tuple(sizes),
            cases=tuple(self.cases),
            skipped=tuple(self.skipped),
            baseline=tuple(first),
        )
        facts = [
            WorkloadFacts("demo", size, "c0de", self.waits, False, 1.0, 0.01, 10) for size in sizes
        ]
        return StudyHeader(
            "study-1", "2026-01-01T00:00:00Z", ("scale", "run", "demo"),
            replace(plan, **self.plan), tuple(facts), replace(ENVIRONMENT, **self.environment),
        )  # fmt: skip

    def save(self, folder: Path) -> Path:
        """Write the study and return its file."""
        file = store.create(folder, self.header)
        with store.Writer(file) as writer:
            for record in self.records:
                writer.append(record)
        return file

    @property
    def data(self) -> StudyData:
        """The study as if it had been read."""

        def of(kind: type) -> tuple[Any, ...]:
            return tuple(record for record in self.records if isinstance(record, kind))

        return StudyData(
            self.header, of(ClusterRecord), of(Sample), of(SessionRecord), of(EndRecord),
            notes=(), torn=False, valid_bytes=0,
        )  # fmt: skip


@pytest.fixture
def study() -> StudyBuilder:
    """Return an empty study."""
    return StudyBuilder()
