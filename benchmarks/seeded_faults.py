"""Does the audit find what is wrong with a machine, or with how it is used?

Each line gives the machine or the work one fault by real means and runs a study through the command
line; the rule must be among its findings. Those that need root and Linux say so.

    python benchmarks/seeded_faults.py [RULE ...]
"""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
WORK = ROOT / "benchmarks" / "seeded_work.py"
GROUP = Path("/sys/fs/cgroup/memory/rayscale-seeded-fault")
GROUP_BYTES = 350_000_000
FILE_BYTES = 500_000_000
STOLEN = 0.3
"""Share of the machine's CPU time that the counter says was stolen."""


@dataclass(frozen=True)
class Setting:
    """How a study is run in the presence of a fault."""

    prefix: tuple[str, ...] = ()
    """What the command runs under."""
    environment: dict[str, str] = field(default_factory=dict)


Around = Callable[[Path], AbstractContextManager[Setting]]
"""Brings the fault about and takes it away; gets a folder for files."""


def spin(until: float) -> None:
    """Keep a CPU busy."""
    while time.monotonic() < until:
        pass


@contextmanager
def at_times_busy(_: Path) -> Iterator[Setting]:
    """Other processes on all CPUs for 5 s of every 20 s."""
    over = threading.Event()

    def burn() -> None:
        while not over.wait(15.0):
            until = time.monotonic() + 5.0
            others = [multiprocessing.get_context("spawn").Process(target=spin, args=(until,))
                      for _ in range(os.cpu_count() or 1)]  # fmt: skip
            for other in others:
                other.start()
            for other in others:
                other.join()

    thread = threading.Thread(target=burn)
    thread.start()
    try:
        yield Setting()
    finally:
        over.set()
        thread.join()


@contextmanager
def little_memory(folder: Path) -> Iterator[Setting]:
    """A control group with less memory than the file that the work reads. Needs root, cgroup v1."""
    large = folder / "large"
    with large.open("wb") as file:
        for _ in range(FILE_BYTES // 1_000_000):
            file.write(os.urandom(1_000_000))
        file.flush()
        os.fsync(file.fileno())
        # Its pages are to belong to the group that reads them.
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    GROUP.mkdir()
    try:
        (GROUP / "memory.limit_in_bytes").write_text(str(GROUP_BYTES))
        enter = f'echo $$ > {GROUP}/cgroup.procs; exec "$@"'
        yield Setting(("sh", "-c", enter, "sh"), {"RAYSCALE_THRASHED_FILE": str(large)})
    finally:
        GROUP.rmdir()


@contextmanager
def small_store(_: Path) -> Iterator[Setting]:
    """So little shared memory that object stores have the least size. Needs root."""
    mount = 'mount -t tmpfs -o size=300m tmpfs /dev/shm && exec "$@"'
    yield Setting(("unshare", "--mount", "sh", "-c", mount, "sh"))


@contextmanager
def stolen_time(folder: Path) -> Iterator[Setting]:
    """A counter that says what a hypervisor would make it say: none can be told to. Needs root."""
    told, over = folder / "stat", threading.Event()
    begin = time.monotonic()

    def tell() -> None:
        while True:
            first, _, rest = Path("/proc/stat").read_text(encoding="ascii").partition("\n")
            words = first.split()
            more = (time.monotonic() - begin) * STOLEN * (os.cpu_count() or 1)
            words[8] = str(int(words[8]) + int(more * os.sysconf("SC_CLK_TCK")))
            told.write_text(f"{' '.join(words)}\n{rest}", encoding="ascii")
            if over.wait(0.01):
                return

    tell_once = threading.Thread(target=tell)
    tell_once.start()
    try:
        time.sleep(0.1)
        mount = f'mount --bind {told} /proc/stat && exec "$@"'
        yield Setting(("unshare", "--mount", "sh", "-c", mount, "sh"))
    finally:
        over.set()
        tell_once.join()


def as_it_is(_: Path) -> AbstractContextManager[Setting]:
    """The fault is in the work, or in the options."""
    return nullcontext(Setting())


@dataclass(frozen=True)
class Fault:
    """A rule, and what must make it find something."""

    rule: str
    text: str
    kernel: str
    options: tuple[str, ...]
    around: Around = as_it_is


PROCESSES = ("--backends", "processes", "--workers", "2")
FAULTS = (
    Fault("pinned-workers", "affinity set inside the kernel", "pinned", PROCESSES),
    Fault("idle-workers", "one batch for all items (`--batch 64`)", "plain",
          (*PROCESSES, "--batch", "64")),
    Fault("more-cpu-time-per-item", "sums of arrays of 240 MB in each worker", "additions",
          PROCESSES),
    Fault("cpu-pressure", "a kernel and its own process, both on one CPU", "crowded",
          ("--backends", "processes", "--workers", "1")),
    Fault("busier-sessions", "other processes on all CPUs, 5 s of every 20 s", "plain",
          (*PROCESSES, "--blocks", "12"), at_times_busy),
    Fault("memory-pressure", "a control group of 350 MB, work that reads 500 MB", "thrashed",
          PROCESSES, little_memory),
    Fault("spilling", "object stores of 75 MiB, parts of 240 MB", "large_parts",
          ("--backends", "ray", "--nodes", "1", "--workers-per-node", "1"), small_store),
    Fault("steal", "`/proc/stat` replaced by one that tells of it", "plain", PROCESSES,
          stolen_time),
)  # fmt: skip


def evidence(fault: Fault, folder: Path) -> str | None:
    """Return what the audit says of a fault; None when it says nothing."""
    with fault.around(folder) as setting:
        command = [
            *setting.prefix,
            *(sys.executable, "-P", "-m", "cli", "run", f"{WORK}:{fault.kernel}", *fault.options),
            *("--max-blocks", "12", "--quiet", "--json", "--output", str(folder / "study")),
        ]
        environment = {**os.environ, **setting.environment, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{fault.rule}: {done.stderr or done.stdout}")
    findings = json.loads(done.stdout)["findings"]
    found = [one["evidence"] for one in findings if one["rule"] == fault.rule]
    others = sorted({one["rule"] for one in findings} - {fault.rule})
    return f"{found[0]} (also {', '.join(others) or 'nothing'})" if found else None


def main(rules: list[str]) -> None:
    """Print a line for each fault; end with 1 when one was not found."""
    print("| rule | fault | found |\n|---|---|---|", flush=True)
    missed = 0
    for fault in FAULTS:
        if rules and fault.rule not in rules:
            continue
        with tempfile.TemporaryDirectory() as folder:
            found = evidence(fault, Path(folder))
        missed += found is None
        print(f"| `{fault.rule}` | {fault.text} | {found or 'no'} |", flush=True)
    raise SystemExit(1 if missed else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
