"""Real SPARQL 1.1 servers on loopback: Oxigraph, whose default graph stands for itself and whose
requests are transactions, and Virtuoso, where neither is so."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from registry.errors import RegistryError
from registry.project.remote.address import ServerAddress
from registry.project.remote.server import Server

START_S = 60.0

_INI = """
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
FileExtend = 200
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql_port}
DisableUnixSocket = 1
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000
MaxQueryMem = 500M
[HTTPServer]
ServerPort = 127.0.0.1:{port}
ServerThreads = 8
MaxClientConnections = 8
[SPARQL]
ResultSetMaxRows = 10000
"""


@dataclass(frozen=True)
class GraphServer:
    """A server that runs; `query_url` and `update_url` are what an operator would set."""

    name: str
    query_url: str
    update_url: str

    @property
    def address(self) -> ServerAddress:
        return ServerAddress.of(self.query_url, self.update_url)

    def update(self, text: str) -> None:
        server = Server(self.address)
        server.update(text)
        server.close()

    def empty(self, base: str) -> None:
        """Take away all that a registry below this base may have left."""
        if self.name != "virtuoso":
            self.update("DROP ALL")
            return
        server = Server(self.address)
        ours = f'FILTER(STRSTARTS(STR(?g), "{base}/"))'
        # Not DISTINCT, for which Virtuoso takes minutes.
        found = server.query(f"SELECT ?g {{ GRAPH ?g {{ ?s ?p ?o }} {ours} }} GROUP BY ?g")
        for row in json.loads(found)["results"]["bindings"]:
            server.update(f"CLEAR GRAPH <{row['g']['value']}>")
        server.close()


@contextmanager
def oxigraph(*options: str, location: Path | None = None, port: int = 0) -> Iterator[GraphServer]:
    port = port or free_port()
    where = ("--location", str(location)) if location else ()
    program = Path(sys.executable).with_name("oxigraph")
    command = [str(program), "serve", "--bind", f"127.0.0.1:{port}", *where, *options]
    at = f"http://127.0.0.1:{port}"
    with _running(command, GraphServer("oxigraph", f"{at}/query", f"{at}/update")) as server:
        yield server


@contextmanager
def virtuoso(program: Path, folder: Path) -> Iterator[GraphServer]:
    port, sql_port = free_port(), free_port()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "virtuoso.ini").write_text(_INI.format(port=port, sql_port=sql_port))
    at = f"127.0.0.1:{port}"
    server = GraphServer("virtuoso", f"http://{at}/sparql", f"http://dba:dba@{at}/sparql-auth")
    command = [str(program), "+foreground", "+configfile", "virtuoso.ini"]
    with _running(command, server, folder) as running:
        yield running


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


@contextmanager
def _running(
    command: list[str], server: GraphServer, folder: Path | None = None
) -> Iterator[GraphServer]:
    """The server of this command, once it answers; killed in the end."""
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        client = Server(server.address)
        until = time.monotonic() + START_S
        while True:
            try:
                client.query("ASK { ?s ?p ?o }")
                break
            except RegistryError:
                assert process.poll() is None, f"{server.name} ended with {process.returncode}"
                assert time.monotonic() < until, f"{server.name} does not answer"
                time.sleep(0.05)
        client.close()
        yield server
    finally:
        process.kill()
        process.wait()
