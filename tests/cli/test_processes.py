"""`verbund serve, work, project`: processes that run until they are told to end."""

import socket
from pathlib import Path

import pytest
import requests

from bench.processes import family, living
from registry.project.dumps import Dump
from tests.cli.conftest import Verbund, free_port, page, until

pytestmark = pytest.mark.slow


def test_work_harvests_by_the_timetable_projects_and_ends_when_told(verbund: Verbund) -> None:
    verbund("init")
    verbund("hub", "add", verbund.hub(source='every = "1s"'))
    with verbund.process("work") as process:
        until(lambda: verbund.json("status")["projections"]["search"]["release"] == 1)
        verbund.site.pages["/data"] = page(11)
        until(lambda: verbund.json("status")["entities"]["actor"] == 11)
        code, said = verbund.ended(process)
    assert code == 0
    assert "musterhub/data: published" in said
    assert "Traceback" not in said
    assert Dump.present(verbund.home / "dumps")


def test_work_may_leave_the_projections_to_another_process(verbund: Verbund) -> None:
    verbund("init")
    verbund("hub", "add", verbund.hub(source='every = "1s"'))
    with verbund.process("work", "--no-projections") as worker:
        until(lambda: verbund.json("status")["release"] == 1)
        assert verbund.json("status")["projections"]["graph"]["release"] == 0
        with verbund.process("project") as projector:
            until(lambda: verbund.json("status")["projections"]["graph"]["current"])
            assert verbund.ended(projector)[0] == 0
        assert verbund.ended(worker)[0] == 0


def test_two_processes_cannot_keep_one_hosts_projections(registry: Verbund) -> None:
    with registry.process("project") as first:
        until(lambda: registry.json("status")["projections"]["graph"]["current"])
        with registry.process("project") as second:
            said, _ = second.communicate(timeout=60)
        assert second.returncode == 1
        assert "Error: " in said
        assert "Traceback" not in said
        assert registry.ended(first)[0] == 0


def test_work_takes_in_the_hubs_of_the_configured_folders(verbund: Verbund, tmp_path: Path) -> None:
    verbund("init")
    hubs = tmp_path / "hubs"
    hubs.mkdir()
    verbund.hub().rename(hubs / "musterhub")
    broken = hubs / "broken"
    broken.mkdir()
    (broken / "hub.toml").write_text("not toml", "utf-8")
    with verbund.process("work", VERBUND_HUB_FOLDERS=str(hubs)) as process:
        until(lambda: verbund.json("status")["entities"]["actor"] == 10)
        code, said = verbund.ended(process)
    assert code == 0
    assert str(broken) in said


def test_serve_answers_keeps_no_address_and_ends_when_told(registry: Verbund) -> None:
    registry("rebuild")
    port = free_port()
    with registry.process("serve", VERBUND_PORT=str(port)) as process:
        until(lambda: _answers(port))
        assert requests.get(f"http://127.0.0.1:{port}/actors", timeout=20).ok
        code, said = registry.ended(process)
    assert code == 0
    assert "127.0.0.1" not in said.replace(f"127.0.0.1:{port}", "")
    assert "GET" not in said


def test_serve_takes_workers_and_threads(registry: Verbund) -> None:
    registry("rebuild")
    port = free_port()
    with registry.process(
        "serve", "--workers", "2", "--threads", "2", VERBUND_PORT=str(port)
    ) as process:
        until(lambda: _answers(port))
        assert registry.ended(process)[0] == 0


def test_serve_says_when_the_port_is_taken(registry: Verbund) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = registry("serve", VERBUND_PORT=str(port))
    assert result.exit_code == 1
    assert str(port) in result.stderr
    assert "VERBUND_PORT" in result.stderr


def _answers(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/healthz", timeout=5).ok
    except requests.ConnectionError:
        return False


def test_nothing_outlives_a_serve_that_was_killed(registry: Verbund) -> None:
    registry("rebuild")
    port = free_port()
    with registry.process("serve", VERBUND_PORT=str(port)) as process:
        until(lambda: _answers(port))
        query = {"query": "SELECT * { ?s ?p ?o } LIMIT 1"}
        assert requests.get(f"http://127.0.0.1:{port}/sparql", query, timeout=20).ok
        members = family(process.pid)
        assert len(members) > 3  # the web process and the query workers
        process.kill()
        process.wait()
        until(lambda: not members & living())
    with registry.process("serve", VERBUND_PORT=str(port)) as again:
        until(lambda: _answers(port))
        assert registry.ended(again)[0] == 0
