"""A tiny web server for the demo hubs' files; `python demo/server.py --port 8801` runs it alone.

Files are read anew for each request, so an edit shows in the next harvest.
"""

import argparse
import hashlib
import threading
from dataclasses import dataclass
from email.utils import formatdate, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

DEFAULT_PORT: Final = 8801
"""The port that the manifests name as they stand in the checkout."""

HUBS: Final = Path(__file__).resolve().parent / "hubs"
"""The demo hubs as they are delivered: one folder each, with manifest, tables and data files."""

MEDIA_TYPES: Final = {
    ".csv": "text/csv; charset=utf-8",
    ".jsonld": "application/ld+json",
    ".ttl": "text/turtle; charset=utf-8",
}
"""What is served; manifests and anything else are not."""


class RunningServer:
    """A server at work in a thread of its own, until `close`."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self._server = server
        # It looks every 50 ms whether it is to end.
        self._thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._server.server_address[1])

    def close(self) -> None:
        """End it; the port is free afterwards."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def serve(folder: Path, host: str = "127.0.0.1", port: int = 0) -> RunningServer:
    """Serve `/<hub>/<file>` out of a folder of hubs; port 0 takes a free one.

    Raises:
        OSError: the port is taken.
    """
    return RunningServer(ThreadingHTTPServer((host, port), _handler_for(folder)))


@dataclass(frozen=True, slots=True)
class _File:
    """A file at the moment of a request."""

    body: bytes
    media_type: str
    etag: str
    modified: str


def _handler_for(folder: Path) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Answers GET and HEAD for the files of one folder of hubs."""

        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            file = _read(folder, self.path)
            if file is None:
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            unchanged = _unchanged(
                file, self.headers.get("If-None-Match"), self.headers.get("If-Modified-Since")
            )
            self.send_response(HTTPStatus.NOT_MODIFIED if unchanged else HTTPStatus.OK)
            self.send_header("ETag", file.etag)
            self.send_header("Last-Modified", file.modified)
            if not unchanged:
                self.send_header("Content-Type", file.media_type)
                self.send_header("Content-Length", str(len(file.body)))
            self.end_headers()
            if not unchanged and self.command == "GET":
                self.wfile.write(file.body)

        do_HEAD = do_GET

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: requests come every few seconds."""

    return Handler


def _read(folder: Path, target: str) -> _File | None:
    """The file that a request's target names, or None where nothing is served."""
    try:
        parts = unquote(urlsplit(target).path, errors="strict").strip("/").split("/")
        path = folder.joinpath(*parts).resolve()
        if len(parts) != 2 or path.parent.parent != folder.resolve():
            return None
        media_type = MEDIA_TYPES[path.suffix]
        body, changed_at = path.read_bytes(), path.stat().st_mtime
    except (KeyError, OSError, ValueError):
        return None
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    return _File(body, media_type, etag, formatdate(changed_at, usegmt=True))


def _unchanged(file: _File, known_etags: str | None, since: str | None) -> bool:
    """Whether the client has this state already (RFC 9110, 13.2.2: tags count before times)."""
    if known_etags is not None:
        tags = {tag.strip().removeprefix("W/") for tag in known_etags.split(",")}
        return bool(tags & {file.etag, "*"})
    if since is None:
        return False
    try:
        return parsedate_to_datetime(file.modified) <= parsedate_to_datetime(since)
    except (TypeError, ValueError):
        return False


def main() -> None:
    """Serve the demo hubs until Ctrl-C."""
    parser = argparse.ArgumentParser(description="Serves the files of the demo hubs.")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT)
    parser.add_argument("--folder", type=Path, default=HUBS)
    arguments = parser.parse_args()
    server = serve(arguments.folder, port=arguments.port)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        server.close()


if __name__ == "__main__":
    main()
