"""A hub on loopback that says what a test wants, in good order or not."""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

MANIFEST = """
[hub]
id = "{hub}"
name = {{ de = "Musterhub", en = "Sample hub" }}
contact = "daten@musterhub.example"

[[source]]
id = "data"
iri = "https://{hub}.example/data"
url = "{url}"
licence = "unknown"
format = "json"
language = "de"
own_ids = ["https://{hub}.example/"]
ignore = ["retrieved"]
{source}
[source.options]
records = "items"
next = "next"
total = "total"
[source.map]
kind = "kind || 'actor'"
id = "id"
name = "name"
description = {{ at = "text", via = ["html_to_text"] }}
homepage = "web"
topic = "topics"
sameAs = "same"
"contactPoint.email" = "mail"
carriedBy = "carrier"
"""


@dataclass
class Site:
    """What the hub answers: JSON by path (bytes go as they are), and what it was asked."""

    port: int = 0
    pages: dict[str, Any] = field(default_factory=dict)
    validators: bool = True
    broken: set[str] = field(default_factory=set)  # breaks off in the middle
    failing: dict[str, int] = field(default_factory=dict)  # path -> HTTP status
    silent: set[str] = field(default_factory=set)  # says nothing until `let_go`
    slow_s: float = 0
    redirects: dict[str, str] = field(default_factory=dict)  # path -> address
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    most_at_once: Counter[str] = field(default_factory=Counter)  # requests for one path
    most_in_all: int = 0  # requests at a time, whatever the path
    let_go: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str = "/data") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def says(self, *things: dict[str, Any], path: str = "/data", **more: Any) -> None:
        """One page with these things."""
        self.pages[path] = {"items": list(things), **more}


@contextmanager
def serving(hub: Site) -> Iterator[Site]:
    """Serve the hub until the end of the `with` block."""
    now_asked: Counter[str] = Counter()
    counting = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with counting:
                now_asked[self.path] += 1
                hub.most_at_once[self.path] = max(hub.most_at_once[self.path], now_asked[self.path])
                hub.most_in_all = max(hub.most_in_all, now_asked.total())
            try:
                self.answer()
            finally:
                with counting:
                    now_asked[self.path] -= 1

        def answer(self) -> None:
            hub.asked.append((self.path, self.headers.get("If-None-Match")))
            if self.path in hub.silent:
                hub.let_go.wait()
            time.sleep(hub.slow_s)
            if self.path in hub.redirects:
                self.send_response(302)
                self.send_header("Location", hub.redirects[self.path])
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            if self.path not in hub.pages or self.path in hub.failing:
                self.send_error(hub.failing.get(self.path, 404))
                return
            page = hub.pages[self.path]
            body = page if isinstance(page, bytes) else json.dumps(page).encode()
            tag = f'"{hash(body)}"'
            if hub.validators and self.headers.get("If-None-Match") == tag:
                self.send_response(304)
                self.end_headers()
                return
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            if hub.validators:
                self.send_header("ETag", tag)
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if self.path in hub.broken else body)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = False

        def handle_error(self, *_: object) -> None:
            """A harvester that was killed or told to stop does not wait for its answer."""

    server = Server(("127.0.0.1", 0), Handler)
    hub.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield hub
    finally:
        hub.let_go.set()
        server.shutdown()
        server.server_close()
        thread.join()
