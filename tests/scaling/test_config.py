"""Defaults from a file: where it is found, what it may say, what it may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from scaling.config import Defaults, Option, defaults
from scaling.errors import UsageError
from tests.scaling.examples import HOSTILE

ONE, FLAG, MANY = Option(), Option(flag=True), Option(many=True)
COMMANDS = {
    "run": {
        "workload": ONE, "nodes": ONE, "backends": ONE, "max_blocks": ONE, "quick": FLAG,
        "param": MANY, "items": ONE, "output": ONE, "json": FLAG, "precision": ONE,
    },
    "compare": {"workload": ONE, "backends": ONE, "quick": FLAG},
    "grain": {"nodes": ONE, "items": ONE, "threshold": ONE, "quick": FLAG},
    "predict": {"nodes": ONE},
    "show": {"grain": ONE, "json": FLAG},
}  # fmt: skip


def found(folder: Path, command: str = "run", **environment: str) -> Defaults:
    """Return the defaults in a folder."""
    return defaults(command, COMMANDS, folder, {"HOME": "/nowhere", **environment})


def own(folder: Path, text: str) -> None:
    """Write scale.toml."""
    (folder / "scale.toml").write_text(text, encoding="utf-8")


def project(folder: Path, text: str) -> None:
    """Write pyproject.toml."""
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")


def test_without_a_file_there_are_none(tmp_path: Path) -> None:
    """Nothing is found, and nothing is said."""
    assert found(tmp_path) == Defaults("", {})


def test_own_file_wins_over_the_projects(tmp_path: Path) -> None:
    """In one folder scale.toml alone counts."""
    project(tmp_path, "[tool.scale]\nnodes = 8\nquick = true\n")
    assert found(tmp_path) == Defaults("pyproject.toml", {"nodes": "8", "quick": True})
    own(tmp_path, "nodes = 4\n")
    assert found(tmp_path) == Defaults("scale.toml", {"nodes": "4"})


def test_nearest_folder_wins(tmp_path: Path) -> None:
    """The file of a folder above is taken where none is nearer; a foreign project is none."""
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    own(tmp_path, "nodes = 4\n")
    project(below, "[tool.other]\nscale = 1\n")
    assert found(below) == Defaults(str(tmp_path / "scale.toml"), {"nodes": "4"})
    project(tmp_path / "a", "[tool.scale]\nnodes = 2\n")
    assert found(below).values == {"nodes": "2"}


@pytest.mark.parametrize("border", ["repository", "home", "anyone's"])
def test_search_ends(tmp_path: Path, border: str) -> None:
    """Above a repository, the user's home or a folder that anyone may write to, nothing is read."""
    inner = tmp_path / "inner"
    below = inner / "below"
    below.mkdir(parents=True)
    own(tmp_path, "nodes = 4\n")
    if border == "repository":
        (inner / ".git").mkdir()
    elif border == "anyone's":
        inner.chmod(0o777)
    assert found(below, HOME=str(inner) if border == "home" else "/nowhere").values == {}


def test_foreign_project_file_may_be_broken(tmp_path: Path) -> None:
    """A project file that is not about us is never parsed."""
    project(tmp_path, "[tool.other\n")
    assert found(tmp_path).values == {}


def test_commands_have_their_tables(tmp_path: Path) -> None:
    """A table is for its command alone, and wins over the top level."""
    own(tmp_path, 'backends = "ray"\nquick = true\n[run]\nbackends = "threads"\nmax-blocks = 9\n')
    assert found(tmp_path).values == {"backends": "threads", "quick": True, "max_blocks": "9"}
    assert found(tmp_path, "compare").values == {"backends": "ray", "quick": True}
    assert found(tmp_path, "show").values == {}


def test_same_name_of_another_thing(tmp_path: Path) -> None:
    """Nodes to measure are not the nodes to predict for."""
    own(tmp_path, 'nodes = "1,2,4"\nitems = "range:9"\n')
    assert found(tmp_path, "predict").values == {}
    assert found(tmp_path, "grain").values == {"nodes": "1,2,4"}
    own(tmp_path, "[predict]\nnodes = 8\n")
    assert found(tmp_path, "predict").values == {"nodes": "8"}


