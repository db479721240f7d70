"""Shell completion, asked as the shells ask, and in a real bash."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scaling.workloads.registry import names

ROOT = Path(__file__).parents[1]
SCRIPT = "#!{python}\nimport sys\nsys.path.insert(0, {root!r})\nimport cli\ncli.app()\n"


@pytest.fixture
def command(tmp_path: Path) -> Path:
    """The command ``scale``, as installed."""
    file = tmp_path / "bin" / "scale"
    file.parent.mkdir()
    file.write_text(SCRIPT.format(python=sys.executable, root=str(ROOT)), encoding="utf-8")
    file.chmod(0o755)
    return file


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """A folder with a study, a grain result and something else."""
    folder = tmp_path / "work"
    for name, file in (("one", "study.jsonl"), ("fine", "grain.jsonl"), ("notes", "notes.txt")):
        (folder / "scale-results" / name).mkdir(parents=True)
        (folder / "scale-results" / name / file).touch()
    odd = folder / "scale-results" / "$(touch oops) `x`"
    odd.mkdir()
    (odd / "study.jsonl").touch()
    return folder


def asked(command: Path, folder: Path, shell: str, line: str) -> list[str]:
    """Return what the command answers to a shell about a line, whose last word is not finished."""
    words = line.split(" ")
    environment = {
        "_SCALE_COMPLETE": f"complete_{shell}",
        "COMP_WORDS": "\n".join(words),
        "COMP_CWORD": str(len(words) - 1),
        "_TYPER_COMPLETE_ARGS": line,
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
    }
    done = subprocess.run(
        [command], cwd=folder, env={**os.environ, **environment}, check=True,
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.stderr == ""
    return [line for line in done.stdout.splitlines() if line]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("scale pre", ["predict"]),
        ("scale run pri", ["primes"]),
        ("scale run work", []),
        ("scale run --backends thr", ["threads"]),
        ("scale run --backends serial,threads,pr", ["serial,threads,processes"]),
        ("scale compare --baseline proc", ["processes"]),
        ("scale show scale-results/o", ["scale-results/one"]),
        ("scale show --grain scale-results/", ["scale-results/fine"]),
        ("scale run --resume scale-results/o", ["scale-results/one"]),
        ("scale run --dry", ["--dry-run"]),
        ("scale run --no-c", ["--no-config"]),
    ],
)
def test_bash_asks(command: Path, results: Path, line: str, expected: list[str]) -> None:
    """Commands, options, workloads, backends and studies; files are left to the shell."""
    assert expected == asked(command, results, "bash", line)


def test_all_workloads_and_only_plain_folders(command: Path, results: Path) -> None:
    """Nothing typed offers all; what a shell would evaluate is left out."""
    assert names() == asked(command, results, "bash", "scale run ")
    assert set(asked(command, results, "bash", "scale show ")) == {
        "scale-results/one",
        "scale-results/fine",
    }


def test_fish_and_zsh_ask(command: Path, results: Path) -> None:
    """The other shells get the same words in their own form."""
    assert asked(command, results, "fish", "scale run pri") == ["primes"]
    (answer,) = asked(command, results, "zsh", "scale run pri")
    assert '"primes"' in answer


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_script_of_a_shell(command: Path, shell: str) -> None:
    """Each shell has a script that asks the command."""
    done = subprocess.run(
        [command, "--show-completion", shell],
        env={**os.environ, "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"},
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert f"_SCALE_COMPLETE=complete_{shell}" in done.stdout


BASH = """
eval "$SCRIPT"
ask() {
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _scale_completion scale; echo "${COMPREPLY[@]}"
}
ask scale run --backends serial,thr
ask scale run --backends = serial,thr
ask scale run --quick --resume =
"""


def test_bash_completes(command: Path, results: Path) -> None:
    """The script works in a real bash."""
    bash = shutil.which("bash")
    if bash is None and "CI" not in os.environ:
        pytest.skip("there is no bash here")
    assert bash is not None
    script = subprocess.run(
        [command, "--show-completion", "bash"],
        env={**os.environ, "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"},
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    path = f"{command.parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [bash, "--norc", "-c", BASH], cwd=results,
        env={**os.environ, "PATH": path, "SCRIPT": script},
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert done.stdout.split("\n") == [
        "serial,threads", "serial,threads", "scale-results/one", "",
    ]  # fmt: skip


def test_installed_in_a_home(command: Path, tmp_path: Path) -> None:
    """``--install-completion`` writes the script and says where."""
    done = subprocess.run(
        [command, "--install-completion", "bash"],
        env={
            **os.environ,
            "HOME": str(tmp_path),
            "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1",
        },
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert "bash completion installed in" in done.stdout
    assert "_SCALE_COMPLETE" in (tmp_path / ".bash_completions" / "scale.sh").read_text()
