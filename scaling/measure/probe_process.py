"""The process that looks at a workload for its owner."""

from __future__ import annotations

import os
import pickle
import sys
from pathlib import Path

from scaling.errors import UsageError
from scaling.measure import messages, probe
from scaling.measure.messages import TASK_FILE, ProbeTask, Refused


def main() -> None:
    """Look at the workload of the task in the folder that is the first argument."""
    channel = int(os.environ["RAYSCALE_CHANNEL"])
    os.set_inheritable(channel, False)  # noqa: FBT003 - it takes no keyword
    task: ProbeTask = pickle.loads((Path(sys.argv[1]) / TASK_FILE).read_bytes())
    with os.fdopen(channel, "wb", buffering=0) as stream:

        def tell(message: messages.Message) -> None:
            stream.write(messages.encode(message))

        try:
            tell(probe.look(task.spec, sends=task.sends, plain=task.plain, tell=tell))
        except UsageError as error:
            tell(Refused(str(error)))
    # What the user's module started must not keep the owner waiting.
    sys.stdout.flush()
    os._exit(0)
