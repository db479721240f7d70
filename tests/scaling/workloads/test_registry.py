import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scaling.errors import UsageError
from scaling.model import WorkloadSpec
from scaling.workloads.base import Workload
from scaling.workloads.registry import describe, import_roots, load, names, portable

DECLARED = """
    from scaling.workloads.base import workload

    def rows(size=5, start=10, label="a", strict=False, factor=1.5):
        return [(start + i, label, strict, factor) for i in range(size)]

    def base(offset=100):
        return offset

    @workload(items=rows, shared=base, combine=len)
    def price(row, offset):
        "Price one row."
        return row[0] + offset

    def square(x):
        return x * x

    def total(parts):
        return sum(parts)

    class Thing:
        pass

    RATE = 3
"""


def spec_of(path: Path, name: str, **options: Any) -> WorkloadSpec:
    """A function of the file."""
    return WorkloadSpec(f"{path}:{name}", **options)


def refusal(spec: WorkloadSpec) -> str:
    """The one line that refuses the spec."""
    with pytest.raises(UsageError) as caught:
        load(spec)
    message = str(caught.value)
    assert "\n" not in message
    return message


def run(workload: Workload) -> list[Any]:
    """Parts, computed here."""
    return [workload.kernel(item) for item in workload.items()]


def test_listing_imports_no_numpy() -> None:
    """Names and descriptions come without NumPy, Ray or pandas."""
    code = (
        "import sys, scaling.workloads.registry as r; r.names(); r.describe();"
        "sys.exit(any(m in sys.modules for m in ('numpy', 'ray', 'pandas')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_default_comes_first() -> None:
    """``sources`` is the first name, and every entry says what it shows."""
    assert names()[0] == "sources"
    assert all(builtin.shows for builtin in describe())


def test_unknown_name_gets_a_hint() -> None:
    """A misspelt built-in names the near one."""
    assert "did you mean 'sources'?" in refusal(WorkloadSpec("source"))


def test_declared_function(user_file: Any) -> None:
    """A declared function brings its items, shared input, combine and summary."""
    workload = load(spec_of(user_file(DECLARED), "price"))
    items = list(workload.items())
    assert workload.shared is not None
    assert workload.combine is len
    assert workload.summary == "Price one row."
    assert workload.kernel(items[0], workload.shared()) == 110
    assert len(items) == 5


def test_size_reaches_the_items_function(user_file: Any) -> None:
    """``--size`` is given to a parameter named size."""
    workload = load(spec_of(user_file(DECLARED), "price", size=2))
    assert len(list(workload.items())) == 2


def test_params_are_converted(user_file: Any) -> None:
    """A ``--param`` gets the type of its default, in items and shared alike."""
    params = (("start", "7"), ("strict", "yes"), ("factor", "2"), ("offset", "1"), ("label", "7"))
    workload = load(spec_of(user_file(DECLARED), "price", params=params))
    assert next(iter(workload.items())) == (7, "7", True, 2.0)
    assert workload.shared is not None
    assert workload.shared() == 1


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ((("colour", "red"),), "it takes factor, label, offset, start, strict"),
        ((("start", "soon"),), "--param start=soon is not a whole number"),
        ((("strict", "perhaps"),), "is not true or false"),
        ((("factor", "x"),), "is not a number"),
        ((("size", "3"),), "--size N"),
    ],
)
def test_wrong_params(user_file: Any, params: Any, said: str) -> None:
    """A wrong ``--param`` is refused with what is possible."""
    assert said in refusal(spec_of(user_file(DECLARED), "price", params=params))


def test_plain_function_with_items(user_file: Any) -> None:
    """A plain function runs on ``--items`` and is combined by ``--combine``."""
    spec = spec_of(user_file(DECLARED), "square", items="range:4", combine="total")
    workload = load(spec)
    assert workload.combine is not None
    assert workload.combine(run(workload)) == 14


