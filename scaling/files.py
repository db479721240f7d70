"""Files that are there whole or not at all."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

_TEMPORARY = ".scale-{}.tmp"


def write_whole(path: Path, content: bytes, *, fresh: bool = False) -> None:
    """Write a file so that no reader, and no crash, ever sees a part of it. Raises OSError.

    With ``fresh`` an existing file is never replaced: FileExistsError. A link stays, and what it
    leads to is written; a device or pipe is written to, never replaced.
    """
    path = path.resolve()
    if path.exists() and not path.is_file():
        path.write_bytes(content)
        return
    temporary = path.with_name(_TEMPORARY.format(os.getpid()))
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if fresh:
            _move_to_free_name(temporary, path)
        else:
            temporary.replace(path)
        _sync_folder(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def remove_torn(folder: Path) -> None:
    """Remove what writers left in a folder that were killed; none may be at work there."""
    for path in folder.glob(_TEMPORARY.format("*")):
        path.unlink(missing_ok=True)


def _move_to_free_name(source: Path, target: Path) -> None:
    try:
        target.hardlink_to(source)
    except FileExistsError:
        raise
    except OSError as error:  # some file systems have no hard links
        if target.exists():
            raise FileExistsError(str(target)) from error
        source.rename(target)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with suppress(OSError):  # some network file systems cannot
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
