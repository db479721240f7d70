"""Did BASE and NEW do the same work? Workload, code, parameters, answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scaling.analysis.comparison.remark import Level, Remark
from scaling.model import REFERENCE_BLOCK, StudyHeader, WorkloadFacts
from scaling.studydata import StudyData


def of_workloads(base: StudyHeader, new: StudyHeader) -> Iterator[Remark]:
    """Compare what was asked to be measured, and the code that it is."""
    before, after = _first(base), _first(new)
    names = [facts.name if facts else one.plan.spec.target
             for facts, one in ((before, base), (after, new))]  # fmt: skip
    if names[0] != names[1]:
        text = f"BASE measured {names[0]}, NEW {names[1]}: give two studies of one workload"
        yield Remark(Level.REFUSAL, text)
    ours, theirs = base.plan.spec, new.plan.spec
    if sorted(ours.params) != sorted(theirs.params):
        text = f"BASE ran with {_params(ours.params)}, NEW with {_params(theirs.params)}"
        yield Remark(Level.REFUSAL, f"{text}: that is other work; measure both alike")
    if _file_name(ours.target) != _file_name(theirs.target):
        yield Remark(Level.CAUTION, f"BASE ran {ours.target}, NEW {theirs.target}")
    for option in ("items", "combine", "shared"):
        one, other = getattr(ours, option), getattr(theirs, option)
        if one != other:
            text = f"--{option} was {one or 'not given'} in BASE, {other or 'not given'} in NEW"
            yield Remark(Level.CAUTION, text)
    if before and after:
        yield _of_code(before, after)
        if before.blas != after.blas:
            text = f"{_blas(before)} in BASE, {_blas(after)} in NEW"
            yield Remark(Level.CAUTION, f"other numerical libraries: {text}")


def _first(header: StudyHeader) -> WorkloadFacts | None:
    return header.facts[0] if header.facts else None


def _file_name(target: str) -> str:
    """Return the target without its folder: two checkouts of one file lie in two."""
    return target.rpartition("/")[2]


def _params(params: Sequence[tuple[str, str]]) -> str:
    return " ".join(f"--param {key}={value}" for key, value in params) or "no --param"


def _blas(facts: WorkloadFacts) -> str:
    return ", ".join(facts.blas) or "none"


def _of_code(base: WorkloadFacts, new: WorkloadFacts) -> Remark:
    commits = ""
    if base.commit != new.commit:
        commits = f"; commit {base.commit or 'none'} in BASE, {new.commit or 'none'} in NEW"
    if base.code_digest == new.code_digest:
        text = f"the workload's own code is the same in both{commits}"
        return Remark(Level.NOTE, f"{text}; what it imports is not looked at")
    digests = f"{base.code_digest[:8]} in BASE, {new.code_digest[:8]} in NEW"
    return Remark(Level.CAUTION, f"the workload's own code is another: {digests}{commits}")


def of_answers(base: StudyData, new: StudyData) -> Iterator[Remark]:
    """Compare the answers; floats that may differ by a tolerance are not compared."""
    if base.header.plan.tolerance is not None or new.header.plan.tolerance is not None:
        text = "the answers of BASE and NEW are not compared: --tolerance lets floats differ"
        yield Remark(Level.NOTE, text)
        return
    ours, theirs = _answers(base), _answers(new)
    sizes = [size for size in ours if size in theirs and ours[size].isdisjoint(theirs[size])]
    if not sizes:
        return
    same = [one.header.facts[0].code_digest for one in (base, new) if one.header.facts]
    why = (
        "though the workload's own code is the same: its input differs, or what it imports"
        if len(set(same)) == 1
        else "make sure that this is meant"
    )
    where = f" (at {', '.join(str(size) for size in sizes)} items)" if len(ours) > 1 else ""
    yield Remark(Level.CAUTION, f"the answers of NEW are not those of BASE{where}; {why}")


def _answers(data: StudyData) -> dict[int, set[str]]:
    """Return the digests of the reference answer of each size; of all samples without one."""
    sizes = {case.key: case.size for case in data.header.plan.cases}
    wrong = {session.session for session in data.sessions if session.status != "ok"}
    found: dict[int, set[str]] = {}
    taken = [one for one in data.samples if one.session not in wrong and one.case in sizes]
    reference = [one for one in taken if one.block == REFERENCE_BLOCK]
    for sample in reference or taken:
        found.setdefault(sizes[sample.case], set()).add(sample.digest)
    return found
