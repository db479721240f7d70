"""The house: which room may import which."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = [ROOT / "cli.py", *(ROOT / "cluster").rglob("*.py"), *(ROOT / "scaling").rglob("*.py")]
GUARD_USERS = {"scaling.measure.launch", "scaling.measure.listen"}
HOMES = {
    "ray": ("scaling.backends.ray_", "cluster."),
    "joblib": ("scaling.backends.joblib_",),
    "dask": ("scaling.backends.dask_",),
    "distributed": ("scaling.backends.dask_",),
    "typer": ("cli", "scaling.command_options", "scaling.command_help"),
    "PIL": ("scaling.workloads.features",),
    "matplotlib": ("scaling.reports.figures.",),
    "jinja2": ("scaling.reports.",),
    "pyarrow": ("scaling.reports.parquet",),
    "scipy": ("scaling.analysis.",),
    "rich": ("scaling.reports.",),
}
FLOORS = ["scaling.workloads", "scaling.backends", "scaling.measure", "scaling.study"]


@dataclass(frozen=True)
class Import:
    """One import statement: who imports what."""

    room: str
    target: str
    top_level: bool


def module_name(path: Path) -> str:
    """Return the dotted name of a file."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports_of(path: Path) -> Iterator[Import]:
    """Yield every import of a file, wherever it stands; those for types alone excepted."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        id(node)
        for branch in ast.walk(tree)
        if isinstance(branch, ast.If) and ast.unparse(branch.test).endswith("TYPE_CHECKING")
        for node in ast.walk(branch)
    }
    top = {id(node) for node in tree.body}
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            yield Import(module_name(path), name, id(node) in top)


IMPORTS = [found for path in FILES for found in imports_of(path)]


def within(name: str, package: str) -> bool:
    """Tell whether a dotted name lies in a package."""
    return name == package or name.startswith(f"{package}.")


def test_cluster_never_imports_scaling() -> None:
    """Getting nodes knows nothing of measuring."""
    assert [i for i in IMPORTS if within(i.room, "cluster") and within(i.target, "scaling")] == []


def test_only_study_and_the_guards_users_import_cluster() -> None:
    """One room of scaling gets nodes; sessions are started under guards."""
    strangers = [
        i
        for i in IMPORTS
        if within(i.room, "scaling")
        and within(i.target, "cluster")
        and not within(i.room, "scaling.study")
        and i.room not in GUARD_USERS
    ]
    assert strangers == []
    others = [
        i
        for i in IMPORTS
        if i.room in GUARD_USERS
        and within(i.target, "cluster")
        and not within(i.target, "cluster.guard")
    ]
    assert others == []


def test_arrows_go_down() -> None:
    """Workloads know no backends, backends no sessions, sessions no studies."""
    for height, floor in enumerate(FLOORS):
        above = FLOORS[height + 1 :]
        rising = [
            i
            for i in IMPORTS
            if within(i.room, floor) and any(within(i.target, other) for other in above)
        ]
        assert rising == []


def test_analysis_and_reports_import_no_backend() -> None:
    """What looks at results can run nothing; only the list of backends is shown."""
    rooms = ("scaling.analysis", "scaling.reports")
    strangers = [
        i
        for i in IMPORTS
        if any(within(i.room, room) for room in rooms)
        and within(i.target, "scaling.backends")
        and i.target != "scaling.backends.registry"
    ]
    assert strangers == []


def test_backends_do_not_import_each_other() -> None:
    """A backend stands on the shared parts alone."""
    shared = {
        "base",
        "registry",
        "dispatch",
        "runner",
        "progress",
        "channel",
        "limits",
        "failures",
        "heap",
        "presence",
        "clocks",
        "collecting",
        "ordering",
        "producer",
        "sizing",
        "shared_memory",
    }
    own = {
        path.stem for path in (ROOT / "scaling/backends").glob("*.py") if path.stem not in shared
    }
    for found in IMPORTS:
        if not within(found.room, "scaling.backends"):
            continue
        room, *_ = found.room.removeprefix("scaling.backends.").split("_")
        target = found.target.removeprefix("scaling.backends.").split(".")[0]
        if found.target.startswith("scaling.backends.") and target in own:
            assert target.startswith(room.rstrip("es")), found


@pytest.mark.parametrize("library", sorted(HOMES))
def test_heavy_library_has_one_home(library: str) -> None:
    """A heavy library is imported in its home and nowhere else."""
    strangers = [
        i
        for i in IMPORTS
        if within(i.target, library) and not any(i.room.startswith(home) for home in HOMES[library])
    ]
    assert strangers == []


def test_only_cli_prints_and_exits() -> None:
    """Library code returns and raises; only the command line talks and exits."""
    loud = [
        f"{path.name}:{node.lineno}"
        for path in FILES
        if path.name != "cli.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"print", "exit", "sys.exit"}
    ]
    assert loud == []


def loaded_by(code: str) -> set[str]:
    """Return the top-level modules that a fresh process has loaded after some code."""
    script = (
        f"{code}\nimport sys\nprint('\\n'.join({{name.partition('.')[0] for name in sys.modules}}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return set(done.stdout.split())


def test_figures_load_matplotlib_when_they_draw() -> None:
    """Reports that hold no figure start without it."""
    assert "matplotlib" not in loaded_by("from scaling.reports import export, figures")


def test_public_names_are_light() -> None:
    """``import scaling``, with each public name, loads no heavy library before it is used."""
    heavy = {"ray", "dask", "distributed", "pandas", "scipy", "matplotlib", "numpy", "joblib"}
    code = "import scaling; [getattr(scaling, name) for name in scaling.__all__]"
    assert set() == loaded_by(code) & {*heavy, "jinja2", "rich", "cloudpickle"}


def test_results_load_no_reports() -> None:
    """Reports stand on results; a study asks for one only when it shows itself."""
    early = [
        i
        for i in IMPORTS
        if i.room == "scaling.results" and i.top_level and within(i.target, "scaling.reports")
    ]
    assert early == []


def test_study_never_loads_ray_or_the_users_code() -> None:
    """The process that runs a study never imports Ray or Dask."""
    assert set() == loaded_by("import scaling.study") & {"ray", "dask", "distributed"}


def test_packages_are_ours() -> None:
    """The generic names cluster, scaling and cli lead to this project."""
    for name, file in (("cluster", "cluster/__init__.py"), ("scaling", "scaling/__init__.py")):
        module = __import__(name)
        assert module.__file__ is not None
        assert ROOT / file == Path(module.__file__).resolve()
