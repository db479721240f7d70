"""Options that several commands have, or that one has among many, each declared once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scaling import completion
from scaling.command_help import MEASURING, PLACES, RESULT, WORK

Workload = Annotated[
    str,
    typer.Argument(
        metavar="WORKLOAD",
        help="A built-in name (see scale workloads), file.py:name or package.module:name.",
        show_default=True,
        autocompletion=completion.workloads,
    ),
]
Study = Annotated[
    Path,
    typer.Argument(
        metavar="STUDY",
        help="A study folder or its study.jsonl.",
        autocompletion=completion.results,
    ),
]
Nodes = Annotated[
    str,
    typer.Option(
        help="Node counts: 4 means 1, 2, 4; 1,3,4 means just those.", rich_help_panel=PLACES
    ),
]
Dense = Annotated[
    bool, typer.Option("--dense", help="Also 3, 6, 12, ... nodes.", rich_help_panel=PLACES)
]
Workers = Annotated[
    str | None,
    typer.Option(help="Worker counts of the local backends, like 1,2,4.", rich_help_panel=PLACES),
]
WorkersPerNode = Annotated[
    int | None,
    typer.Option(
        min=1, help="Workers on each node, the same over the sweep.", rich_help_panel=PLACES
    ),
]
Backends = Annotated[
    str | None,
    typer.Option(
        help="Backends, separated by commas (see scale backends).",
        autocompletion=completion.backends,
        rich_help_panel=PLACES,
    ),
]
Items = Annotated[
    str | None,
    typer.Option(
        help="Items of a plain function: range:1000, lines:FILE, glob:PATTERN, csv:FILE or "
        "module:name.",
        rich_help_panel=WORK,
    ),
]
Combine = Annotated[
    str | None,
    typer.Option(
        help="Function that makes the answer from the parts: module:name.", rich_help_panel=WORK
    ),
]
Shared = Annotated[
    str | None,
    typer.Option(help="Function that makes the shared input: module:name.", rich_help_panel=WORK),
]
Size = Annotated[
    str | None,
    typer.Option(help="Number of items; a,b,c measures each of these sizes.", rich_help_panel=WORK),
]
Param = Annotated[
    list[str] | None,
    typer.Option(
        metavar="KEY=VALUE",
        help="A parameter of the workload; give the option again for others.",
        rich_help_panel=WORK,
    ),
]
Blocks = Annotated[
    int | None,
    typer.Option(
        min=1, help="Least sessions of every case (default: 6).", rich_help_panel=MEASURING
    ),
]
MaxBlocks = Annotated[
    int | None,
    typer.Option(
        min=1, help="Most sessions of every case (default: 30).", rich_help_panel=MEASURING
    ),
]
Precision = Annotated[
    str,
    typer.Option(
        help="Stop when every 95 % interval is this close to its median.", rich_help_panel=MEASURING
    ),
]
Budget = Annotated[
    str | None,
    typer.Option(
        metavar="TIME",
        help="Begin no block beyond --blocks that would end later (default: 4m).",
        rich_help_panel=MEASURING,
    ),
]
Baseline = Annotated[
    str | None,
    typer.Option(
        metavar="BACKEND[:WORKERS]",
        autocompletion=completion.backends,
        help="What speedup is relative to, for work that is too long to run serially.",
        rich_help_panel=MEASURING,
    ),
]
Weak = Annotated[
    bool,
    typer.Option(
        "--weak", help="Weak scaling: the items grow with the workers.", rich_help_panel=MEASURING
    ),
]
Null = Annotated[
    bool,
    typer.Option(
        "--null",
        help="Measure one case twice: what can this machine tell apart?",
        rich_help_panel=MEASURING,
    ),
]
Quick = Annotated[
    bool,
    typer.Option("--quick", help="2 blocks: a look, without intervals.", rich_help_panel=MEASURING),
]
Batch = Annotated[
    str, typer.Option(metavar="auto|N", help="Items per message.", rich_help_panel=PLACES)
]
Threads = Annotated[
    int,
    typer.Option(
        min=1,
        help="Cap on the inner threads (BLAS, OpenMP) of each worker.",
        rich_help_panel=PLACES,
    ),
]
Seed = Annotated[
    int, typer.Option(help="Seed of the order of the sessions.", rich_help_panel=MEASURING)
]
Timeout = Annotated[
    str | None,
    typer.Option(
        metavar="TIME",
        help="Limit of one sample, like 90s or 10m (default: 1h until a serial time is known, "
        "then 60s and 10 times that).",
        rich_help_panel=MEASURING,
    ),
]
Tolerance = Annotated[
    float | None,
    typer.Option(
        min=0.0,
        help="Relative or absolute tolerance for floats in answers.",
        rich_help_panel=MEASURING,
    ),
]
Cluster = Annotated[
    str,
    typer.Option(
        metavar="local|HOST:PORT",
        help="An embedded cluster or a running one.",
        rich_help_panel=PLACES,
    ),
]
Simulate = Annotated[
    str | None,
    typer.Option(
        metavar="LAW",
        help="Law of the simulated backend, like amdahl:serial=0.05,seconds=1.",
        rich_help_panel=PLACES,
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        help="Study folder (default: scale-results/WORKLOAD-TIME).", rich_help_panel=RESULT
    ),
]
Trace = Annotated[
    bool,
    typer.Option(
        "--trace",
        help="Keep every item's times, for 'scale export -o FILE.trace.json'.",
        rich_help_panel=MEASURING,
    ),
]
Csv = Annotated[
    Path | None, typer.Option(help="Write the report to this CSV file too.", rich_help_panel=RESULT)
]
Resume = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Go on with the study in this folder.",
        autocompletion=completion.studies,
        rich_help_panel=RESULT,
    ),
]
Json = Annotated[
    bool, typer.Option("--json", help="Print one JSON document instead.", rich_help_panel=RESULT)
]
ExportFile = Annotated[
    Path,
    typer.Option(
        "--output",
        "-o",
        help="File to write, by its suffix: .csv .json .trace.json .md .tex .html .parquet "
        ".samples.parquet .png .svg .pdf.",
    ),
]
FigureName = Annotated[
    str | None,
    typer.Option(
        "--figure",
        metavar="NAME",
        help="What to draw: speedup, efficiency, seconds, losses, karp-flatt, timeline or twins.",
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress.", rich_help_panel=RESULT)]
DryRun = Annotated[
    bool,
    typer.Option(
        "--dry-run",
        help="Show the cases and about how long they take; measure nothing.",
        rich_help_panel=RESULT,
    ),
]
