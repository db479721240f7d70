"""Traces in Chrome's trace event format, for ui.perfetto.dev and chrome://tracing.

Format: "Trace Event Format", Google, 2016. One sample of each case: of those that were traced, the
one with the median time (the lower of two). Times are in microseconds from the sample's start, so
the cases lie side by side.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from scaling import tracefile
from scaling.errors import UsageError
from scaling.model import REFERENCE_BLOCK, Case
from scaling.records import Sample
from scaling.reports.trace_batches import Batches, Detail
from scaling.results import Study
from scaling.tracefile import Trace

MOST_EVENTS = 200_000
"""In one file; viewers get slow beyond some hundred thousand."""
DRIVER_THREAD = 1
_THREADS = 10_000
"""Numbers of threads kept free for each process: viewers want them unique in the file."""
_LOCAL = "local"

Event = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shown:
    """The sample that stands for its case."""

    case: Case
    sample: Sample
    trace: Trace
    most_events: int

    @property
    def detail(self) -> Detail:
        """What there is room for."""
        batches, items = len(self.trace.worker), len(self.trace.duration_ns)
        if batches + items <= self.most_events:
            return "every item"
        return "every batch" if batches <= self.most_events else "the first batches"


def text(study: Study, most_events: int = MOST_EVENTS) -> str:
    """Return the trace of a study as JSON, one event on a line.

    Raises UsageError when the study has none, StudyFileError when a trace is not sound.
    """
    encode = json.JSONEncoder(allow_nan=False).encode
    cases: list[Event] = []
    lines = ",\n".join(encode(event) for event in events(_noted(study, most_events, cases)))
    head = {"displayTimeUnit": "ms", "otherData": _other_data(study, cases)}
    return f'{encode(head)[:-1]}, "traceEvents": [\n{lines}\n]}}\n'


def _noted(study: Study, most_events: int, cases: list[Event]) -> Iterator[Shown]:
    """Yield what is shown, and note what the document says of it; no trace is kept."""
    for one in chosen(study, most_events):
        cases.append(_case(one))
        yield one


def traced(study: Study) -> dict[str, list[Sample]]:
    """Return the samples that count and were traced, by the key of their case."""
    ended = {session.session for session in study.data.sessions if session.status == "ok"}
    kept: dict[str, list[Sample]] = {}
    for sample in study.data.samples:
        if sample.trace and sample.session in ended and sample.block != REFERENCE_BLOCK:
            kept.setdefault(sample.case, []).append(sample)
    return kept


def chosen(study: Study, most_events: int = MOST_EVENTS) -> Iterator[Shown]:
    """Yield the sample that stands for each case which has one. Raises UsageError."""
    kept = traced(study)
    if not kept or study.folder is None:
        raise UsageError(
            "this study holds no traces: they are kept with --trace; "
            "measure again with: scale run --trace"
        )
    for case in study.header.plan.cases:
        if case.key in kept:
            ranked = sorted(kept[case.key], key=lambda sample: sample.seconds)
            median = ranked[(len(ranked) - 1) // 2]
            trace = tracefile.read(study.folder / str(median.trace))
            yield Shown(case, median, trace, most_events // len(kept))


def events(shown: Iterable[Shown]) -> Iterator[Event]:
    """Yield the events of all cases: names of processes and threads before what they did."""
    first_free = 1
    for one in shown:
        threads = _Threads.of(one, first_free)
        first_free += len(threads.processes)
        batches = Batches.of(one.trace, one.detail, one.most_events)
        yield from threads.names()
        yield from _driver(one, batches, threads.driver)
        for worker in range(len(one.trace.workers)):
            yield from _worker(one, batches, worker, threads.workers[worker])


@dataclass(frozen=True, slots=True)
class _Threads:
    """Process and thread of the driver and of each worker of a case, in a trace's sense."""

    one: Shown
    processes: dict[str, int]
    """By node; the driver's node is local."""
    driver: tuple[int, int]
    workers: list[tuple[int, int]]

    @classmethod
    def of(cls, one: Shown, first: int) -> _Threads:
        nodes = dict.fromkeys([_LOCAL, *map(str, one.trace.nodes)])
        processes = {node: first + k for k, node in enumerate(nodes)}
        workers = [
            (processes[str(node)], processes[str(node)] * _THREADS + DRIVER_THREAD + 1 + worker)
            for worker, node in enumerate(one.trace.nodes)
        ]
        driver = processes[_LOCAL]
        return cls(one, processes, (driver, driver * _THREADS + DRIVER_THREAD), workers)

    def names(self) -> Iterator[Event]:
        """Yield what names them and puts them in order."""
        one = self.one
        for number, (node, pid) in enumerate(self.processes.items()):
            place = "" if node == _LOCAL else f", node {number} ({node[:8]})"
            yield _name("process_name", pid, 0, name=f"{_label(one)}{place}")
            yield _name("process_sort_index", pid, 0, sort_index=pid)
            if one.detail != "every item":
                yield _name("process_labels", pid, 0, labels=one.detail)
        threads = [("driver", self.driver)]
        threads += [
            (str(name), at) for name, at in zip(one.trace.workers, self.workers, strict=True)
        ]
        for name, (pid, tid) in threads:
            yield _name("thread_name", pid, tid, name=name)
            yield _name("thread_sort_index", pid, tid, sort_index=tid)