def test_parts_are_folded_by_a_function_of_two(user_file: Any) -> None:
    """``combine(accumulated, part)`` combines a list too; a default does not make it a fold."""
    path = user_file(DECLARED)
    user_file("def less(so_far, part):\n    return so_far - part\n", "my_fold.py")
    workload = load(spec_of(path, "square", items="range:4", combine="my_fold:less"))
    assert workload.combine is not None
    assert workload.combine([10, 1, 2]) == 7
    assert workload.fold is not None
    assert load(spec_of(path, "square", items="range:4", combine="total")).fold is None
    assert load(spec_of(path, "square", items="range:4", combine="operator:add")).fold is not None


def test_combine_with_other_arguments_is_refused(user_file: Any) -> None:
    """Three parts at a time are nobody's way."""
    path = user_file(DECLARED)
    user_file("def three(a, b, c):\n    return a\n", "my_three.py")
    spec = spec_of(path, "square", items="range:4", combine="my_three:three")
    assert "three can be called neither with the list" in refusal(spec)


def test_overrides_win(user_file: Any) -> None:
    """``--items`` and ``--shared`` replace what was declared; a plain object can be shared."""
    path = user_file(DECLARED)
    user_file("def pairs():\n    return [(1,), (2,)]\n", "my_data.py")
    workload = load(spec_of(path, "price", items="my_data:pairs", shared="RATE"))
    assert workload.shared is not None
    assert [workload.kernel(i, workload.shared()) for i in workload.items()] == [4, 5]


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("square", {}, "say what it runs on: --items range:1000"),
        ("pirce", {}, "did you mean 'price'?"),
        ("zzz", {}, "it has price"),
        ("Thing", {"items": "range:3"}, "Thing is a class"),
        ("RATE", {"items": "range:3"}, "is of type int"),
        ("square", {"items": "RATE"}, "name an iterable, or a function"),
        ("square", {"items": "lnes:some.txt"}, "--items is range:1000"),
        ("square", {"items": "range:3", "combine": "RATE"}, "name a function"),
        ("square", {"items": "range:3", "combine": "nope"}, "has no 'nope'"),
        ("square", {"items": "range:3", "shared": "RATE"}, "cannot be called with an item and"),
        ("square", {"items": "range:3", "size": 0}, "at least 1"),
        ("square", {"items": "range:3", "params": (("a", "1"),)}, "it takes none"),
        ("", {}, "it has price"),
    ],
)
def test_wrong_names(user_file: Any, name: str, options: Any, said: str) -> None:
    """What cannot be a workload is refused with what to do."""
    assert said in refusal(spec_of(user_file(DECLARED), name, **options))


def test_file_without_name(user_file: Any) -> None:
    """A file alone is told which functions it has."""
    assert "it has price" in refusal(WorkloadSpec(str(user_file(DECLARED))))


def test_first_items_of_a_list_keep_their_length(user_file: Any) -> None:
    """``--size`` takes the first items; more than there are is fine."""
    path = user_file("ROWS = [1, 2, 3]\ndef same(x):\n    return x\n")
    few = load(spec_of(path, "same", items="ROWS", size=2))
    all_of_them = load(spec_of(path, "same", items="ROWS", size=9))
    assert run(few) == [1, 2]
    assert len(few.items()) == 2  # type: ignore[arg-type]
    assert len(all_of_them.items()) == 3  # type: ignore[arg-type]


def test_import_error_is_told_in_one_line(user_file: Any) -> None:
    """The user's own error is shown with its file and line."""
    path = user_file("a = 1\nb = 2\nc = a / 0\n")
    said = refusal(spec_of(path, "f"))
    assert said == (
        f"{path} does not import: ZeroDivisionError: division by zero (my_work.py, line 3)"
    )


def test_error_in_another_file_of_the_user_is_placed(user_file: Any) -> None:
    """A mistake in a file that the workload imports is shown where it is."""
    user_file("import not_there_at_all\n", "my_helper.py")
    path = user_file("import my_helper\n")
    said = refusal(spec_of(path, "f"))
    assert said.endswith("No module named 'not_there_at_all' (my_helper.py, line 1)")


