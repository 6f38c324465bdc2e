"""The example of a proxy in front: real nginx, over something that tells what reached it."""

import json
import re
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme

from tests.cli.conftest import free_port, until
from tests.deploy.conftest import DEPLOY

NAME = "verbund.example"
_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


class Proxy:
    """nginx with the example's configuration, on free ports of loopback."""

    def __init__(self, plain: int, tls: int, authority: trustme.CA) -> None:
        self.plain, self._tls = plain, tls
        self._context = ssl.create_default_context()
        authority.configure_trust(self._context)

    def get(self, path: str, name: str = NAME, **headers: str) -> tuple[HTTPResponse, bytes]:
        """What it answers by TLS under that name, and the body of it."""
        connection = HTTPSConnection(name, self._tls, context=self._context, timeout=10)
        with socket.create_connection(("127.0.0.1", self._tls), timeout=10) as raw:
            connection.sock = self._context.wrap_socket(raw, server_hostname=name)
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        with closing(connection):
            connection.request("GET", path, headers={"Host": name, **named})
            response = connection.getresponse()
            return response, response.read()


class _Echo(BaseHTTPRequestHandler):
    """Answers with the headers that reached it."""

    def do_GET(self) -> None:
        body = json.dumps(dict(self.headers)).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def proxy(tmp_path: Path, need: Callable[[str], Path]) -> Iterator[Proxy]:
    binary = need("nginx")
    authority = trustme.CA()
    issued = authority.issue_cert(NAME)
    issued.private_key_pem.write_to_path(str(tmp_path / "privkey.pem"))
    for part in issued.cert_chain_pems:
        part.write_to_path(str(tmp_path / "fullchain.pem"), append=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    plain, tls = free_port(), free_port()
    (tmp_path / "site.conf").write_text(_here(tmp_path, server.server_port, plain, tls), "utf-8")
    (tmp_path / "nginx.conf").write_text(
        f"daemon off; master_process off; pid {tmp_path}/pid; events {{}} http {{\n"
        + "".join(f"{kind}_temp_path {tmp_path}/{kind};\n" for kind in _TEMPORARY)
        + f"include {tmp_path}/site.conf; }}\n",
        "utf-8",
    )
    command = [str(binary), "-c", str(tmp_path / "nginx.conf"), "-e", str(tmp_path / "errors")]
    with subprocess.Popen(command) as process:
        try:
            until(lambda: process.poll() is not None or _listens(tls))
            assert process.poll() is None, (tmp_path / "errors").read_text()
            yield Proxy(plain, tls, authority)
        finally:
            process.kill()
            server.shutdown()
            server.server_close()


def _here(folder: Path, upstream: int, plain: int, tls: int) -> str:
    """The example with the addresses and folders of this test."""
    text = (DEPLOY / "nginx.conf").read_text("utf-8").replace("${DOMAIN}", NAME)
    text = text.replace("server web-a:8000;", f"server 127.0.0.1:{upstream};")
    text = text.replace("server web-b:8000;", "")
    text = re.sub(r"^ *listen \[::\].*\n", "", text, flags=re.M)
    text = text.replace("listen 443", f"listen 127.0.0.1:{tls}")
    text = text.replace("listen 80", f"listen 127.0.0.1:{plain}")
    return text.replace("/etc/nginx/tls", str(folder)).replace(
        "/dev/stderr", str(folder / "errors")
    )


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def test_the_address_that_is_believed_is_the_connections_and_not_the_clients_word(
    proxy: Proxy,
) -> None:
    response, body = proxy.get("/actors", X_Forwarded_For="203.0.113.5")
    assert response.status == 200
    reached = json.loads(body)
    assert reached["X-Forwarded-For"] == "127.0.0.1"
    assert reached["Host"] == NAME


def test_it_tells_no_version_and_keeps_figures_to_the_operator(proxy: Proxy) -> None:
    response, _ = proxy.get("/metrics")
    assert response.status == 403
    assert response.headers.get_all("Server") == ["nginx"]


def test_a_name_that_is_not_ours_gets_no_answer(proxy: Proxy) -> None:
    with pytest.raises((ssl.SSLError, ConnectionError)):
        proxy.get("/", name="evil.example")


def test_plain_http_leads_to_our_own_name(proxy: Proxy) -> None:
    connection = HTTPConnection("127.0.0.1", proxy.plain, timeout=10)
    connection.request("GET", "/actors?q=a", headers={"Host": "evil.example"})
    response = connection.getresponse()
    assert response.status == 308
    assert response.headers["Location"] == f"https://{NAME}/actors?q=a"
    connection.close()


def test_a_body_that_the_registry_would_not_read_does_not_reach_it(proxy: Proxy) -> None:
    assert proxy.get("/sparql", Content_Length=str(400 * 1024))[0].status == 413
