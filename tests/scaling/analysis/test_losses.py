"""Each loss is what was worked out by hand from a timeline whose idle times are known."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scaling.analysis.cautions import Caution
from scaling.analysis.losses import NOTHING, Cost, Losses, of_cases, of_sample
from scaling.analysis.speedup import case_results
from scaling.measure.timeline import Timeline
from scaling.model import REFERENCE_BLOCK, SERIAL, Case
from scaling.passes import BatchRecord, Mapped, Place
from scaling.records import Sample, SessionRecord

if TYPE_CHECKING:
    from tests.scaling.conftest import StudyBuilder

START = 1_000_000_000_000
NAMES = ("serial", "balance", "scheduling", "work", "waiting")
Batch = tuple[int, float, list[float]]
"""Worker, start, and the seconds of its items; sent when it began."""


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass over the items in seconds after its start, as a backend would tell of it."""

    workers: int
    batches: Sequence[Batch]
    received: float
    """When the last part was there."""
    combine: float = 0.0
    produced: Sequence[float] = ()
    """Starts and ends of the driver's waits for the items."""
    sent: Sequence[float | None] = ()
    """When each batch was sent, where not when it began; None: not known."""
    cpu: float | None = None
    """CPU time of the kernels where it is not their time."""
    hides: bool = False

    def sample(self) -> Sample:
        """Return the sample that a session would record of it."""
        sent = self.sent or [start for _, start, _ in self.batches]
        records = [
            BatchRecord(worker, 0, _ns(accumulate(items, initial=start)), 0, _sent(moment))
            for (worker, start, items), moment in zip(self.batches, sent, strict=True)
        ]
        mapped = Mapped([], records, produced=_ns(self.produced), hides_batches=self.hides)
        places = [Place(f"w{worker}", "local") for worker in range(self.workers)]
        timeline = Timeline(places, mapped, START, _ns([self.received])[0])
        workers = timeline.summaries()
        return Sample(
            session="", case="", block=1, index=0, seconds=self.received + self.combine,
            combine_s=self.combine, items=sum(worker.items for worker in workers),
            workers=workers,
            cpu_s=sum(worker.busy_s for worker in workers) if self.cpu is None else self.cpu,
            digest="d1g357", peak_rss_mb=50.0, last_start_s=timeline.last_start_s(),
        )  # fmt: skip


def _ns(seconds: Sequence[float] | accumulate[float]) -> array[int]:
    return array("q", (START + round(second * 1e9) for second in seconds))


def _sent(moment: float | None) -> int:
    return 0 if moment is None else _ns([moment])[0]


def cost(wall: float, busy: float | None = None, cpu: float | None = None) -> Cost:
    """Return the cost of serial work: all of it in the kernel and on the CPU, unless told."""
    busy = wall if busy is None else busy
    return Cost(wall, busy, busy if cpu is None else cpu)


def worker_seconds(one: Pass, serial: Cost) -> tuple[float | None, ...]:
    """Return the five losses in worker-seconds; they and the serial time are all that was paid."""
    paid = one.workers * (one.received + one.combine)
    found = of_sample(one.sample(), serial)
    assert found.efficiency == pytest.approx(serial.wall_s / paid)
    assert serial.wall_s / paid + sum(found.lost.values()) == pytest.approx(1)
    losses = (getattr(found, name) for name in NAMES)
    return tuple(None if loss is None else round(loss * paid, 9) for loss in losses)


def alone(worker: int, seconds: Sequence[float], start: float = 0.0) -> list[Batch]:
    """Return one batch for each item, one after the other."""
    starts = accumulate(seconds, initial=start)
    return [(worker, begin, [item]) for begin, item in zip(starts, seconds, strict=False)]


def test_idle_at_the_start_is_scheduling() -> None:
    """Sent at 0, begun at 1 by both: 2 x 5 paid, 8 used, two seconds on the way."""
    one = Pass(2, [(0, 1, [4]), (1, 1, [4])], received=5, sent=[0, 0])
    assert worker_seconds(one, cost(8)) == (0, 0, 2, 0, 0)


def test_late_parts_are_scheduling() -> None:
    """The last items end at 4, their parts are there at 5: both workers wait a second."""
    one = Pass(2, [(0, 0, [4]), (1, 0, [4])], received=5)
    assert worker_seconds(one, cost(8)) == (0, 0, 2, 0, 0)


