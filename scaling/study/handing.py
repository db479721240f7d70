"""What a caller in Python handed over, where the processes of a study import it."""

from __future__ import annotations

from pathlib import Path

from scaling.options import RunOptions
from scaling.workloads import by_value


def unfold(options: RunOptions, folder: Path) -> list[Path]:
    """Write it into the private folder of the run, and return the folders to import it from."""
    if options.handed is None:
        return []
    return [by_value.write(folder, options.handed.payload), *options.handed.roots]


def shown(options: RunOptions) -> str:
    """Return how messages name the work."""
    return options.spec.target if options.handed is None else "what was handed over"
