"""What ``--help`` shows of a command: its options in groups, and examples."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand

WORK = "What is run"
PLACES = "Where it runs"
MEASURING = "How it is measured"
RESULT = "Result"
_OTHERS = "Options"
_FEW = 12
"""So many options need no groups."""

EXAMPLES = {
    "scale": """
        scale run --nodes 4 --dry-run
        scale compare fetch --quick
        scale run --help
    """,
    "run": """
        scale run --nodes 4
        scale run work.py:simulate --items range:1000 --nodes 4 --dry-run
        scale run work.py:parse --items 'glob:data/*.json' --backends processes,ray
        scale run --resume scale-results/sources-20260101T120000Z --budget 10m
    """,
    "compare": """
        scale compare fetch
        scale compare work.py:simulate --items range:1000 --workers 1,2,4
    """,
    "show": """
        scale show STUDY --target-efficiency 80%
        scale show STUDY --rules
    """,
    "export": """
        scale export STUDY -o report.md
        scale export STUDY -o losses.png --figure losses
    """,
    "fit": """
        scale fit STUDY
        scale fit measurements.csv --x workers --throughput per_second
    """,
    "predict": "scale predict STUDY --nodes 8",
    "grain": """
        scale grain --quick
        scale grain --backends processes,ray --batch 1
    """,
    "diff": """
        scale diff scale-results/base scale-results/new --threshold 2%
        scale diff base new --markdown --junit diff.xml
    """,
    "list": """
        scale list
        scale list results --json
    """,
}
"""By command, one in a line."""


class Command(TyperCommand):
    """A command whose help has its options in groups where they are many."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the sections of the arguments and options."""
        if len(self.params) <= _FEW:
            super().format_options(ctx, formatter)
            return
        sections: dict[str, list[tuple[str, str]]] = {"Arguments": []}
        sections |= {name: [] for name in (WORK, PLACES, MEASURING, RESULT, _OTHERS)}
        for one in self.get_params(ctx):
            named = getattr(one, "rich_help_panel", None) or _OTHERS
            section = "Arguments" if one.param_type_name == "argument" else named
            if (record := one.get_help_record(ctx)) is not None:
                sections[section].append(record)
        for name, records in sections.items():
            if records:
                with formatter.section(name):
                    formatter.write_dl(records)


def examples(command: str) -> str | None:
    """Return the examples of a command, as they are to be printed; None without any."""
    lines = EXAMPLES.get(command, "").split("\n")
    told = [f"  {line.strip()}" for line in lines if line.strip()]
    # The first line keeps the parser from wrapping what follows.
    return "\n".join(["\b", "Examples:", *told]) if told else None
