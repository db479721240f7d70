"""The backends by name."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module

import pytest

from scaling.backends import registry
from scaling.errors import MissingLibrary, UnknownName


def test_names_are_those_of_the_design() -> None:
    """There are eight backends."""
    names = "serial threads processes asyncio joblib dask ray simulated"
    assert names.split() == registry.names()


def test_unknown_name_has_a_hint() -> None:
    """A misspelt name is answered with the nearest one."""
    with pytest.raises(UnknownName, match="did you mean 'threads'"):
        registry.load("thread")
    with pytest.raises(UnknownName, match="choose one of serial, threads"):
        registry.entry("zzz")


def test_missing_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """A backend whose library is not there says how to get it."""
    absent = replace(registry.entry("dask"), library="surely_not_installed")
    monkeypatch.setitem(registry._TABLE, "dask", absent)
    assert registry.missing_library("dask") is not None
    with pytest.raises(MissingLibrary, match=r"pip install 'rayscale\[dask\]'"):
        registry.load("dask")


@pytest.mark.parametrize("name", [name for name in registry.names() if name != "ray"])
def test_each_name_leads_to_one_class(name: str) -> None:
    """Every line of the table names a class that exists."""
    missing = registry.missing_library(name)
    if missing is not None:
        pytest.skip(str(missing))
    line = registry.entry(name)
    module = import_module(f"scaling.backends.{line.module}")
    assert type(registry.load(name)) is getattr(module, line.type_name)
