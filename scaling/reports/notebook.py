"""A study as a notebook shows it: HTML without scripts, in the colours of the notebook."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scaling.analysis import protocol
from scaling.analysis.units import printable
from scaling.reports import table, terminal
from scaling.results import Study

_TEXT_COLUMNS = {"backend", "notes"}
_TEMPLATE = """\
{%- set line = "padding: 0.15em 0.6em; border-bottom: 1px solid rgba(128, 128, 128, 0.4);" -%}
<div style="max-width: 62em; color: inherit; background: transparent">
<p><strong>{{ verdict }}</strong></p>
{%- for one in grids %}
<div style="overflow-x: auto">
<table style="border-collapse: collapse; font-variant-numeric: tabular-nums; white-space: nowrap;
color: inherit">
<caption style="text-align: left; white-space: normal; color: inherit">{{ one.caption }}</caption>
<thead><tr>
{%- for heading, side in one.headings %}
<th scope="col" style="{{ line }} text-align: {{ side }}">{{ heading }}</th>
{%- endfor %}
</tr></thead>
<tbody>
{%- for row in one.rows %}
<tr>
{%- for text, side in row %}
<td style="{{ line }} text-align: {{ side }}">{{ text }}</td>
{%- endfor %}
</tr>
{%- endfor %}
</tbody>
</table>
</div>
{%- endfor %}
{%- if below %}
<ul>
{%- for text in below %}
<li>{{ text }}</li>
{%- endfor %}
</ul>
{%- endif %}
{%- for text in paragraphs %}
<p>{{ text }}</p>
{%- endfor %}
</div>
"""

_Cells = list[tuple[str, str]]
"""Texts, and to which side each is aligned."""


@dataclass(frozen=True, slots=True)
class _Grid:
    caption: str
    headings: _Cells
    rows: list[_Cells]


def html(study: Study) -> str:
    """Return the verdict, the tables and what speaks against them; all texts are escaped."""
    from jinja2 import Environment, StrictUndefined

    page = Environment(autoescape=True, undefined=StrictUndefined).from_string(_TEMPLATE)
    return page.render(
        verdict=printable(study.verdict()),
        grids=list(_grids(study)),
        below=[printable(text) for text in _below(study)],
        paragraphs=[printable(text) for text in _paragraphs(study)],
    )


def _grids(study: Study) -> Iterator[_Grid]:
    plan = study.header.plan
    for one in table.tables(study.results, weak=plan.weak):
        sides = ["left" if name in _TEXT_COLUMNS else "right" for name in one.headings]
        yield _Grid(
            caption=printable(". ".join(terminal.title(study, one).splitlines())),
            headings=_cells(one.headings, sides),
            rows=[_cells(row, sides) for row in one.rows],
        )


def _cells(texts: tuple[str, ...], sides: list[str]) -> _Cells:
    return list(zip(map(printable, texts), sides, strict=True))


def _below(study: Study) -> Iterator[str]:
    yield from table.failures(study.results)
    if bound := table.shared_cores(study.results):
        yield bound
    for caution, mark in table.caution_marks(study.results).items():
        yield f"{mark} ({caution}): {caution.explanation}"
    yield from study.notes


def _paragraphs(study: Study) -> Iterator[str]:
    if study.advice:
        yield " ".join(study.advice)
    yield protocol.said(study.protocol)
