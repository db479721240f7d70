import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from scaling.errors import MissingLibrary, UsageError
from scaling.model import WorkloadSpec
from scaling.workloads import features
from scaling.workloads.registry import load


def write_images(folder: Path) -> None:
    """Three images of different sizes and kinds, and a file that is none."""
    pillow = pytest.importorskip("PIL.Image")
    random = np.random.Generator(np.random.PCG64(1))
    for name, shape in (("a.png", (40, 50, 3)), ("sub/b.JPG", (33, 17, 3)), ("c.bmp", (600, 9, 3))):
        (folder / name).parent.mkdir(exist_ok=True)
        pillow.fromarray(random.integers(0, 256, shape).astype(np.uint8)).save(folder / name)
    (folder / "notes.txt").touch()


def from_folder(folder: Path, size: int | None = None) -> WorkloadSpec:
    """The workload on the user's images."""
    return WorkloadSpec("features", size=size, params=(("folder", str(folder)),))


def test_own_images(tmp_path: Path) -> None:
    """Images of a folder, in order and of all depths, pass the check."""
    write_images(tmp_path)
    workload = load(from_folder(tmp_path))
    items = list(workload.items())
    assert [Path(item).name for item in items] == ["a.png", "c.bmp", "b.JPG"]
    assert workload.combine is not None
    assert workload.check is not None
    workload.check(workload.combine([workload.kernel(item) for item in items]))
    assert len(list(load(from_folder(tmp_path, 2)).items())) == 2


def test_folder_without_images(tmp_path: Path) -> None:
    """An empty folder, and one that is not there, are refused."""
    with pytest.raises(UsageError, match="holds no images"):
        load(from_folder(tmp_path)).items()
    with pytest.raises(UsageError, match="is not a folder"):
        load(from_folder(tmp_path / "none")).items()


def test_without_pillow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Pillow, a folder is refused with what to install."""
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(MissingLibrary, match=r"rayscale\[images\]"):
        load(from_folder(tmp_path)).items()


@pytest.mark.parametrize("shape", [(1, 1), (2, 5), (16, 16), (17, 31), (40, 3)])
def test_slow_form_agrees(shape: tuple[int, int]) -> None:
    """The features agree with their slow form for any shape."""
    random = np.random.Generator(np.random.PCG64(2))
    image: NDArray[np.float64] = random.integers(0, 256, shape).astype(np.float64)
    parts = (
        features._brightness(image),
        features._edges(image),
        features._contrast(image),
        features._frequencies(image),
    )
    np.testing.assert_allclose(np.concatenate(parts), features.slow_description(image), atol=1e-9)
