"""Failures. Each builds its own message, one line that says what to do."""

from __future__ import annotations

from pathlib import Path
from shlex import quote


class ScaleError(Exception):
    """Base of every error this toolkit raises on purpose."""

    exit_code = 1


class UsageError(ScaleError):
    """Raised when the user asked for something that cannot be: wrong option, bad input."""

    exit_code = 2


class Stopped(ScaleError):
    """Raised when the user stopped a command that had saved nothing yet."""

    exit_code = 130

    def __init__(self) -> None:
        super().__init__("interrupted")


class Interrupted(ScaleError):
    """Raised when the user stopped a run; what was measured is in the study folder."""

    exit_code = 130

    def __init__(self, folder: Path, *, resumable: bool = True) -> None:
        way = (
            f"go on with: scale run --resume {quote(str(folder))}"
            if resumable
            else f"what was measured is in {folder}; its work came by value, so it cannot go on"
        )
        super().__init__(f"interrupted; {way}")
        self.folder = folder


class GrainInterrupted(ScaleError):
    """Raised when the user stopped ``scale grain``; what was measured is in its folder."""

    exit_code = 130

    def __init__(self, folder: Path) -> None:
        super().__init__(f"interrupted; see what was measured with: scale show {folder}")
        self.folder = folder


class UnknownName(UsageError):
    """Raised when a name is not one of a closed list."""

    def __init__(self, what: str, name: str, known: list[str]) -> None:
        from difflib import get_close_matches

        near = get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"choose one of {', '.join(known)}"
        super().__init__(f"there is no {what} {name!r}; {hint}")


class MissingLibrary(UsageError):
    """Raised when a backend or workload needs a library that is not installed."""

    def __init__(self, what: str, library: str, extra: str) -> None:
        super().__init__(
            f"{what} needs the library {library}; install it with: pip install 'rayscale[{extra}]'"
        )


class StudyFileError(UsageError):
    """Raised when a study file cannot be read as what it should be."""


class KernelFailed(ScaleError):
    """Raised in a session when the kernel raised an exception.

    ``item`` is the index of the item, ``item_text`` its short repr, ``trace`` the user's traceback.
    """

    def __init__(self, error: str, *, item: int, item_text: str, trace: str) -> None:
        super().__init__(f"item {item} ({item_text}): {error}")
        self.error, self.item, self.item_text, self.trace = error, item, item_text, trace

    def __reduce__(self) -> tuple[object, ...]:
        return (_kernel_failed, (self.error, self.item, self.item_text, self.trace))


def _kernel_failed(error: str, item: int, item_text: str, trace: str) -> KernelFailed:
    return KernelFailed(error, item=item, item_text=item_text, trace=trace)


class PartNotSendable(ScaleError):
    """Raised in a session when a part cannot be sent back to the driver."""

    def __init__(self, item: int, item_text: str, reason: str) -> None:
        super().__init__(
            f"item {item} ({item_text}): what the kernel returned cannot be sent back: {reason}"
        )
        self.item, self.item_text, self.reason = item, item_text, reason

    def __reduce__(self) -> tuple[object, ...]:
        return (PartNotSendable, (self.item, self.item_text, self.reason))


class ItemNotSendable(ScaleError):
    """Raised in a session when an item cannot be sent to a worker."""

    def __init__(self, item: int, item_text: str, reason: str) -> None:
        super().__init__(f"item {item} ({item_text}) cannot be sent to a worker: {reason}")
        self.item, self.item_text, self.reason = item, item_text, reason

    def __reduce__(self) -> tuple[object, ...]:
        return (ItemNotSendable, (self.item, self.item_text, self.reason))


class WorkerDied(ScaleError):
    """Raised in a session when a worker ended in the middle of its work.

    ``item`` is the index of the item it was at, None when that cannot be told.
    """

    def __init__(self, worker: str, how: str, item: int | None) -> None:
        at = "at no known item" if item is None else f"while it ran item {item}"
        super().__init__(f"worker {worker} {how} {at}")
        self.worker, self.how, self.item = worker, how, item


class OpeningFailed(ScaleError):
    """Raised in a session when a pool cannot be opened."""