def test_dominant_item_is_imbalance() -> None:
    """6 seconds on one worker, 1 + 1 on the other: it has nothing to start from 2 to 6."""
    one = Pass(2, [(0, 0, [6]), *alone(1, [1, 1])], received=6)
    assert worker_seconds(one, cost(8)) == (0, 4, 0, 0, 0)


def test_dominant_item_at_the_end_is_imbalance() -> None:
    """It begins at 2, when the other worker ends its last: idle from 2 to 8."""
    one = Pass(2, [*alone(0, [1, 1, 6]), *alone(1, [1, 1])], received=8)
    assert worker_seconds(one, cost(10)) == (0, 6, 0, 0, 0)


def test_slow_producer_is_serial() -> None:
    """An item each second, half a second to run: 4.5 x 2 paid.

    Serial takes 4 x 1.5 = 6, of which 4 outside the kernel. The first worker is idle while items
    are produced for 1 + 1.5 + 0.5, the other for 2 + 1.5; after the last start at 4 the first has
    nothing left for half a second. Serial: 6.5 - 4.
    """
    batches: list[Batch] = [(0, 1, [0.5]), (1, 2, [0.5]), (0, 3, [0.5]), (1, 4, [0.5])]
    one = Pass(2, batches, received=4.5, produced=[0, 1, 1, 2, 2, 3, 3, 4, 4, 4])
    assert worker_seconds(one, cost(6, busy=2)) == (2.5, 0.5, 0, 0, 0)


def test_slow_end_of_the_source_is_serial() -> None:
    """Both items end at 1, that there are no more is known at 3: 4 idle, 2 of them serial's own."""
    one = Pass(2, [(0, 0, [1]), (1, 0, [1])], received=3, produced=[0, 3])
    assert worker_seconds(one, cost(4, busy=2)) == (2, 0, 0, 0, 0)


def test_slow_end_of_the_source_while_an_item_runs_is_imbalance() -> None:
    """From 1 to 2 one runs and nothing is left; from 2 to 3 both wait for the end: never twice."""
    one = Pass(2, [(0, 0, [1]), (1, 0, [2])], received=3, produced=[0, 3])
    assert worker_seconds(one, cost(4, busy=3)) == (1, 1, 0, 0, 0)


def test_serial_combine_is_serial() -> None:
    """Two seconds of combining keep two workers for four; two of them serial needs too."""
    one = Pass(2, [(0, 0, [4]), (1, 0, [4])], received=4, combine=2)
    assert worker_seconds(one, cost(10, busy=8)) == (2, 0, 0, 0, 0)


def test_static_chunks_are_imbalance() -> None:
    """Four items of 1 s in one batch, four of 0.5 s in the other: idle from 2 to 4."""
    one = Pass(2, [(0, 0, [1, 1, 1, 1]), (1, 0, [0.5, 0.5, 0.5, 0.5])], received=4)
    assert worker_seconds(one, cost(6)) == (0, 2, 0, 0, 0)


def test_hidden_batches_count_from_the_last_item() -> None:
    """The last item of joblib begins at 3: idle before that may have been a queue, after it not."""
    batches: list[Batch] = [(0, 0, [1, 1, 1, 1]), (1, 0, [0.5, 0.5, 0.5, 0.5])]
    one = Pass(2, batches, received=4, hides=True, sent=[None, None])
    assert worker_seconds(one, cost(6)) == (0, 1, 1, 0, 0)


def test_worker_that_got_nothing_is_imbalance() -> None:
    """Three workers, two items of 2 s that begin at 0: one is idle all the time."""
    one = Pass(3, [(0, 0, [2]), (1, 0, [2])], received=2)
    assert worker_seconds(one, cost(4)) == (0, 2, 0, 0, 0)


def test_worker_that_got_nothing_while_items_waited_is_scheduling() -> None:
    """The last item begins at 2 on a busy worker: until then the idle one could have run it."""
    one = Pass(2, alone(0, [2, 1]), received=3, sent=[0, 0])
    assert worker_seconds(one, cost(3)) == (0, 1, 2, 0, 0)


