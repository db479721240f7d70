"""The paragraph on the method: every number is the study's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from scaling.model import SERIAL, UNCAPPED
from scaling.records import Failure
from scaling.reports.methods import paragraph
from scaling.results import Study
from tests.scaling.examples import HOSTILE
from tests.scaling.finished import hostile, small, troubled

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder

SMALL = (
    "Strong scaling of demo (100 items), rayscale 0.1.0, 2026-01-01. Machine: a processor, "
    "4 logical CPUs, 4 of them usable (no quota), 8000 MiB of memory, Linux; CPython 3.11.7. "
    "Frequency governor, turbo and SMT were not recorded. Cases: serial, the plain loop in one "
    "process without any framework; processes with 2 workers; libraries inside a worker were "
    "capped at 1 thread, and no worker was bound to a CPU. "
    "Speedup is relative to serial: median 2.58 s (95 % 2.55 to 2.61 s). "
    "Each case ran in 6 blocks, in each as one fresh process, the cases of a block in random order "
    "(seed 1, 12 samples in all): it opened its workers, warmed them up and took samples, whose "
    "median is the value of the block. A sample lasts from just before the first item is asked for "
    "until the answer is combined, by the driver's monotonic clock; opening the workers is not in "
    "it. The number of blocks was fixed before; the widest interval of a time is within 1.4%. "
    "Times are medians over the blocks with 95 % intervals "
    "by exact order statistics; ratios are those of medians, paired by block, with 95 % intervals "
    "by exact order statistics of the ratios. No distribution is assumed, and no sample was "
    "removed as an outlier. Every answer was compared with that of a reference run, exactly. The "
    "upper bound of a speedup is set by workers and usable CPUs: 2 here."
)


def test_small_study(study: StudyBuilder) -> None:
    """All that the twelve rules ask for."""
    assert paragraph(small(study)) == SMALL


def test_troubled_study_says_what_was_left_out(study: StudyBuilder) -> None:
    """Each case without a value, with its reason; shared cores."""
    told = paragraph(troubled(study))
    assert (
        "Without a value: joblib (2 workers) failed: item 17: killed; threads (2 workers) gave a "
        "wrong answer: item 3 differs: item 17: killed; dask (2 workers) was skipped: not "
        "installed: item 17: killed."
    ) in told
    assert "Each case with a value ran in 6 blocks" in told
    assert "Ray had 2 nodes on this one machine" in told
    assert "ray with 4 nodes, 1 worker each" in told
    assert "4 nodes share 2 usable cores: at most 2x is possible here." in told


def test_budget_and_precision_are_told(study: StudyBuilder) -> None:
    """Why there were no more blocks, and how close they came."""
    study.plan = {"max_blocks": 30}
    study.case(SERIAL, [1.0] * 6)
    study.end("budget", 0.12)
    assert (
        "Blocks were added until the time budget was spent; the widest interval of a time is "
        "within 12% (5.0% wanted)."
    ) in paragraph(Study(study.data))


def test_many_failures_are_cut(study: StudyBuilder) -> None:
    """Six, each no longer than a line or two."""
    for workers in range(1, 9):
        case = study.case("joblib", workers=workers)
        failure = Failure("raised", f"reason {workers}")
        study.session(case, 1, [], status="failed", failure=failure)
    assert paragraph(Study(study.data)).endswith("; 2 more.")


def test_few_blocks_have_no_interval(study: StudyBuilder) -> None:
    """And it is said."""
    study.case(SERIAL, [1.0, 1.1])
    study.case("threads", [1.0], workers=2)
    told = paragraph(Study(study.data))
    assert "Each case ran in 1 to 2 blocks" in told
    assert "with fewer than 6 of them no interval is given" in told
    assert "Speedup is relative to serial: median 1.05 s." in told


def test_parallel_base_and_sizes(study: StudyBuilder) -> None:
    """The base of each size, and that it is no serial one."""
    for size, seconds in ((10, 1.0), (20, 2.0)):
        study.case("processes", [seconds] * 12, workers=2, size=size)
        study.case("processes", [seconds] * 12, workers=4, size=size)
    told = paragraph(Study(study.data))
    assert "(10 and 20 items)" in told
    assert (
        "Speedup is relative to processes with 2 workers, which is parallel itself: median "
        "1.00 s (95 % 1.00 to 1.00 s) at 10 items; 2.00 s (95 % 2.00 to 2.00 s) at 20 items."
    ) in told
    assert "by 10,000 resamples of the blocks" in told


def test_baseline_without_a_value(study: StudyBuilder) -> None:
    """No speedup is given, and why."""
    failed = study.case(SERIAL)
    study.session(failed, 1, [], status="failed")
    study.case("threads", [1.0] * 6)
    assert "The base case has no value, so that no speedup is given." in paragraph(
        Study(study.data)
    )


def test_weak_study(study: StudyBuilder) -> None:
    """Efficiency, its base of each backend, and its bound."""
    base = study.case(SERIAL, [1.0] * 6)
    study.case("processes", [1.25] * 6, workers=2, size=200)
    study.plan = {"weak": True, "baseline": (base.key,)}
    told = paragraph(Study(study.data))
    assert told.startswith("Weak scaling of demo (100 to 200 items, growing with the workers)")
    assert "T(1) of the smallest case of a backend: serial, 1.00 s" in told
    assert "The upper bound of an efficiency is 100 %" in told
    assert "Speedup" not in told


def test_null_study(study: StudyBuilder) -> None:
    """No base, no bound."""
    study.case(SERIAL, [1.0] * 6, twin="-a")
    study.case(SERIAL, [1.0] * 6, twin="-b")
    study.plan = {"null": True}
    told = paragraph(Study(study.data))
    assert told.startswith("One case of demo (100 items) under two names, ")
    assert "Cases: serial-a with 1 worker; serial-b with 1 worker" in told
    assert "upper bound" not in told


def test_simulated_study_has_no_machine(study: StudyBuilder) -> None:
    """Its law is named, and nothing is said of a machine or a clock."""
    study.case("simulated", [1.0])
    study.case("simulated", [0.5], workers=2)
    study.plan = {"simulate": "amdahl:serial=0.05,seconds=1"}
    told = paragraph(Study(study.data))
    assert "computed from the law amdahl:serial=0.05,seconds=1." in told
    for word in ("Machine", "clock", "bound to a CPU", "usable CPUs", "Times are medians"):
        assert word not in told
    assert told.endswith("The upper bound of a speedup is the number of workers: 2 here.")


def test_interval_of_the_base_has_the_unit_of_its_time(study: StudyBuilder) -> None:
    """A wide one may reach into the next unit."""
    study.case(SERIAL, [0.7, 0.8, 0.75, 1.5, 1.6, 0.3])
    study.case("threads", [1.0] * 5, workers=2)
    told = paragraph(Study(study.data))
    assert "median 775 ms (95 % 300 to 1600 ms)" in told
    assert "Cases with fewer than 6 blocks have no interval." in told


def test_commit_of_the_code_is_named(study: StudyBuilder) -> None:
    """Where it is known, whoever reads can have the same code."""
    study.case(SERIAL, [1.0] * 6)
    data = study.data
    facts = tuple(replace(one, commit="c0ffee+changes") for one in data.header.facts)
    read = Study(replace(data, header=replace(data.header, facts=facts)))
    assert "The workload's code is that of commit c0ffee+changes." in paragraph(read)
    assert "commit" not in paragraph(Study(data))


def test_waiting_work_uncapped_twin_and_tolerance(study: StudyBuilder) -> None:
    """What differs is said."""
    study.waits = True
    study.plan = {"tolerance": 1e-9, "threads_per_worker": 2}
    study.case(SERIAL, [1.0] * 6)
    study.case(SERIAL, [1.0] * 6, twin=UNCAPPED)
    study.case("threads", [0.1] * 6, workers=16)
    told = paragraph(Study(study.data))
    assert "serial-uncapped, the same without a cap on inner threads" in told
    assert "capped at 2 threads" in told
    assert "within a tolerance of 1e-09" in told
    assert "the upper bound of a speedup is the number of workers: 16 here." in told


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_in_its_line(study: StudyBuilder, text: str) -> None:
    """One line of printable characters, whatever the names are."""
    told = paragraph(hostile(study, text))
    assert told.isprintable()
    assert "None" not in told


def test_study_without_cases(study: StudyBuilder) -> None:
    """There is little to say, and it is said."""
    assert paragraph(Study(study.data)).startswith("Strong scaling of demo (no cases)")
