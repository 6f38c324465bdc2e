"""`verbund up`: one command to a working registry, and nothing left when it ends."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import requests

from registry.store import hubs
from registry.store.engine import open_store

pytestmark = pytest.mark.slow

PATIENCE_S = 60


class Up:
    """A running `verbund up` over a folder of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("VERBUND_")}
        environment |= {
            "VERBUND_HOME": str(home),
            "VERBUND_PORT": str(self.port),
            "PYTHONUNBUFFERED": "1",
        }
        self.log = (home.parent / "up.log").open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "registry", "up"],
            env=environment,
            stdout=self.log,
            stderr=self.log,
        )

    def get(self, path: str, **headers: str) -> requests.Response:
        return requests.get(f"http://127.0.0.1:{self.port}{path}", headers=headers, timeout=20)

    def await_answer(self) -> None:
        """Wait until the server answers."""
        for _ in range(PATIENCE_S * 5):
            assert self.process.poll() is None, (self.home.parent / "up.log").read_text()
            try:
                if self.get("/healthz").ok:
                    return
            except requests.ConnectionError:
                pass
            time.sleep(0.2)
        raise AssertionError((self.home.parent / "up.log").read_text())

    def ask(self, query: str) -> list[dict[str, str]]:
        answer = self.get(f"/sparql?query={quote(query)}", Accept="application/sparql-results+json")
        return [
            {k: v["value"] for k, v in row.items()} for row in answer.json()["results"]["bindings"]
        ]

    def family(self) -> set[int]:
        """Every living process of this folder's registry."""
        mark = f"VERBUND_HOME={self.home}".encode()
        found = set()
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    if mark in (entry / "environ").read_bytes().split(b"\0"):
                        found.add(int(entry.name))
                except OSError:
                    continue
        return found

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        code = self.process.wait(PATIENCE_S)
        self.log.close()
        return code


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Up]:
    running = Up(tmp_path / "var")
    yield running
    for pid in running.family():
        os.kill(pid, signal.SIGKILL)
    running.process.wait()
    running.log.close()


def test_an_empty_folder_becomes_a_registry_that_follows_its_hubs_and_ends_clean(up: Up) -> None:
    up.await_answer()
    [entity] = up.ask(
        "SELECT ?s { ?s <https://schema.org/name> 'Werkhof Neißebogen e. V.'@de } LIMIT 1"
    )
    assert up.get(f"/id/{entity['s'].rsplit('/', 1)[1]}", Accept="text/turtle").ok
    edited_shows_within_two_ticks(up)
    before = up.family()
    assert len(before) >= 4  # supervisor, granian and its worker, work
    assert up.end() == 0
    assert up.family() == set()


def edited_shows_within_two_ticks(up: Up) -> None:
    """Rename a project in a hub's file and wait until SPARQL says so, two ticks at most."""
    table = up.home / "demo" / "mitmach-boerse" / "projekte.csv"
    text = table.read_text("utf-8")
    assert "Küche auf Zeit" in text
    store = open_store(f"sqlite:///{up.home / 'verbund.sqlite'}")
    try:
        table.write_text(text.replace("Küche auf Zeit", "Küche auf Dauer"), "utf-8")
        asked_at = {checked(store)}
        for _ in range(PATIENCE_S * 10):
            asked_at.add(checked(store))
            if up.ask("SELECT ?s { ?s <https://schema.org/name> 'Küche auf Dauer'@de }"):
                break
            time.sleep(0.1)
        else:
            raise AssertionError("the edit never showed")
    finally:
        store.close()
    # The first time was before the edit.
    assert len(asked_at) - 1 <= 2


def checked(store) -> object:
    with store.read() as conn:
        return hubs.source(conn, "mitmach-boerse/projekte").last_checked_at


def test_a_second_start_keeps_what_is_there_and_ctrl_c_ends_it(up: Up) -> None:
    up.await_answer()
    assert up.end() == 0
    again = Up(up.home)
    try:
        again.await_answer()
        status = json.loads(again.get("/status", Accept="application/json").text)
        assert status["release"] >= 1
        assert again.end(signal.SIGINT) == 0
        assert again.family() == set()
    finally:
        for pid in again.family():
            os.kill(pid, signal.SIGKILL)
        again.log.close()


def test_a_process_that_is_killed_is_started_again(up: Up) -> None:
    up.await_answer()
    [worker] = [pid for pid in up.family() if is_command(pid, "work")]
    os.kill(worker, signal.SIGKILL)
    for _ in range(PATIENCE_S * 5):
        others = [pid for pid in up.family() if is_command(pid, "work") and pid != worker]
        if others:
            break
        time.sleep(0.2)
    assert others
    assert up.get("/healthz").ok


def test_nothing_outlives_a_supervisor_that_was_killed(up: Up) -> None:
    up.await_answer()
    up.process.kill()
    up.process.wait()
    for _ in range(PATIENCE_S * 5):
        if not up.family():
            return
        time.sleep(0.2)
    raise AssertionError(f"still there: {up.family()}")


def test_the_end_of_the_terminal_ends_it_all(up: Up) -> None:
    up.await_answer()
    assert up.end(signal.SIGHUP) == 0
    assert up.family() == set()


def test_two_registries_do_not_share_a_port(up: Up, tmp_path: Path) -> None:
    up.await_answer()
    environment = os.environ | {"VERBUND_HOME": str(tmp_path / "zweite"), "PORT": str(up.port)}
    second = subprocess.run(
        [sys.executable, "-m", "registry", "up"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert second.returncode == 1
    assert f"Cannot listen on 127.0.0.1:{up.port}" in second.stderr


def test_a_command_may_harvest_the_demo_hubs_too(up: Up) -> None:
    up.await_answer()
    environment = os.environ | {"VERBUND_HOME": str(up.home)}
    harvest = subprocess.run(
        [sys.executable, "-m", "registry", "harvest", "musterkreis", "--json"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    [report] = json.loads(harvest.stdout)
    # `busy` where the timetable is just at it.
    assert report["state"] in ("unchanged", "busy"), report


def is_command(pid: int, name: str) -> bool:
    try:
        return (
            Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0").endswith(b"\0" + name.encode())
        )
    except OSError:
        return False
