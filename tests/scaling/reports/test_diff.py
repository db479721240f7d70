"""The comparison in a terminal, in Markdown, in JUnit XML and as JSON."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from scaling import gate
from scaling.analysis.comparison.remark import Level, Remark
from scaling.analysis.comparison.verdicts import Verdict
from scaling.errors import UsageError
from scaling.gate import Gate
from scaling.model import SERIAL
from scaling.records import Failure
from scaling.reports import diff, diff_document, diff_markdown, diff_words, junit
from scaling.studydata import StudyData
from tests.scaling.conftest import StudyBuilder
from tests.scaling.examples import HOSTILE
from tests.scaling.two_studies import data_of, times


def study(
    name: str, *, slow: float = 1.0, broken: str = "", sizes: tuple[int, ...] = (100,)
) -> StudyData:
    """Return a study with a case of every kind."""
    found = StudyBuilder(environment={"processor": "a processor with a rather long name 2.40GHz"})
    seed = len(name)
    for size in sizes:
        found.case(SERIAL, times(1.0, seed=seed), size=size)
        found.case(SERIAL, times(0.7, seed=seed), size=size, twin="-uncapped")
        found.case("threads", times(1.2, 12, 0.3, seed=seed), size=size, workers=2)
        found.case("processes", times(0.6 * slow, seed=seed), size=size, workers=16)
        found.case("joblib", times(0.8 / slow, seed=seed), size=size, workers=2)
        found.case("asyncio", times(0.8, 2), size=size)
        dask = found.case("dask", [] if broken else times(0.9, seed=seed), size=size, workers=2)
        if broken:
            failure = Failure("raised", broken)
            found.session(dask, 1, [], status="failed", failure=failure)
    found.case("ray", times(0.9), workers=4, nodes=4 if slow == 1 else 2)
    return data_of(found, name)


@pytest.fixture(scope="module")
def everything() -> Gate:
    """One of every verdict."""
    return gate.of_studies(study("base"), study("newer", slow=1.2, broken="no luck"))


def parsed(xml: bytes) -> ET.Element:
    """Return what an XML parser makes of it."""
    return ET.fromstring(xml)  # noqa: S314 - our own file


def test_every_verdict_is_there(everything: Gate) -> None:
    """The example has them all, and the gravest decides."""
    assert {one.verdict for one in everything.cases} == set(Verdict)
    assert everything.verdict is Verdict.BROKEN


def test_text_fits_80_columns_in_ascii(everything: Gate) -> None:
    """No line is longer or cut, and no column is lost; several sizes have a table each."""
    sized = gate.of_studies(study("base", sizes=(100, 2000)), study("newer", sizes=(100, 2000)))
    for found in (everything, sized):
        text = diff.text(found)
        assert max(len(line) for line in text.splitlines()) <= 80
        assert text.isascii()
        assert "None" not in text
        assert "nan" not in re.findall(r"\w+", text)
    assert "\n100 items:\n" in diff.text(sized)
    assert "processes (16 workers) with 2000 items" not in diff.text(everything)


def test_row_of_a_slower_case(everything: Gate) -> None:
    """Times, ratio, interval, effect and verdict of one case are in one line."""
    row = next(line for line in diff.text(everything).splitlines() if line.startswith("processes"))
    cells = row.split()
    assert cells[1:3] == ["1", "16"]
    assert float(cells[-4]) == pytest.approx(1.2, rel=0.03)
    assert re.fullmatch(r"1\.\d\d\d-1\.\d\d\d", cells[-3])
    assert cells[-2:] == ["+1.00", "slower"]


def test_no_effect_has_no_minus() -> None:
    """What rounds to nothing is +0.00."""
    assert [diff_words.delta(value) for value in (-0.004, 0.0, -1.0)] == ["+0.00", "+0.00", "-1.00"]


def test_verdict_is_the_last_thing_said(everything: Gate) -> None:
    """How many cases have which verdict, and which one decided."""
    last = " ".join(diff.text(everything).split("\n\n")[-1].split())
    assert last == (
        "Verdict: broken (7 cases: 2 same, 1 faster, 1 slower, 2 cannot tell, 1 broken; threshold "
        "5.0%). Broken: dask (2 workers) failed: no luck."
    )


def test_open_questions_have_their_reasons(everything: Gate) -> None:
    """Few blocks and noise are told apart, each with its cases, once; so beside a regression."""
    for found in (gate.of_studies(study("base"), study("newer")), everything):
        text = " ".join(diff.text(found).split())
        assert text.count("threads (2 workers): noise hides changes of 5.0%: take more") == 1
        assert text.count("asyncio (1 worker): 2 blocks in BASE: an interval takes 6.") == 1
        assert "noise hides changes" in diff_markdown.text(found)
    assert "Cannot tell: asyncio (1 worker): 2" in text


def test_cases_of_one_study_are_named(everything: Gate) -> None:
    """Ray on other numbers of nodes is no common case."""
    text = diff.text(everything)
    assert "Only in BASE: ray (4 nodes, 4 workers)." in text
    assert "Only in NEW: ray (2 nodes, 4 workers)." in text


def test_markdown_has_a_row_for_each_case(everything: Gate) -> None:
    """A table of seven columns, the bad verdicts in bold."""
    lines = diff_markdown.text(everything).splitlines()
    table = [line for line in lines if line.startswith("|")]
    assert lines[0] == "### demo: broken"
    assert len(table) == 2 + len(everything.cases)
    assert {line.count("|") for line in table} == {8}
    assert any("**slower**" in line for line in table)
    assert not any("None" in line for line in lines)


def test_junit_has_a_test_for_each_case(everything: Gate) -> None:
    """Slower and broken are failures, what is open is skipped with its reason.

    The attributes of the whole are those that the schema of Jenkins (junit-10.xsd) knows.
    """
    suite = parsed(junit.content(everything)).find("testsuite")
    assert suite is not None
    assert [suite.get(name) for name in ("tests", "failures", "errors", "skipped")] == [
        "7", "2", "0", "2",
    ]  # fmt: skip
    tests = {test.get("name"): test for test in suite.findall("testcase")}
    suites = parsed(junit.content(everything))
    assert set(suites.keys()) <= {"name", "tests", "failures", "errors", "time"}
    spent = sum(float(str(test.get("time"))) for test in tests.values())
    assert float(str(suites.get("time"))) == pytest.approx(spent)
    slower = tests["processes (16 workers)"].find("failure")
    assert slower is not None
    assert (slower.get("type"), "ratio 1." in str(slower.get("message"))) == ("slower", True)
    skipped = tests["asyncio (1 worker)"].find("skipped")
    assert skipped is not None
    assert "an interval takes 6" in str(skipped.get("message"))
    assert tests["serial (1 worker)"].find("failure") is None


def test_document_is_complete(everything: Gate) -> None:
    """Each case has its numbers; what is not defined is null, and no number is NaN."""
    found = json.loads(diff_document.text(everything))
    assert (found["verdict"], found["exit_code"], found["threshold"]) == ("broken", 1, 0.05)
    cases = {one["backend"] + one["twin"]: one for one in found["cases"]}
    slower, dask = cases["processes"], cases["dask"]
    assert slower["ratio_low"] < slower["ratio"] < slower["ratio_high"]
    assert (slower["verdict"], slower["effect"], slower["base_blocks"]) == ("slower", "large", 12)
    assert (dask["new_s"], dask["ratio"], dask["p"], dask["reason"]) == (
        None, None, None, "failed: no luck",
    )  # fmt: skip
    assert found["summary"].startswith("Verdict: broken")


def saying(text: str) -> Gate:
    """Return a comparison in which everything that users name is this."""
    found = gate.of_studies(study("base"), study("newer", broken=text))
    return replace(
        found,
        workload=text,
        base=replace(found.base, name=text),
        remarks=(Remark(Level.CAUTION, text), Remark(Level.NOTE, text)),
        not_compared=(text,),
    )


@pytest.mark.parametrize("text", [*HOSTILE, "\x00\x08 \ufffe \ud800 ]]>"])
def test_hostile_text_is_text(text: str) -> None:
    """A workload, a folder, a remark and an error of any characters break no output."""
    found = saying(text)
    terminal = diff.text(found)
    assert max(len(line) for line in terminal.splitlines()) <= 80
    assert "\x1b" not in terminal
    assert "\x00" not in terminal
    markdown = diff_markdown.text(found).replace("<span>$</span>", "\\$")
    assert not re.search(r"(?<!\\)<|(?<!\\)\[", markdown)
    assert len(markdown.splitlines()) == len(diff_markdown.text(saying("plain")).splitlines())
    table = [line for line in markdown.splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in table} == {8}
    suite = parsed(junit.content(found)).find("testsuite")
    assert suite is not None
    test = suite.find("testcase[@name='dask (2 workers)']")
    assert test is not None
    assert test.get("classname")
    assert json.loads(diff_document.text(found))["workload"] == text


def test_junit_is_written_whole_or_not_at_all(tmp_path: Path, everything: Gate) -> None:
    """A folder that is not there is the user's mistake."""
    file = tmp_path / "diff.xml"
    junit.write(everything, file)
    assert parsed(file.read_bytes()).tag == "testsuites"
    with pytest.raises(UsageError, match="choose a file"):
        junit.write(everything, tmp_path / "nowhere" / "diff.xml")


def test_nothing_to_compare_reads_well() -> None:
    """Two studies whose one case failed have no table, and a verdict."""
    builder = StudyBuilder()
    case = builder.case(SERIAL)
    builder.session(case, 1, [], status="failed", failure=Failure("raised", "no luck"))
    found = gate.of_studies(data_of(builder, "base"), data_of(builder, "new"))
    text = diff.text(found)
    assert text.splitlines()[-1] == "Verdict: cannot tell. No case has a value in both."
    assert "failed: no luck" in text
    assert "cannot tell" in diff_markdown.text(found)
    assert parsed(junit.content(found)).get("tests") == "0"
    assert json.loads(diff_document.text(found))["cases"] == []
