"""A finished grain result, as reports and other code see it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from scaling.analysis.granularity import GrainResult, grain_results
from scaling.analysis.item_length import ItemLength, item_lengths, mean_item_seconds
from scaling.grain_model import GrainData
from scaling.grain_store import newest, read, same_machine
from scaling.model import Plan
from scaling.studydata import StudyData


@dataclass(frozen=True)
class Grain:
    """A grain file that was read, with its results."""

    data: GrainData
    name: str
    """How reports name it: its folder."""

    @classmethod
    def load(cls, path: Path) -> Grain:
        """Read the folder that ``scale grain`` wrote, or its file. Raises StudyFileError."""
        return cls(read(path), str(path))

    @classmethod
    def for_study(cls, results: Path, study: StudyData) -> Grain | None:
        """Read the newest one under ``results`` that holds for a study; None without any."""
        header = study.header
        folder = newest(results, header.environment, header.plan.batch)
        return None if folder is None else cls.load(folder)

    @cached_property
    def results(self) -> tuple[GrainResult, ...]:
        """One result for each case."""
        return grain_results(self.data)

    @property
    def failed(self) -> bool:
        """True when a case failed, was wrong or took too long."""
        return any(one.status in {"failed", "wrong", "timeout"} for one in self.results)

    @property
    def oversubscribed(self) -> bool:
        """True when a case had more workers than there are usable CPUs."""
        usable = self.data.header.environment.usable_cpus
        return any(one.workers > usable for one in self.results if one.status == "ok")

    def beside(self, study: StudyData) -> tuple[ItemLength, ...]:
        """Return how the items of a study compare with METG, one entry for each case."""
        return item_lengths(self.results, study.header.plan.cases, mean_item_seconds(study))

    def doubts_for(self, study: StudyData) -> tuple[str, ...]:
        """Say what was not the same when this was measured, a sentence each."""
        own, header = self.data.header, study.header
        doubts = []
        if not same_machine(own.environment, header.environment):
            doubts.append("measured on another machine or with other versions")
        if own.plan.batch != header.plan.batch:
            doubts.append(f"measured with {_batch(own.plan)}, the study with {_batch(header.plan)}")
        return tuple(doubts)


def _batch(plan: Plan) -> str:
    return f"--batch {'auto' if plan.batch is None else plan.batch}"
