"""Multiply two large matrices, a band of rows at a time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scaling.workloads.base import workload

Matrix = NDArray[np.float64]
Band = tuple[int, int]

SIZE, ROWS, WIDTH, LARGEST = 64, 32, 2048, 1000
"""Whole numbers up to 1000 keep every sum exact, so that all BLAS libraries agree."""


def bands(size: int = SIZE, rows: int = ROWS) -> list[Band]:
    """Bands of rows of the first matrix."""
    return [(k * rows, (k + 1) * rows) for k in range(size)]


def matrices(size: int = SIZE, rows: int = ROWS, width: int = WIDTH) -> tuple[Matrix, Matrix]:
    """Make the two matrices: ``size * rows`` by ``width``, and ``width`` by ``width``."""
    random = np.random.Generator(np.random.PCG64(width))
    right = _whole(random, width, width)
    return _whole(random, size * rows, width), right


def assemble(parts: list[Matrix]) -> Matrix:
    """Put the bands under one another."""
    return np.concatenate(parts)


def check(answer: Any, items: Iterable[Band]) -> None:
    """Multiply both sides with random signs (Freivalds 1977): no sum is rounded."""
    assert isinstance(answer, np.ndarray), f"the answer is a {type(answer).__name__}"
    rows = max(stop for _, stop in items)
    assert answer.ndim == 2, f"the answer has {answer.ndim} dimensions"
    assert answer.shape[0] == rows, f"{answer.shape[0]} rows of {rows}"
    left, right = matrices(1, rows, answer.shape[1])
    signs = np.random.Generator(np.random.PCG64(7)).choice([-1.0, 1.0], (answer.shape[1], 8))
    wrong = (answer @ signs != left @ (right @ signs)).any(axis=1)
    assert not wrong.any(), f"{int(wrong.sum())} rows are wrong, the first is {int(wrong.argmax())}"


@workload(name="matmul", items=bands, shared=matrices, combine=assemble, check=check)
def multiply(band: Band, shared: tuple[Matrix, Matrix]) -> Matrix:
    """Multiply one band of the first matrix with the second."""
    left, right = shared
    return left[band[0] : band[1]] @ right


def _whole(random: np.random.Generator, rows: int, width: int) -> Matrix:
    return random.integers(-LARGEST, LARGEST, (rows, width)).astype(np.float64)
