"""What has no name in a file or a module reaches other processes by value."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from importlib import import_module
from pathlib import Path
from textwrap import dedent

import pytest

from scaling.errors import UsageError
from scaling.subject import BY_VALUE, WorkloadSpec
from scaling.workloads import by_value

ROOT = Path(__file__).parents[3]
USE = f"import pickle, {BY_VALUE} as it\n"


def python(code: str, *, path: Path | None = None, cwd: Path | None = None) -> str:
    """Run code in a fresh Python; return what it printed."""
    roots = [str(ROOT), *([] if path is None else [str(path)])]
    done = subprocess.run(
        [sys.executable, "-c", dedent(code)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(roots)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def handed(folder: Path, code: str, **values: str) -> Path:
    """Run code as a notebook does, hand over some of its names, and return the module's folder."""
    chosen = ", ".join(f"{role!r}: {name}" for role, name in values.items())
    call = (
        "from pathlib import Path\n"
        "from scaling.workloads import by_value\n"
        f"print(by_value.write(Path({str(folder)!r}), by_value.pack({{{chosen}}}).payload))\n"
    )
    return Path(python(dedent(code) + call))


def test_closure_with_what_it_uses(tmp_path: Path) -> None:
    """A function comes with the functions, values and defaults around it."""
    code = """
    import math
    BASE = 100
    def more(x): return x + BASE
    def maker(step):
        def kernel(x, *, scale=2): return math.floor(more(x) * scale + step)
        return kernel
    kernel = maker(5)
    """
    folder = handed(tmp_path, code, kernel="kernel", items="[1, 2]")
    assert python(USE + "print(it.kernel(1), it.items)", path=folder) == "207 [1, 2]"


def test_classes_travel_on_by_plain_pickle(tmp_path: Path) -> None:
    """Items and parts made of a notebook's classes pass between processes that know the module."""
    code = """
    from dataclasses import dataclass
    @dataclass
    class Point:
        x: int
    @dataclass
    class Answer:
        y: int
    def kernel(point): return Answer(point.x + 1)
    """
    folder = handed(tmp_path, code, kernel="kernel", items="[Point(1)]")
    use = USE + "print(pickle.dumps((it.items[0], it.kernel(it.items[0]))).hex())"
    sent = python(use, path=folder)
    read = USE + f"p, a = pickle.loads(bytes.fromhex({sent!r}));"
    assert python(read + "print(p, a, type(p) is it.Point)", path=folder) == (
        "Point(x=1) Answer(y=2) True"
    )


def test_code_travels_on_wherever_it_is_held(tmp_path: Path) -> None:
    """Classes within items or made by a call, one defined anew, and functions as items."""
    code = """
    class Point:
        x = "old"
    old = Point()
    class Point:
        x = "new"
    def maker():
        class Local:
            x = "local"
        return lambda item: Local()
    def job(): return "done"
    kernel = maker()
    """
    items = '[{"held": (old, Point())}, job, lambda: "nameless"]'
    folder = handed(tmp_path, code, kernel="kernel", items=items)
    use = f"""
    import pickle, {BY_VALUE} as it
    held, job, nameless, local = pickle.loads(pickle.dumps([*it.items, it.kernel(0)]))
    print([one.x for one in held["held"]], job(), nameless(), local.x)
    """
    assert python(use, path=folder) == "['old', 'new'] done nameless local"


def test_folders_of_used_modules_come_along(tmp_path: Path) -> None:
    """A notebook may have put another folder on its path."""
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "my_lib.py").write_text("def f(x):\n    return x\n", encoding="utf-8")
    code = f"""
    import sys
    sys.path.append({str(tmp_path / "lib")!r})
    import my_lib
    from my_lib import f
    from scaling.workloads import by_value
    for kernel in (lambda x: my_lib.f(x), lambda x: f(x)):
        print(by_value.pack({{"kernel": kernel}}).roots)
    """
    for line in python(code).splitlines():
        assert str(tmp_path / "lib") in line


def test_folder_with_installed_packages_is_no_folder_of_the_user(tmp_path: Path) -> None:
    """Clusters have such folders on PYTHONPATH; they hold what hides nothing."""
    (tmp_path / "numpy.py").write_text("def f(x):\n    return x\n", encoding="utf-8")
    (tmp_path / "numpy-9.dist-info").mkdir()
    code = """
    import numpy
    from scaling.workloads import by_value, naming
    print(naming.target_of(numpy.f))
    for kernel in (lambda x: numpy.f(x), lambda x, f=numpy.f: f(x)):
        print(by_value.pack({"kernel": kernel}).roots)
    """
    named, *roots = python(code, path=tmp_path).splitlines()
    assert named == "numpy:f"
    assert not any(str(tmp_path) in one for one in roots)


