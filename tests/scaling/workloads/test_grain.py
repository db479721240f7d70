import pytest

from scaling.workloads import grain


@pytest.mark.parametrize("steps", [0, 1, 2, 3, 10, 1000])
def test_jump_equals_the_steps(steps: int) -> None:
    """Jumping ahead gives what the single steps give."""
    factor, addend = grain._jump(steps)
    assert grain.step((5, steps)) == (factor * 5 + addend) % grain.MODULUS


def test_a_step_too_few_is_caught() -> None:
    """A result that leaves out one step fails."""
    items = grain.items(3, 10)
    with pytest.raises(AssertionError, match="10 steps from 0"):
        grain.check([grain.step((start, steps - 1)) for start, steps in items], items)
