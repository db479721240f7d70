"""May a study begin in this process?"""

from __future__ import annotations

import os

from cluster.guard import OWNER_VARIABLE
from scaling.errors import UsageError


def refuse_nested() -> None:
    """Raise UsageError in a process of a study, as where it imports the script that began it."""
    if OWNER_VARIABLE in os.environ:
        raise UsageError(
            "scaling.run was called in a process of a study, as happens when that imports the "
            "file of the work again; put what runs under: if __name__ == '__main__':"
        )
