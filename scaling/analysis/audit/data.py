"""What travels between processes."""

from __future__ import annotations

from collections.abc import Iterator

from scaling.analysis.audit.finding import NOTABLE, Finding, Severity
from scaling.analysis.audit.hits import Hit, merged
from scaling.analysis.audit.view import Measured, Timed, View
from scaling.analysis.units import count, percent, seconds

LARGE_BYTES = 100 * 1024
"""From here on Ray itself no longer sends a value along with the call, but stores it."""
REPEATED_BYTES = 10_000
"""A value that fits into a few network packets costs little however often it is sent."""
ALL_REPEATED_BYTES = 1_000_000
"""A megabyte a sample takes a millisecond to pickle, send and unpickle."""
DRIVER_SHARE = 0.1
"""Share of the time that the driver must be on the CPU before its unpickling can matter."""


def large_items(view: View) -> Iterator[Finding]:
    """Find large items, where workers wait for them."""
    hits = []
    for one in view.sending:
        size = _item_bytes(one)
        lost = one.lost("scheduling")
        if size >= LARGE_BYTES and lost >= NOTABLE:
            evidence = (
                f"an item is {byte_text(size)} pickled, {byte_text(size * one.case.size)} a "
                f"sample; workers waited for items {percent(lost)} of the time"
            )
            hits.append(Hit(one, lost, evidence))
    yield from merged(
        "large-items",
        hits,
        "send a path, a range or an index instead, and load the data in the kernel",
    )


def repeated_value(view: View) -> Iterator[Finding]:
    """Find a value that every item holds alike."""
    hits = []
    for one in view.sending:
        size = one.facts.repeated_bytes if one.facts else 0
        whole = size * one.case.size
        if size >= REPEATED_BYTES and whole >= ALL_REPEATED_BYTES:
            lost = max(0.0, one.lost("scheduling"))
            evidence = (
                f"every item holds the same value of {byte_text(size)}, {byte_text(whole)} a "
                f"sample; workers waited for items {percent(lost)} of the time"
            )
            hits.append(Hit(one, lost, evidence))
    yield from merged(
        "repeated-value",
        hits,
        "give it as shared input (--shared): it travels once to each worker, not with each item",
    )


def by_value(view: View) -> Iterator[Finding]:
    """Find code that travels with the items."""
    hits = []
    for one in view.sending:
        if one.facts is not None and one.facts.by_value:
            lost = max(0.0, one.lost("scheduling"))
            evidence = (
                f"items or parts hold code that cannot be imported, so it travels with each of "
                f"{count(one.case.size, 'item')}; workers waited for items {percent(lost)} of "
                "the time"
            )
            hits.append(Hit(one, lost, evidence))
    matters = max((hit.share for hit in hits), default=0.0) >= NOTABLE
    yield from merged(
        "code-by-value",
        hits,
        "define the functions and classes of items and parts at the top of a module",
        Severity.MEDIUM if matters else Severity.LOW,
    )


def large_parts(view: View) -> Iterator[Finding]:
    """Find large parts that the driver unpickles while workers wait."""
    hits = []
    for one in view.sending:
        size = (one.facts.part_bytes if one.facts else None) or 0
        lost = one.lost("scheduling", "serial")
        driver = one.typical(driver_share) or 0.0
        if size >= LARGE_BYTES and lost >= NOTABLE and driver >= DRIVER_SHARE:
            evidence = (
                f"a part is {byte_text(size)} pickled, {byte_text(size * one.case.size)} a "
                f"sample; the driver was on the CPU {percent(driver)} of {seconds(one.seconds)}, "
                f"and workers waited {percent(lost)} of the time"
            )
            hits.append(Hit(one, lost, evidence))
    yield from merged(
        "large-parts",
        hits,
        "return less from the kernel: reduce there, or write the part to a file and return its "
        "path",
    )


def driver_share(timed: Timed) -> float | None:
    """Return the share of the sample in which the driver was on the CPU; None where not known."""
    driver = timed.sample.driver_cpu_s
    return None if driver is None else driver / timed.sample.seconds


def byte_text(number: float) -> str:
    """Return a number of bytes with its unit, in powers of 1000."""
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if number >= size:
            return f"{number / size:.3g} {unit}"
    return count(int(number), "byte")


def _item_bytes(one: Measured) -> int:
    """Return the size of an item without what it shares with the others: that is told apart."""
    if one.facts is None or one.facts.item_bytes is None:
        return 0
    repeated = one.facts.repeated_bytes
    return max(0, one.facts.item_bytes - (repeated if repeated >= REPEATED_BYTES else 0))
