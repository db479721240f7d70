"""What do reading, analysing and reporting take, beside starting Python and importing?

Each step runs in a fresh process, as its command does: first on a study (or pass) so small that
only starting and importing take time, twice, then on the one that is measured. ``start`` is the
time from before the process was there to the end of the first, ``seconds`` what the one that is
measured takes longer than the small one: together they are the command. ``peak`` is the largest
resident size of the process, with whatever it was given in memory. Studies
have 40 cases in 25 blocks, of one or of ten samples each. What takes ten times the items is linear
where it takes ten times as long; an export shows so many events and no more. Medians of rounds
whose order rotates.

    python benchmarks/analysis.py [--rounds 5] [--csv FILE] [--only WORD]
"""

from __future__ import annotations

import argparse
import csv
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass
from io import BytesIO, TextIOWrapper
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

COUNTS = {"samples": (1000, 10_000), "items": (1_000_000, 10_000_000)}
FEW_ITEMS = 1000
PER_BATCH = 1000
MOST_MIB = 2048
LEAST_S = 0.01
"""Less is noise beside starting a process."""
LINEAR = 13.0
"""Ten times the items may take so many times as long: a shared machine varies by a third."""


def command(*arguments: str) -> None:
    """Run ``scale`` in this process; what it prints goes nowhere."""
    import typer

    import cli

    with redirect_stdout(TextIOWrapper(BytesIO())):
        code = cli.run_command(typer.main.get_command(cli.app), list(arguments))
    assert code == 0, f"{arguments} ended with {code}"


def export(study: Path, suffix: str) -> None:
    """Export a study, into its own folder."""
    command("export", str(study), "-o", str(study / f"exported{suffix}"))


def frames(study: Path) -> None:
    """Make pandas frames of a study, as a notebook does."""
    import scaling

    loaded = scaling.load(study)
    assert len(loaded.report()) > 0
    assert len(loaded.samples()) > 0


def after_sample(study: Path, count: int, *, single: bool) -> float:
    """Return how long a session takes to sum up a pass, and to keep its record."""
    from benchmarks import synthetic_trace
    from scaling.measure import trace
    from scaling.measure.sample import Timed
    from scaling.measure.timeline import Timeline
    from scaling.passes import Mapped, Place
    from scaling.records import MachineUse

    made = synthetic_trace.trace(count, 1 if single else PER_BATCH)
    places = [Place(str(worker), "local") for worker in made.workers]
    batches = synthetic_trace.item_records(made) if single else synthetic_trace.records(made)
    mapped = Mapped([], batches, cpu_ns=1 if single else None)
    del made
    start = time.perf_counter()
    timeline = Timeline(places, mapped, 0, 1 << 60)
    assert sum(worker.items for worker in timeline.summaries()) == count
    timed = Timed(None, 1.0, 0.1, timeline, count, 0.0, None, 0.0, MachineUse())
    assert trace.keep(study, "after-0", timed) is not None
    return time.perf_counter() - start


@dataclass(frozen=True, slots=True)
class Step:
    """Something that is done with a study or a pass."""

    name: str
    counted: str
    """``samples`` or ``items``."""
    run: Callable[[Path, int], float | None]
    """Takes the folder of a study and how much is in it; may tell the seconds that count."""
    folder: str = "study"
    """Kind of study that it is given."""
    small: str = ""
    """Kind of the small one, where it is another."""


