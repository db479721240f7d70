"""Where studies are, and how their files are named."""

from __future__ import annotations

from pathlib import Path

RESULTS = Path("scale-results")
"""Studies go here, under the current folder, unless the user says otherwise."""
STUDY_FILE = "study.jsonl"
GRAIN_FILE = "grain.jsonl"
