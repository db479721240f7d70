"""What to use, from what size on, what limits it, what to change first."""

from __future__ import annotations

from scaling.studydata import StudyData


def advice(data: StudyData) -> tuple[str, ...]:
    """Return sentences that the data support, each with its number."""
    del data
    return ()
