"""What the user's code said when it failed."""

from __future__ import annotations

from collections.abc import Iterator

from scaling.results import Study

MOST_LINES = 20


def told(study: Study) -> Iterator[tuple[str, str]]:
    """Yield who said it, and the last lines of what was said; each text once."""
    seen: set[str] = set()
    for case, failure, output in study.failures:
        for what, text in (("raised", failure.traceback), ("printed", output)):
            lines = (text or "").strip().splitlines()[-MOST_LINES:]
            # The last line of a trace is the same on all backends.
            if lines and lines[-1] not in seen:
                seen.add(lines[-1])
                yield f"{case.label} {what}", "\n".join(lines)
