"""`verbund serve, work, project, up`: the processes of a running registry."""

import logging
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from registry.cli.surface import now, registry, settings
from registry.lifeline import end_with_parent
from registry.listening import address_unusable, claim, make_room
from registry.project.host import keep_projections
from registry.run.hubs import add_configured
from registry.run.timetable import Timetable
from registry.supervisor import supervise
from registry.web.slow_clients import SLOTS

_ROOT = Path(__file__).parents[2]
_KILL_AFTER_S: Final = 10
_HEADERS_WITHIN_MS: Final = 10_000
_THREADS: Final = 32  # most of them only wait: for a query, for a slow client
_MOST_PROCESSES: Final = 4


def _processes() -> int:
    """One web process for each core: the threads of one share a lock and fill a single core."""
    return min(len(os.sched_getaffinity(0)), _MOST_PROCESSES)


@click.command()
@click.option(
    "--workers",
    type=int,
    default=_processes,
    show_default="one per core, at most 4",
    help="Web processes.",
)
@click.option("--threads", default=_THREADS, show_default=True, help="Threads of each.")
def serve(workers: int, threads: int) -> None:
    """Serve the web pages and interfaces of this registry."""
    end_with_parent()
    chosen = settings()
    with registry():
        pass  # says at once what is wrong with the store
    claim(chosen.host, chosen.port)
    connections = make_room()
    os.environ[SLOTS] = str(max(1, threads // 4))
    server = Server(
        "wsgi:app",
        address=chosen.host,
        port=chosen.port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        working_dir=_ROOT,
        websockets=False,
        # By itself Granian divides 1,024 connections among its processes, and one whose share is
        # held by silent clients leaves all who come to it waiting.
        backpressure=connections,
        http1_settings=HTTP1Settings(header_read_timeout=_HEADERS_WITHIN_MS),
        log_level=LogLevels.error,
        log_access=False,  # no client's address is kept
        respawn_failed_workers=True,
        # One that is told to end while it still starts does not hear it, and would run for ever.
        workers_kill_timeout=_KILL_AFTER_S,
    )
    try:
        server.serve()
    except RuntimeError as error:  # what the operating system says of the address
        reason = str(error).partition("\n")[0]
        raise address_unusable(chosen.host, chosen.port, reason) from None


@click.command()
@click.option(
    "--no-projections", is_flag=True, help="Leave this host's projections to `verbund project`."
)
def work(no_projections: bool) -> None:
    """Harvest by the timetable, link, merge and release; and keep this host's projections."""
    end_with_parent()
    _log_to_stderr()
    with registry() as instance, _until_told() as stopped:
        add_configured(instance, now())
        timetable = Timetable(instance)
        timetable.start()
        try:
            if no_projections:
                stopped.wait()
            else:
                keep_projections(stopped, instance)
        finally:
            timetable.stop()


@click.command()
def project() -> None:
    """Keep this host's graph, search index and dump at the latest release."""
    _log_to_stderr()
    with registry() as instance, _until_told() as stopped:
        keep_projections(stopped, instance)


@click.command()
def up() -> None:
    """Run everything on this machine: the demo federation if it is empty, `serve` and `work`."""
    _log_to_stderr()
    with _until_told() as stopped:
        supervise(settings(), stopped)


@contextmanager
def _until_told() -> Iterator[threading.Event]:
    """An event that SIGINT, SIGTERM and the end of the terminal set."""
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stopped.set())
    yield stopped


def _log_to_stderr() -> None:
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(name)s %(message)s", datefmt="%H:%M:%S"
    )
    for talkative in ("apscheduler", "alembic"):
        logging.getLogger(talkative).setLevel(logging.WARNING)
