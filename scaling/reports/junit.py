"""A comparison of two studies as JUnit XML: a test for each case, as CI systems show them."""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from scaling.analysis.comparison.verdicts import Comparison, Verdict
from scaling.analysis.units import printable
from scaling.gate import Gate
from scaling.reports import diff_words as words
from scaling.reports.saving import save


def write(gate: Gate, path: Path) -> None:
    """Write the file, whole or not at all. Raises UsageError."""
    save(path, content(gate))


def content(gate: Gate) -> bytes:
    """Return the file: slower and broken are failures, what cannot be told is skipped.

    The time of a test is the median of NEW.
    """
    bad = [one for one in gate.cases if one.verdict.exit_code == 1]
    open_ones = [one for one in gate.cases if one.verdict is Verdict.CANNOT_TELL]
    counts = {
        "tests": str(len(gate.cases)),
        "failures": str(len(bad)),
        "errors": "0",
        "time": _time(sum(one.new or 0.0 for one in gate.cases)),
    }
    more = {"name": _text(f"scale diff {gate.workload}"), "skipped": str(len(open_ones))}
    suites = Element("testsuites", counts)  # Jenkins refuses the number of skipped tests here
    suite = SubElement(suites, "testsuite", counts | more)
    for one in gate.cases:
        _add(suite, gate, one)
    SubElement(suite, "system-out").text = _text(
        "\n".join([words.verdict(gate), *map(words.remark, gate.remarks), *gate.not_compared])
    )
    indent(suites)
    xml: bytes = tostring(suites, encoding="utf-8", xml_declaration=True)
    return xml + b"\n"


def _add(suite: Element, gate: Gate, one: Comparison) -> None:
    test = SubElement(
        suite,
        "testcase",
        {
            "classname": _text(gate.workload),
            "name": _text(words.name(gate, one.case)),
            "time": _time(one.new or 0.0),
        },
    )
    said = _text(words.comparison(gate, one))
    if one.verdict.exit_code == 1:
        SubElement(test, "failure", {"type": str(one.verdict), "message": said})
    elif one.verdict is Verdict.CANNOT_TELL:
        SubElement(test, "skipped", {"message": said})
    else:
        SubElement(test, "system-out").text = said


def _time(seconds: float) -> str:
    return f"{seconds:.9f}"


def _text(text: str) -> str:
    """Return the text without what XML 1.0 does not allow: control characters, lone surrogates."""
    return printable(text)