def test_restart_is_scheduling() -> None:
    """A worker is away from 1 to 4 with a batch that was sent at 1; the other works on."""
    batches: list[Batch] = [*alone(0, [1] * 5), (1, 0, [1]), (1, 4, [1])]
    one = Pass(2, batches, received=5, sent=[0, 1, 2, 3, 4, 0, 1])
    assert worker_seconds(one, cost(7)) == (0, 0, 3, 0, 0)


def test_queued_batch_is_scheduling_until_it_begins() -> None:
    """It waits from 0 to 3 behind a long one; the idle worker waits from 1: 2 + 2."""
    one = Pass(2, [(0, 0, [3]), (0, 3, [2]), (1, 0, [1])], received=5, sent=[0, 0, 0])
    assert worker_seconds(one, cost(6)) == (0, 2, 2, 0, 0)


def test_batch_on_its_way_while_the_driver_produces_is_scheduling() -> None:
    """Sent at 1, begun at 2, while the second worker's item is produced until 2 and sent.

    Idle: the first 0-1 for its item and 1-2 on the way, the other 0-2 for its item. Serial takes
    2 + 8 and has 2 outside the kernel: 3 - 2.
    """
    one = Pass(2, [(0, 2, [4]), (1, 2, [4])], received=6, sent=[1, 2], produced=[0, 1, 1, 2])
    assert worker_seconds(one, cost(10, busy=8)) == (1, 0, 1, 0, 0)


def test_turns_at_the_gil_are_waiting() -> None:
    """Two threads in the kernel for 8 s each, with 4 s of CPU time each: no less, no more work."""
    one = Pass(2, [(0, 0, [8]), (1, 0, [8])], received=8, cpu=8)
    assert worker_seconds(one, cost(8)) == (0, 0, 0, 0, 8)


def test_shared_core_is_waiting_for_those_on_it() -> None:
    """Two of three workers share a core: 4 s of work take them 8 s, the third runs twice as much.

    CPU time 4 + 4 + 8 as in the serial run; 24 in the kernel.
    """
    one = Pass(3, [(0, 0, [8]), (1, 0, [8]), (2, 0, [8])], received=8, cpu=16)
    assert worker_seconds(one, cost(16)) == (0, 0, 0, 0, 8)


def test_slower_items_on_the_cpu_are_work() -> None:
    """The same items take 10 s of CPU time instead of 8: caches or memory, not waiting."""
    one = Pass(2, [(0, 0, [5]), (1, 0, [5])], received=5)
    assert worker_seconds(one, cost(8)) == (0, 0, 0, 2, 0)


def test_superlinear_work_is_a_negative_loss() -> None:
    """6 s of CPU time instead of 8 is shown as it is; efficiency is 8/6."""
    one = Pass(2, [(0, 0, [3]), (1, 0, [3])], received=3)
    assert worker_seconds(one, cost(8)) == (0, 0, 0, -2, 0)


def test_waits_of_the_work_itself_are_no_loss() -> None:
    """Items that wait for a quarter of their time in serial, too, lose nothing by it."""
    one = Pass(2, [(0, 0, [4]), (1, 0, [4])], received=4, cpu=6)
    assert worker_seconds(one, cost(8, cpu=6)) == (0, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("serial_cpu", "work", "waiting"), [(0.2, 1, None), (0.39, 1, None), (0.4, 0.1, 0.9)]
)
def test_work_that_hardly_uses_the_cpu(
    serial_cpu: float, work: float, waiting: float | None
) -> None:
    """Under 5 % CPU time in the serial items, a second more in the kernel is not told apart."""
    one = Pass(2, [(0, 0, [4.5]), (1, 0, [4.5])], received=4.5, cpu=serial_cpu + 0.1)
    assert worker_seconds(one, cost(8, cpu=serial_cpu)) == (0, 0, 0, work, waiting)


def test_without_the_serial_cost_only_its_own_shares_are_known() -> None:
    """10 paid: 6 in the kernel, 2 with nothing left, 2 in a queue; the rest is not known."""
    one = Pass(2, [(0, 0, [3]), (0, 3, [2]), (1, 0, [1])], received=5, sent=[0, 0, 0])
    found = of_sample(one.sample(), None)
    assert [found.parallel_efficiency, found.balance] == pytest.approx([0.6, 0.2])
    assert found.scheduling == pytest.approx(0.2)
    assert (found.efficiency, found.serial, found.work, found.waiting) == (None,) * 4