def test_option_and_table_of_one_name(tmp_path: Path) -> None:
    """``grain`` is an option of show and a command."""
    own(tmp_path, 'grain = "there"\n')
    assert found(tmp_path, "show").values == {"grain": "there"}
    own(tmp_path, '[show]\ngrain = "there"\n[grain]\nthreshold = "80%"\n')
    assert found(tmp_path, "show").values == {"grain": "there"}
    assert found(tmp_path, "grain").values == {"threshold": "80%"}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("nodes = [1, 2, 4]", {"nodes": "1,2,4"}),
        ('backends = ["threads", "ray"]', {"backends": "threads,ray"}),
        ('param = ["a=1", "b=2"]', {"param": ["a=1", "b=2"]}),
        ('param = "a=1"', {"param": ["a=1"]}),
        ("precision = 0.1", {"precision": "0.1"}),
        ("max_blocks = 9", {"max_blocks": "9"}),
        ("quick = false", {"quick": False}),
    ],
)
def test_values_as_the_command_line_gives_them(
    tmp_path: Path, line: str, expected: dict[str, object]
) -> None:
    """Numbers are texts, lists are separated by commas or come several times."""
    own(tmp_path, line)
    assert expected == found(tmp_path).values


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nodez = 4", "scale.toml: there is no option 'nodez'; did you mean 'nodes'?"),
        ("[rum]\nnodes = 4", "scale.toml: there is no command 'rum'; did you mean 'run'?"),
        ("[run]\nmax-block = 4", "[run] of scale.toml: there is no option 'max-block'; did you"),
        ("[compare]\nnodes = 4", "[compare] of scale.toml: 'nodes' belongs into [run] or [grain]"),
        ("threshold = 0.8", "scale.toml: 'threshold' belongs into [grain]"),
        ("quick = 1", "scale.toml: quick = 1: give true or false"),
        ("nodes = true", "scale.toml: nodes = true: give a text or a number"),
        ("nodes = [[1]]", "scale.toml: nodes = [1]: give texts or numbers"),
        ("nodes = 2026-01-01", "scale.toml: nodes = datetime.date(2026, 1, 1): give texts or"),
        ("nodes = ", "scale.toml is not TOML"),
        ("[tool.scale]\nnodes = 4", "scale.toml: [tool.scale] is for pyproject.toml; write its"),
        ("\x00", "scale.toml is not TOML"),
    ],
)
def test_mistakes(tmp_path: Path, text: str, said: str) -> None:
    """A mistake names the file and what to do, whichever command runs."""
    own(tmp_path, text)
    with pytest.raises(UsageError) as caught:
        found(tmp_path)
    assert said in str(caught.value)


@pytest.mark.parametrize("text", ["[tool]\nscale = 4\n", "[[tool.scale]]\nnodes = 4\n"])
def test_what_is_no_table_is_refused(tmp_path: Path, text: str) -> None:
    """Defaults that could not be taken are never left out without a word."""
    project(tmp_path, text)
    with pytest.raises(UsageError, match=r"tool\.scale is no table; write \[tool\.scale\]"):
        found(tmp_path)


def test_byte_order_mark(tmp_path: Path) -> None:
    """Some editors begin every file with one."""
    own(tmp_path, "\ufeffnodes = 4\n")
    assert found(tmp_path).values == {"nodes": "4"}


def test_mistake_about_another_command_is_found(tmp_path: Path) -> None:
    """A key that is not known is refused before it is needed."""
    own(tmp_path, "[grain]\ntreshold = 1\n")
    with pytest.raises(UsageError, match="did you mean 'threshold'"):
        found(tmp_path, "show")


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    """From a folder below, files are where the file says, not where the user stands."""
    below = tmp_path / "below"
    below.mkdir()
    text = 'workload = "work.py:f"\nitems = "lines:in.txt"\noutput = "out"\n'
    own(tmp_path, text)
    assert found(below).values == {
        "workload": f"{tmp_path}/work.py:f",
        "items": f"lines:{tmp_path}/in.txt",
        "output": f"{tmp_path}/out",
    }
    assert found(tmp_path).values == {
        "workload": "work.py:f", "items": "lines:in.txt", "output": "out",
    }  # fmt: skip


@pytest.mark.parametrize("value", ["primes", "package.module:name", "/there/work.py:f"])
def test_what_is_no_relative_path_stays(tmp_path: Path, value: str) -> None:
    """Names, modules and absolute paths are as they are written."""
    below = tmp_path / "below"
    below.mkdir()
    own(tmp_path, f'workload = "{value}"\n')
    assert found(below).values == {"workload": value}


def test_environment_chooses(tmp_path: Path) -> None:
    """A file by its name, or none."""
    own(tmp_path, "nodes = 4\n")
    other = tmp_path / "other.toml"
    other.write_text("nodes = 2\n", encoding="utf-8")
    assert found(tmp_path, SCALE_CONFIG="off").values == {}
    assert found(tmp_path, SCALE_CONFIG="").values == {"nodes": "4"}
    assert found(tmp_path, SCALE_CONFIG=str(other)).values == {"nodes": "2"}
    with pytest.raises(UsageError, match="SCALE_CONFIG=gone: there is no such file"):
        found(tmp_path, SCALE_CONFIG="gone")


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_keys(tmp_path: Path, name: str) -> None:
    """A key that nobody could mean is refused as any other."""
    quoted = "".join(f"\\u{ord(c):04x}" if ord(c) < 0xFFFF else "x" for c in name)
    own(tmp_path, f'"{quoted}" = 1\n')
    with pytest.raises(UsageError, match="there is no option"):
        found(tmp_path)
