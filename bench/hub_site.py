"""The hubs' web server: `python -m bench.hub_site FOLDER PORT` on loopback.

Each file has an ETag, and a request that knows it gets a 304. With `--no-validators` every request
gets the whole file, and nothing tells whether it is the same.
"""

import shutil
import sys
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Site(BaseHTTPRequestHandler):
    """Serves the files below a folder."""

    def __init__(self, folder: Path, validators: bool, *wire: object) -> None:
        self._folder, self._validators = folder, validators
        super().__init__(*wire)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """The file, 304 or 404 (there is no robots.txt)."""
        path = self._folder / self.path.lstrip("/")
        if not path.is_file():
            self.send_error(404)
            return
        state = path.stat()
        tag = f'"{state.st_mtime_ns:x}-{state.st_size:x}"'
        if self._validators and self.headers.get("If-None-Match") == tag:
            self.send_response(304)
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Type", _TYPES.get(path.suffix, "application/octet-stream"))
        self.send_header("Content-Length", str(state.st_size))
        if self._validators:
            self.send_header("ETag", tag)
        self.end_headers()
        with path.open("rb") as file:
            shutil.copyfileobj(file, self.wfile, 1 << 20)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


_TYPES = {
    ".ndjson": "application/x-ndjson",
    ".jsonl": "application/x-ndjson",
    ".json": "application/json",
    ".csv": "text/csv",
    ".ttl": "text/turtle",
    ".rdf": "application/rdf+xml",
}


if __name__ == "__main__":
    _handler = partial(Site, Path(sys.argv[1]), "--no-validators" not in sys.argv)
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), _handler).serve_forever()  # type: ignore[arg-type]
