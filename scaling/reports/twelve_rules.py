"""The twelve rules of Hoefler and Belli beside a study, as text and as a document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from textwrap import wrap
from typing import Any

from scaling.analysis.twelve_rules.check import Check, Standing
from scaling.analysis.twelve_rules.checks import checks
from scaling.analysis.units import printable
from scaling.results import Study

WIDTH = 80
_INDENT = " " * 4


def text(study: Study) -> str:
    """Return each rule, how the study stands to it, and what to do, in 80 columns."""
    return "\n".join(printable(line) for line in _lines(checks(study.data, study.results))) + "\n"


def document(study: Study) -> list[dict[str, Any]]:
    """Return the same for ``--json``: one entry for each rule, in order."""
    return [asdict(check) for check in checks(study.data, study.results)]


def _lines(found: Sequence[Check]) -> Iterator[str]:
    yield "The twelve rules of Hoefler and Belli (SC15) for reporting performance:"
    yield _summary(found)
    for check in found:
        yield ""
        yield from _wrapped(f"{check.number:>2}  {check.standing}: {check.asks}", "")
        yield from _wrapped(f"{_sentence(check.evidence)}", _INDENT)
        if check.remedy is not None:
            yield from _wrapped(f"-> {_sentence(check.remedy)}", _INDENT, f"{_INDENT}   ")


def _summary(found: Sequence[Check]) -> str:
    number = Counter(check.standing for check in found)
    return ", ".join(f"{number[one]} {one}" for one in Standing if number[one]) + "."


def _sentence(phrase: str) -> str:
    return f"{phrase[:1].upper()}{phrase[1:]}."


def _wrapped(line: str, first: str, later: str | None = None) -> list[str]:
    return wrap(
        line,
        WIDTH,
        initial_indent=first,
        subsequent_indent=(first or _INDENT) if later is None else later,
        break_on_hyphens=False,
    )
