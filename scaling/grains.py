"""A finished grain result, as reports and other code see it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from scaling.analysis.granularity import GrainResult, grain_results
from scaling.grain_model import GrainData
from scaling.grain_store import read


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
