"""What has a name in a file or a module is found by it; nothing else has one."""

from __future__ import annotations

import importlib
import math
import operator
import sys
import types
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from scaling.errors import UsageError
from scaling.workloads import naming, primes

WORK = """
from functools import lru_cache, wraps

NUMBERS = [1, 2, 3]

def square(x):
    return x * x

def shown(function):
    @wraps(function)
    def inner(x):
        return function(x)
    return inner

@shown
def cube(x):
    return x ** 3

@lru_cache
def cached(x):
    return x

half = lambda x: x / 2

def maker():
    def made(x):
        return x
    return made

class Kernel:
    def __call__(self, x):
        return x

kernel = Kernel()
"""


@pytest.fixture
def work(user_file: Any) -> ModuleType:
    """A module that only the caller's path leads to."""
    path = user_file(WORK, "my_own_work.py")
    sys.path.insert(0, str(path.parent))
    return importlib.import_module("my_own_work")


@pytest.fixture
def script(user_file: Any, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The same as the script that Python runs."""
    path = user_file(WORK, "my_script.py")
    main = ModuleType("__main__")
    main.__file__ = str(path)
    exec(compile(WORK, str(path), "exec"), vars(main))  # noqa: S102 - what Python does with a script
    monkeypatch.setitem(sys.modules, "__main__", main)
    return main


@pytest.mark.parametrize("name", ["square", "cube", "cached", "half", "kernel"])
def test_module_of_the_caller_is_named_by_its_file(work: ModuleType, name: str) -> None:
    """As on the command line, so that the path need not lead to it."""
    assert naming.target_of(getattr(work, name)) == f"{work.__file__}:{name}"


@pytest.mark.parametrize("name", ["square", "cube", "cached"])
def test_function_of_a_script_is_named_by_its_file(script: ModuleType, name: str) -> None:
    """The file is imported again by other processes."""
    assert naming.target_of(getattr(script, name)) == f"{script.__file__}:{name}"


def test_closure_has_no_name(work: ModuleType, script: ModuleType) -> None:
    """What was made by a call cannot be made again by an import."""
    assert naming.target_of(work.maker()) is None
    assert naming.target_of(script.maker()) is None
    assert naming.target_of(partial(work.square)) is None
    assert naming.target_of(lambda x: x) is None


def test_list_has_no_name(work: ModuleType) -> None:
    """The caller may have added to it, which an import would not see."""
    work.NUMBERS.append(4)
    assert naming.target_of(work.NUMBERS) is None


def test_value_of_a_script_has_no_name(script: ModuleType) -> None:
    """The script may have changed it under its guard, which an import would not see."""
    assert naming.target_of(script.NUMBERS) is None
    assert naming.target_of(script.kernel) is None


def test_function_typed_in_after_the_script_has_no_name(script: ModuleType) -> None:
    """``python -i`` goes on in the script's module, not in its file."""
    exec(compile("def later(x):\n    return x\n", "<stdin>", "exec"), vars(script))  # noqa: S102
    assert naming.target_of(script.later) is None


def test_notebook_has_no_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its main module has no file."""
    main = ModuleType("__main__")
    exec(WORK, vars(main))  # noqa: S102 - what a notebook does with a cell
    monkeypatch.setitem(sys.modules, "__main__", main)
    assert naming.target_of(vars(main)["square"]) is None
    assert naming.root_of(vars(main)["square"]) in {None, Path.cwd()}


def test_what_is_installed_is_named_by_its_module() -> None:
    """Python finds it everywhere, in C too."""
    assert naming.target_of(math.sqrt) == "math:sqrt"
    assert naming.target_of(sum) == "builtins:sum"
    assert naming.target_of(operator.add) in {"_operator:add", "operator:add"}
    assert naming.target_of(pytest.approx) is not None
    assert naming.target_of(primes.count) == "scaling.workloads.primes:count"


def test_module_without_a_file_has_no_place() -> None:
    """A module that code made is not imported by others."""
    made = types.ModuleType("made_up")
    assert not naming.is_found(made)
    assert naming.is_found(math)


def test_function_that_another_one_replaced_has_no_name(work: ModuleType) -> None:
    """The name leads to the other one."""
    old = work.square
    vars(work)["square"] = lambda x: x
    assert naming.target_of(old) is None


def test_module_that_would_hide_another_is_refused(user_file: Any) -> None:
    """With what to do, as on the command line."""
    path = user_file("def f(x):\n    return x\n", "ray.py")
    module = ModuleType("ray")
    module.__file__ = str(path)
    with pytest.raises(UsageError, match="rename it"):
        naming.place_of(module)
