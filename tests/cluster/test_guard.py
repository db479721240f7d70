"""The guard, with real processes."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from cluster.guard import Ended, Guarded, spawn

Carriers = Callable[[str], list[int]]
Within = Callable[[float, Callable[[], bool]], bool]

DAEMON = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(600)
    os._exit(0)
os.wait()
"""
"""Leaves a grandchild in a session of its own that no longer descends from the process."""

READY = 'os.write(int(os.environ["RAYSCALE_CHANNEL"]), b"ready\\n")\n'

OWNER = """
import os, sys, time
from pathlib import Path
from cluster.guard import spawn
script, owner, folder = sys.argv[1:]
guarded = spawn(
    [sys.executable, "-c", script], owner=owner, env=os.environ, output=None, remove=Path(folder)
)
os.read(guarded.channel, 100)
print("ready", guarded.pid, flush=True)
time.sleep(600)
"""


def python(script: str) -> list[str]:
    """The command that runs a script."""
    return [sys.executable, "-c", script]


def start(
    script: str, owner: str, *, output: Path | None = None, remove: Path | None = None
) -> Guarded:
    """Start a script under a guard."""
    return spawn(python(script), owner=owner, env=os.environ, output=output, remove=remove)


def channel_lines(guarded: Guarded, count: int) -> list[bytes]:
    """Read so many lines from the channel, or all until its end."""
    text = b""
    while text.count(b"\n") < count and (more := os.read(guarded.channel, 65536)):
        text += more
    return text.splitlines()


@pytest.mark.parametrize("code", [0, 1, 77, 255])
def test_exit_code_is_reported(owner: str, code: int) -> None:
    """The exit code of the process arrives as it was."""
    with start(f"raise SystemExit({code})", owner) as guarded:
        assert guarded.wait(10) == Ended(code, None, 0)


def test_signal_is_reported(owner: str) -> None:
    """A process that a signal ended has a signal and no exit code."""
    with start("import os; os.kill(os.getpid(), 11)", owner) as guarded:
        assert guarded.wait(10) == Ended(None, signal.SIGSEGV, 0)


def test_missing_program_ends_with_127(owner: str, tmp_path: Path) -> None:
    """A program that is not there ends with 127 and says so in the output."""
    output = tmp_path / "output"
    with spawn(["/no/such/program"], owner=owner, env=os.environ, output=output) as guarded:
        assert guarded.wait(10) == Ended(127, None, 0)
    assert "No such file" in output.read_text()


def test_output_is_appended(owner: str, tmp_path: Path) -> None:
    """Standard output and error of the process are appended to the file."""
    output = tmp_path / "output"
    output.write_text("before\n")
    with start(
        "import os; os.write(1, b'out\\n'); os.write(2, b'err\\n')", owner, output=output
    ) as g:
        g.wait(10)
    assert output.read_text() == "before\nout\nerr\n"


def test_output_that_cannot_be_written_raises(owner: str, tmp_path: Path) -> None:
    """An output file in a missing folder is the caller's error, and nothing stays open."""
    before = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(FileNotFoundError):
        start("", owner, output=tmp_path / "missing" / "output")
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_descriptors_are_released(owner: str) -> None:
    """A closed handle leaves no descriptor behind."""
    before = len(list(Path("/proc/self/fd").iterdir()))
    with start("", owner):
        pass
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_channel_carries_thousands_of_lines(owner: str) -> None:
    """Lines arrive complete and in order, and the channel ends with the process."""
    script = (
        "import os\nchannel = open(int(os.environ['RAYSCALE_CHANNEL']), 'w')\n"
        "for k in range(5000): print('{\"line\": %d}' % k, file=channel, flush=True)"
    )
    with start(script, owner) as guarded:
        lines = channel_lines(guarded, 5001)
        assert guarded.wait(10) == Ended(0, None, 0)
    assert lines == [b'{"line": %d}' % k for k in range(5000)]


def test_guard_does_not_hold_the_channel(owner: str) -> None:
    """The channel ends when the process closes it, although the process still runs."""
    script = "import os, time; os.close(int(os.environ['RAYSCALE_CHANNEL'])); time.sleep(600)"
    with start(script, owner) as guarded:
        assert select.select([guarded.channel], [], [], 10)[0]
        assert os.read(guarded.channel, 10) == b""
        assert guarded.poll() is None


