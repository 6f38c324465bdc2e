"""What a test run may reach: a database of its own, loopback, and nothing else."""

import re
import socket
import tomllib
from pathlib import Path

import pytest
import pytest_socket
from sqlalchemy import create_engine, text

CHECKOUT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("attempt", [1, 2])
def test_each_test_has_an_empty_postgres_of_its_own(pg_url: str, attempt: int) -> None:
    engine = create_engine(pg_url)
    with engine.begin() as connection:
        version = connection.execute(text("show server_version_num")).scalar_one()
        assert int(version) >= 150000
        connection.execute(text("create table seen (attempt integer)"))
        connection.execute(text("insert into seen values (:attempt)"), {"attempt": attempt})
        assert connection.execute(text("select attempt from seen")).all() == [(attempt,)]
    engine.dispose()


def test_only_loopback_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
    with (
        socket.socket() as outside,
        pytest.raises((pytest_socket.SocketConnectBlockedError, UserWarning)),
    ):
        outside.connect(("192.0.2.1", 80))


def _pins(lock: str) -> dict[str, str]:
    lines = (CHECKOUT / lock).read_text().splitlines()
    names = [line for line in lines if line and not line.lstrip().startswith("#")]
    return dict(re.fullmatch(r"([a-z0-9-]+)==([^ ;]+)(?: ;.*)?", line).groups() for line in names)


def _wanted(requirements: list[str]) -> set[str]:
    names = (re.match(r"[A-Za-z0-9_.-]+", requirement).group() for requirement in requirements)
    return {name.lower().replace("_", "-") for name in names}


def test_every_dependency_is_pinned_in_the_lock_files() -> None:
    """`make lock` was run after the last change of pyproject.toml."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    runtime, dev = _pins("requirements.lock"), _pins("requirements-dev.lock")
    assert _wanted(project["dependencies"] + extras["install"]) <= runtime.keys()
    assert _wanted(extras["dev"]) <= dev.keys()
    assert runtime.items() <= dev.items()
