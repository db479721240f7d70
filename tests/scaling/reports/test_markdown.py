"""The report for a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt

from scaling.analysis.audit.finding import Finding, Severity
from scaling.model import SERIAL
from scaling.reports.markdown import text as text_of
from scaling.results import Study
from tests.scaling.examples import HOSTILE
from tests.scaling.finished import hostile, recorded, small, troubled

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder

PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
SMALL = """\
## Scaling of demo

Fastest: processes with 2 workers, 1.41 s, 1.83 times serial (95 % 1.78 to 1.88). Use processes \
with 2 workers: efficiency 91%, at least 70% with a confidence of over 99%.

On a processor, 4 usable CPUs, CPython 3.11.7; 6 blocks, as planned; the widest interval of a time \
is within 1.4%. Intervals by order statistics; random order from seed 1.

**100 items**

| backend | nodes | workers | median | 95 % | speedup | 95 % | rel. | eff. | notes |
| :-- | --: | --: | --: | --: | --: | --: | --: | --: | :-- |
| serial | 1 | 1 | 2.58 s | 2.55-2.61 | 1.00 | 1.00-1.00 | 1.00 | 100% |  |
| processes | 1 | 2 | 1.41 s | 1.39-1.43 | 1.83 | 1.78-1.88 | 1.00 | 91% |  |

<details>
<summary>How it was measured</summary>
"""


def outline(source: str) -> list[tuple[str, str]]:
    """Return the kind and text of each block that is no part of another, and headings."""
    return [(token.type, token.content) for token in PARSER.parse(source) if token.level == 0]


def test_small_study(study: StudyBuilder) -> None:
    """Verdict, setting, table; the method is folded away, with the command."""
    told = text_of(small(study))
    assert told.startswith(SMALL)
    assert told.endswith("```sh\nscale run demo\n```\n\nStudy study-1.\n\n</details>\n")


def test_failures_and_cautions_are_explained(study: StudyBuilder) -> None:
    """Each case without a value has its reason; each letter its sentence; what the code said."""
    told = text_of(troubled(study))
    assert "### Failures\n\n- joblib (2 workers) failed: item 17: killed\n" in told
    assert "- threads (2 workers) gave a wrong answer: item 3 differs: item 17: killed\n" in told
    assert "- dask (2 workers) was skipped: not installed: item 17: killed" in told
    assert "\n- 4 nodes share 2 usable cores: at most 2x is possible here\n" in told
    assert "- **a** few-blocks: fewer than 6 blocks" in told
    assert "- **b** OVERSUBSCRIBED: the nodes share the cores" in told
    said = "joblib (2 workers) raised:\n\n```text\nTraceback:\n  item 17: killed\nDied: item 17"
    assert said in told


def test_losses_have_a_line_for_each_case(study: StudyBuilder) -> None:
    """What was useful, and what was lost."""
    small(study)
    recorded(study)
    told = text_of(Study(study.data))
    section = told.partition("### Where the worker-seconds went\n\n")[2].partition("\n\n")[0]
    assert section.startswith("- processes (2 workers): ")
    assert "% useful; lost: " in section
    assert section.count("\n- ") == 0


def test_findings_have_evidence_and_remedy(study: StudyBuilder) -> None:
    """The first eight, with their cases."""
    read = small(study)
    one = Finding("gil", Severity.HIGH, ("processes-n1-w2-s100",), "it waits", "use processes")
    read.__dict__["findings"] = (one,) * 9
    told = text_of(read)
    line = "- **high** gil (processes (2 workers)): it waits. *Use processes.*\n"
    assert told.count(line) == 8
    assert "- 1 more with `scale show --json`" in told


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_changes_nothing(study: StudyBuilder, text: str) -> None:
    """The blocks of the document are those of a tame one, and no element is the user's."""
    tame = [kind for kind, _ in outline(text_of(hostile(type(study)(), "tame")))]
    found = text_of(hostile(study, text))
    assert [kind for kind, _ in outline(found)] == tame
    inside = [t for block in PARSER.parse(found) for t in (block, *(block.children or ()))]
    html = {token.content for token in inside if token.type == "html_inline"}
    assert html <= {"<span>", "</span>"}
    assert not {"link_open", "image", "s_open"} & {token.type for token in inside}


def test_several_sizes_have_their_own_tables(study: StudyBuilder) -> None:
    """Each under its number of items, with the size in the lines below."""
    for size in (1, 20):
        study.case(SERIAL, [1.0] * 6, size=size)
        study.case("threads", [1.0] * 6, size=size)
    recorded(study)
    told = text_of(Study(study.data))
    assert "**1 item**\n\n| backend" in told
    assert "**20 items**\n\n| backend" in told
    assert "- threads (1 worker), 20 items: " in told


def test_weak_and_null_studies_say_so(study: StudyBuilder) -> None:
    """Neither shows a speedup as its result."""
    base = study.case(SERIAL, [1.0] * 6)
    study.case("processes", [1.25] * 6, workers=2, size=200)
    study.plan = {"weak": True, "baseline": (base.key,)}
    told = text_of(Study(study.data))
    assert "Weak scaling: the items grow with the workers; efficiency is T(1) / T(N)." in told
    assert "**100 items and more**" in told
    twins = type(study)(plan={"null": True})
    for twin in ("-a", "-b"):
        twins.case(SERIAL, [1.0] * 6, twin=twin)
    assert "One case under two names: what the machine shows where nothing differs." in text_of(
        Study(twins.data)
    )


def test_computed_times_name_no_machine(study: StudyBuilder) -> None:
    """Their law stands where others have the machine."""
    study.plan = {"simulate": "linear"}
    study.case("simulated", [1.0] * 6)
    told = text_of(Study(study.data))
    assert "Computed from the law linear; 6 blocks" in told
    assert "a processor" not in told


def test_study_without_a_value_reads_well(study: StudyBuilder) -> None:
    """There is nothing to compare, and the reason."""
    failed = study.case(SERIAL)
    study.session(failed, 1, [], status="failed")
    told = text_of(Study(study.data))
    assert "There is nothing to compare: serial failed" in told
    assert "None" not in told
    assert "nan" not in told
