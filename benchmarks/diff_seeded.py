"""Does ``scale diff`` find what was changed in real work, and nothing where nothing was?

Runs ``scale compare`` on the same work with nothing changed, with a serial section in the combine,
and with every kernel made slower, one after the other, then ``scale diff`` on each.

The machine must have nothing else to do.

    python benchmarks/diff_seeded.py [BLOCKS [same|serial|kernel ...]]
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
WORK = """
import hashlib

BUFFER = bytes(range(256)) * 1024

def hashed(rounds):
    found = hashlib.sha256()
    for _ in range(rounds):
        found.update(BUFFER)
    return found.hexdigest()

def digest(item):
    return hashed({rounds})

def join(parts):
    hashed({serial})
    return "".join(parts)
"""
ITEMS, ROUNDS = 32, 100
VERSIONS = {
    "base": (ROUNDS, 0),
    "same": (ROUNDS, 0),
    "serial": (ROUNDS, ITEMS * ROUNDS // 5),
    "kernel": (ROUNDS * 6 // 5, 0),
}
"""Hashes in each item, and in the combine: a fifth of all more in the last two."""


def scale(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "cli", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
        capture_output=True,
        text=True,
    )


def measure(folder: Path, name: str, blocks: int) -> None:
    """Run a study of one version."""
    rounds, serial = VERSIONS[name]
    (folder / name).mkdir()
    work = folder / name / "work.py"
    work.write_text(WORK.format(rounds=rounds, serial=serial), encoding="utf-8")
    many = str(blocks)
    done = scale(
        *("compare", f"{work}:digest", "--items", f"range:{ITEMS}", "--combine", "join"),
        *("--backends", "serial,processes", "--workers", "2", "--quiet"),
        *("--blocks", many, "--max-blocks", many, "--output", str(folder / name / "s")),
    )
    assert done.returncode == 0, done.stderr


def told(folder: Path, name: str, threshold: str) -> tuple[dict[str, Any], str]:
    """Return what the gate says of a version, as a document and as text."""
    paths = (str(folder / "base" / "s"), str(folder / name / "s"), "--threshold", threshold)
    return json.loads(scale("diff", *paths, "--json").stdout), scale("diff", *paths).stdout


def main() -> None:
    """Measure and print."""
    blocks = int(sys.argv[1]) if len(sys.argv) > 1 else 12
    changed = sys.argv[2:] or [name for name in VERSIONS if name != "base"]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for name in ("base", *changed):
            measure(folder, name, blocks)
        for name in changed:
            document, text = told(folder, name, "5%")
            moved = {
                one["case"]["backend"]: [part["name"] for part in one["moved"]]
                for one in document["causes"]
            }
            print(f"== {name}: {document['verdict']}, what moved first: {moved}\n\n{text}")


if __name__ == "__main__":
    main()
