"""The outlook of a planned study, worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from scaling.analysis.estimate import (
    CLUSTER_S,
    GRAIN_SESSION_S,
    MOST_SAMPLES,
    OPENING_S,
    PROCESS_S,
    Outlook,
    Span,
    of_grain,
    of_study,
)
from scaling.backends import registry
from scaling.measure.session import WARMUP_S
from scaling.model import SERIAL, StudyHeader
from scaling.study.execution import MOST_SAMPLES as SAMPLES_OF_A_SESSION

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder


def header(study: StudyBuilder, *, item_s: float | None = 0.02, waits: bool = False) -> StudyHeader:
    """Return the header with what the probe saw of an item."""
    made = study.header
    facts = tuple(replace(one, item_s=item_s, waits=waits) for one in made.facts)
    return replace(made, facts=facts)


def sample(outlook: Outlook, backend: str) -> tuple[float, float]:
    """Return the ends of the backend's last sample."""
    span = [one.sample for one in outlook.cases if one.case.backend == backend][-1]
    assert span is not None
    return span.low, span.high


def test_every_backend_has_an_opening() -> None:
    """A new backend is not taken to open at once."""
    assert set(OPENING_S) == set(registry.names())


def test_session_is_the_one_that_is_run() -> None:
    """The outlook counts as many samples as a session takes at most."""
    assert MOST_SAMPLES == SAMPLES_OF_A_SESSION


def test_sample_lies_between_full_help_and_none(study: StudyBuilder) -> None:
    """100 items of 20 ms: 2 s alone, 2 / min(workers, CPUs) at best."""
    study.environment = {"cpus_affinity": 4}
    study.case(SERIAL)
    study.case("processes", workers=2)
    study.case("threads", workers=8)
    study.case("asyncio", workers=8)
    found = of_study(header(study))
    assert sample(found, SERIAL) == (2.0, 2.0)
    assert sample(found, "processes") == (1.0, 2.0)
    assert sample(found, "threads") == (0.5, 2.0)
    assert sample(found, "asyncio") == (2.0, 2.0)


def test_waits_need_no_cpus(study: StudyBuilder) -> None:
    """What waits can overlap on every worker, coroutines too."""
    study.environment = {"cpus_affinity": 2}
    study.case(SERIAL)
    study.case("asyncio", workers=20)
    assert sample(of_study(header(study, waits=True)), "asyncio") == (0.1, 2.0)


def test_nodes_elsewhere_have_cpus_of_their_own(study: StudyBuilder) -> None:
    """Embedded nodes share the CPUs of this machine, those of a running cluster do not."""
    study.environment = {"cpus_affinity": 2}
    study.case(SERIAL)
    study.case("ray", workers=8, nodes=4)
    assert sample(of_study(header(study)), "ray") == (1.0, 2.0)
    study.plan = {"cluster": "there:1"}
    assert sample(of_study(header(study)), "ray") == (0.25, 2.0)


def test_session_is_process_opening_warmup_and_samples(study: StudyBuilder) -> None:
    """Serial: one sample of 2 s after a warm-up of half a second."""
    study.case(SERIAL)
    (one,) = of_study(header(study)).cases
    expected = PROCESS_S + WARMUP_S + 2.0
    assert one.session == Span(expected, expected)


@pytest.mark.parametrize(("share", "samples"), [(0.4, 3), (2.0, 1), (0.01, MOST_SAMPLES)])
def test_samples_take_as_long_as_the_opening(
    study: StudyBuilder, share: float, samples: int
) -> None:
    """Short passes on Ray are repeated until they took as long as it opens, at most ten times."""
    study.case(SERIAL)
    study.case("ray", workers=1)
    opening = OPENING_S["ray"]
    sample_s = share * opening
    found = of_study(header(study, item_s=sample_s / 100)).cases[-1]
    assert found.session is not None
    expected = PROCESS_S + opening + min(WARMUP_S, sample_s) + samples * sample_s
    assert found.session.high == pytest.approx(expected)


def test_total_without_more_blocks(study: StudyBuilder) -> None:
    """Six blocks, one reference answer, no cluster."""
    study.case(SERIAL)
    found = of_study(header(study))
    assert (found.least_sessions, found.most_sessions) == (7, 7)
    assert found.block is not None
    assert found.total is not None
    assert found.total.low == pytest.approx(7 * found.block.low)
    assert found.total.high == pytest.approx(7 * found.block.high)


@pytest.mark.parametrize(("budget_s", "blocks"), [(1000.0, 31), (40.0, None), (1.0, 7)])
def test_budget_ends_further_blocks(
    study: StudyBuilder, budget_s: float, blocks: int | None
) -> None:
    """Up to 30 blocks within the budget, never fewer than six."""
    study.plan = {"max_blocks": 30, "budget_s": budget_s}
    study.case(SERIAL)
    found = of_study(header(study))
    assert found.most_sessions == 31
    assert found.block is not None
    assert found.total is not None
    expected = budget_s if blocks is None else blocks * found.block.high
    assert found.total.high == pytest.approx(expected)


def test_embedded_cluster_is_started_once(study: StudyBuilder) -> None:
    """With Ray on this machine the start of its nodes comes on top."""
    study.case(SERIAL)
    study.case("ray")
    found = of_study(header(study))
    assert found.block is not None
    assert found.total is not None
    serial = found.cases[0].session
    assert serial is not None
    assert found.total.low == pytest.approx(6 * found.block.low + serial.low + CLUSTER_S)


def test_items_that_could_not_be_tried(study: StudyBuilder) -> None:
    """Then there is no estimate, and the reason stands there."""
    study.case(SERIAL)
    found = of_study(header(study, item_s=None))
    assert (found.cases[0].sample, found.cases[0].session) == (None, None)
    assert (found.block, found.total) == (None, None)
    assert any("How long the items take" in sentence for sentence in found.unknown)


@pytest.mark.parametrize(("most", "unknown"), [(6, False), (30, True)])
def test_number_of_blocks_is_unknown_where_it_is_open(
    study: StudyBuilder, most: int, unknown: bool
) -> None:
    """As many blocks at least as at most are a number that is known."""
    study.case(SERIAL)
    study.plan = {"blocks": 6, "max_blocks": most}
    assert unknown == any("How many blocks" in one for one in of_study(header(study)).unknown)


def test_no_cases(study: StudyBuilder) -> None:
    """A plan of skipped cases takes no time."""
    found = of_study(header(study))
    assert found.most_sessions == 0
    assert found.total == Span(0.0, 0.0)


def test_grain(study: StudyBuilder) -> None:
    """Sessions of some seconds each; a budget may end them after the first block."""
    study.case(SERIAL)
    plan = study.header.plan
    found = of_grain(plan, None)
    assert (found.least_sessions, found.most_sessions) == (6, 6)
    assert found.total is not None
    assert found.total.low == pytest.approx(6 * (GRAIN_SESSION_S[0] + PROCESS_S))
    ended = of_grain(plan, 1.0)
    assert ended.least_sessions == 1
    assert ended.total == ended.block
