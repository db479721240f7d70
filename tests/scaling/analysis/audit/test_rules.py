"""No rule raises, whatever a study lacks, and a good study has no finding."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from scaling.analysis.audit import rules
from scaling.analysis.audit.finding import Severity, by_share
from scaling.model import Case, Environment, Plan, Status, StudyHeader, WorkloadFacts, WorkloadSpec
from scaling.records import (
    ClusterRecord,
    EndRecord,
    MachineUse,
    Sample,
    SessionRecord,
    WorkerFacts,
    WorkerSummary,
)
from scaling.studydata import StudyData

if TYPE_CHECKING:
    from tests.scaling.analysis.audit.conftest import Scene

SIZE = 10
BACKENDS = ("serial", "threads", "processes", "asyncio", "joblib", "ray", "simulated")
TIMES = st.sampled_from([0.0, 1e-9, 0.001, 0.5, 1.0, 7.0, 1e6])
MAYBE = st.none() | TIMES
COUNTS = st.sampled_from([0, 1, 2, 10, 10**7])
STATUSES: list[Status] = ["ok", "ok", "failed", "wrong"]
NODES = st.sampled_from(["local", "a", "b", ""])


@st.composite
def workers(draw: st.DrawFn) -> WorkerSummary:
    """One worker of a sample, in any state."""
    return WorkerSummary(
        worker="w", node=draw(NODES), items=draw(COUNTS), batches=draw(COUNTS),
        busy_s=draw(TIMES), cpu_s=draw(MAYBE), first_start_s=draw(MAYBE), last_end_s=draw(MAYBE),
        starved_s=draw(TIMES), longest_s=draw(TIMES), longest_item=draw(st.none() | COUNTS),
        children_s=draw(TIMES), more_threads=draw(COUNTS),
    )  # fmt: skip


@st.composite
def samples(draw: st.DrawFn, session: str, case: Case, block: int) -> Sample:
    """One sample, from none to all of its fields known."""
    uses: dict[str, Any] = {field.name: draw(MAYBE) for field in fields(MachineUse)}
    return Sample(
        session=session, case=case.key, block=block, index=0, seconds=draw(TIMES),
        combine_s=draw(TIMES), items=draw(COUNTS), cpu_s=draw(TIMES), digest="d", peak_rss_mb=1.0,
        workers=tuple(draw(st.lists(workers(), max_size=case.workers))),
        last_start_s=draw(MAYBE), driver_cpu_s=draw(MAYBE), producing_s=draw(TIMES),
        blocked_s=draw(MAYBE), machine=draw(st.sampled_from([None, MachineUse(**uses)])),
    )  # fmt: skip


@st.composite
def known(draw: st.DrawFn) -> WorkerFacts:
    """What a session learnt of a worker."""
    return WorkerFacts(
        "w", draw(NODES), draw(st.sampled_from([None, "", "0", "0-3,8", "x-y", "5-"])),
        draw(COUNTS), draw(MAYBE), draw(MAYBE),
    )  # fmt: skip


@st.composite
def studies(draw: st.DrawFn) -> StudyData:
    """A study of a few cases, none of which need make sense."""
    shapes = st.tuples(
        st.sampled_from(BACKENDS), st.integers(1, 2), st.integers(1, 4),
        st.sampled_from(["", "-uncapped", "-a"]), st.sampled_from([SIZE, 3]),
    )  # fmt: skip
    cases = [
        Case("demo", size, backend, nodes, count, twin)
        for backend, nodes, count, twin, size in draw(st.lists(shapes, max_size=4, unique=True))
    ]
    found: list[Sample] = []
    ended: list[SessionRecord] = []
    for case in [*cases, Case("demo", SIZE, "gone", 1, 1)]:
        for block in range(draw(st.integers(0, 3))):
            name = f"{case.key}-{block}"
            found += [draw(samples(name, case, block)) for _ in range(draw(st.integers(0, 2)))]
            status: Status = draw(st.sampled_from(STATUSES))
            facts = tuple(draw(st.lists(known(), max_size=case.workers)))
            ended.append(
                SessionRecord(name, case.key, block, status, "", draw(MAYBE), None, 1,
                              idle_load=draw(MAYBE), workers=facts,
                              spilled_bytes=draw(st.none() | COUNTS))
            )  # fmt: skip
    return StudyData(
        _header(draw, cases), draw(_clusters()), tuple(found), tuple(ended),
        (EndRecord("complete", "", 1.0),), (), torn=False, valid_bytes=0,
    )  # fmt: skip


def _header(draw: st.DrawFn, cases: list[Case]) -> StudyHeader:
    facts = [
        WorkloadFacts("demo", size, "c0de", draw(st.booleans()), False, None, None,
                      draw(st.none() | COUNTS), part_bytes=draw(st.none() | COUNTS),
                      repeated_bytes=draw(COUNTS), by_value=draw(st.booleans()))
        for size in draw(st.sampled_from([(SIZE, 3), (SIZE,), ()]))
    ]  # fmt: skip
    baseline = tuple(case.key for case in cases[:1])
    plan = Plan(
        WorkloadSpec("demo"), (None,) * len(facts), tuple(cases), (), baseline, 6, 1, None, 1, 1,
        None, None, "local", weak=draw(st.booleans()),
    )  # fmt: skip
    environment = Environment(
        "h", "s", "p", draw(st.integers(1, 4)), draw(st.integers(1, 4)), draw(st.none() | TIMES),
        0, "3", "C", draw(st.booleans()), (), slurm_cpus_per_task=draw(st.none() | COUNTS),
    )  # fmt: skip
    return StudyHeader("id", "", (), plan, tuple(facts), environment)


def _clusters() -> st.SearchStrategy[tuple[ClusterRecord, ...]]:
    one = ClusterRecord("h:1", True, ("a", "b"), (1.0, 1.0), ("h", "h"), 1.0)
    empty = ClusterRecord("h:1", False, (), (), (), 1.0)
    other = replace(one, embedded=False, hosts=("h", "i"))
    return st.sampled_from([(), (one,), (empty,), (other,)])


@given(studies())
def test_no_rule_raises(data: StudyData) -> None:
    """Every finding is complete and of a case of the plan, the worst first."""
    found = rules.findings(data)
    keys = {case.key for case in data.header.plan.cases}
    for finding in found:
        assert set(finding.cases) <= keys
        assert finding.evidence
        assert not finding.evidence.endswith(".")
        assert not finding.remedy.endswith(".")
        assert (finding.evidence + finding.remedy).isascii()
    assert [f.severity for f in found] == sorted(
        [f.severity for f in found], key=list(Severity).index
    )
    assert len({finding.rule for finding in found if finding.rule not in BY_SIZE}) == len(
        [finding for finding in found if finding.rule not in BY_SIZE]
    )


BY_SIZE = {"dominant-item", "uncapped-serial"}
"""Rules that may find something in each size of a study."""


def test_good_study_has_no_finding(measured: Scene) -> None:
    """Work that scales as it should leaves nothing to say."""
    measured.add("threads", [10.0], 10.05)
    measured.add("processes", [5.0, 5.0], 5.1)
    assert rules.findings(measured.data) == ()


def test_records_of_the_first_version_have_no_finding(measured: Scene) -> None:
    """Samples without the later fields say nothing, and nothing is made up."""
    plain = [
        replace(record, last_start_s=None, machine=None, driver_cpu_s=None)
        if isinstance(record, Sample)
        else replace(record, workers=())
        if isinstance(record, SessionRecord)
        else record
        for record in measured.study.records
    ]
    measured.study.records[:] = plain
    assert rules.findings(measured.data) == ()


def test_severity_of_a_share() -> None:
    """A fourth of the time is much, a tenth can change a decision."""
    assert [by_share(share) for share in (0.25, 0.249, 0.1, 0.099, -1.0)] == [
        Severity.HIGH, Severity.MEDIUM, Severity.MEDIUM, Severity.LOW, Severity.LOW,
    ]  # fmt: skip
