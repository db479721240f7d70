import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import pytest

from scaling.workloads import trial
from scaling.workloads.base import Workload
from scaling.workloads.trial import Trial


def test_first_item_is_left_out() -> None:
    """What the first item needs for its imports says nothing about the others."""
    trial = Trial(wall_s=[9.0, 1.0, 3.0], cpu_s=[9.0, 0.1, 0.3], queued_s=[0.0, 0.0, 0.0])
    assert trial.item_s == pytest.approx(2.0)
    assert trial.cpu_share == pytest.approx(0.1)


def test_one_item_is_better_than_none() -> None:
    """A single item counts, since there is no other."""
    trial = Trial(wall_s=[2.0], cpu_s=[1.0], queued_s=[0.0])
    assert (trial.item_s, trial.cpu_share) == (2.0, 0.5)
    assert (Trial().item_s, Trial().cpu_share) == (None, None)


def test_a_busy_machine_is_no_waiting() -> None:
    """Time in which the kernel was ready but had no CPU does not lower its share."""
    trial = Trial(wall_s=[1.0, 5.0], cpu_s=[1.0, 1.0], queued_s=[0.0, 4.0])
    assert trial.cpu_share == pytest.approx(1.0)


def test_too_short_to_tell() -> None:
    """Items of microseconds have a time, but no share."""
    trial = Trial(wall_s=[1e-6] * 20, cpu_s=[1e-6] * 20, queued_s=[0.0] * 20)
    assert trial.item_s == pytest.approx(1e-6)
    assert trial.cpu_share is None


def test_a_broken_kernel_has_no_times() -> None:
    """A kernel that raised tells nothing."""
    trial = Trial(wall_s=[1.0], cpu_s=[1.0], queued_s=[0.0], broken=True)
    assert (trial.item_s, trial.cpu_share) == (None, None)


def busy(workload_s: float = 0.002) -> Workload:
    """A workload whose parts are its items and whose kernel takes some milliseconds."""

    def kernel(item: int) -> int:
        time.sleep(workload_s)
        return item

    return Workload(name="busy", kernel=kernel, items=lambda: range(5), combine=list)


def test_parts_are_shown() -> None:
    """Each part is handed on, in order."""
    parts: list[int] = []
    Trial().run(busy(), [3, 1, 2], on_part=parts.append)
    assert parts == [3, 1, 2]


def test_inner_threads_are_tried_last() -> None:
    """After the trial proper, items run again with the cap lifted, and it is put back."""
    calls: list[str] = []

    @contextmanager
    def lifted() -> Iterator[None]:
        calls.append("lifted")
        yield
        calls.append("put back")

    trial = Trial()
    trial.run(busy(), [1, 2, 3], uncap=lifted)
    assert calls == ["lifted", "put back"]
    assert trial.inner_cpus is not None
    assert trial.inner_cpus < 0.9
    assert len(trial.wall_s) == 3


def test_inner_threads_are_not_tried_in_vain() -> None:
    """Without a cap to lift, or with items too short to tell, nothing is tried."""
    trial = Trial()
    trial.run(busy(), [1, 2], uncap=lambda: None)
    assert trial.inner_cpus is None
    trial = Trial()
    trial.run(busy(0.0), [1, 2], uncap=nullcontext)
    assert trial.inner_cpus is None


def test_a_kernel_that_fails_without_the_cap_did_well_with_it() -> None:
    """What is only tried breaks nothing."""
    inner = [False]

    def kernel(item: int) -> int:
        time.sleep(0.002)
        return item // (not inner[0])

    @contextmanager
    def lifted() -> Iterator[None]:
        inner[0] = True
        yield

    trial = Trial()
    workload = Workload(name="odd", kernel=kernel, items=lambda: range(5), combine=list)
    trial.run(workload, [1, 2], uncap=lifted)
    assert (trial.broken, trial.inner_cpus) == (False, None)


@pytest.mark.parametrize(
    ("cpu_s", "own_s", "queued_s", "cpus"),
    [
        (2.0, 1.0, 0.0, 2.0),
        (1.0, 1.0, 0.0, 1.0),
        (0.1, 0.1, 0.0, 0.1),
        # A busy machine: two threads, each on the CPU half of the time and queued the other half.
        (1.0, 0.5, 1.0, 2.0),
        # Alone in the first half, then both, the helper queued for half of its time.
        (1.25, 1.0, 0.25, 1.25),
        # The helper works while the caller waits for it.
        (0.8, 0.0, 0.2, 1.0),
    ],
)
def test_cpus_in_use(cpu_s: float, own_s: float, queued_s: float, cpus: float) -> None:
    """Over a second: CPU time over the time in which threads ran or waited by their own will."""
    before = trial._Reading(wall_s=5.0, cpu_s=3.0, own_s=2.0, queued_s=1.0)
    after = trial._Reading(6.0, 3.0 + cpu_s, 2.0 + own_s, 1.0 + queued_s)
    assert after.cpus_since(before) == pytest.approx(cpus)
