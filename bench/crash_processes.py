"""The processes that bench/crash.py starts and kills: commands with marks, and `verbund serve`."""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from bench.processes import ROOT
from registry.settings import Settings

PATIENCE_S: Final = 60.0
WEB: Final = "web process"


class Child:
    """A process that says in which phase it is."""

    def __init__(self, process: "subprocess.Popen[bytes]", marks: int, log: Path) -> None:
        self.process, self._marks, self._log = process, marks, log
        self._text = ""

    def marks(self) -> list[str]:
        """All marks so far."""
        while select.select([self._marks], [], [], 0)[0]:
            more = os.read(self._marks, 65536)
            if not more:
                break
            self._text += more.decode()
        return self._text.splitlines()

    def await_mark(self, mark: str, times: int = 1) -> None:
        until = time.monotonic() + PATIENCE_S
        while self.marks().count(mark) < times:
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"no {mark!r}:\n{self._log.read_text()[-3000:]}")
            select.select([self._marks], [], [], 0.05)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def end(self) -> int:
        """Ask it to end, or wait until it does."""
        with suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_S)

    def wait(self) -> int:
        return self.process.wait(PATIENCE_S)

    def said(self) -> str:
        return self._log.read_text(errors="replace")


@contextmanager
def start(settings: Settings, ahead_s: float, arguments: tuple[str, ...]) -> Iterator[Child]:
    """A command with marks (crash_child.py), its clock so many seconds ahead."""
    reading, writing = os.pipe()
    log = settings.home.parent / "child.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "bench.crash_child", str(writing), str(ahead_s), *arguments],
            cwd=ROOT,
            env=environment(settings),
            stdout=out,
            stderr=out,
            pass_fds=[writing],
            start_new_session=True,
        )
    os.close(writing)
    try:
        yield Child(process, reading, log)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        os.close(reading)


def environment(settings: Settings) -> dict[str, str]:
    """What such a process is told of its registry."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("VERBUND_")}
    return ours | {
        "VERBUND_HOME": str(settings.home),
        "VERBUND_STORE_URL": settings.store_url,
        "VERBUND_BASE_IRI": settings.base_iri,
        "VERBUND_PRIVATE_HOSTS": ",".join(settings.private_hosts),
        "VERBUND_PORT": str(settings.port),
    }


@contextmanager
def serve(settings: Settings) -> Iterator["subprocess.Popen[bytes]"]:
    """`verbund serve`, as an operator starts it."""
    with (settings.home.parent / "serve.log").open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "registry", "serve", "--threads", "8"],
            cwd=ROOT,
            env=environment(settings),
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(20)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def victim_of(which: str, main: int, members: set[int]) -> int:
    """The process id that a kind of process has among the members of a server's family."""
    if which == "itself":
        return main
    lines = {one: _command(one) for one in members - {main}}
    queries = [one for one, line in lines.items() if "registry.sparql" in line]
    if which == "query worker":
        return max(queries)
    web = [one for one in lines if one not in queries and "resource_tracker" not in lines[one]]
    return min(web, key=_started)


def _started(pid: int) -> int:
    """Clock ticks since the machine's start; process ids begin anew now and then (proc(5))."""
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
    return 0


def _command(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    return ""
