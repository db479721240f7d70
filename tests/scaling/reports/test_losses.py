"""The report tells where the worker-seconds went: a bar of letters, and the largest in words."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scaling.model import SERIAL, Case
from scaling.records import Sample, SessionRecord, WorkerSummary
from scaling.reports import losses, terminal
from scaling.results import Study

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder

WALL_S = 8.0
"""What the serial run takes, all of it in the kernel and on the CPU unless a test says so."""


def spent(
    case: Case, *, useful: float = 1.0, serial: float = 0.0, balance: float = 0.0,
    work: float = 0.0, waiting: float = 0.0, cpu_share: float = 1.0,
) -> Sample:  # fmt: skip
    """Return a sample that spent these shares of its worker-seconds; the rest is scheduling."""
    paid = WALL_S / useful
    seconds = paid / case.workers
    idle_from = seconds - balance * paid
    first = WorkerSummary(
        "w0", "local", 1, 1, WALL_S + (work + waiting) * paid, None, 0.0, seconds, serial * paid
    )
    rest = [
        WorkerSummary(f"w{worker}", "local", 1, 1, 0.0, None, 0.0, seconds)
        for worker in range(1, case.workers)
    ]
    if rest:
        rest[0] = replace(rest[0], last_end_s=idle_from)
    return Sample(
        session="", case=case.key, block=1, index=0, seconds=seconds, combine_s=0.0,
        items=case.size, workers=(first, *rest), cpu_s=cpu_share * WALL_S + work * paid,
        digest="d1g357", peak_rss_mb=50.0, last_start_s=idle_from,
    )  # fmt: skip


def add(study: StudyBuilder, sample: Sample, block: int = 1) -> None:
    """Add a session of one sample."""
    name = f"{sample.case}-b{block}"
    study.records.append(replace(sample, session=name, block=block))
    started = "2026-01-01T00:00:00Z"
    study.records.append(SessionRecord(name, sample.case, block, "ok", started, 0.5, 0.1, 1))


def told(study: StudyBuilder) -> list[str]:
    """Return the lines of the section."""
    return list(losses.lines(Study(study.data)))


def line_of(study: StudyBuilder, backend: str) -> str:
    """Return the line of a case."""
    return next(line for line in told(study) if line.startswith(backend))


@pytest.fixture
def one(study: StudyBuilder) -> StudyBuilder:
    """Return a study with a serial run."""
    add(study, spent(study.case(SERIAL)))
    return study


def test_bar_of_a_case_and_its_largest_losses(one: StudyBuilder) -> None:
    """Each letter is 4 %: 40 % useful, 12 serial, 8 balance, 12 scheduling, 8 work, 20 waiting."""
    case = one.case("threads", workers=2)
    add(one, spent(case, useful=0.4, serial=0.12, balance=0.08, work=0.08, waiting=0.2))
    bar = "#" * 10 + "SSS" + "BB" + "QQQ" + "WW" + "....."
    assert line_of(one, "threads") == f"threads     1       2  {bar}  20% waiting, 12% serial"


def test_legend_has_the_kinds_that_occur(one: StudyBuilder) -> None:
    """Two kinds in the bar, two lines of legend, in the words of the definitions."""
    add(one, spent(one.case("threads", workers=2), useful=0.6, waiting=0.4))
    assert told(one)[-3:-1] == [
        "  #  useful: in the kernel, for no longer than in the serial run",
        "  .  waiting: in the kernel but off the CPU: the GIL, a shared core, I/O",
    ]
    assert "sum to 100% only nearly" in told(one)[-1]


def test_loss_without_a_letter_is_explained_where_it_is_named(one: StudyBuilder) -> None:
    """Shares end at 13.51, 14.035 and 25 letters: 2.1 % has none, but is the second largest."""
    case = one.case("threads", workers=2)
    add(one, spent(case, useful=0.5404, serial=0.021, waiting=0.4386))
    assert line_of(one, "threads").endswith("#" * 14 + "." * 11 + "  44% waiting, 2% serial")
    assert any(line.startswith("  S  serial") for line in told(one))


def test_case_that_loses_hardly_anything_says_so(one: StudyBuilder) -> None:
    """Losses under 2 % are noise: no name."""
    add(one, spent(one.case("threads", workers=2), useful=0.99, waiting=0.01))
    assert line_of(one, "threads").endswith("  under 2% each")


def test_serial_and_cases_without_records_are_left_out(one: StudyBuilder) -> None:
    """One line for the case that has something to tell, none for serial or a failed one."""
    add(one, spent(one.case("threads", workers=2), useful=0.5))
    one.session(one.case("joblib", workers=2), 1, [], status="failed")
    lines = told(one)
    assert [line.split()[0] for line in lines[2:3]] == ["threads"]
    assert not [line for line in lines if line.startswith((SERIAL, "joblib"))]


def test_old_study_has_no_section(study: StudyBuilder) -> None:
    """Nothing is said where nothing is known."""
    study.case(SERIAL, [2.0])
    study.case("threads", [1.0], workers=2)
    assert told(study) == []


def test_saving_is_told_in_words(one: StudyBuilder) -> None:
    """Less CPU time than serial is not drawn: what was spent still fills the bar."""
    add(one, spent(one.case("threads", workers=2), useful=1.05, work=-0.05))
    add(one, spent(one.case("processes", workers=2), useful=1.1, work=-0.2))
    assert line_of(one, "threads").split()[3] == "#" * 25
    assert line_of(one, "processes").split()[3] == "#" * 22 + "QQQ"
    text = " ".join(told(one))
    assert (
        "processes (2 workers) used less CPU time than the serial run, which saved 20%; "
        "1 other case saved less."
    ) in text


def test_work_that_waits_has_longer_items(study: StudyBuilder) -> None:
    """Where work and waiting are not told apart, the letter and its words are others."""
    add(study, spent(study.case(SERIAL), cpu_share=0.01))
    case = study.case("threads", workers=2)
    add(study, spent(case, useful=0.8, waiting=0.2, cpu_share=0.01))
    assert line_of(study, "threads").endswith("#" * 20 + "LLLLL  20% longer")
    assert not [line for line in told(study) if line.startswith(("  W", "  ."))]


def test_without_a_serial_baseline_the_kernel_is_not_split(study: StudyBuilder) -> None:
    """60 % in the kernel, 12 % serial, 28 % scheduling are known; what is useful is not."""
    add(study, spent(study.case("processes", workers=2), useful=0.6, serial=0.12))
    line = line_of(study, "processes")
    assert line.endswith("k" * 15 + "SSS" + "QQQQQQQ" + "  28% scheduling, 12% serial")
    assert any(line.startswith("  k  kernel") for line in told(study))


def test_sizes_are_told_apart(study: StudyBuilder) -> None:
    """Each size has its own cases below its name."""
    for size in (100, 300):
        add(study, spent(study.case(SERIAL, size=size)))
        add(study, spent(study.case("threads", workers=2, size=size), useful=0.5))
    assert [line for line in told(study) if line.endswith("items:")] == ["100 items:", "300 items:"]
    assert sum(line.startswith("threads") for line in told(study)) == 2


def test_growing_sizes_are_one_list(study: StudyBuilder) -> None:
    """In a weak study the size belongs to the number of workers."""
    serial = study.case(SERIAL)
    add(study, spent(serial))
    study.plan = {"weak": True, "baseline": (serial.key,)}
    for workers, useful, more in ((2, 0.4, 0.4), (4, 0.2, 0.6)):
        case = study.case("threads", workers=workers, size=100 * workers)
        add(study, spent(case, useful=useful, work=more))
    assert not [line for line in told(study) if line.endswith("items:")]
    assert sum(line.startswith("threads") for line in told(study)) == 2


def test_clocks_of_other_hosts_are_quoted(one: StudyBuilder) -> None:
    """What rests on an offset between clocks is given with its uncertainty."""
    sample = spent(one.case("ray", workers=2, nodes=2), useful=0.5)
    add(one, replace(sample, clock_error_s=0.00025))
    assert "Clocks of other hosts are known to 250 us" in told(one)[-1]


@pytest.mark.parametrize(
    ("backend", "workers", "gil", "said"),
    [("threads", 2, True, True), ("threads", 2, False, False), ("threads", 1, True, False),
     ("processes", 2, True, False)],
)  # fmt: skip
def test_scheduling_on_threads_may_be_the_gil(
    one: StudyBuilder, backend: str, workers: int, gil: bool, said: bool
) -> None:
    """Threads between items wait for it, too; with one worker or in processes nobody does."""
    one.environment = {"gil": gil}
    add(one, spent(one.case(backend, workers=workers), useful=0.8))
    assert any("holds the GIL" in line for line in told(one)) is said


def test_section_fits_a_terminal(one: StudyBuilder) -> None:
    """80 columns of ASCII with long names, large numbers and all kinds; in the report once."""
    kinds = {"serial": 0.2, "balance": 0.1, "work": 0.1, "waiting": 0.2}
    for backend in ("processes", "simulated", "dask"):
        case = one.case(backend, workers=1024, nodes=512)
        add(one, spent(case, useful=0.2, **kinds))
    add(one, spent(one.case("ray", workers=128, nodes=64), useful=1.5, work=-0.4, waiting=-0.3))
    lines = told(one)
    assert max(len(line) for line in lines) <= 80
    assert "\n".join(lines).isascii()
    text = terminal.text(Study(one.data))
    assert text.count("Where the worker-seconds went") == 1
    assert all(line.rstrip() in text for line in lines)


SHARE = st.floats(-2, 2)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.tuples(SHARE, SHARE, SHARE, SHARE, st.none() | SHARE), st.floats(0, 1))
def test_bar_is_always_full(
    study: StudyBuilder, lost: tuple[float, float, float, float, float | None], kernel: float
) -> None:
    """Whatever was lost or saved, the letters fill the bar."""
    if not study.cases:
        study.case("threads", workers=3)
    serial, balance, scheduling, work, waiting = lost
    result = replace(
        Study(study.data).results[0],
        parallel_efficiency=kernel,
        loss_serial=serial,
        loss_balance=balance,
        loss_scheduling=scheduling,
        loss_work=work,
        loss_waiting=waiting,
    )
    assert len(losses.bar(result)) == losses.BAR
    assert sum(losses.shares(result).values()) == pytest.approx(1)
