"""What is found out before anything is measured."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from scaling.errors import UsageError
from scaling.model import WorkloadSpec
from scaling.options import RunOptions
from scaling.reports.progress import Quiet
from scaling.study.planning import plan_study


@pytest.mark.parametrize("below", ["", "new", "new/newer"])
@pytest.mark.parametrize("why", ["file", "closed"])
def test_output_that_cannot_be_written(
    why: str, below: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is refused before the workload is looked at, and so in a dry run."""
    place = tmp_path / why
    if why == "file":
        place.touch()
    else:
        place.mkdir()
        monkeypatch.setattr(os, "access", lambda *_: False)
    options = RunOptions(WorkloadSpec("there is none"), output=place / below)
    with pytest.raises(UsageError, match=f"--output .*{why} is no folder that you may write to"):
        plan_study(options, "owner", tmp_path, Quiet())
