"""Everything of one registry on one machine: prepared, started, watched and ended together."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.parse
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from harvester.errors import HarvestError
from harvester.fetch import Fetcher, FetchPolicy
from registry import demo, lifeline
from registry.errors import RegistryError
from registry.instance import USER_AGENT, initialise, open_instance
from registry.listening import claim
from registry.project.host import projectors
from registry.run.harvest import harvest
from registry.run.hubs import add_hub
from registry.settings import Settings
from registry.store import hubs

log = logging.getLogger(__name__)

_WRITTEN_HERE: Final = "# Written by `verbund up` for the demo hubs; without this line it is yours."
_PROCESSES: Final = ("serve", "work")
_GRACE_S: Final = 20.0
_MOST_RESTARTS: Final = 5  # within an hour
_HOUR_S: Final = 3600.0
_POLL_S: Final = 0.3


class ProcessKeepsEnding(RegistryError):
    """A process of the registry ended by itself again and again; its last words stand above."""

    code = "process_keeps_ending"


def supervise(settings: Settings, stopped: threading.Event) -> None:
    """Run the registry of these settings until `stopped`; when it returns, all it started ended.

    Raises:
        RegistryError: the store cannot be used, or a process keeps ending by itself.
    """
    claim(settings.host, settings.port)
    done = initialise(settings)
    if done.before == "older":
        click.echo(f"Schema {done.revision_before} -> {done.revision}; backup: {done.backup}")
    with ExitStack() as stack:
        settings = _with_demo(settings, stack)
        if stopped.is_set():
            return
        children = _Children(settings)
        stack.callback(children.end)
        children.start()
        _await_answer(settings, children, stopped)
        while not stopped.wait(_POLL_S):
            children.watch()


def _with_demo(settings: Settings, stack: ExitStack) -> Settings:
    """Fill an empty registry with the demo federation, and serve the demo hubs if it has them."""
    folder = settings.home / "demo"
    with open_instance(settings) as instance, instance.store.read() as conn:
        empty = not hubs.hubs(conn)
    empty = empty and not settings.hub_folders  # the operator's own hubs are on their way
    if not folder.exists() and not (empty and settings.demo):
        return settings
    server = stack.enter_context(demo.serve(folder))
    allowed = dict.fromkeys((*settings.private_hosts, f"127.0.0.1:{server.port}"))
    settings = replace(settings, private_hosts=tuple(allowed))
    _allow_for_commands(settings)
    if empty:
        click.echo("An empty registry: harvesting the demo federation …")
        _harvest_demo(settings, server.hub_folders)
    return settings


def _allow_for_commands(settings: Settings) -> None:
    """Let `verbund harvest` read the demo hubs too, unless the operator has a file of his own."""
    file = settings.home / "verbund.toml"
    if not file.exists() or file.read_text("utf-8").startswith(_WRITTEN_HERE):
        hosts = ", ".join(f'"{host}"' for host in settings.private_hosts)
        file.write_text(f"{_WRITTEN_HERE}\nprivate_hosts = [{hosts}]\n", "utf-8")


def _harvest_demo(settings: Settings, folders: Sequence[Path]) -> None:
    def now() -> datetime:
        return datetime.now(UTC)

    with open_instance(settings) as instance:
        manifests = [add_hub(instance, folder, now()) for folder in folders]
        sources = [source.id for manifest in manifests for source in manifest.sources]
        for report in harvest(instance, sources, now):
            log.info("%s", report)
        with projectors(instance) as opened:
            for projector in opened:
                projector.follow()


class _Children:
    """The registry's processes; each that ends by itself is started again, a few times an hour."""

    def __init__(self, settings: Settings) -> None:
        self._environment = {
            **os.environ,
            "VERBUND_PRIVATE_HOSTS": ",".join(settings.private_hosts),
            lifeline.VARIABLE: "1",
        }
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._restarts: list[float] = []  # when, on the monotonic clock

    def start(self) -> None:
        """Start all."""
        for name in _PROCESSES:
            self._start(name)

    def watch(self) -> None:
        """Start again what has ended. Raises ProcessKeepsEnding."""
        for name, process in self._running.items():
            if process.poll() is None:
                continue
            _kill_family(process)  # a web worker that outlived its parent would keep the port
            now = time.monotonic()
            self._restarts = [at for at in self._restarts if now - at < _HOUR_S] + [now]
            if len(self._restarts) > _MOST_RESTARTS:
                raise ProcessKeepsEnding(
                    f"»verbund {name}« endet immer wieder (Code {process.returncode}); die "
                    "Meldungen darüber sagen, warum.",
                    f"`verbund {name}` keeps ending (code {process.returncode}); the messages "
                    "above say why.",
                )
            log.warning(
                "verbund %s ended with code %s; starting it again", name, process.returncode
            )
            self._start(name)

    def end(self) -> None:
        """Ask all to end, and end those that do not."""
        for process in self._running.values():
            process.terminate()
        deadline = time.monotonic() + _GRACE_S
        for process in self._running.values():
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                log.warning("process %d does not end by itself and is killed", process.pid)
            _kill_family(process)
            process.wait()

    def _start(self, name: str) -> None:
        # A session of its own: Ctrl-C comes to us alone, and we end the others in order. It makes
        # one process group of the child and all that it starts. The pipe is the child's lifeline:
        # it ends when we do, even if we are killed.
        self._running[name] = subprocess.Popen(
            [sys.executable, "-m", "registry", name],
            env=self._environment,
            stdin=subprocess.PIPE,
            start_new_session=True,
        )


def _kill_family(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of a child and of all that it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _await_answer(settings: Settings, children: _Children, stopped: threading.Event) -> None:
    """Wait until the pages open, then say where. Raises ProcessKeepsEnding."""
    authority = f"{_connectable(settings.host)}:{settings.port}"
    policy = FetchPolicy(user_agent=USER_AGENT, private_hosts=frozenset({authority}))
    with Fetcher(policy) as fetcher:
        while not stopped.wait(_POLL_S):
            children.watch()
            try:
                fetcher.fetch(f"http://{authority}/healthz")
            except HarvestError:
                continue
            _announce(f"http://{authority}", settings)
            return


def _connectable(host: str) -> str:
    """The address under which this machine reaches what listens on `host`, as a URL writes it."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    return f"[{host}]" if ":" in host else host


def _announce(address: str, settings: Settings) -> None:
    question = urllib.parse.quote("SELECT * { ?s ?p ?o } LIMIT 5")
    with open_instance(settings) as instance:
        base = instance.iris.base
    click.echo(
        f"""
The registry is at {address} and its data in {settings.home}.
What it publishes has permanent addresses below {base}.

  {address}/actors             who takes part
  {address}/hubs               what became of each hub's data
  {address}/sparql             ask it yourself
  curl '{address}/sparql?query={question}'

Ctrl-C ends everything.
"""
    )
