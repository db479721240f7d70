"""What the shell may put in for the beginning of a word. Nothing is imported but what is listed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from itertools import pairwise

from scaling.places import GRAIN_FILE, RESULTS, STUDY_FILE


def workloads(incomplete: str) -> list[str]:
    """Return the built-in workloads; a file is for the shell to complete."""
    from scaling.workloads import registry

    return _beginning(registry.names(), incomplete)


def backends(incomplete: str) -> list[str]:
    """Return the lists with one more backend, each with those that stand before it."""
    from scaling.backends import registry

    before, comma, last = incomplete.rpartition(",")
    left = [name for name in registry.names() if name not in before.split(",")]
    return [f"{before}{comma}{name}" for name in _beginning(left, last)]


def results(incomplete: str) -> list[str]:
    """Return the folders of studies and grain results, the newest first."""
    return _beginning(_folders(STUDY_FILE, GRAIN_FILE), incomplete)


def studies(incomplete: str) -> list[str]:
    """Return the folders of studies, the newest first."""
    return _beginning(_folders(STUDY_FILE), incomplete)


def grains(incomplete: str) -> list[str]:
    """Return the folders of grain results, the newest first."""
    return _beginning(_folders(GRAIN_FILE), incomplete)


def bash_words(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what bash tells of its words, without the ``=`` between an option and its value.

    Bash takes it for a word of its own; the parser would take it for the value.
    """
    words = environment.get("COMP_WORDS", "").split("\n")
    place = environment.get("COMP_CWORD", "")
    if not place.isdecimal():
        return {}
    before, last = words[: int(place)], words[int(place) :][:1]
    kept = [
        word
        for previous, word in pairwise(["", *before])
        if word != "=" or not previous.startswith("--")
    ]
    last = [] if last == ["="] else last
    return {"COMP_WORDS": "\n".join([*kept, *last]), "COMP_CWORD": str(len(kept))}


def _folders(*files: str) -> list[str]:
    found: list[tuple[float, str]] = []
    with suppress(OSError):
        for folder in RESULTS.iterdir():
            with suppress(OSError):
                there = [path for file in files if (path := folder / file).is_file()]
                found += [(path.stat().st_mtime, str(folder)) for path in there[:1]]
    return [name for _, name in sorted(found, reverse=True) if _is_plain(name)]


def _is_plain(name: str) -> bool:
    """Tell whether every shell takes the name as it is; some evaluate what they are given."""
    return all(letter.isalnum() or letter in "._-+=@%/" for letter in name)


def _beginning(names: Iterable[str], incomplete: str) -> list[str]:
    return [name for name in names if name.startswith(incomplete)]
