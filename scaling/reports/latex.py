"""The report as LaTeX, for a paper: a booktabs table for each size, and how it was measured."""

from __future__ import annotations

import math
import re
import shlex
from collections.abc import Iterator, Sequence

from scaling.analysis.base_case import base_cases
from scaling.analysis.bounds import is_computed
from scaling.analysis.speedup import CaseResult
from scaling.analysis.units import count, seconds, unit_of
from scaling.analysis.verdict import label
from scaling.reports import failure_texts, methods
from scaling.reports.latex_columns import Column, columns
from scaling.reports.latex_text import code, comment, escaped, lines, sentences
from scaling.reports.table import caution_marks, shared_cores
from scaling.results import Study

MOST_ROWS = 36
"""Cases in one table: with its caption and notes it has to fit a page."""
_FLOAT = r"table\ifdim\columnwidth<\textwidth *\fi"
"""As wide as the page where the text has columns: they are narrower than the table."""


def text(study: Study) -> str:
    """Return a fragment for a paper to include: tables, then a paragraph on the method."""
    tables = (table for some in _groups(study) for table in _tables(study, some))
    parts = [_head(study), *tables, _method(study)]
    return "\n\n".join(parts) + "\n"


def _head(study: Study) -> str:
    header = study.header
    return "\n".join((
        comment(f"Study {header.id} of {header.created}: {shlex.join(header.command)}"),
        comment("It needs \\usepackage{booktabs} and nothing else."),
    ))  # fmt: skip


def _groups(study: Study) -> Iterator[list[CaseResult]]:
    """Yield the results of one size, or all where the items grow with the workers."""
    if study.header.plan.weak:
        yield from filter(None, [list(study.results)])
        return
    for size in dict.fromkeys(result.size for result in study.results):
        yield [result for result in study.results if result.size == size]


def _tables(study: Study, results: Sequence[CaseResult]) -> Iterator[str]:
    """Yield the tables of one size: several where one would be longer than a page."""
    parts = math.ceil(len(results) / MOST_ROWS)
    rows = math.ceil(len(results) / parts)
    for part in range(parts):
        some = results[part * rows : (part + 1) * rows]
        of = (part + 1, parts) if parts > 1 else None
        yield _table(study, results, some, of)


def _table(
    study: Study,
    results: Sequence[CaseResult],
    some: Sequence[CaseResult],
    part: tuple[int, int] | None,
) -> str:
    """Return the table of some results of those that have a unit and a base case in common."""
    found = columns(some, caution_marks(some), _unit(results), weak=study.header.plan.weak)
    told = f" Part {part[0]} of~{part[1]}." if part else ""
    label = _label(study, results[0].size) + (f"-{part[0]}" if part else "")
    return "\n".join((
        rf"\begin{{{_FLOAT}}}[htbp]",
        r"  \centering\footnotesize",
        lines(rf"\caption{{{_caption(study, results)}{told}}}", "  "),
        rf"  \label{{{label}}}",
        r"  \par\smallskip\setlength{\tabcolsep}{4pt}",
        rf"  \begin{{tabular}}{{{''.join(column.alignment for column in found)}}}",
        *(f"    {line}" for line in _rows(found)),
        r"  \end{tabular}",
        *_notes(some),
        rf"\end{{{_FLOAT}}}",
    ))  # fmt: skip


def _unit(results: Sequence[CaseResult]) -> tuple[float, str]:
    """Return one unit for all times: seconds, unless all are shorter than one."""
    longest = max((r.median_s for r in results if r.median_s is not None), default=1.0)
    length, name = unit_of(min(longest, 1.0))
    return length, r"$\mu$s" if name == "us" else name


def _caption(study: Study, results: Sequence[CaseResult]) -> str:
    plan, environment = study.header.plan, study.header.environment
    kind = "Weak scaling of" if plan.weak else "Strong scaling of"
    if plan.null:
        kind = "One case under two names:"
    items = count(results[0].size, "item") + (" and more, growing with the workers" * plan.weak)
    cpus = count(environment.usable_cpus, "usable CPU")
    where = f" on {escaped(environment.processor)} with {cpus}"
    if is_computed(plan):
        where = f", computed from the law {code(plan.simulate or '')}"
    told = f"{kind} {code(results[0].workload)} ({items}){where}"
    return f"{told}. {_base(study, results)}{_intervals(study, results)}"


def _base(study: Study, results: Sequence[CaseResult]) -> str:
    bases = base_cases(results, study.header.plan)
    if not bases:
        return "Times are medians over the blocks."
    if study.header.plan.weak:
        return (
            "Times are medians over the blocks; efficiency is relative to the smallest case of "
            "each backend."
        )
    return sentences(
        f"Times are medians over the blocks; speedup is relative to {label(bases[0])} "
        f"({seconds(bases[0].median_s or 0.0)})."
    )


def _intervals(study: Study, results: Sequence[CaseResult]) -> str:
    method = study.protocol.intervals
    if method is None or all(result.low_s is None for result in results):
        return " With so few blocks there are no intervals."
    ratios = {
        "order statistics": "",
        "bootstrap": ", those of ratios by resampled blocks",
    }[method]
    return rf" In brackets 95\,\% intervals by order statistics{ratios}."


def _label(study: Study, size: int) -> str:
    name = re.sub(r"[^A-Za-z0-9-]", "", study.header.id)
    return f"tab:scaling-{name}-{size}"


def _rows(found: Sequence[Column]) -> Iterator[str]:
    yield r"\toprule"
    yield from _groups_row(found)
    yield _row([column.head for column in found])
    yield r"\midrule"
    for cells in zip(*(column.cells for column in found), strict=True):
        yield _row(cells)
    yield r"\bottomrule"


def _groups_row(found: Sequence[Column]) -> Iterator[str]:
    """Yield the heads that stand over two columns each, and the rules below them."""
    heads, rules = [], []
    for place, column in enumerate(found, start=1):
        if column.group:
            heads.append(rf"\multicolumn{{2}}{{c}}{{{column.group}}}")
            rules.append(rf"\cmidrule(lr){{{place}-{place + 1}}}")
        elif place == 1 or not found[place - 2].group:
            heads.append("")
    yield _row(heads)
    yield " ".join(rules)


def _row(cells: Sequence[str]) -> str:
    return " & ".join(cells) + r" \\"


def _notes(results: Sequence[CaseResult]) -> Iterator[str]:
    told = [
        rf"\textsuperscript{{{mark}}}\,{escaped(_sentence(caution.explanation))}"
        for caution, mark in caution_marks(results).items()
    ]
    told += [f"{escaped(line)}." for line in failure_texts.reasons(results, brief=True)]
    if bound := shared_cores(results):
        told.append(escaped(_sentence(bound)))
    if told:
        yield r"  \par\smallskip\raggedright"
        yield from (lines(rf"{line}\par", "  ") for line in told)


def _sentence(line: str) -> str:
    return f"{line[:1].upper()}{line[1:]}."


def _method(study: Study) -> str:
    """A paper says this where it describes its set-up; an author moves it there."""
    return "\n".join((
        comment("How it was measured, for the section on the set-up:"),
        r"{\emergencystretch=4em",
        lines(rf"\paragraph{{Measurement.}} {sentences(methods.paragraph(study))}"),
        r"\par}",
    ))  # fmt: skip
