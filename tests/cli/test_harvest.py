"""`verbund harvest`: what it reads, what it says, and what its exit codes mean."""

import os
import pty
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from registry.store import runs
from registry.store.engine import open_store
from tests.cli.conftest import PATIENCE_S, Verbund, page, until


def test_a_harvest_is_told_as_a_table(registry: Verbund) -> None:
    registry.site.pages["/data"] = page(12)
    result = registry("harvest")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    names = [cell.strip() for cell in lines[1].strip("┃").split("┃")]
    cells = [cell.strip() for cell in lines[3].strip("│").split("│")]
    told = dict(zip(names, cells, strict=True))
    assert told == {
        "source": "musterhub/data",
        "run": "2",
        "result": "published",
        "read": "12",
        "added": "2",
        "changed": "0",
        "unchanged": "10",
        "removed": "0",
        "rejected": "0",
        "skipped": "0",
        "release": "2",
    }
    assert result.stderr == ""


def test_a_script_gets_json(registry: Verbund) -> None:
    [report] = registry.json("harvest", "musterhub/data")
    assert report["source_id"] == "musterhub/data"
    assert report["state"] == "unchanged"
    assert report["counts"]["unchanged"] == 10
    assert report["release"] is None


def test_each_source_is_read_once_however_often_it_is_named(registry: Verbund) -> None:
    assert len(registry.json("harvest", "musterhub", "musterhub/data", "musterhub")) == 1


def test_a_registry_without_hubs_says_what_to_do(verbund: Verbund) -> None:
    verbund("init")
    result = verbund("harvest")
    assert result.exit_code == 0
    assert "verbund hub add" in result.stdout
    assert verbund.json("harvest") == []


def test_a_held_run_is_code_3_until_a_person_accepts_it(registry: Verbund) -> None:
    registry.site.pages["/data"] = page(3)
    result = registry("harvest", "musterhub")
    assert result.exit_code == 3
    assert "7 of 10 records (70 %) are missing" in result.stdout
    assert "7 von 10 Einträgen (70 %) fehlen" in result.stdout
    assert registry.json("hub", "list")[0]["live"] == 10
    accepted = registry("harvest", "musterhub", "--accept-removals")
    assert accepted.exit_code == 0
    assert registry.json("hub", "list")[0]["live"] == 3


def test_a_hub_that_fails_is_code_4_and_takes_nothing_from_another(registry: Verbund) -> None:
    registry.site.pages["/zwei"] = page(2, "zweithub")
    registry("hub", "add", registry.hub("zweithub", "/zwei"))
    registry.site.failing["/data"] = 500
    result = registry("harvest")
    assert result.exit_code == 4
    assert "musterhub/data: " in result.stdout
    assert [row["live"] for row in registry.json("hub", "list")] == [10, 2]


def test_what_failed_outranks_what_was_held(registry: Verbund) -> None:
    registry("hub", "add", registry.hub("zweithub", "/absent"))
    registry.site.pages["/data"] = page(3)
    assert registry("harvest").exit_code == 4


def test_a_source_that_another_process_reads_is_code_4(registry: Verbund) -> None:
    store = open_store(f"sqlite:///{registry.home / 'verbund.sqlite'}")
    with store.write() as conn:
        runs.begin_run(conn, "musterhub/data", holder="other", now=datetime.now(UTC), lease_s=3600)
    store.close()
    result = registry("harvest", "musterhub")
    assert result.exit_code == 4
    assert "Another process is reading this source" in result.stdout
    assert "Ein anderer Vorgang liest diese Quelle" in result.stdout


def test_progress_shows_on_a_terminal_and_nowhere_else(registry: Verbund, tmp_path: Path) -> None:
    registry.site.slow_s = 0.5
    registry.site.pages["/data"] = page(1200)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("VERBUND_")}
    environment |= {**registry.environment, "TERM": "xterm", "COLUMNS": "100"}
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "registry", "harvest", "--json"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=theirs) as on:
        os.close(theirs)
        shown = _read(ours)
        assert on.stdout
        on.stdout.read()
    os.close(ours)
    assert on.returncode == 0
    assert "musterhub/data" in shown
    assert "records" in shown
    registry.site.pages["/data"] = page(1300)
    off = subprocess.run(command, env=environment, capture_output=True, check=False)
    assert (off.returncode, off.stderr) == (0, b"")


def _read(descriptor: int) -> str:
    """All that comes until the other end is closed, which Linux tells by an error."""
    found = b""
    while True:
        try:
            found += os.read(descriptor, 65536)
        except OSError:
            return found.decode()


def test_ctrl_c_ends_a_harvest_and_frees_the_source(registry: Verbund) -> None:
    registry.site.silent.add("/data")
    asked = len(registry.site.asked)
    with registry.process("harvest") as process:
        until(lambda: len(registry.site.asked) > asked)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 1
    assert "Aborted!" in said
    registry.site.silent.clear()
    registry.site.let_go.set()
    assert registry("harvest").exit_code == 0
