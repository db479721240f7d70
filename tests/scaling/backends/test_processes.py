"""What processes share and send: their memory does not grow with either."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from scaling.backends import shared_memory
from scaling.backends.base import OpenRequest, Pool
from scaling.backends.processes import ProcessesBackend
from scaling.backends.sizing import BATCH_BYTES
from scaling.model import WorkloadSpec
from scaling.workloads import registry
from tests.scaling.backends.user_files import PRIVATE_BYTES

ROOT = Path(__file__).parents[3]
MEGABYTE = 1_000_000
ARRAY_BYTES = 100 * MEGABYTE
PART_BYTES = 4 * MEGABYTE
WORKERS = 2
SLACK_BYTES = 20 * MEGABYTE
"""What a process may take besides: it reads files and fragments its memory."""

WORK = f"""{PRIVATE_BYTES}
class Given:
    def __init__(self):
        self.array = np.ones({ARRAY_BYTES}, np.uint8)

def items():
    return range(4)

@workload(items=items, shared=Given)
def read(item, given):
    return int(given.array.sum()), private_bytes() - BEFORE

@workload(items=items, shared=Given)
def change(item, given):
    time.sleep(0.01)
    given.array[0] += 1
    return os.getpid(), int(given.array[0])

def fold(accumulated, part):
    accumulated[:10] += part[:10]
    return accumulated

@workload(items=items, combine=fold)
def large(item):
    return np.full({PART_BYTES}, item % 7, np.uint8)
"""

DRIVER = """
import json, sys
from pathlib import Path
from scaling.backends.base import OpenRequest
from scaling.backends.processes import ProcessesBackend
from scaling.model import WorkloadSpec
from scaling.workloads import registry

spec, folder, count = WorkloadSpec(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])

def peak():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))

if __name__ == "__main__":
    workload = registry.load(spec)
    request = OpenRequest(spec, workload, None, 1, 1, folder)
    with ProcessesBackend().open(request) as pool:
        before = peak()
        batches = pool.map(range(count), count).batches
        driver = peak() - before
    print(json.dumps([
        driver,
        max(batch.peak_rss for batch in batches),
        max(batch.count for batch in batches),
    ]))
"""

Opener = Callable[[str], Any]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the user's file: one, since a module is imported once."""
    path = tmp_path_factory.mktemp("user") / "shared_work.py"
    path.write_text(WORK, encoding="utf-8")
    return path


@pytest.fixture
def opened(file: Path, tmp_path: Path) -> Opener:
    """Return what opens a pool on a kernel of the user's file."""

    @contextmanager
    def open_pool(kernel: str) -> Iterator[Pool]:
        spec = WorkloadSpec(f"{file}:{kernel}")
        workload = registry.load(spec)
        shared = workload.shared() if workload.shared else None
        request = OpenRequest(spec, workload, shared, WORKERS, 1, tmp_path)
        with ProcessesBackend().open(request) as pool:
            yield pool

    return open_pool


def test_workers_hold_no_copy_of_a_shared_array(opened: Opener) -> None:
    """Each reads all of it, and its private memory does not grow."""
    with opened("read") as pool:
        parts = pool.map(range(8), 8).parts
    assert {total for total, _ in parts} == {ARRAY_BYTES}
    assert max(grown for _, grown in parts) < SLACK_BYTES


def test_workers_change_a_shared_array_for_themselves(opened: Opener) -> None:
    """A kernel may write to it; the other worker sees nothing of that."""
    with opened("change") as pool:
        seen = pool.map(range(12), 12).parts
    for process in {process for process, _ in seen}:
        values = [value for own, value in seen if own == process]
        assert list(range(2, 2 + len(values))) == values


def files_with_the_array(process: int) -> list[str]:
    """Return the files that a process maps and that are large enough to hold the array."""
    found = []
    for line in Path(f"/proc/{process}/maps").read_text(encoding="utf-8").splitlines():
        span, *_, last = line.split(maxsplit=5)
        start, end = (int(number, 16) for number in span.split("-"))
        if end - start >= ARRAY_BYTES and "/" in last:
            found.append(last)
    return found


def pids(pool: Pool) -> list[int]:
    """Return the processes of a pool."""
    return [int(place.worker.partition(":")[2]) for place in pool.places]


def test_shared_memory_has_no_name(opened: Opener) -> None:
    """So nobody need remove it, and it goes with the last worker however that ends."""
    with opened("read") as pool:
        for process in pids(pool):
            [name] = files_with_the_array(process)
            assert name.endswith("(deleted)")


def test_the_driver_does_not_map_what_it_shares(opened: Opener) -> None:
    """It hands the file over and forgets it."""
    with opened("read"):
        assert not files_with_the_array(os.getpid())


def test_no_room_to_share(opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing can be shared, each worker is sent its own."""

    def refuse(descriptor: int, value: object) -> None:
        raise OSError("no room")

    monkeypatch.setattr(shared_memory, "write", refuse)
    with opened("read") as pool:
        [(total, _)] = pool.map([0], 1).parts
    assert total == ARRAY_BYTES


def test_no_files_in_memory(
    opened: Opener, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A file in the session's folder does as well, and has no name either."""
    monkeypatch.delattr(os, "memfd_create")
    with opened("read") as pool:
        [(total, _)] = pool.map([0], 1).parts
        names = {name for process in pids(pool) for name in files_with_the_array(process)}
    assert total == ARRAY_BYTES
    assert len(names) == 1
    assert all(name.startswith(str(tmp_path)) and name.endswith("(deleted)") for name in names)


def test_large_parts_come_in_a_stream(file: Path, tmp_path: Path) -> None:
    """Of parts that are folded, no process holds more than some batches."""
    count = 200
    script = tmp_path / "driver.py"
    script.write_text(DRIVER, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script), f"{file}:large", str(tmp_path), str(count)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    driver, worker, most = json.loads(done.stdout)
    assert most * PART_BYTES <= BATCH_BYTES
    assert max(driver, worker) < 3 * BATCH_BYTES < count * PART_BYTES / 5