def test_input_is_a_pipe_when_asked_for(owner: str) -> None:
    """Lines written to the input reach the process, and its end is seen as a broken pipe."""
    script = "import os; os.write(int(os.environ['RAYSCALE_CHANNEL']), input().encode())"
    argv = python(script)
    with spawn(argv, owner=owner, env=os.environ, output=None, input=True) as guarded:
        assert guarded.input is not None
        os.write(guarded.input, b"hello\n")
        assert channel_lines(guarded, 1) == [b"hello"]
        guarded.wait(10)
        with pytest.raises(BrokenPipeError):
            os.write(guarded.input, b"again\n")


def test_standard_input_is_empty_by_default(owner: str) -> None:
    """Without an input the process reads the end of file at once."""
    with start("import sys; raise SystemExit(len(sys.stdin.read()))", owner) as guarded:
        assert guarded.wait(10) == Ended(0, None, 0)


def test_signals_are_as_in_a_fresh_process(owner: str) -> None:
    """What the guard ignores or blocks is not ignored or blocked in the process."""
    script = (
        "import re; t = open('/proc/self/status').read(); print(re.findall('Sig(?:Blk|Ign):.*', t))"
    )
    plain = [sys.executable, "-c", script]
    expected = subprocess.run(plain, capture_output=True, text=True, check=True).stdout
    told = script.replace(
        "print(", "import os; os.write(int(os.environ['RAYSCALE_CHANNEL']), b'%a' % "
    )
    with start(told, owner) as guarded:
        assert channel_lines(guarded, 1)[0].decode() == expected.strip()


def test_poll_does_not_wait(owner: str) -> None:
    """A process that runs has not ended, and asking takes no time."""
    with start("import time; time.sleep(600)", owner) as guarded:
        begin = time.monotonic()
        assert guarded.poll() is None
        assert guarded.wait(0.05) is None
        assert time.monotonic() - begin < 1


def test_stop_sends_sigterm_first(owner: str) -> None:
    """A process that handles SIGTERM ends in its own way."""
    script = (
        "import os, signal, sys, time\nsignal.signal(15, lambda *_: sys.exit(5))\n"
        + READY
        + "time.sleep(600)"
    )
    with start(script, owner) as guarded:
        channel_lines(guarded, 1)
        assert guarded.stop() == Ended(5, None, 0)
        assert guarded.stop() == Ended(5, None, 0)


def test_stop_at_once_is_not_lost(owner: str) -> None:
    """A stop that arrives while the process is still being started ends it without the grace."""
    for _ in range(10):
        begin = time.monotonic()
        with start("import time; time.sleep(600)", owner) as guarded:
            guarded.stop(grace_s=30)
        assert time.monotonic() - begin < 5


def test_stop_kills_after_the_grace(owner: str) -> None:
    """A process that ignores SIGTERM is killed when the grace is over."""
    script = (
        "import os, signal, time\nsignal.signal(15, signal.SIG_IGN)\n" + READY + "time.sleep(600)"
    )
    with start(script, owner) as guarded:
        channel_lines(guarded, 1)
        begin = time.monotonic()
        assert guarded.stop(grace_s=0.5) == Ended(None, signal.SIGKILL, 0)
        assert 0.5 <= time.monotonic() - begin < 10


def test_daemons_are_ended(owner: str, carriers: Carriers) -> None:
    """A grandchild that left its session and its parent is found and killed, and counted."""
    with start(DAEMON, owner) as guarded:
        assert guarded.wait(10) == Ended(0, None, 1)
    assert carriers(owner) == []


def test_child_that_ends_by_itself_is_no_leftover(owner: str) -> None:
    """A child that ends a moment after the process is waited for and not counted."""
    script = "import subprocess; subprocess.Popen(['sleep', '0.1'])"
    with start(script, owner) as guarded:
        assert guarded.wait(10) == Ended(0, None, 0)


