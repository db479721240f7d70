"""The code that travels to a cluster which is older than it: ours, and the user's module."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import scaling
from scaling.errors import OpeningFailed
from scaling.subject import BY_VALUE, WorkloadSpec
from scaling.workloads import registry

MOST_BYTES = 64 * 2**20
_OURS = "scaling"


def archive(spec: WorkloadSpec) -> bytes:
    """Return a ZIP file that Python can import from. Raises OpeningFailed when it is too large.

    It holds our package and, of each folder of the user's modules, every module and package.
    """
    own = Path(scaling.__file__).resolve().parents[1]
    roots = registry.import_roots(spec)
    content = io.BytesIO()
    total = 0
    with zipfile.ZipFile(content, "w") as file:
        for base, path in _files(own, roots):
            total += path.stat().st_size
            if total > MOST_BYTES:
                raise OpeningFailed(
                    f"the modules in {base} are too large to ship (over {MOST_BYTES >> 20} MiB); "
                    "move the workload into a folder of its own"
                )
            file.write(path, path.relative_to(base))
    return content.getvalue()


def _files(own: Path, roots: Iterable[Path]) -> Iterator[tuple[Path, Path]]:
    yield from ((own, path) for path in sorted((own / _OURS).rglob("*.py")))
    for root in roots:
        if root == own:
            continue
        yield from ((root, path) for path in sorted(root.glob("*.py")))
        yield from ((root, path) for path in root.glob(f"{BY_VALUE}.pickle"))
        for folder in sorted(path.parent for path in root.glob("*/__init__.py")):
            if folder.name != _OURS:
                yield from ((root, path) for path in sorted(folder.rglob("*.py")))