def _label(one: Shown) -> str:
    return f"{one.case.label}, {one.case.size} items"


def _name(kind: str, pid: int, tid: int, **args: str | int) -> Event:
    return {"name": kind, "ph": "M", "ts": 0, "pid": pid, "tid": tid, "args": args}


def _driver(one: Shown, batches: Batches, at: tuple[int, int]) -> Iterator[Event]:
    """Yield what the driver did, and when the first item began and the last one ended."""
    trace = one.trace
    end = round(trace.seconds * 1e9)
    combine = round(trace.combine_s * 1e9)
    sample = {"session": one.sample.session, "sample": one.sample.index}
    yield _span("sample", "driver", at, (0, end), sample)
    bounds = trace.produced_ns
    if one.detail == "the first batches":
        bounds = bounds[: 2 * one.most_events]
    within = [
        _span("produce", "driver", at, (int(start), int(stop)), {})
        for start, stop in zip(bounds[::2], bounds[1::2], strict=True)
    ]
    within.append(_span("combine", "driver", at, (end - combine, end), {}))
    if len(trace.worker):
        within.append(_mark("first item starts", at, int(trace.start_ns.min())))
        within.append(_mark("last item ends", at, int(batches.ends.max())))
    yield from sorted(within, key=lambda event: float(event["ts"]))


def _worker(one: Shown, batches: Batches, worker: int, at: tuple[int, int]) -> Iterator[Event]:
    """Yield the batches of a worker in order, each before its items."""
    trace = one.trace
    own = batches.shown[trace.worker[batches.shown] == worker]
    for batch in own[np.argsort(trace.start_ns[own], kind="stable")].tolist():
        offset, count = int(batches.offsets[batch]), int(trace.count[batch])
        span = (int(trace.start_ns[batch]), int(batches.ends[batch]))
        first, told = trace.item(offset), _told(trace, batch)
        if count == 1:
            args = {"item": first, "batch": batch, **told}
            yield _span(f"item {first}", "item", at, span, args)
            continue
        batch_args = {"batch": batch, "items": count, "first": first, **told}
        yield _span(f"batch of {count}", "batch", at, span, batch_args)
        if batches.items is None:
            continue
        starts, ends = (column[offset : offset + count].tolist() for column in batches.items)
        for k, item in enumerate(zip(starts, ends, strict=True)):
            number = trace.item(offset + k)
            args = {"item": number, "batch": batch}
            yield _span(f"item {number}", "item", at, item, args)


def _told(trace: Trace, batch: int) -> Event:
    """Return what is known of a batch beyond its start and end."""
    told = {}
    if len(trace.cpu_ns):
        told["cpu_us"] = int(trace.cpu_ns[batch]) / 1000
    if not trace.hides_batches:
        told["sent_us"] = int(trace.sent_ns[batch]) / 1000
        told["received_us"] = int(trace.received_ns[batch]) / 1000
    return told


def _span(
    name: str, category: str, at: tuple[int, int], span: tuple[int, int], args: Event
) -> Event:
    # Viewers drop what is before 0; another host's clock can be off by that much.
    start, end = max(0, span[0]), max(0, span[1])
    return {
        "name": name,
        "cat": category,
        "ph": "X",
        "ts": start / 1000,
        "dur": (end - start) / 1000,
        "pid": at[0],
        "tid": at[1],
        "args": args,
    }


def _mark(name: str, at: tuple[int, int], ns: int) -> Event:
    time_us = max(0, ns) / 1000
    return {
        "name": name,
        "cat": "driver",
        "ph": "i",
        "s": "p",
        "ts": time_us,
        "pid": at[0],
        "tid": at[1],
    }


def _other_data(study: Study, cases: Sequence[Event]) -> Event:
    return {
        "study": study.header.id,
        "times": "microseconds from the start of each case's sample",
        "samples": "of each case the traced sample with the median time",
        "cases": cases,
    }


def _case(one: Shown) -> Event:
    return {
        "case": one.case.key,
        "session": one.sample.session,
        "index": one.sample.index,
        "seconds": one.sample.seconds,
        "items": len(one.trace.duration_ns),
        "batches": len(one.trace.worker),
        "shown": one.detail,
        "clock_error_us": int(max(one.trace.clock_error_ns, default=0)) / 1000,
    }