def test_process_pool_leaves_no_shared_memory(
    owner: str, carriers: Carriers, within: Within
) -> None:
    """A pool that is killed while it works has its shared memory cleared by its tracker."""
    script = (
        "import os, time\nfrom multiprocessing.shared_memory import SharedMemory\n"
        "from concurrent.futures import ProcessPoolExecutor\n"
        "import multiprocessing\n"
        "if __name__ == '__main__':\n"
        "  memory = SharedMemory(create=True, size=4096)\n"
        "  pool = ProcessPoolExecutor(2, mp_context=multiprocessing.get_context('fork'))\n"
        "  futures = [pool.submit(time.sleep, 600) for _ in range(2)]\n"
        "  os.write(int(os.environ['RAYSCALE_CHANNEL']), memory.name.encode() + b'\\n')\n"
        "  time.sleep(600)\n"
    )
    with start(script, owner) as guarded:
        name = channel_lines(guarded, 1)[0].decode()
        shared = Path("/dev/shm") / name.lstrip("/")  # noqa: S108 - where it is
        assert shared.exists()
        assert within(30, lambda: len(carriers(owner)) >= 5)
        ended = guarded.stop(grace_s=0.5)
    assert ended.signal == signal.SIGTERM
    assert not shared.exists()
    assert carriers(owner) == []


def test_folder_is_removed_with_an_empty_parent(owner: str, tmp_path: Path) -> None:
    """The folder goes with all it holds; what a link points to stays, and so do other folders."""
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").touch()
    folder = tmp_path / "parent" / "folder"
    (folder / "deep" / "deeper").mkdir(parents=True)
    (folder / "deep" / "file").touch()
    (folder / "link").symlink_to(kept)
    with start("", owner, remove=folder) as guarded:
        guarded.wait(10)
    assert list(folder.parent.iterdir()) == []
    assert (kept / "file").exists()


def test_folder_that_is_another_place_stays(owner: str, tmp_path: Path) -> None:
    """Where a link or nothing stands in place of the folder, nothing is removed."""
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path / "other")
    for name in ("link", "missing"):
        with start("", owner, remove=tmp_path / name) as guarded:
            guarded.wait(10)
    assert (tmp_path / "other" / "file").exists()


def owner_process(script: str, owner: str, folder: Path) -> subprocess.Popen[str]:
    """An owner that can be killed."""
    argv = [*python(OWNER), script, owner, str(folder)]
    root = Path(__file__).parents[2]
    return subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, cwd=root)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("script", [DAEMON + READY + "time.sleep(600)", "import os\n" + READY])
def test_end_of_the_owner_ends_everything(
    owner: str,
    tmp_path: Path,
    number: signal.Signals,
    script: str,
    carriers: Carriers,
    within: Within,
) -> None:
    """However the owner ends, everything it started is gone in good time, and the folder too."""
    folder = tmp_path / "folder"
    folder.mkdir()
    with owner_process(script, owner, folder) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("ready")
        process.send_signal(number)
        process.wait(10)
        assert within(10, lambda: not carriers(owner))
        assert within(1, lambda: not folder.exists())


def test_guard_survives_the_signals_of_a_terminal(owner: str) -> None:
    """SIGINT and SIGHUP change nothing; SIGTERM to the guard ends the process."""
    with start("import os, time\n" + READY + "time.sleep(600)", owner) as guarded:
        channel_lines(guarded, 1)
        os.kill(guarded.pid, signal.SIGINT)
        os.kill(guarded.pid, signal.SIGHUP)
        assert guarded.wait(0.2) is None
        os.kill(guarded.pid, signal.SIGTERM)
        assert guarded.wait(10) == Ended(None, signal.SIGTERM, 0)


def test_kill_of_the_guard_ends_everything(owner: str, tmp_path: Path, carriers: Carriers) -> None:
    """When the guard itself is killed its owner ends what is left and removes the folder."""
    folder = tmp_path / "folder"
    folder.mkdir()
    with start(DAEMON + READY + "time.sleep(600)", owner, remove=folder) as guarded:
        channel_lines(guarded, 1)
        os.kill(guarded.pid, signal.SIGKILL)
        ended = guarded.wait(10)
    assert ended is not None
    assert (ended.code, ended.signal) == (None, signal.SIGKILL)
    assert carriers(owner) == []
    assert not folder.exists()


def test_many_at_once(owner: str, carriers: Carriers) -> None:
    """Guards started side by side do not hold each other's pipes."""

    def begin(seconds: Sequence[float]) -> list[Guarded]:
        return [start(f"import time; time.sleep({s})", owner) for s in seconds]

    quick, *slow = begin([0.1, 600, 600, 600])
    assert quick.wait(10) == Ended(0, None, 0)
    for guarded in slow:
        guarded.close()
    quick.close()
    assert carriers(owner) == []
