"""Studies whose every second is known, for the rules of the audit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from scaling.analysis.audit import rules
from scaling.analysis.audit.finding import Finding
from scaling.model import SERIAL, Case
from scaling.records import ClusterRecord, Sample, SessionRecord, WorkerFacts, WorkerSummary
from scaling.studydata import StudyData

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder

OPENING_S = 0.05

Changes = dict[str, Any] | list[dict[str, Any]] | None
"""Fields of the workers that differ: for all of them, or for each."""


def _own(changes: Changes, place: int) -> dict[str, Any]:
    return changes[place] if isinstance(changes, list) else changes or {}


@dataclass
class Scene:
    """Takes cases by what each worker did, gives what the rules find.

    By default a machine of 2 CPUs and 100 items that take 10 s of CPU time and wait for nothing.
    """

    study: StudyBuilder
    facts: dict[str, Any] = field(default_factory=dict)
    """Fields of the probe's facts that differ."""

    def serial(self, seconds: float = 10.0, *, blocks: int = 6, **changes: Any) -> Case:
        """Add the serial case; it does nothing but the work."""
        return self.add(SERIAL, [seconds], seconds, blocks=blocks, **changes)

    def add(
        self,
        backend: str,
        busy: Sequence[float],
        seconds: float,
        *,
        blocks: int = 6,
        nodes: int = 1,
        twin: str = "",
        size: int = 100,
        worker: Changes = None,
        sample: dict[str, Any] | None = None,
        session: dict[str, Any] | None = None,
        facts: dict[str, Any] | None = None,
    ) -> Case:
        """Add a case whose workers were busy for so long, in every block alike."""
        case = Case("demo", size, backend, nodes, len(busy), twin)
        self.study.cases.append(case)
        for block in range(1, blocks + 1):
            self.block(case, block, busy, seconds, worker=worker, sample=sample,
                       session=session, facts=facts)  # fmt: skip
        return case

    def block(
        self,
        case: Case,
        block: int,
        busy: Sequence[float],
        seconds: float,
        *,
        worker: Changes = None,
        sample: dict[str, Any] | None = None,
        session: dict[str, Any] | None = None,
        facts: dict[str, Any] | None = None,
    ) -> None:
        """Add a session with one sample. Idle time is scheduling: nothing else is told of it."""
        name = f"{case.key}-b{block}"
        per_node = max(1, len(busy) // case.nodes)
        nodes = ["local" if case.nodes == 1 else "ab"[k // per_node] for k in range(len(busy))]
        workers = tuple(
            replace(
                WorkerSummary(
                    f"w{k}", nodes[k], case.size // len(busy), 10, own, own, 0.0, seconds
                ),
                **_own(worker, k),
            )
            for k, own in enumerate(busy)
        )
        taken = Sample(
            name, case.key, block, 0, seconds, 0.0, case.size, workers,
            sum(one.cpu_s or 0.0 for one in workers), "d1g357", 50.0, last_start_s=seconds,
        )  # fmt: skip
        known = tuple(
            replace(WorkerFacts(f"w{k}", nodes[k], "0-1", 1, 0.1, 0.1), **(facts or {}))
            for k in range(len(busy))
        )
        ended = SessionRecord(
            name, case.key, block, "ok", "2026-01-01T00:00:00Z", OPENING_S, 0.1, 1, workers=known
        )
        self.study.records.append(replace(taken, **(sample or {})))
        self.study.records.append(replace(ended, **(session or {})))

    def cluster(self, hosts: tuple[str, ...], *, embedded: bool = True, cpus: float = 1.0) -> None:
        """Say on which hosts the nodes are."""
        names = tuple("ab"[: len(hosts)])
        record = ClusterRecord("h:1", embedded, names, (cpus,) * len(hosts), hosts, 3.0)
        self.study.records.append(record)

    @property
    def data(self) -> StudyData:
        """The study as if it had been read."""
        data = self.study.data
        facts = tuple(replace(one, **self.facts) for one in data.header.facts)
        return replace(data, header=replace(data.header, facts=facts))

    def found(self, rule: str) -> Finding | None:
        """Return what the rule found."""
        named = [finding for finding in rules.findings(self.data) if finding.rule == rule]
        assert len(named) <= 1, "one finding for each rule"
        return named[0] if named else None


@pytest.fixture
def scene(study: StudyBuilder) -> Scene:
    """Return an empty study on 2 CPUs."""
    study.environment = {"cpus": 2, "cpus_affinity": 2}
    return Scene(study)


@pytest.fixture
def measured(scene: Scene) -> Scene:
    """Return a study with the serial case."""
    scene.serial()
    return scene