def test_workload_keeps_what_it_declares(tmp_path: Path) -> None:
    """A notebook's ``@workload`` has its items, check and shared input in other processes."""
    code = """
    from scaling import workload
    def check(answer): return answer == 6
    @workload(items=lambda size=3: range(1, size + 1), combine=sum, check=check)
    def kernel(x): return x
    """
    folder = handed(tmp_path, code, kernel="kernel")
    use = f"""
    from scaling.subject import WorkloadSpec
    from scaling.workloads import origin, registry
    spec = WorkloadSpec("{BY_VALUE}:kernel", size=3)
    found = registry.load(spec)
    answer = found.combine([found.kernel(item) for item in found.items()])
    found.check(answer)
    print(found.name, answer, len(origin.code_digest(spec)), registry.import_roots(spec)[0])
    """
    assert python(use, path=folder) == f"kernel 6 64 {folder}"


def test_script_is_imported_again(tmp_path: Path) -> None:
    """From a script, what a closure names comes by name: classes are the same everywhere."""
    script = """
    from pathlib import Path
    from scaling.workloads import by_value
    class Point:
        pass
    def maker():
        return lambda point: isinstance(point, Point)
    if __name__ == "__main__":
        values = {"kernel": maker(), "items": [Point()]}
        print(by_value.write(Path(__file__).parent, by_value.pack(values).payload))
    """
    file = tmp_path / "my_points.py"
    file.write_text(dedent(script), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, str(file)], env=environment, check=True, capture_output=True, text=True
    )
    use = USE + "print(it.kernel(it.items[0]), type(it.items[0]).__module__)"
    assert python(use, path=Path(done.stdout.strip())) == "True my_points"


def test_function_of_a_module_that_others_do_not_find() -> None:
    """Its code comes with it, and the module is treated as before afterwards."""
    cloudpickle = import_module("cloudpickle")
    before = set(cloudpickle.list_registry_pickle_by_value())
    payload = by_value.pack({"kernel": python}).payload
    assert b"subprocess" in payload
    assert set(cloudpickle.list_registry_pickle_by_value()) == before


def test_what_cannot_be_pickled_is_a_mistake() -> None:
    """One line names it and says what to do."""
    lock = threading.Lock()
    with pytest.raises(
        UsageError, match=r"the work cannot be handed .*lock.*; define it"
    ) as raised:
        by_value.pack({"kernel": lambda x: (lock, x)})
    assert "\n" not in str(raised.value)


def test_folder_is_private(tmp_path: Path) -> None:
    """Nobody else reads or writes what processes unpickle."""
    folder = by_value.write(tmp_path, by_value.pack({"items": [1]}).payload)
    assert folder.stat().st_mode & 0o777 == 0o700


def test_digest_follows_the_values(tmp_path: Path) -> None:
    """The digest of the code is of a file that names that of what was packed."""
    texts: list[str] = []
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
        folder = by_value.write(
            tmp_path / name, by_value.pack({"items": [len(texts) // 2]}).payload
        )
        texts.append((folder / f"{BY_VALUE}.py").read_text(encoding="utf-8"))
    assert texts[0] == texts[1] != texts[2]


def test_spec_tells_what_came_by_value() -> None:
    """Any part of it will do."""
    assert not WorkloadSpec("work.py:f", items="range:3").by_value
    assert WorkloadSpec("work.py:f", items=f"{BY_VALUE}:items").by_value
    assert WorkloadSpec(f"{BY_VALUE}:kernel").by_value


def test_what_other_processes_lack_is_a_mistake(tmp_path: Path) -> None:
    """A notebook's cached function has only its name there; one line says so, and what to do."""
    code = """
    from functools import cache
    @cache
    def cached(x): return x
    """
    folder = handed(tmp_path, code, kernel="cached")
    use = f"""
    from scaling.errors import UsageError
    from scaling.workloads import imports
    try:
        imports.resolve("{BY_VALUE}:kernel")
    except UsageError as error:
        print(error)
    """
    said = python(use, path=folder)
    assert said.startswith("what came by value cannot be used in other processes: AttributeError:")
    assert "'cached'" in said
    assert said.endswith("define it in a file and import it from there")
