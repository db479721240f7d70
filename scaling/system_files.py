"""The system's own files, below ``/proc`` and ``/sys``."""

from __future__ import annotations

from pathlib import Path


def text_of(path: Path) -> str:
    """Return what the file says; empty where the system has no such file or does not tell."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
