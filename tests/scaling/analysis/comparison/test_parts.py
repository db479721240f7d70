"""Which worker-seconds moved: what was changed by hand, and nothing else."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

import pytest

from scaling.analysis.comparison.cases import match, of_study
from scaling.analysis.comparison.parts import Cause, causes, parts_of
from scaling.analysis.comparison.verdicts import compare
from scaling.analysis.losses import Cost
from scaling.model import SERIAL, Case
from scaling.records import Sample, SessionRecord, WorkerSummary
from scaling.studydata import StudyData
from tests.scaling.conftest import StudyBuilder

BLOCKS = 12


@dataclass(frozen=True)
class Work:
    """What a pass costs, in seconds."""

    kernel: float = 8.0
    """Of all items together."""
    combine: float = 0.4
    wait: float = 0.1
    """Before the first item of each worker."""
    last: float = 0.0
    """By which the last worker ends later than the others."""
    spread: float = 1.0
    """CPU time of the kernels with two workers, over that with one."""


def sample(session: str, case: Case, block: int, work: Work, noise: float = 1.0) -> Sample:
    """Return a pass of equal workers, the last with something more to do."""
    count = case.workers
    more = work.spread if count > 1 else 1.0
    busy = work.kernel * noise * more / count
    late = work.last * noise if count > 1 else 0.0
    busies = [busy - late / count] * (count - 1) + [busy + late - late / count]
    workers = tuple(
        WorkerSummary(f"w{at}", "local", 10, 2, own, own, work.wait, work.wait + own)
        for at, own in enumerate(busies)
    )
    seconds = work.wait + max(busies) + work.combine * noise
    return Sample(
        session=session, case=case.key, block=block, index=0, seconds=seconds,
        combine_s=work.combine * noise, items=20, workers=workers, cpu_s=sum(busies),
        digest="d1g357", peak_rss_mb=50.0, last_start_s=work.wait + min(busies) - 0.01,
    )  # fmt: skip


def study(work: Work, seed: int, noise: float = 0.01) -> StudyData:
    """Return a study of a serial case and one of two workers."""
    chance = random.Random(seed)  # noqa: S311 - noise, not a secret
    found = StudyBuilder()
    for case in (found.case(SERIAL), found.case("processes", workers=2)):
        for block in range(1, BLOCKS + 1):
            name = f"{case.key}-{block}"
            factor = chance.lognormvariate(0, noise)
            found.records += [
                sample(name, case, block, work, factor),
                SessionRecord(name, case.key, block, "ok", "2026-01-01T00:00:00Z", 0.5, 0.1, 1),
            ]
    return found.data


def found_causes(base: Work, new: Work) -> dict[str, Cause]:
    """Return the causes of two studies, by backend."""
    before, after = study(base, 1), study(new, 2)
    matching = match(of_study(before), of_study(after))
    assert matching is not None
    found = causes(before, after, compare(matching.pairs, 0.05))
    return {one.case.backend: one for one in found}


def names(cause: Cause) -> list[str]:
    """Return what moved, the most first."""
    return [one.name for one in cause.moved]


def test_parts_are_all_that_was_paid() -> None:
    """Kernel, serial and the losses sum to workers times time."""
    case = Case("demo", 100, "processes", 1, 2)
    one = sample("s", case, 1, Work(last=1.0, spread=1.2))
    found = parts_of(one, Cost(8.4, 8.0, 8.0))
    assert found is not None
    assert found.kernel == 8.0
    assert found.serial == pytest.approx(0.8)
    assert found.balance == pytest.approx(1.0)
    assert found.scheduling == pytest.approx(0.2)
    assert found.work == pytest.approx(1.6)
    assert found.waiting == pytest.approx(0.0)
    paid = found.kernel + found.serial + found.balance + found.scheduling + 1.6
    assert paid == pytest.approx(2 * one.seconds)


def test_without_the_serial_cost_the_kernel_is_all_of_it() -> None:
    """Work and waiting are not known then; old records tell nothing."""
    case = Case("demo", 100, "processes", 1, 2)
    one = sample("s", case, 1, Work(spread=1.2))
    found = parts_of(one, None)
    assert found is not None
    assert found.kernel == pytest.approx(9.6)
    assert (found.work, found.waiting) == (None, None)
    assert parts_of(replace(one, last_start_s=None), None) is None


def test_serial_section_moves_the_serial_part() -> None:
    """A second more of combining costs two workers two worker-seconds, all of them serial."""
    found = found_causes(Work(), Work(combine=1.4))
    assert names(found["processes"]) == ["serial"]
    (part,) = found["processes"].moved
    assert part.by == pytest.approx(2.0, abs=0.1)
    assert part.interval.low < 2.0 < part.interval.high
    assert found["processes"].by == pytest.approx(2.0, abs=0.2)
    assert names(found[SERIAL]) == ["serial"]


def test_uniform_slow_down_is_not_called_serial() -> None:
    """Kernels that take a tenth longer move the kernel's part alone."""
    found = found_causes(Work(), Work(kernel=8.8))
    assert names(found["processes"]) == ["kernel"]
    assert names(found[SERIAL]) == ["kernel"]
    assert found["processes"].moved[0].by == pytest.approx(0.8, abs=0.15)


def test_slow_down_of_everything_is_not_called_serial() -> None:
    """A machine that is slower by a fifth is so in the combine too, by the factor of the kernel."""
    base = Work(combine=2.0)
    slower = Work(kernel=9.6, combine=2.4, wait=0.12)
    for cause in found_causes(base, slower).values():
        assert names(cause) == ["kernel"]
        assert cause.alike == ("serial",)
    beyond = found_causes(base, Work(kernel=9.6, combine=3.4))["processes"]
    assert (sorted(names(beyond)), beyond.alike) == (["kernel", "serial"], ())


def test_gain_has_its_cause_too() -> None:
    """Less to combine is less serial."""
    found = found_causes(Work(combine=1.4), Work())
    assert names(found["processes"]) == ["serial"]
    assert found["processes"].by < 0


@pytest.mark.parametrize(
    ("new", "part"),
    [
        (Work(wait=0.8), "scheduling"),
        (Work(last=2.0), "balance"),
        (Work(spread=1.3), "work"),
    ],
)
def test_each_loss_is_named(new: Work, part: str) -> None:
    """Late starts, one worker that ends last, kernels that take more CPU time beside others."""
    assert names(found_causes(Work(), new)["processes"])[0] == part


def test_same_code_has_no_cause() -> None:
    """What is neither faster nor slower is not explained."""
    assert found_causes(Work(), Work()) == {}


def test_records_that_tell_nothing_have_no_cause() -> None:
    """Times alone are compared where a study has no records of its workers."""
    before, after = StudyBuilder(), StudyBuilder()
    before.case(SERIAL, [1.0 + 0.001 * k for k in range(6)])
    after.case(SERIAL, [2.0 + 0.001 * k for k in range(6)])
    matching = match(of_study(before.data), of_study(after.data))
    assert matching is not None
    compared = compare(matching.pairs, 0.05)
    assert causes(before.data, after.data, compared) == ()