def test_syntax_error(user_file: Any) -> None:
    """A syntax error shows its line."""
    assert "(my_work.py, line 2)" in refusal(spec_of(user_file("x = 1\ndef (:\n"), "f"))


def test_exit_at_import(user_file: Any) -> None:
    """A script without its guard is told about it."""
    said = refusal(spec_of(user_file("import sys\nsys.exit(0)\n"), "f"))
    assert "if __name__ == '__main__':" in said


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("random.py", "rename it, for example to 'my_random'"),
        ("scaling.py", "rename it"),
        ("numpy.py", "rename it"),
        ("my-work.py", "for example to 'my_work'"),
        ("work.ipynb", "is a notebook"),
        ("work.txt.d/x.pyw", "must end in .py"),
    ],
)
def test_file_names_that_cannot_be(user_file: Any, name: str, said: str) -> None:
    """A file that cannot be a module of its own is refused."""
    assert said in refusal(WorkloadSpec(f"{user_file('', name)}:f"))


def test_missing_file_gets_a_hint(user_file: Any) -> None:
    """A misspelt file names the near one."""
    path = user_file("")
    said = refusal(WorkloadSpec(f"{path.with_name('my_wrok.py')}:f"))
    assert "did you mean my_work.py?" in said


def test_missing_module() -> None:
    """A module that is not there is not called the user's error."""
    assert "there is no module 'no_such_pkg'" in refusal(WorkloadSpec("no_such_pkg.mod:f"))


def test_file_in_a_package(user_file: Any, tmp_path: Path) -> None:
    """A file in a package is imported by its dotted name, from the folder above the package."""
    user_file("", "my_pkg/__init__.py")
    user_file("", "my_pkg/sub/__init__.py")
    user_file("LIMIT = 3\n", "my_pkg/limits.py")
    text = "from ..limits import LIMIT\ndef cut(x):\n    return min(x, LIMIT)\n"
    path = user_file(text, "my_pkg/sub/deep.py")
    spec = spec_of(path, "cut", items="range:6")
    assert import_roots(spec) == [tmp_path]
    assert run(load(spec)) == [0, 1, 2, 3, 3, 3]
    assert portable(spec) == WorkloadSpec("my_pkg.sub.deep:cut", items="range:6")


def test_two_files_of_one_name(user_file: Any) -> None:
    """A second file with the name of an imported one is refused, not mistaken for it."""
    text = "def same(x):\n    return x\n"
    load(spec_of(user_file(text, "one/my_twin.py"), "same", items="range:2"))
    second = spec_of(user_file(text, "two/my_twin.py"), "same", items="range:2")
    assert "goes by that name; rename it" in refusal(second)


def test_dotted_target() -> None:
    """A function of an installed module can be a kernel."""
    assert run(load(WorkloadSpec("math:sqrt", items="range:0,5,4"))) == [0.0, 2.0]


def test_built_in_by_name() -> None:
    """A built-in takes its size, and needs no folder on the path."""
    workload = load(WorkloadSpec("sources", size=3))
    assert workload.name == "sources"
    assert workload.summary
    assert len(list(workload.items())) == 3
    assert import_roots(WorkloadSpec("sources")) == []


def test_wrapper_around_a_declared_function(user_file: Any) -> None:
    """What runs is what the name leads to, not the function that it wraps."""
    path = user_file(
        """
        from functools import wraps
        from scaling.workloads.base import workload

        def plus_one(function):
            @wraps(function)
            def inner(x):
                return function(x) + 1
            return inner

        @plus_one
        @workload(items=[1, 2])
        def same(x):
            return x
        """
    )
    assert run(load(spec_of(path, "same"))) == [2, 3]


