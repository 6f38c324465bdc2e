"""Starting processes, measuring them, and ending every one of them whatever happens."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

BENCH: Final = Path(__file__).parent
ROOT: Final = BENCH.parent
PYTHON: Final = sys.executable
_START_S: Final = 60.0
_GRACE_S: Final = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One process from its start to its end; `said` is the JSON that it printed last."""

    wall_s: float
    cpu_s: float  # of the process and all that it waited for
    said: dict[str, Any]


def run(
    arguments: Sequence[str | Path], *, environment: Mapping[str, str] | None = None
) -> Measured:
    """Run a process to its end, by itself in its group.

    Raises:
        RuntimeError: it ended with a code other than 0; its last words stand in the text.
    """
    started = time.perf_counter()
    with tempfile.TemporaryFile() as words, _process(arguments, environment, words) as process:
        _, status, used = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        text = _read(words)
    if process.returncode != 0:
        raise RuntimeError(f"{arguments} ended with code {process.returncode}:\n{text[-4000:]}")
    last = text.strip().rpartition("\n")[2]
    said = json.loads(last) if last.startswith("{") else {}
    return Measured(wall_s=wall_s, cpu_s=used.ru_utime + used.ru_stime, said=said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """A server that runs."""

    port: int
    pid: int


@contextmanager
def serving(
    arguments: Sequence[str | Path], port: int, environment: Mapping[str, str] | None = None
) -> Iterator[Serving]:
    """A server from when it accepts connections on `port` to the end of the block.

    Raises:
        RuntimeError: it ended by itself or does not listen.
    """
    with tempfile.TemporaryFile() as words, _process(arguments, environment, words) as process:
        until = time.monotonic() + _START_S
        while not _accepts(port):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"{arguments} does not serve on {port}:\n{_read(words)[-4000:]}")
            time.sleep(0.05)
        yield Serving(port=port, pid=process.pid)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def family(pid: int) -> set[int]:
    """The process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = path.read_text("utf-8", "replace").rpartition(")")[2].split()
            children.setdefault(int(fields[1]), []).append(int(path.parent.name))
    found, waiting = set(), [pid]
    while waiting:
        one = waiting.pop()
        found.add(one)
        waiting += children.get(one, [])
    return found


def living() -> set[int]:
    """Every process of the machine that has not ended."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if path.read_text("utf-8", "replace").rpartition(")")[2].split()[0] != "Z":
                found.add(int(path.parent.name))
    return found


def memory_mib(pid: int) -> float:
    """Resident memory of a family, pages that several share counted once (PSS)."""
    total = 0
    for one in family(pid):
        with suppress(OSError):
            lines = Path(f"/proc/{one}/smaps_rollup").read_text("ascii").splitlines()
            total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def peak_mib() -> float:
    """The most memory this process has had resident; nothing of its parent's, as in ru_maxrss."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


@contextmanager
def _process(
    arguments: Sequence[str | Path], environment: Mapping[str, str] | None, words: IO[bytes]
) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        list(map(str, arguments)),
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})},
        stdout=words,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(_GRACE_S)
        with suppress(ProcessLookupError):  # whatever of its group is left
            os.killpg(process.pid, signal.SIGKILL)
        if process.returncode is None:
            process.wait()


def _read(words: IO[bytes]) -> str:
    """What a process has said."""
    words.seek(0)
    return words.read().decode(errors="replace")


def _accepts(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False
