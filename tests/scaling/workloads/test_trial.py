import pytest

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
