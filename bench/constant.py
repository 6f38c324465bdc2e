"""A bare Flask view as a yardstick: `python -m bench.constant PORT BYTES`.

It answers every request with the same so many bytes, on the server of `verbund serve`.
"""

import os
import sys

from flask import Flask, Response
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from bench.processes import ROOT
from registry.cli.processes import serve

_SIZE = "BENCH_CONSTANT_BYTES"

app = Flask(__name__)
_body = b"x" * int(os.environ.get(_SIZE, "0"))


@app.get("/<path:path>")
def constant(path: str) -> Response:
    """The same for every path."""
    return Response(_body, content_type="application/ld+json")


def main(port: int, size: int) -> None:
    """Serve with the settings of `verbund serve`, as many processes and threads among them."""
    os.environ[_SIZE] = str(size)
    usual = serve.make_context("serve", []).params
    Server(
        "bench.constant:app",
        address="127.0.0.1",
        port=port,
        interface=Interfaces.WSGI,
        workers=usual["workers"],
        blocking_threads=usual["threads"],
        working_dir=ROOT,
        websockets=False,
        log_level=LogLevels.warning,
        log_access=False,
    ).serve()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
