"""Body of a worker process: load the workload, take the shared input, run batches."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scaling.backends.channel import BlockingChannel, Closed, Garbled
from scaling.backends.failures import error_text, first_unsendable, short_text
from scaling.backends.progress import open_progress
from scaling.backends.runner import Reply, Runner, bound_kernel
from scaling.errors import ItemNotSendable, KernelFailed, OpeningFailed, PartNotSendable
from scaling.subject import WorkloadSpec


@dataclass(frozen=True, slots=True)
class WorkerTask:
    """What a worker process is told when it starts."""

    spec: WorkloadSpec
    worker: int
    threads: int
    folder: Path


def serve(end: socket.socket, task: WorkerTask) -> None:
    """Serve batches until the driver closes its end."""
    channel = BlockingChannel(end)
    try:
        runner = _open(channel, task)
        while runner is not None:
            _serve_batch(channel, runner)
    except Closed:
        return


def _open(channel: BlockingChannel, task: WorkerTask) -> Runner | None:
    from scaling.backends import heap, limits
    from scaling.backends.presence import here
    from scaling.workloads import registry

    try:
        # Before the shared input: its classes may live in the user's module.
        workload = registry.load(task.spec)
        shared = _shared(channel)
    except Closed:
        raise
    except BaseException as error:  # noqa: BLE001 - told to the driver, whatever it is
        channel.send(OpeningFailed(error_text(error)))
        return None
    limits.apply(task.threads)
    at = open_progress(task.folder, task.worker)
    heap.freeze()
    channel.send(here())
    return Runner(bound_kernel(workload, shared), task.worker, at)


def _shared(channel: BlockingChannel) -> Any:
    descriptor = channel.receive_descriptor()
    message = channel.receive()
    if descriptor is None:
        return message
    from scaling.backends import shared_memory

    try:
        return shared_memory.read(descriptor, message)
    finally:
        os.close(descriptor)


def _serve_batch(channel: BlockingChannel, runner: Runner) -> None:
    try:
        first, items = channel.receive()
    except Garbled as garbled:
        channel.send(ItemNotSendable(garbled.tag, "or a later one of its batch", str(garbled)))
        return
    try:
        reply = runner.run(first, items)
    except KernelFailed as failure:
        channel.send(failure)
    else:
        _send_reply(channel, reply, items)


def _send_reply(channel: BlockingChannel, reply: Reply, items: list[Any]) -> None:
    try:
        channel.send(reply, tag=reply.record.first)
    except Closed:
        raise
    except Exception as error:  # noqa: BLE001 - any class may refuse to be pickled in its own way
        first = reply.record.first
        found = first_unsendable(first, reply.parts, items)
        channel.send(found or PartNotSendable(first, short_text(items[0]), error_text(error)))
