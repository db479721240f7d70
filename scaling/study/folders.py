"""Where a run keeps its private files, and where a study goes."""

from __future__ import annotations

import os
import re
import secrets
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from cluster.guard import spawn
from scaling.places import RESULTS

_WAIT = "import signal; signal.pause()"


@contextmanager
def private_folder(owner: str) -> Iterator[Path]:
    """Make a folder for this user alone. It is gone soon after the run, however that ends.

    The guard that removes it is there before the folder is: a run can be killed between the two.
    """
    folder = Path(tempfile.gettempdir()).absolute() / f"rayscale-{secrets.token_hex(6)}"
    keeper = [sys.executable, "-I", "-S", "-c", _WAIT]
    with spawn(keeper, owner=owner, env=os.environ, output=None, remove=folder):
        folder.mkdir(mode=0o700)
        yield folder


def default_output(workload: str) -> Path:
    """Return a folder that is not there yet: ``scale-results/<workload>-<UTC time>``."""
    name = re.sub(r"[^A-Za-z0-9_.-]+", "_", workload).strip("._") or "study"
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    path = RESULTS / f"{name}-{now}"
    count = 2
    while path.exists():
        path = RESULTS / f"{name}-{now}-{count}"
        count += 1
    return path
