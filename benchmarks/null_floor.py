"""Do two equal cases differ by less than the floor that a null study reports?

Runs ``scale run --null`` again and again; a floor that holds is larger than the difference of the
same run in at least 17 of 20.

    python benchmarks/null_floor.py [RUNS] [SIZE]
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def run(size: int, folder: Path, seed: int) -> tuple[float, float]:
    """Return the difference that was seen and the floor that was reported."""
    done = subprocess.run(
        [
            *(sys.executable, "-P", "-m", "cli", "run", "primes", "--null", "--quiet", "--json"),
            *("--size", str(size), "--max-blocks", "6", "--seed", str(seed)),
            *("--output", str(folder / str(seed))),
        ],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
        text=True,
    )
    null = json.loads(done.stdout)["null"]
    return null["difference"], null["floor"]


def main(runs: int, size: int) -> None:
    """Measure and print."""
    held = 0
    print(f"{'run':>4}{'difference':>12}{'floor':>9}")
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(runs):
            difference, floor = run(size, Path(folder), seed)
            held += difference < floor
            print(f"{seed:>4}{difference:>12.2%}{floor:>9.2%}", flush=True)
    print(f"the difference was under the floor in {held} of {runs} runs")


if __name__ == "__main__":
    given = [int(text) for text in sys.argv[1:]]
    main(*(given + [20, 200][len(given) :]))
