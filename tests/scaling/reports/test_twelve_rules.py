"""The rules in a terminal and in a document."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from scaling.reports.export import json_text
from scaling.reports.twelve_rules import document, text
from tests.scaling.examples import HOSTILE
from tests.scaling.finished import hostile, small, troubled

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder

START = """\
The twelve rules of Hoefler and Belli (SC15) for reporting performance:
9 met, 2 partly, 1 not applicable.

 1  met: Say what speedup is relative to, and its absolute time.
    Speedup is relative to serial, one process that runs the plain loop without
    any framework: 2.58 s.

 2  partly: Give the reason for showing a part of workloads or resources.
    4 of 4 logical CPUs were usable; no more than 2 of 4 usable CPUs were used,
    for no recorded reason; one workload was measured in one size.
    -> Measure up to 4 workers, or give the reason for fewer; measure several
       with --size a,b,c, or say why this one is enough.
"""


def test_each_rule_has_evidence_and_what_to_do(study: StudyBuilder) -> None:
    """In order, within 80 columns."""
    told = text(small(study))
    assert told.startswith(START)
    heads = [line[:4] for line in told.splitlines() if line[:2].strip().isdigit()]
    assert heads[-12:] == [f"{number:>2}  " for number in range(1, 13)]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_fits(study: StudyBuilder, name: str) -> None:
    """Control characters are gone, lines are short."""
    told = text(hostile(study, name))
    assert max(map(len, told.splitlines())) <= 80
    assert all(line.isprintable() for line in told.splitlines())


def test_document_has_an_entry_for_each(study: StudyBuilder) -> None:
    """Standing in words, null for no remedy; only where it is asked for."""
    read = troubled(study)
    rules = json.loads(json_text(read, rules=True))["rules"]
    assert rules == json.loads(json.dumps(document(read)))
    assert [rule["number"] for rule in rules] == list(range(1, 13))
    assert {rule["standing"] for rule in rules} >= {"met", "partly", "not met"}
    assert all((rule["remedy"] is None) == (rule["standing"] in {"met", "not applicable"})
               for rule in rules)  # fmt: skip
    assert "rules" not in json.loads(json_text(read))
