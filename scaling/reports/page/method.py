"""How a study was measured, and how to measure it again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scaling.model import Plan
from scaling.reports import methods, rerun
from scaling.reports.page.blocks import Block, Code, Fact, Facts, Prose, Section
from scaling.results import Study

_IN_PYTHON = "A running Python (a notebook, say) called scaling.run: no command does the same."


def measured(study: Study) -> Section:
    """Return the method in a paragraph, and what was chosen."""
    facts = Facts(tuple(_choices(study.header.plan)))
    return Section("method", "How it was measured", (Prose(methods.paragraph(study)), facts))


def again(study: Study) -> Section:
    """Return the command, and all that must be the same for the same result."""
    facts = Facts(tuple(_same(study)))
    return Section("again", "How to reproduce", (to_type(study.header.command), facts))


def to_type(words: Sequence[str]) -> Block:
    """Return what to type, or that nothing can be typed."""
    command = rerun.command(words)
    return Prose(_IN_PYTHON) if command is None else Code(command)


def _choices(plan: Plan) -> Iterator[Fact]:
    least, most = plan.blocks, plan.max_blocks or plan.blocks
    yield Fact("Blocks asked for", f"{least}" if most <= least else f"{least} to {most}")
    yield Fact(
        "Items per message", "as each backend chooses" if plan.batch is None else str(plan.batch)
    )
    yield Fact("Inner threads", f"{plan.threads_per_worker} in each worker")
    yield Fact("Cluster", "embedded" if plan.cluster == "local" else plan.cluster)
    if plan.simulate is not None:
        yield Fact("Law that was simulated", plan.simulate)


def _same(study: Study) -> Iterator[Fact]:
    header = study.header
    yield Fact("Workload", header.plan.spec.target)
    yield Fact("Seed", str(header.plan.seed))
    yield Fact("Commit of rayscale", header.environment.commit or "not in a clone")
    commits = dict.fromkeys(facts.commit or "in no clone" for facts in header.facts)
    yield Fact("Commit of the workload", ", ".join(commits) or "not known")
    digests = dict.fromkeys(facts.code_digest for facts in header.facts)
    yield Fact("Digest of its code", ", ".join(digests) or "not known")
    told = ", ".join(f"{name}=={version}" for name, version in header.environment.versions)
    yield Fact("Versions", told or "not known")
    yield Fact("Study", header.id)
    yield Fact("Begun", header.created)
    if study.folder is not None:
        yield Fact(
            "Data", f"report.csv (every column, all digits) and study.jsonl in {study.folder}"
        )
