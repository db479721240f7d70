"""Writes what a user asked for to a file."""

from __future__ import annotations

from pathlib import Path

from scaling.errors import UsageError
from scaling.files import write_whole


def save(path: Path, content: bytes) -> None:
    """Write a file, whole or not at all. Raises UsageError."""
    try:
        write_whole(path, content)
    except OSError as error:
        raise UsageError(
            f"cannot write {path}: {error.strerror}; choose a file in a folder you may write to"
        ) from None
