import numpy as np
import pytest

from scaling.workloads import matmul


def test_every_sum_is_exact() -> None:
    """No sum of the product can leave the whole numbers that floats hold."""
    assert matmul.WIDTH * matmul.LARGEST**2 < 2**53


def test_one_wrong_number_is_caught() -> None:
    """The check sees a single number that is off by one."""
    items = matmul.bands(2, 8)
    shared = matmul.matrices(2, 8, 32)
    answer = matmul.assemble([matmul.multiply(band, shared) for band in items])
    np.testing.assert_array_equal(answer, shared[0] @ shared[1])
    matmul.check(answer, items)
    answer[3, 5] += 1
    with pytest.raises(AssertionError, match="the first is 3"):
        matmul.check(answer, items)
