"""What a run tells whoever watches it."""

from __future__ import annotations

from typing import Protocol

from scaling.model import Case, Status


class Observer(Protocol):
    """Watches a run. Every method returns at once and never raises."""

    def message(self, text: str) -> None:
        """Take one line for the user."""
        ...

    def started(self, sessions: int) -> None:
        """Learn how many sessions are still to come; called again when that changes."""
        ...

    def session_started(self, case: Case, block: int) -> None:
        """See a session begin."""
        ...

    def sample(self, case: Case, block: int, seconds: float) -> None:
        """See one sample."""
        ...

    def session_ended(self, case: Case, block: int, status: Status, text: str) -> None:
        """See a session end; ``text`` is its failure in one line, or empty."""
        ...

    def finished(self) -> None:
        """See the run end, however it ended; nothing is told afterwards."""
        ...
