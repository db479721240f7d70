"""Which studies lie under a folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scaling import summary
from scaling.errors import StudyFileError, UsageError
from scaling.places import GRAIN_FILE, STUDY_FILE
from scaling.summary import Summary

DEEPEST = 4
"""Levels under the folder that are looked through."""


@dataclass(frozen=True, slots=True)
class Found:
    """What lies under a folder."""

    folder: str
    summaries: tuple[Summary, ...]
    """The newest first."""
    broken: tuple[str, ...] = ()
    """Why a study could not be read, a sentence each."""
    foreign: tuple[str, ...] = ()
    """Folders right under this one that hold no study."""


def find(folder: Path, *, named: bool = True) -> Found:
    """Return the studies and grain results in a folder and under it.

    Hidden folders and links are not followed. Raises UsageError where the user named a folder that
    is not there.
    """
    if not folder.is_dir():
        if named:
            raise UsageError(
                f"there is no folder {folder}; name one that holds studies, or begin one with: "
                "scale run"
            )
        return Found(str(folder), ())
    summaries: list[Summary] = []
    broken: list[str] = []
    holding: set[str] = set()
    closed: list[OSError] = []
    for place, kind in _places(folder, closed):
        holding.update(place.relative_to(folder).parts[:1])
        try:
            summaries.append(_of(place, kind))
        except StudyFileError as error:
            broken.append(str(error))
    for one in closed:
        broken.append(f"cannot look into {one.filename}: {one.strerror}")
        holding.update(Path(one.filename).relative_to(folder).parts[:1])
    summaries.sort(key=lambda one: (one.created, one.folder), reverse=True)
    foreign = () if _is_one(folder) else _foreign(folder, holding)
    return Found(str(folder), tuple(summaries), tuple(broken), foreign)


def _is_one(folder: Path) -> bool:
    """Tell whether the folder itself is that of a study or grain result."""
    return any((folder / name).is_file() for name in (STUDY_FILE, GRAIN_FILE))


def _places(folder: Path, closed: list[OSError]) -> Iterator[tuple[Path, str]]:
    """Yield each place with its kind; folders that cannot be looked into go to ``closed``."""
    top = len(folder.parts)
    for name, below, files in os.walk(folder, onerror=closed.append):
        place = Path(name)
        if STUDY_FILE in files:
            yield place, summary.STUDY
        if GRAIN_FILE in files:
            yield place, summary.GRAIN
        deep = len(place.parts) - top >= DEEPEST or STUDY_FILE in files
        below[:] = [] if deep else sorted(one for one in below if not one.startswith("."))


def _of(place: Path, kind: str) -> Summary:
    return summary.of_study(place) if kind == summary.STUDY else summary.of_grain(place)


def _foreign(folder: Path, holding: set[str]) -> tuple[str, ...]:
    return tuple(
        sorted(
            one.name
            for one in folder.iterdir()
            if one.is_dir() and not one.name.startswith(".") and one.name not in holding
        )
    )
