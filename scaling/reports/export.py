"""Reports for other programs: the suffix of the file says which."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import msgspec

from scaling.analysis.choice import TARGET_EFFICIENCY
from scaling.analysis.verdict import relative_to
from scaling.errors import UsageError
from scaling.reports import item_length
from scaling.reports.figures.drawing import SUFFIXES as FIGURES
from scaling.reports.saving import save
from scaling.reports.table import caution_marks
from scaling.results import COLUMNS, Cell, Study

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write(
    study: Study, path: Path, suffix: str | None = None, *, figure: str | None = None
) -> None:
    """Write the report, whole or not at all. Raises UsageError.

    ``suffix`` says the format where the name of the file need not, ``figure`` which one to draw.
    """
    form = suffix or suffix_of(path)
    exporter = EXPORTERS.get(form)
    if exporter is None:
        raise UsageError(
            f"cannot tell the format of {str(path)!r}; its name must end in {', '.join(EXPORTERS)}"
        )
    if figure is not None and form not in FIGURES:
        raise UsageError(f"{form} holds no figure; --figure is for {', '.join(FIGURES)}")
    save(path, exporter(study) if figure is None else _figure(study, form, figure))


def suffix_of(path: Path) -> str:
    """Return what tells the format: two parts where such a format is known, else the last."""
    both = "".join(path.suffixes[-2:]).lower()
    return both if both in EXPORTERS else path.suffix.lower()


def csv_text(study: Study) -> str:
    """Return report.csv: an empty cell is not defined, numbers have their full precision."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([_cell(row[name]) for name in COLUMNS] for row in study.rows())
    return out.getvalue()


def json_document(
    study: Study,
    *,
    target_efficiency: float = TARGET_EFFICIENCY,
    price_per_node_hour: float | None = None,
    rules: bool = False,
) -> dict[str, Any]:
    """Return the document of ``--json``: the report and all that explains it."""
    plan = study.header.plan
    return {
        "study": msgspec.to_builtins(study.header),
        "report": study.rows(),
        "failures": [
            {"case": case.key, **msgspec.to_builtins(failure), "output": output}
            for case, failure, output in study.failures
        ],
        "verdict": study.verdict(),
        "advice": list(study.advice),
        "findings": [asdict(finding) for finding in study.findings],
        "relative_to": relative_to(plan),
        "scaling": "weak" if plan.weak else "strong",
        "protocol": asdict(study.protocol),
        "choices": [asdict(choice) for choice in study.choices(target_efficiency)],
        "front": [asdict(offer) for offer in study.front(price_per_node_hour)],
        "grain": item_length.document(study),
        "null": asdict(study.null) if study.null else None,
        "cautions": {str(c): c.explanation for c in caution_marks(study.results)},
        "notes": list(study.notes),
        **(_rules(study) if rules else {}),
    }


def json_text(
    study: Study,
    *,
    target_efficiency: float = TARGET_EFFICIENCY,
    price_per_node_hour: float | None = None,
    rules: bool = False,
) -> str:
    """Return the document as text."""
    document = json_document(
        study,
        target_efficiency=target_efficiency,
        price_per_node_hour=price_per_node_hour,
        rules=rules,
    )
    return json.dumps(document, indent=1, allow_nan=False) + "\n"


def _rules(study: Study) -> dict[str, Any]:
    from scaling.reports import twelve_rules

    return {"rules": twelve_rules.document(study)}


def _cell(value: Cell) -> Cell:
    """Keep spreadsheets from running a user's text as a formula."""
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return f"'{value}"
    return value


def _csv(study: Study) -> bytes:
    return csv_text(study).encode("utf-8")


def _json(study: Study) -> bytes:
    return json_text(study).encode("utf-8")


def _trace(study: Study) -> bytes:
    from scaling.reports import trace

    return trace.text(study).encode("utf-8")


def _figure(study: Study, suffix: str, name: str | None = None) -> bytes:
    from scaling.reports import figures

    return figures.encoded(study, suffix, name)


def _markdown(study: Study) -> bytes:
    from scaling.reports import markdown

    return markdown.text(study).encode("utf-8")


def _latex(study: Study) -> bytes:
    from scaling.reports import latex

    return latex.text(study).encode("ascii")


def _html(study: Study) -> bytes:
    from scaling.reports import page

    return page.text(study).encode("utf-8")


def _parquet(study: Study) -> bytes:
    from scaling.reports import parquet

    return parquet.report(study)


def _samples(study: Study) -> bytes:
    from scaling.reports import parquet

    return parquet.samples(study)


EXPORTERS: dict[str, Callable[[Study], bytes]] = {
    ".csv": _csv,
    ".json": _json,
    ".trace.json": _trace,
    ".md": _markdown,
    ".tex": _latex,
    ".html": _html,
    ".parquet": _parquet,
    ".samples.parquet": _samples,
    **{suffix: partial(_figure, suffix=suffix) for suffix in FIGURES},
}
"""What can be written, by suffix."""
