"""Why cases have no value, and what the user's code said when it failed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scaling.analysis.speedup import CaseResult
from scaling.analysis.units import count, listed, shortened
from scaling.reports.table import VERBS, case_name
from scaling.results import Study

MOST_LINES = 20
MOST_NAMED = 4
"""Cases that are named for one reason."""


def reasons(results: Sequence[CaseResult], *, brief: bool = False) -> list[str]:
    """Return one line for each reason why cases have no value that counts, with their names.

    With ``brief`` no more than the beginning of a long reason is told.
    """
    several = len({result.size for result in results}) > 1
    alike: dict[tuple[str, str | None], list[str]] = {}
    for result in results:
        if result.status != "ok":
            name = case_name(result) + f" with {count(result.size, 'item')}" * several
            reason = shortened(result.reason or "") if brief else result.reason
            alike.setdefault((result.status, reason), []).append(name)
    return [_line(names, *what) for what, names in alike.items()]


def _line(names: Sequence[str], status: str, reason: str | None) -> str:
    more = len(names) - MOST_NAMED
    told = [*names[:MOST_NAMED], f"{more} more"] if more > 0 else names
    verb = VERBS[status] if len(names) == 1 else VERBS[status].replace("was ", "were ")
    return f"{listed(told)} {verb}" + (f": {reason}" if reason else "")


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
