"""What ``--help`` shows of a command: its options in groups, and examples."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand

WORK = "What is run"
PLACES = "Where it runs"
MEASURING = "How it is measured"
RESULT = "What becomes of it"
_OTHERS = "Options"
_FEW = 12
"""So many options need no groups."""

EXAMPLES = {
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
        scale show scale-results/sources-20260101T120000Z --target-efficiency 80%
        scale show scale-results/sources-20260101T120000Z --rules
    """,
    "export": """
        scale export scale-results/sources-20260101T120000Z -o report.md
        scale export scale-results/sources-20260101T120000Z -o losses.png --figure losses
    """,
    "fit": """
        scale fit scale-results/sources-20260101T120000Z
        scale fit measurements.csv --x workers --throughput per_second
    """,
    "predict": "scale predict scale-results/sources-20260101T120000Z --nodes 8",
    "grain": """
        scale grain --quick
        scale grain --backends processes,ray --batch 1
    """,
    "diff": """
        scale diff base new --threshold 5% --junit diff.xml
        scale diff base new --markdown
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
