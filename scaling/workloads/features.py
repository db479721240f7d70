"""Describe images by numbers: brightness, directions of edges, local contrast, frequencies."""

from __future__ import annotations

from collections.abc import Iterable
from math import atan2, floor, hypot, pi
from pathlib import Path
from statistics import fmean, pstdev
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scaling.errors import MissingLibrary, UsageError
from scaling.workloads.base import workload

Image = NDArray[np.float64]

SUFFIXES = frozenset({".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})
SIDE, LARGEST_SIDE = 256, 512
BINS, DIRECTIONS, RINGS, TILE = 16, 9, 8, 16
FEATURES = BINS + DIRECTIONS + 2 + RINGS


def images(size: int | None = None, folder: str = "") -> list[int] | list[str]:
    """Seeds of made images, or the image files under ``folder``."""
    if not folder:
        return list(range(150 if size is None else size))
    _check_library()
    root = Path(folder).expanduser().absolute()
    if not root.is_dir():
        raise UsageError(f"--param folder={folder} is not a folder")
    found = sorted(str(p) for p in root.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
    if not found:
        raise UsageError(f"--param folder={folder} holds no images ({' '.join(sorted(SUFFIXES))})")
    return found[:size]


def stack(parts: list[Image]) -> Image:
    """One row of features for each image."""
    return np.stack(parts)


def check(answer: Any, items: Iterable[int | str]) -> None:
    """Describe some of the images again, pixel by pixel."""
    asked = list(items)
    shape = (len(asked), FEATURES)
    assert isinstance(answer, np.ndarray), f"the answer is a {type(answer).__name__}"
    assert answer.shape == shape, f"the answer has the shape {answer.shape}, not {shape}"
    assert np.isfinite(answer).all(), "some features are not finite"
    shares = answer[:, :BINS].sum(axis=1)
    assert np.allclose(shares, 1), "a histogram does not add up to 1"
    for row in sorted({0, len(asked) // 2, len(asked) - 1}):
        truth = slow_description(load(asked[row]))
        wrong = ~np.isclose(answer[row], truth, rtol=1e-6, atol=1e-9)
        assert not wrong.any(), f"feature {int(wrong.argmax())} of image {asked[row]} is wrong"


@workload(name="features", items=images, combine=stack, check=check)
def describe(item: int | str) -> Image:
    """Return the features of one image."""
    image = load(item)
    parts = (_brightness(image), _edges(image), _contrast(image), _frequencies(image))
    return np.concatenate(parts)


def load(item: int | str) -> Image:
    """Make the image of a seed, or read a file as grey levels from 0 to 255."""
    if isinstance(item, str):
        return _read(item)
    random = np.random.Generator(np.random.PCG64(item))
    y, x = np.mgrid[0:SIDE, 0:SIDE] / SIDE
    waves = random.uniform(1, 24, (6, 3))
    image = sum(np.sin(2 * pi * (a * x + b * y) + c) for a, b, c in waves)
    noisy = 128 + 16 * image + random.normal(0, 8, (SIDE, SIDE))
    return np.asarray(np.clip(np.rint(noisy), 0, 255), dtype=np.float64)


def _read(file: str) -> Image:
    from PIL import Image as Pillow

    with Pillow.open(file) as picture:
        grey = picture.convert("L")
        grey.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
        return np.asarray(grey, dtype=np.float64)


def _check_library() -> None:
    try:
        import PIL  # noqa: F401
    except ImportError:
        raise MissingLibrary("features with a folder", "pillow", "images") from None


def _brightness(image: Image) -> Image:
    return np.histogram(image, bins=BINS, range=(0, 256))[0] / image.size


def _edges(image: Image) -> Image:
    """Share of the gradients in each direction, by their strength."""
    down = image[2:, 1:-1] - image[:-2, 1:-1]
    right = image[1:-1, 2:] - image[1:-1, :-2]
    direction = np.arctan2(down, right) % pi
    strength = np.hypot(down, right)
    binned = np.minimum((direction * (DIRECTIONS / pi)).astype(np.intp), DIRECTIONS - 1)
    totals = np.bincount(binned.ravel(), strength.ravel(), DIRECTIONS)
    return totals / max(float(strength.sum()), 1.0)


def _contrast(image: Image) -> Image:
    """Mean and spread of the standard deviations of square tiles."""
    rows, columns = (max(1, n // TILE) for n in image.shape)
    cut = image[: rows * TILE, : columns * TILE]
    height, width = cut.shape[0] // rows, cut.shape[1] // columns
    tiles = cut.reshape(rows, height, columns, width).std(axis=(1, 3))
    return np.array([tiles.mean(), tiles.std()])


def _frequencies(image: Image) -> Image:
    """Energy per pixel in rings around the zero frequency, which is left out."""
    energy = np.abs(np.fft.fft2(image)) ** 2 / image.size**2
    energy[0, 0] = 0
    y, x = (np.fft.fftfreq(n) for n in image.shape)
    ring = np.minimum((np.hypot(y[:, None], x) * (2 * RINGS)).astype(np.intp), RINGS - 1)
    return np.asarray(np.bincount(ring.ravel(), energy.ravel(), RINGS), dtype=np.float64)


def slow_description(image: Image) -> Image:
    """Return the same features, pixel by pixel and without a fast Fourier transform."""
    rows = [[int(value) for value in row] for row in image]
    return np.array([
        *_slow_brightness(rows),
        *_slow_edges(rows),
        *_slow_contrast(rows),
        *_slow_frequencies(image),
    ])  # fmt: skip


def _slow_brightness(rows: list[list[int]]) -> list[float]:
    flat = sorted(value // (256 // BINS) for row in rows for value in row)
    return [flat.count(k) / len(flat) for k in range(BINS)]


def _slow_edges(rows: list[list[int]]) -> list[float]:
    totals = [0.0] * DIRECTIONS
    for above, row, below in zip(rows, rows[1:], rows[2:], strict=False):
        for x in range(1, len(row) - 1):
            down, right = below[x] - above[x], row[x + 1] - row[x - 1]
            share = atan2(down, right) % pi / pi
            totals[min(floor(share * DIRECTIONS), DIRECTIONS - 1)] += hypot(down, right)
    return [total / max(sum(totals), 1.0) for total in totals]


def _slow_contrast(rows: list[list[int]]) -> list[float]:
    height, width = len(rows), len(rows[0])
    high, wide = min(TILE, height), min(TILE, width)
    spreads = [
        pstdev([value for row in rows[y : y + high] for value in row[x : x + wide]])
        for y in range(0, height - high + 1, high)
        for x in range(0, width - wide + 1, wide)
    ]
    return [fmean(spreads), pstdev(spreads)]


def _slow_frequencies(image: Image) -> list[float]:
    down, right = (_fourier(n) for n in image.shape)
    energy = np.abs(down @ image @ right) ** 2
    rings = [0.0] * RINGS
    for (y, x), value in np.ndenumerate(energy):
        fy, fx = (min(k, n - k) / n for k, n in zip((y, x), image.shape, strict=True))
        rings[min(floor(hypot(fy, fx) * 2 * RINGS), RINGS - 1)] += float(value)
    rings[0] -= float(energy[0, 0])
    return [ring / image.size**2 for ring in rings]


def _fourier(n: int) -> NDArray[np.complex128]:
    k = np.arange(n)
    return np.asarray(np.exp(-2j * pi * (np.outer(k, k) % n) / n))
