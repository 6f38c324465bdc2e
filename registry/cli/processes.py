"""`verbund serve, work, project, up`: the processes of a running registry."""

import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from registry.cli.surface import now, registry, settings
from registry.errors import RegistryError
from registry.project.following import follow_until
from registry.run.hubs import add_configured
from registry.run.timetable import Timetable
from registry.settings import Settings
from registry.supervisor import supervise

_ROOT = Path(__file__).parents[2]
_KILL_AFTER_S: Final = 10


@click.command()
@click.option("--workers", default=1, show_default=True, help="Web processes.")
@click.option("--threads", default=8, show_default=True, help="Threads of each.")
def serve(workers: int, threads: int) -> None:
    """Serve the web pages and interfaces of this registry."""
    chosen = settings()
    with registry():
        pass  # says at once what is wrong with the store
    server = Server(
        "wsgi:app",
        address=chosen.host,
        port=chosen.port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        working_dir=_ROOT,
        websockets=False,
        log_level=LogLevels.warning,
        log_access=False,  # no client's address is kept
        respawn_failed_workers=True,
        # One that is told to end while it still starts does not hear it, and would run for ever.
        workers_kill_timeout=_KILL_AFTER_S,
    )
    try:
        server.serve()
    except RuntimeError as error:  # what the operating system says of the address
        raise _cannot_listen(chosen, error) from None


@click.command()
@click.option(
    "--no-projections", is_flag=True, help="Leave this host's projections to `verbund project`."
)
def work(no_projections: bool) -> None:
    """Harvest by the timetable, link, merge and release; and keep this host's projections."""
    _log_to_stderr()
    with registry() as instance, _until_told() as stopped:
        add_configured(instance, now())
        timetable = Timetable(instance)
        timetable.start()
        try:
            if no_projections:
                stopped.wait()
            else:
                follow_until(stopped, instance.store, instance.home, instance.iris)
        finally:
            timetable.stop()


@click.command()
def project() -> None:
    """Keep this host's graph, search index and dump at the latest release."""
    _log_to_stderr()
    with registry() as instance, _until_told() as stopped:
        follow_until(stopped, instance.store, instance.home, instance.iris)


@click.command()
def up() -> None:
    """Run everything on this machine: the demo federation if it is empty, `serve` and `work`."""
    _log_to_stderr()
    with _until_told() as stopped:
        supervise(settings(), stopped)


def _cannot_listen(chosen: Settings, error: RuntimeError) -> RegistryError:
    reason = str(error).partition("\n")[0]
    where = f"{chosen.host}:{chosen.port}"
    return RegistryError(
        f"Auf {where} kann nicht gelauscht werden ({reason}). Bitte das andere Programm beenden "
        "oder mit VERBUND_PORT oder VERBUND_HOST eine andere Adresse wählen.",
        f"Cannot listen on {where} ({reason}). Please end the other program, or choose another "
        "address by VERBUND_PORT or VERBUND_HOST.",
        code="address_unusable",
    )


@contextmanager
def _until_told() -> Iterator[threading.Event]:
    """An event that SIGINT and SIGTERM set."""
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    yield stopped


def _log_to_stderr() -> None:
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(name)s %(message)s", datefmt="%H:%M:%S"
    )
    for talkative in ("apscheduler", "alembic"):
        logging.getLogger(talkative).setLevel(logging.WARNING)