STEPS = (
    Step("scale show", "samples", lambda study, _: command("show", str(study))),
    Step("scale show --json", "samples", lambda study, _: command("show", "--json", str(study))),
    Step("scale export .csv", "samples", lambda study, _: export(study, ".csv")),
    Step("scale export .json", "samples", lambda study, _: export(study, ".json")),
    Step("scale fit", "samples", lambda study, _: command("fit", str(study)),
         small="one-block"),
    Step("report() and samples()", "samples", lambda study, _: frames(study)),
    Step("scale export .trace.json, batches of 1,000", "items",
         lambda study, _: export(study, ".trace.json"), "batches"),
    Step("scale export .trace.json, batches of 1", "items",
         lambda study, _: export(study, ".trace.json"), "single"),
    Step("after a sample, batches of 1,000", "items",
         lambda study, count: after_sample(study, count, single=False)),
    Step("after a sample, asyncio", "items",
         lambda study, count: after_sample(study, count, single=True)),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Taken:
    """One run of a step."""

    start_s: float
    seconds: float
    peak_mib: float


def one(name: str, small: Path, study: Path, count: int, spawned: float) -> Taken:
    """Run a step in this process: on the small study, then on the one that counts."""
    step = next(step for step in STEPS if step.name == name)
    step.run(small, FEW_ITEMS)
    start_s = time.monotonic() - spawned
    again_s = _seconds(step, small, FEW_ITEMS)
    return Taken(start_s, max(0.0, _seconds(step, study, count) - again_s), peak_mib())


def _seconds(step: Step, study: Path, count: int) -> float:
    begin = time.perf_counter()
    told = step.run(study, count)
    return time.perf_counter() - begin if told is None else told


def peak_mib() -> float:
    """Return the largest resident size of this process.

    From the kernel's own count: what ``getrusage`` says begins with the size of the parent.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def in_fresh_process(step: Step, inputs: Path, count: int) -> Taken:
    """Run a step in a process of its own."""
    folders = inputs / f"{step.small or step.folder}-small", inputs / f"{step.folder}-{count}"
    line = [sys.executable, __file__, "--one", step.name, *map(str, folders), str(count)]
    done = subprocess.run(
        [*line, str(time.monotonic())], capture_output=True, text=True, check=False, cwd=inputs
    )
    if done.returncode:
        raise SystemExit(f"{step.name}: {done.stderr}")
    return Taken(**json.loads(done.stdout.splitlines()[-1]))


def write_inputs(folder: Path, steps: Sequence[Step]) -> None:
    """Write the studies that the steps need."""
    from benchmarks.synthetic_study import Shape, write
    from benchmarks.synthetic_trace import write_study

    write(folder / "study-small", Shape(cases=7, blocks=12, samples=1))
    # Laws take as long for few samples as for many: this is the least that can be fitted.
    write(folder / "one-block-small", Shape(cases=7, blocks=1, samples=1))
    for number in COUNTS["samples"]:
        write(folder / f"study-{number}", Shape(samples=number // 1000))
    for count in COUNTS["items"]:
        (folder / f"study-{count}").mkdir()  # a session keeps its trace in a study's folder
    for kind, per_batch in (("batches", PER_BATCH), ("single", 1)):
        if any(step.folder == kind for step in steps):
            write_study(folder / f"{kind}-small", FEW_ITEMS, per_batch)
            for count in COUNTS["items"]:
                write_study(folder / f"{kind}-{count}", count, per_batch)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    step: str
    counted: str
    count: int
    start_s: float
    seconds: float
    start_share: float
    """Of both together."""
    ratio: float | None
    """Of its seconds to those of a tenth; None where these are too few to tell."""
    peak_mib: float

    @property
    def holds(self) -> bool | None:
        """Tell whether it is within the bar; small counts have none."""
        if self.count < COUNTS[self.counted][-1]:
            return None
        if self.counted == "samples":
            return self.start_share > 0.5
        return self.peak_mib < MOST_MIB and (self.ratio is None or self.ratio <= LINEAR)

    def line(self) -> str:
        """Return the line."""
        cells = (
            self.step,
            f"{self.count:,} {self.counted}",
            f"{self.start_s:.2f}",
            f"{self.seconds:.2f}",
            f"{self.start_share:.0%}",
            "" if self.ratio is None else f"{self.ratio:.1f}",
            f"{self.peak_mib:.0f}",
            {None: "", True: "yes", False: "no"}[self.holds],
        )
        return f"| {' | '.join(cells)} |"


def measure(steps: Sequence[Step], inputs: Path, rounds: int) -> dict[tuple[str, int], list[Taken]]:
    """Run every step on every count, the order rotated in each round."""
    runs = [(step, count) for step in steps for count in COUNTS[step.counted]]
    taken: dict[tuple[str, int], list[Taken]] = {(step.name, count): [] for step, count in runs}
    for turn in range(rounds):
        shift = turn * len(runs) // rounds
        for step, count in (*runs[shift:], *runs[:shift]):
            taken[step.name, count].append(in_fresh_process(step, inputs, count))
    return taken


def rows(steps: Sequence[Step], taken: dict[tuple[str, int], list[Taken]]) -> list[Row]:
    """Return the medians, smaller counts first."""
    found: list[Row] = []
    for step in steps:
        before: float | None = None
        for count in COUNTS[step.counted]:
            start_s, seconds, peak = (
                statistics.median(getattr(run, name) for run in taken[step.name, count])
                for name in ("start_s", "seconds", "peak_mib")
            )
            share = start_s / (start_s + seconds)
            ratio = seconds / before if before is not None and before > LEAST_S else None
            found.append(Row(step.name, step.counted, count, start_s, seconds, share, ratio, peak))
            before = seconds
    return found


def show(found: Sequence[Row]) -> None:
    """Print the table, and what its last column means."""
    print("| step | of | start s | seconds | share of start | over a tenth | peak MiB | holds |")
    print("|---|---|---|---|---|---|---|---|")
    for row in found:
        print(row.line())
    print(
        f"\nholds: of {COUNTS['samples'][-1]:,} samples most of the time is start; of "
        f"{COUNTS['items'][-1]:,} items the peak is under {MOST_MIB} MiB,\n"
        f"and the time at most {LINEAR:g} times that of a tenth of them"
    )


def write_csv(path: Path, found: Sequence[Row]) -> None:
    """Write all numbers; an empty cell is not defined."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(asdict(found[0])), lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(row) for row in found)


def main() -> int:
    """Measure and print; 1 when a bar is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--csv", type=Path)
    parser.add_argument("--only", default="", help="only steps whose name holds this")
    parser.add_argument("--one", nargs=5, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        name, small, study, count, spawned = options.one
        told = one(name, Path(small), Path(study), int(count), float(spawned))
        print(json.dumps(asdict(told)))
        return 0
    steps = [step for step in STEPS if options.only in step.name]
    if not steps:
        parser.error(f"no step's name holds {options.only!r}")
    with tempfile.TemporaryDirectory() as folder:
        write_inputs(Path(folder), steps)
        found = rows(steps, measure(steps, Path(folder), options.rounds))
    show(found)
    if options.csv is not None:
        write_csv(options.csv, found)
    return int(any(row.holds is False for row in found))


if __name__ == "__main__":
    sys.exit(main())