def test_old_and_empty_records_give_nothing() -> None:
    """Studies from before starts were kept, passes without items or time: empty cells."""
    sample = Pass(2, [(0, 0, [4]), (1, 0, [4])], received=5).sample()
    assert of_sample(replace(sample, last_start_s=None), cost(8)) == NOTHING
    assert of_sample(Pass(2, [], received=1).sample(), cost(8)) == NOTHING
    assert of_sample(replace(sample, seconds=0.0), cost(8)) == NOTHING
    assert of_sample(replace(sample, workers=()), cost(8)) == NOTHING


@st.composite
def passes(draw: st.DrawFn) -> Pass:
    """Draw a pass that could have been, in whole seconds."""
    few = st.integers(0, 4)
    batches: list[Batch] = []
    sent: list[float | None] = []
    workers = draw(st.integers(1, 4))
    for worker in range(workers):
        own, now = [], 0
        for _ in range(draw(st.integers(0, 3))):
            start = now + draw(few)
            items = [float(item) for item in draw(st.lists(few, min_size=1, max_size=3))]
            own.append((worker, float(start), items))
            now = start + int(sum(items))
        # A worker runs its batches in the order in which they were sent.
        sent += sorted(float(draw(st.integers(0, int(start)))) for _, start, _ in own)
        batches += own
    end = max((start + sum(items) for _, start, items in batches), default=0.0)
    received = end + draw(few)
    produced = draw(st.lists(st.integers(0, int(received)), max_size=6))
    return Pass(
        workers,
        batches,
        received,
        combine=draw(few),
        produced=sorted(produced[: len(produced) // 2 * 2]),
        sent=sent,
        cpu=draw(st.integers(0, 30)),
        hides=draw(st.booleans()),
    )


def by_counting(one: Pass) -> tuple[int, int]:
    """Return the worker-seconds that were starved and those with nothing left, one by one."""
    lasts = [start + sum(items[:-1]) if one.hides else start for _, start, items in one.batches]
    ends = [start + sum(items) for _, start, items in one.batches]
    produced = list(zip(one.produced[::2], one.produced[1::2], strict=True))
    starved = nothing_left = 0
    for worker in range(one.workers):
        own = [k for k, batch in enumerate(one.batches) if batch[0] == worker]
        for second in range(int(one.received)):
            if any(one.batches[k][1] <= second < ends[k] for k in own):
                continue
            on_its_way = any((one.sent[k] or 0) <= second < one.batches[k][1] for k in own)
            if lasts and max(lasts) <= second < max(ends):
                nothing_left += 1
            elif not on_its_way and any(first <= second < last for first, last in produced):
                starved += 1
    return starved, nothing_left


@given(passes(), st.tuples(*[st.integers(0, 30)] * 3))
def test_any_pass_splits_without_remainder(one: Pass, serial: tuple[int, int, int]) -> None:
    """Losses and efficiency sum to 1; idle seconds, looked at one by one, have one reason each."""
    sample, paid = one.sample(), one.workers * (one.received + one.combine)
    found = of_sample(sample, Cost(*serial))
    starved, nothing_left = by_counting(one)
    assert sum(worker.starved_s for worker in sample.workers) == pytest.approx(starved)
    if not paid or not one.batches:
        assert found == NOTHING
        return
    assert found.efficiency is not None
    assert found.balance is not None
    assert found.scheduling is not None
    assert found.efficiency + sum(found.lost.values()) == pytest.approx(1, abs=1e-9)
    assert found.balance >= 0
    assert found.balance * paid == pytest.approx(nothing_left, abs=1e-6)
    assert found.scheduling >= -1e-9


def add(study: StudyBuilder, case: Case, block: int, *passes: Pass) -> None:
    """Add a session with a sample for each pass."""
    name = f"{case.key}-b{block}"
    study.records.extend(
        replace(one.sample(), session=name, case=case.key, block=block, index=index)
        for index, one in enumerate(passes)
    )
    started = "2026-01-01T00:00:00Z"
    study.records.append(SessionRecord(name, case.key, block, "ok", started, 0.5, 0.1, len(passes)))


def straight(seconds: float, cpu: float | None = None) -> Pass:
    """Return a pass of one worker that is in the kernel all the time."""
    return Pass(1, [(0, 0, [seconds])], received=seconds, cpu=cpu)


def late(seconds: float, wait: float, cpu: float | None = None) -> Pass:
    """Return a pass of two workers that run so long each after a wait."""
    batches: list[Batch] = [(0, wait, [seconds]), (1, wait, [seconds])]
    return Pass(2, batches, received=seconds + wait, sent=[0, 0], cpu=cpu)


def losses(study: StudyBuilder, case: Case) -> Losses:
    """Return the losses of one case."""
    return of_cases(study.data)[case.key]


def two(study: StudyBuilder, size: int = 100, backend: str = "processes") -> Case:
    """Add a case of two workers."""
    return study.case(backend, workers=2, size=size)


def test_case_has_the_median_of_its_blocks(study: StudyBuilder) -> None:
    """Waits of 1, 6 and 0 seconds of 5, 10 and 4: scheduling 0.2, 0.6, 0; each with its serial."""
    serial, case = study.case(SERIAL), two(study)
    for block, wait in enumerate((1, 6, 0), start=1):
        add(study, serial, block, straight(8))
        add(study, case, block, late(4, wait))
    found = losses(study, case)
    assert found.scheduling == pytest.approx(0.2)
    assert found.efficiency == pytest.approx(0.8)
    assert found.parallel_efficiency == pytest.approx(0.8)


def test_serial_session_of_the_same_block_is_the_cost(study: StudyBuilder) -> None:
    """The machine was half as fast in block 2, for both: no work was added."""
    serial, case = study.case(SERIAL), two(study)
    for block, slow in ((1, 1), (2, 2)):
        add(study, serial, block, straight(8 * slow))
        add(study, case, block, late(4 * slow, slow))
    assert losses(study, case).work == pytest.approx(0)
    assert losses(study, case).scheduling == pytest.approx(0.2)


def test_session_counts_with_its_middle_sample(study: StudyBuilder) -> None:
    """Of waits of 0, 1 and 16 seconds the one of 1 counts, of two samples the faster."""
    serial, three, pair = study.case(SERIAL), two(study), two(study, backend="dask")
    add(study, serial, 1, straight(8))
    add(study, three, 1, late(4, 16), late(4, 0), late(4, 1))
    add(study, pair, 1, late(4, 16), late(4, 1))
    assert losses(study, three).scheduling == pytest.approx(0.2)
    assert losses(study, pair).scheduling == pytest.approx(0.2)


def test_serial_itself_has_lost_nothing(study: StudyBuilder) -> None:
    """Its own loop and its combine are its cost."""
    serial = study.case(SERIAL)
    add(study, serial, 1, Pass(1, [(0, 1, [7])], received=8, combine=2, produced=[0, 1]))
    found = losses(study, serial)
    assert found.efficiency == 1.0
    assert found.lost == pytest.approx(dict.fromkeys(NAMES, 0.0))
    assert found.parallel_efficiency == pytest.approx(0.7)


def test_reference_block_has_no_part(study: StudyBuilder) -> None:
    """A slow reference run that hardly was in the kernel moves nothing."""
    serial = study.case(SERIAL)
    add(study, serial, REFERENCE_BLOCK, Pass(1, [(0, 99, [1])], received=100))
    add(study, serial, 1, straight(8))
    assert losses(study, serial).parallel_efficiency == pytest.approx(1)


def test_weak_cost_grows_with_the_items(study: StudyBuilder) -> None:
    """100 items took serial 4 s; 200 items by two in 5 s with a second's wait lost 20 %."""
    base, case = study.case(SERIAL, size=100), two(study, size=200)
    study.plan = {"weak": True, "baseline": (base.key,)}
    add(study, base, 1, straight(4))
    add(study, case, 1, late(4, 1))
    found = losses(study, case)
    assert [found.efficiency, found.scheduling] == pytest.approx([0.8, 0.2])
    assert [found.serial, found.work] == pytest.approx([0, 0])


def test_sizes_have_their_own_cost(study: StudyBuilder) -> None:
    """A case is compared with the serial run of its own size."""
    for size, seconds in ((100, 8), (200, 20)):
        add(study, study.case(SERIAL, size=size), 1, straight(seconds))
    case = two(study, size=200)
    add(study, case, 1, late(10, 0))
    assert losses(study, case).efficiency == pytest.approx(1)


def test_other_baseline_is_no_cost(study: StudyBuilder) -> None:
    """With --baseline processes:2 the serial run is not what speedup is relative to."""
    case = two(study)
    serial = study.case(SERIAL)
    add(study, serial, 1, straight(8))
    add(study, case, 1, late(4, 1))
    found = losses(study, case)
    assert (found.efficiency, found.serial, found.work, found.waiting) == (None,) * 4
    assert [found.balance, found.scheduling] == pytest.approx([0, 0.2])


def test_simulated_worker_is_a_cost(study: StudyBuilder) -> None:
    """A law's one worker is what its other cases are compared with."""
    one, case = study.case("simulated"), study.case("simulated", workers=2)
    add(study, one, 1, straight(8))
    add(study, case, 1, late(4, 1))
    assert losses(study, case).efficiency == pytest.approx(0.8)


def test_block_without_its_serial_session_keeps_what_is_its_own(study: StudyBuilder) -> None:
    """Scheduling counts in both blocks (0.2, 0.6), work only where there is a cost."""
    serial, case = study.case(SERIAL), two(study)
    add(study, serial, 1, straight(8))
    add(study, case, 1, late(4, 1))
    add(study, case, 2, late(4, 6))
    found = losses(study, case)
    assert [found.scheduling, found.efficiency] == pytest.approx([0.4, 0.8])


def test_case_without_a_value_that_counts_has_no_losses(study: StudyBuilder) -> None:
    """A case that failed later, or whose answer was wrong, is not explained."""
    serial, case = study.case(SERIAL), two(study)
    for block in (1, 2):
        add(study, serial, block, straight(8))
    add(study, case, 1, late(4, 1))
    study.session(case, 2, [], status="failed")
    assert set(of_cases(study.data)) == {serial.key}


def test_serial_run_that_failed_is_no_cost(study: StudyBuilder) -> None:
    """The others keep what is their own."""
    serial, case = study.case(SERIAL), two(study)
    add(study, serial, 1, straight(8))
    study.session(serial, 2, [], status="wrong")
    add(study, case, 1, late(4, 1))
    found = losses(study, case)
    assert [found.efficiency, found.scheduling] == pytest.approx([None, 0.2])


def test_old_study_has_empty_cells(study: StudyBuilder) -> None:
    """Samples without the start of the last batch say nothing of where their time went."""
    study.case(SERIAL, [8.0] * 6)
    case = study.case("threads", [4.0] * 6, workers=2)
    assert losses(study, case) == NOTHING


def test_one_block_that_cannot_tell_work_from_waiting_speaks_for_all(study: StudyBuilder) -> None:
    """Serial CPU shares of 6 and 4 %: 1 of 9 worker-seconds more in both, as one number."""
    serial, case = study.case(SERIAL), two(study)
    for block, cpu in ((1, 0.48), (2, 0.32)):
        add(study, serial, block, straight(8, cpu))
        add(study, case, block, late(4.5, 0, cpu=0.6))
    found = losses(study, case)
    assert [found.work, found.waiting] == pytest.approx([1 / 9, None])


def test_report_has_the_losses(study: StudyBuilder) -> None:
    """The columns of a row are the case's losses."""
    serial, case = study.case(SERIAL), two(study)
    add(study, serial, 1, straight(8))
    add(study, case, 1, late(4.5, 0.5, cpu=8.5))
    row = case_results(study.data)[1]
    found = [row.loss_serial, row.loss_balance, row.loss_scheduling, row.loss_work,
             row.loss_waiting, row.parallel_efficiency]  # fmt: skip
    assert found == pytest.approx([0, 0, 0.1, 0.05, 0.05, 0.9], abs=1e-9)


@pytest.mark.parametrize(("overlap", "doubted"), [(0.02, False), (0.06, True)])
def test_records_that_claim_more_than_there_was_are_a_caution(
    study: StudyBuilder, overlap: float, doubted: bool
) -> None:
    """Items that seem to run before their start: 0.25 % of 8 is clocks, 0.75 % is a doubt."""
    serial, case = study.case(SERIAL), two(study)
    add(study, serial, 1, straight(8))
    batches: list[Batch] = [(0, -overlap, [4 + overlap]), (1, 0, [4])]
    add(study, case, 1, Pass(2, batches, received=4))
    row = case_results(study.data)[1]
    assert row.loss_scheduling == pytest.approx(-overlap / 8)
    assert (Caution.INCONSISTENT in row.cautions) is doubted
