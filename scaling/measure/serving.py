"""The body of a session's process: take the task, run it, tell the owner how it ended."""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from scaling.measure import messages
from scaling.measure.messages import TASK_FILE, Done, GrainTask, SessionTask

Tell = Callable[["messages.Message"], None]
"""Sends a message to the owner."""
Task = TypeVar("Task", SessionTask, GrainTask)


def serve(kind: type[Task], run: Callable[[Task, Path, Tell], Done]) -> None:
    """Run the task of this kind in the private folder that is the first argument."""
    with os.fdopen(int(os.environ["RAYSCALE_CHANNEL"]), "wb", buffering=0) as channel:
        os.set_inheritable(channel.fileno(), False)  # noqa: FBT003 - it takes no keyword

        def tell(message: messages.Message) -> None:
            channel.write(messages.encode(message))

        folder = Path(sys.argv[1])
        task = pickle.loads((folder / TASK_FILE).read_bytes())
        assert isinstance(task, kind), f"a task of this kind, not {task!r:.60}"
        done = run(task, folder, tell)
        # Before the end is told: the owner reads then what the work printed.
        sys.stdout.flush()
        sys.stderr.flush()
        tell(done)
