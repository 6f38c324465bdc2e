"""The demo federation in a registry's data folder: a copy that a user may edit, and its server."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from demo.server import DEFAULT_PORT, HUBS, RunningServer
from demo.server import serve as serve_files

_MANIFEST: Final = "hub.toml"
_HERE: Final = re.compile(r"http://127\.0\.0\.1:(\d{1,5})/")
"""How the manifests of the demo address their own server."""


@dataclass(frozen=True, slots=True)
class DemoServer:
    """The demo hubs at work; `hub_folders` hold their manifests. Close it, or use `with`."""

    server: RunningServer
    hub_folders: tuple[Path, ...]

    @property
    def port(self) -> int:
        """The port on 127.0.0.1 that the operator's settings must allow."""
        return self.server.port

    def close(self) -> None:
        """End the server; the folder stays."""
        self.server.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def serve(folder: Path) -> DemoServer:
    """Serve the demo hubs out of `folder`, which is filled with them where it does not exist.

    The port is the one that the manifests name; where another program has it, a free one is taken
    and written into the manifests.
    """
    _copy_once(folder)
    try:
        server = serve_files(folder, port=_named_port(folder))
    except OSError:
        server = serve_files(folder)
    return DemoServer(server, prepare(folder, server.port))


def prepare(folder: Path, port: int) -> tuple[Path, ...]:
    """Copy the demo hubs to `folder` if it does not exist and write the port into their manifests.

    Whatever else a user changed there stays; to begin anew, delete the folder. The result is the
    folders of the hubs.
    """
    _copy_once(folder)
    manifests = _manifests(folder)
    for manifest in manifests:
        text = manifest.read_text("utf-8")
        renewed = _HERE.sub(f"http://127.0.0.1:{port}/", text)
        if renewed != text:
            manifest.write_text(renewed, "utf-8")
    return tuple(manifest.parent for manifest in manifests)


def _copy_once(folder: Path) -> None:
    if folder.exists():
        return
    # Under another name first: a copy that was broken off must not look like a whole one.
    unfinished = folder.with_name(f".{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    shutil.copytree(HUBS, unfinished)
    unfinished.rename(folder)


def _named_port(folder: Path) -> int:
    named = (_HERE.search(manifest.read_text("utf-8")) for manifest in _manifests(folder))
    return next((int(match[1]) for match in named if match), DEFAULT_PORT)


def _manifests(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*/{_MANIFEST}"))
