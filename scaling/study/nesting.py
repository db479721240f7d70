"""May a study begin in this process?"""

from __future__ import annotations

import os

from cluster.guard import OWNER_VARIABLE
from scaling.errors import UsageError


def refuse_nested() -> None:
    """Raise UsageError in a process of a study, as where it imports the script that began it."""
    if OWNER_VARIABLE in os.environ:
        raise UsageError(
            "a study began in a process of another study; processes import the file of the work "
            "again, so put what runs under: if __name__ == '__main__':"
        )
