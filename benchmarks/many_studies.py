"""How long does ``scale list`` take over hundreds of studies, some of them large?

Studies of the usual shape (8 cases, 6 blocks, 3 samples) and a few large ones (40 cases, 25
blocks, 10 samples) are copies of one of each. Each round starts the command in a fresh process;
``start`` is the same command over an empty folder. The last column is what reading every study
whole takes, checksums included, as ``scale show`` reads one.

    python benchmarks/many_studies.py [--usual 300] [--large 10] [--rounds 5]
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

USUAL, LARGE = (8, 6, 3), (40, 25, 10)
"""Cases, blocks, samples."""


def make(folder: Path, usual: int, large: int) -> int:
    """Write the studies and return their bytes."""
    from benchmarks.synthetic_study import Shape, write

    for name, shape, number in (("usual", USUAL, usual), ("large", LARGE, large)):
        if not number:
            continue
        first = write(folder / f"{name}-0", Shape(*shape)).parent
        for copy in range(1, number):
            shutil.copytree(first, folder / f"{name}-{copy}")
    return sum(file.stat().st_size for file in folder.rglob("study.jsonl"))


def listed(folder: Path) -> float:
    """Return the seconds of one command."""
    command = [sys.executable, "-P", str(ROOT / "cli.py"), "list", str(folder)]
    begun = time.perf_counter()
    subprocess.run(command, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, check=True,
                   stdout=subprocess.DEVNULL)  # fmt: skip
    return time.perf_counter() - begun


def read_whole(folder: Path) -> float:
    """Return the seconds of reading every study."""
    from scaling import store

    begun = time.perf_counter()
    for file in folder.glob("*/study.jsonl"):
        store.read(file)
    return time.perf_counter() - begun


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--usual", type=int, default=300)
    parser.add_argument("--large", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    print(f"{'studies':>7} {'MiB':>6} {'start':>7} {'list':>7} {'whole':>7}")
    for usual, large in ((given.usual, 0), (given.usual, given.large)):
        with tempfile.TemporaryDirectory() as name, tempfile.TemporaryDirectory() as empty:
            size = make(Path(name), usual, large)
            start = statistics.median(listed(Path(empty)) for _ in range(given.rounds))
            seconds = statistics.median(listed(Path(name)) for _ in range(given.rounds))
            whole = read_whole(Path(name))
            print(f"{usual + large:7} {size / 2**20:6.1f} {start:7.2f} {seconds:7.2f} {whole:7.2f}")


if __name__ == "__main__":
    main()
