"""What went wrong in a worker, in words and with the item."""

from __future__ import annotations

import pickle
import reprlib
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from scaling.errors import ItemNotSendable, KernelFailed, OpeningFailed, PartNotSendable

_OURS = Path(__file__).parent


def short_text(value: object) -> str:
    """Return a short ``repr`` that never raises."""
    try:
        return reprlib.repr(value)
    except Exception as error:  # noqa: BLE001 - the user's __repr__ may raise anything
        return f"<{type(value).__name__}, whose repr raises {type(error).__name__}>"


def error_text(error: BaseException) -> str:
    """Return ``Type: message`` in one line."""
    return " ".join("".join(traceback.format_exception_only(error)).split())


def signal_name(number: int) -> str:
    """Return ``SIGKILL`` for 9; real-time signals have no names."""
    import signal

    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def kernel_failure(error: BaseException, item: int, value: object) -> KernelFailed:
    """Describe what the kernel raised, with the user's frames only."""
    own = error.__traceback__
    while own is not None and Path(own.tb_frame.f_code.co_filename).parent == _OURS:
        own = own.tb_next
    trace = "".join(traceback.format_exception(type(error), error, own))
    return KernelFailed(error_text(error), item=item, item_text=short_text(value), trace=trace)


def unsendable_item(
    first: int, items: list[Any], error: Exception, dump: Callable[[Any], object] = pickle.dumps
) -> ItemNotSendable:
    """Name the item that cannot be pickled, of a batch that raised ``error``."""
    for offset, item in enumerate(items):
        try:
            dump(item)
        except Exception as own:  # noqa: BLE001 - any class may refuse in its own way
            return ItemNotSendable(first + offset, short_text(item), error_text(own))
    return ItemNotSendable(first, short_text(items[0]), error_text(error))


def unsendable_shared(error: Exception) -> OpeningFailed:
    """Say that the shared input cannot be pickled."""
    return OpeningFailed(f"the shared input cannot be sent to workers: {error_text(error)}")


def first_unsendable(
    first: int, parts: list[Any], items: list[Any], dump: Callable[[Any], object] = pickle.dumps
) -> PartNotSendable | None:
    """Find the part that cannot be pickled."""
    for offset, part in enumerate(parts):
        try:
            dump(part)
        except Exception as error:  # noqa: BLE001 - any class may refuse in its own way
            return PartNotSendable(first + offset, short_text(items[offset]), error_text(error))
    return None
