"""A real `verbund serve` over the demo federation, on loopback."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from registry import demo
from registry.instance import initialise, open_instance
from registry.project.projector import Projector
from registry.run.harvest import harvest
from registry.run.hubs import add_hub
from registry.settings import load_settings

BASE: Final = "https://verbund.example"
_START_S: Final = 60.0
_GRACE_S: Final = 15.0


@contextmanager
def served(folder: Path, **settings: str) -> Iterator[int]:
    """Harvest the demo hubs, serve what came of it, yield the port; nothing outlives the block."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    ours = {
        "VERBUND_HOME": str(folder / "var"),
        "VERBUND_BASE_IRI": BASE,
        "VERBUND_PORT": str(port),
        **settings,
    }
    _harvest(folder, ours)
    others = {name: value for name, value in os.environ.items() if not name.startswith("VERBUND_")}
    with (folder / "serve.log").open("wb") as log:
        process = subprocess.Popen(
            # What a system gives a service that asks for nothing.
            ["sh", "-c", 'ulimit -Sn 1024 && exec "$0" -m registry serve', sys.executable],
            env=others | ours,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        _await_answer(process, port, folder / "serve.log")
        yield port
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE_S)
        with suppress(ProcessLookupError):  # whatever of its group is left
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _harvest(folder: Path, environ: dict[str, str]) -> None:
    def now() -> datetime:
        return datetime.now(UTC)

    settings = load_settings(environ)
    with demo.serve(folder / "demo") as server:
        settings = replace(settings, private_hosts=(f"127.0.0.1:{server.port}",))
        initialise(settings)
        with open_instance(settings) as instance:
            manifests = [add_hub(instance, one, now()) for one in server.hub_folders]
            harvest(instance, [source.id for one in manifests for source in one.sources], now)
            projector = Projector(instance.store, instance.home, instance.iris)
            try:
                projector.follow()
            finally:
                projector.close()


def _await_answer(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + _START_S
    while process.poll() is None and time.monotonic() < until:
        with (
            suppress(OSError),
            socket.create_connection(("127.0.0.1", port), timeout=_START_S) as connection,
        ):
            connection.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
            if b" 200 " in connection.recv(100):
                return
        time.sleep(0.05)
    raise AssertionError(log.read_text("utf-8", "replace"))