def test_items_function_that_needs_a_value(user_file: Any) -> None:
    """A parameter without default must be given."""
    path = user_file("def rows(count: int):\n    return range(count)\ndef f(x):\n    return x\n")
    assert "--param count=VALUE" in refusal(spec_of(path, "f", items="rows"))
    given = load(spec_of(path, "f", items="rows", params=(("count", "3"),)))
    assert run(given) == [0, 1, 2]


@pytest.mark.parametrize(
    ("declaration", "said"),
    [
        ("@workload", "@workload takes keywords only|missing 1 required keyword-only"),
        ("@workload(items=3)", "items must be an iterable or a function"),
        ("@workload(items='abc')", "items is the text"),
        ("@workload(items=[1], combine=3)", "combine must be a function"),
        ("@workload(items=[1], asynchronous=len)", "asynchronous must be an async function"),
        ("@workload(items=[1], waits='no')", "waits must be True, False or None"),
        ("@workload(items=[1], name='')", "name must be a text"),
    ],
)
def test_wrong_declarations(user_file: Any, declaration: str, said: str) -> None:
    """A wrong declaration is told with its line."""
    path = user_file(
        f"from scaling.workloads.base import workload\n{declaration}\ndef f(x):\n    return x\n",
        "my_declared.py",
    )
    message = refusal(spec_of(path, "f"))
    assert any(part in message for part in said.split("|"))
    assert "(my_declared.py, line 2)" in message


@pytest.mark.parametrize(
    ("function", "said"),
    [
        ("async def f(x):\n    return x\n", "is async"),
        ("def f(x):\n    yield x\n", "is a generator"),
        ("class f:\n    pass\n", "is a class"),
    ],
)
def test_what_cannot_be_a_kernel(user_file: Any, function: str, said: str) -> None:
    """An async function, a generator and a class are refused, declared or not."""
    plain = user_file(function, "my_plain.py")
    declared = user_file(
        f"from scaling.workloads.base import workload\n@workload(items=[1])\n{function}",
        "my_declared.py",
    )
    assert said in refusal(spec_of(plain, "f", items="range:2"))
    assert said in refusal(spec_of(declared, "f"))


CHECKED = """
    from scaling.workloads.base import workload

    def alone(answer):
        return answer == [1, 2]

    def with_items(answer, items):
        assert len(answer) == len(list(items)), "too few"

    def breaks(answer):
        raise KeyError("gone")

    def tolerant(answer, tolerance=1):
        assert answer

    @workload(items=[1, 2], check={check})
    def f(x):
        return x
"""


@pytest.mark.parametrize(
    ("check", "wrong", "said"),
    [
        ("alone", [1], "the check returned False"),
        ("with_items", [1], "too few"),
        ("breaks", [1, 2], "the check raised KeyError: 'gone'"),
        ("tolerant", [], "the check failed"),
    ],
)
def test_checks_in_one_form(user_file: Any, check: str, wrong: Any, said: str) -> None:
    """However a check says no, it is an AssertionError with a reason."""
    workload = load(spec_of(user_file(CHECKED.format(check=check)), "f"))
    assert workload.check is not None
    if check != "breaks":
        workload.check([1, 2])
    with pytest.raises(AssertionError) as caught:
        workload.check(wrong)
    assert said in str(caught.value)


def test_user_module_reaches_children(user_file: Any, tmp_path: Path) -> None:
    """A class of the user's file pickles by reference and is found in spawned processes."""
    path = user_file(
        """
        import multiprocessing

        class Thing:
            def __init__(self, value):
                self.value = value

        def double(thing):
            return thing.value * 2

        def in_child(x):
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                return pool.map(double, [Thing(x)])[0]
        """
    )
    spec = spec_of(path, "in_child", items="range:2")
    code = (
        "from scaling.model import WorkloadSpec\n"
        "from scaling.workloads.registry import load\n"
        f"w = load(WorkloadSpec({spec.target!r}, items='range:2'))\n"
        "assert w.kernel(21) == 42\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
