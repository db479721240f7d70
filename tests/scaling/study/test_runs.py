"""A study that could not go on says where it is, and how it goes on."""

from __future__ import annotations

from errno import ENOSPC
from pathlib import Path

import pytest

from scaling.errors import Interrupted, ScaleError
from scaling.study import runs

FOLDER = Path("my studies/out")
RESUME = r"scale run --resume 'my studies/out'$"


@pytest.mark.parametrize("stopped", [KeyboardInterrupt(), OSError(ENOSPC, "No space left")])
def test_command_can_be_pasted(stopped: BaseException) -> None:
    """A folder with a space in its name is one word of it."""
    with pytest.raises(ScaleError, match=RESUME), runs._safely(FOLDER):
        raise stopped


@pytest.mark.parametrize("stopped", [KeyboardInterrupt(), OSError(ENOSPC, "No space left")])
def test_work_that_came_by_value_cannot_go_on(stopped: BaseException) -> None:
    """Nobody is sent to a command that refuses it."""
    with (
        pytest.raises(ScaleError, match=r"is .*in my studies/out.*cannot go on$") as raised,
        runs._safely(FOLDER, resumable=False),
    ):
        raise stopped
    assert "--resume" not in str(raised.value)
    assert isinstance(raised.value, Interrupted) == isinstance(stopped, KeyboardInterrupt)
