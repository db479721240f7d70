"""A finished study, as Python code sees it."""

from __future__ import annotations

from dataclasses import fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from scaling.analysis import null
from scaling.analysis.advice.paragraph import advice
from scaling.analysis.audit import rules
from scaling.analysis.audit.finding import Finding
from scaling.analysis.choice import TARGET_EFFICIENCY, Choice, choices
from scaling.analysis.cost import Offer, fronts
from scaling.analysis.protocol import Protocol, protocol
from scaling.analysis.speedup import CaseResult, case_results
from scaling.analysis.units import count, printable
from scaling.analysis.verdict import verdict
from scaling.errors import UsageError
from scaling.grains import Grain
from scaling.model import Case, StudyHeader
from scaling.records import Failure
from scaling.store import locate, read
from scaling.studydata import StudyData

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from scaling.analysis.laws import BackendFit

Cell = str | int | float | None

COLUMNS = tuple(field.name for field in fields(CaseResult))
"""Columns of the report, in order."""


class Study:
    """A study that was read: ``report()`` for one row per case, ``samples()`` for every sample.

    Printed, it is the report of ``scale show``; a notebook shows it as tables.
    """

    def __init__(self, data: StudyData, folder: Path | None = None) -> None:
        self.data = data
        self.folder = folder
        """Where it was read from; what ``Sample.trace`` names lies in it."""
        self.grain: Grain | None = None
        """The METG of its backends that its items are compared with."""

    @classmethod
    def load(cls, path: str | Path) -> Study:
        """Read a study folder or its study.jsonl. Raises StudyFileError."""
        file = locate(Path(path).expanduser())
        return cls(read(file), file.parent)

    @property
    def header(self) -> StudyHeader:
        """What was planned, and where it ran."""
        return self.data.header

    @property
    def notes(self) -> tuple[str, ...]:
        """What the file holds that does not count, one sentence each."""
        return self.data.notes

    @cached_property
    def results(self) -> tuple[CaseResult, ...]:
        """One result for each case."""
        return case_results(self.data)

    @property
    def failed(self) -> bool:
        """True when a case failed, was wrong or took too long."""
        return any(result.status in {"failed", "wrong", "timeout"} for result in self.results)

    @property
    def failures(self) -> tuple[tuple[Case, Failure, str | None], ...]:
        """Each session without a value: its case, why, and the last lines that it printed."""
        plan = self.header.plan
        return tuple(
            (plan.case(session.case), session.failure, session.output)
            for session in self.data.sessions
            if session.failure is not None
        )

    @cached_property
    def protocol(self) -> Protocol:
        """How it was measured: blocks, why no more, what precision they reached."""
        return protocol(self.data)

    @cached_property
    def null(self) -> null.Null | None:
        """What two equal cases show of the machine; None when the study has none."""
        return null.null_result(self.data) if self.header.plan.null else None

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What the audit found, the worst first."""
        return rules.findings(self.data)

    @cached_property
    def advice(self) -> tuple[str, ...]:
        """What to use and what to change first, in sentences that the data support."""
        return advice(self.data, self.results, self.findings)

    def choices(self, target_efficiency: float = TARGET_EFFICIENCY) -> tuple[Choice, ...]:
        """Return how many workers of each backend are used well.

        Raises UsageError for a target that is no share, such as 70.
        """
        # Superlinear work has an efficiency of over 1.
        if not 0.0 < target_efficiency < 2.0:
            raise UsageError(f"target_efficiency {target_efficiency}: give a share like 0.7")
        return choices(self.data, target_efficiency)

    def front(self, price_per_node_hour: float | None = None) -> tuple[Offer, ...]:
        """Return the cases that no other beats in both time and cost."""
        plan = self.header.plan
        if plan.weak or plan.null:
            return ()
        return fronts(self.results, price_per_node_hour)

    def verdict(self) -> str:
        """Say what the study shows, in a sentence or two."""
        if self.null is not None:
            return null.said(self.null)
        return verdict(self.results, self.header.plan)

    def rows(self) -> list[dict[str, Cell]]:
        """Return the report as plain rows; None is a cell that is not defined."""
        return [_cells(result) for result in self.results]

    def report(self) -> pd.DataFrame:
        """Return the report as a frame: nullable types, a cell that is not defined is <NA>."""
        from scaling import frames

        return frames.report(COLUMNS, self.rows())

    def samples(self) -> pd.DataFrame:
        """Return all samples as a frame, those of the reference block (0) among them."""
        from scaling import frames

        return frames.samples(self.data)

    def losses(self) -> pd.DataFrame:
        """Return where the time of each case went: shares of its worker-seconds, and these."""
        from scaling import frames

        return frames.losses(self.results)

    def laws(self) -> pd.DataFrame:
        """Return the scaling laws fitted to each backend, one row for each law.

        Backends that were measured at fewer than three numbers of workers or nodes have none.
        """
        from scaling import frames

        return frames.laws(self._fits)

    @cached_property
    def _fits(self) -> tuple[BackendFit, ...]:
        from scaling.analysis.laws import fit_study

        return fit_study(self.data)

    def plot(self, name: str = "speedup") -> Figure:
        """Return the figure of this name, to show or to save.

        Raises UsageError for a name that there is not, and where the study has no data for it.
        """
        from scaling.reports import figures

        return figures.draw(self, name).figure

    def export(self, path: str | Path) -> None:
        """Write the report to a file; its suffix says how. Raises UsageError."""
        from scaling.reports import export

        export.write(self, Path(path).expanduser())

    def __repr__(self) -> str:
        place = "" if self.folder is None else f" in {self.folder}"
        cases = len(self.header.plan.cases)
        name = self.header.facts[0].name if self.header.facts else self.header.plan.spec.target
        return " ".join(printable(f"<Study of {name}, {count(cases, 'case')}{place}>").split())

    def __str__(self) -> str:
        from scaling.reports import terminal

        return terminal.text(self).rstrip("\n")

    def _repr_html_(self) -> str:
        from scaling.reports import notebook

        return notebook.html(self)


def load(path: str | Path) -> Study:
    """Read a study folder or its study.jsonl. Raises StudyFileError."""
    return Study.load(path)


def _cells(result: CaseResult) -> dict[str, Cell]:
    cells: dict[str, Cell] = {name: getattr(result, name) for name in COLUMNS}
    cells["cautions"] = ";".join(result.cautions) or None
    return cells
