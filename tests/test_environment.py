"""What a test run may reach: a database of its own, loopback, and nothing else."""

import socket

import pytest
import pytest_socket
from sqlalchemy import create_engine, text


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
