"""Parse and measure every module of Python's own standard library."""

from __future__ import annotations

import ast
import os
import re
import sysconfig
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import cycle, islice
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from scaling.errors import UsageError
from scaling.workloads.base import workload

LEFT_OUT = frozenset({
    "test", "tests", "idle_test", "site-packages", "dist-packages", "__pycache__",
})  # fmt: skip
FUNCTION = re.compile(rb"^[ \t]*(?:async[ \t]+)?def[ \t]+\w", re.MULTILINE)
CLASS = re.compile(rb"^[ \t]*class[ \t]+\w", re.MULTILINE)


class Measure(NamedTuple):
    """What one module holds."""

    module: str
    bytes: int
    lines: int
    functions: int
    classes: int
    nodes: int
    depth: int


class Survey(NamedTuple):
    """What all modules hold together."""

    modules: int
    bytes: int
    lines: int
    functions: int
    classes: int
    nodes: int
    deepest: Measure
    largest: Measure


def modules(size: int | None = None) -> list[str]:
    """Paths under the standard library, in a fixed order in which any first part is like all.

    More than there are begin again from the first.
    """
    found = _modules()
    return list(found if size is None else islice(cycle(found), size))


def survey(parts: list[Measure]) -> Survey:
    """Add up, and keep the extremes."""
    return Survey(
        modules=len(parts),
        bytes=sum(part.bytes for part in parts),
        lines=sum(part.lines for part in parts),
        functions=sum(part.functions for part in parts),
        classes=sum(part.classes for part in parts),
        nodes=sum(part.nodes for part in parts),
        deepest=max(parts, key=lambda part: (part.depth, part.module)),
        largest=max(parts, key=lambda part: (part.nodes, part.module)),
    )


def check(answer: Survey, items: Iterable[str]) -> None:
    """Compare with counts that need no parser."""
    sources = [_read(item) for item in items]
    assert answer.modules == len(sources), f"{answer.modules} modules of {len(sources)}"
    assert answer.bytes == sum(map(len, sources)), "the bytes do not add up"
    assert answer.lines == sum(s.count(b"\n") for s in sources), "the lines do not add up"
    _check_near("functions", answer.functions, FUNCTION, sources)
    _check_near("classes", answer.classes, CLASS, sources)
    assert answer.nodes > answer.lines, "a line holds more than one node on average"
    _check_module(answer.largest)
    _check_module(answer.deepest)


@workload(name="sources", items=modules, combine=survey, check=check)
def measure(module: str) -> Measure:
    """Parse one module and count what it holds."""
    source = _read(module)
    functions = classes = nodes = depth = 0
    level: list[ast.AST] = [ast.parse(source)]
    while level:
        depth += 1
        nodes += len(level)
        kinds = [type(node) for node in level]
        functions += kinds.count(ast.FunctionDef) + kinds.count(ast.AsyncFunctionDef)
        classes += kinds.count(ast.ClassDef)
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    return Measure(module, len(source), source.count(b"\n"), functions, classes, nodes, depth)


def _check_near(what: str, found: int, pattern: re.Pattern[bytes], sources: list[bytes]) -> None:
    # Some matches are in texts: the count is a little above the truth.
    upper = sum(len(pattern.findall(source)) for source in sources)
    assert upper * 0.9 - 20 <= found <= upper, f"{found} {what} where the text has {upper}"


def _check_module(said: Measure) -> None:
    tree = ast.parse(_read(said.module))
    kinds = [type(node) for node in ast.walk(tree)]
    functions = kinds.count(ast.FunctionDef) + kinds.count(ast.AsyncFunctionDef)
    truth = (functions, kinds.count(ast.ClassDef), len(kinds), _depth(tree))
    assert said[3:] == truth, f"{said.module} holds {truth}, not {said[3:]}"


def _depth(tree: ast.AST) -> int:
    waiting, depth = [(tree, 1)], 0
    while waiting:
        node, level = waiting.pop()
        depth = max(depth, level)
        waiting.extend((child, level + 1) for child in ast.iter_child_nodes(node))
    return depth


def _read(module: str) -> bytes:
    return (_library() / module).read_bytes()


@lru_cache(maxsize=1)
def _library() -> Path:
    return Path(sysconfig.get_path("stdlib"))


@lru_cache(maxsize=1)
def _modules() -> tuple[str, ...]:
    library = _library()
    found = [path.relative_to(library).as_posix() for path in _files(library)]
    if not found:
        raise UsageError(f"there are no modules in {library}; choose another workload")
    return tuple(sorted(found, key=lambda path: (crc32(path.encode()), path)))


def _files(library: Path) -> Iterator[Path]:
    for folder, below, files in os.walk(library):
        below[:] = set(below) - LEFT_OUT
        yield from (Path(folder, file) for file in files if file.endswith(".py"))
