"""Where the worker-seconds went, as text."""

from __future__ import annotations

from collections.abc import Iterator

from scaling.results import Study


def lines(study: Study) -> Iterator[str]:
    """Yield the lines of the terminal report; none where nothing is known."""
    del study
    yield from ()
