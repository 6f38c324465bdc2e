"""`verbund` as a person calls it: over a registry in a folder and a hub on loopback."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from registry.cli import main
from tests.hub_site import MANIFEST, Site, serving

PATIENCE_S = 60


class Verbund:
    """Calls the command; its registry lies in `home`."""

    def __init__(self, folder: Path, site: Site) -> None:
        self.folder = folder
        self.home = folder / "var"
        self.site = site
        self.environment = {
            "VERBUND_HOME": str(self.home),
            "VERBUND_BASE_IRI": "https://verbund.example",
            "VERBUND_PRIVATE_HOSTS": f"127.0.0.1:{site.port}",
        }

    def __call__(self, *arguments: object, answer: str | None = None, **settings: str) -> Result:
        """Call it with these arguments; `settings` are more environment variables."""
        known = {name: None for name in os.environ if name.startswith("VERBUND_")}
        return CliRunner().invoke(
            main,
            [str(argument) for argument in arguments],
            env={**known, **self.environment, **settings},
            input=answer,
        )

    def json(self, *arguments: object) -> Any:
        """What it says with --json."""
        result = self(*arguments, "--json")
        return json.loads(result.stdout)

    def hub(self, hub: str = "musterhub", path: str = "/data", source: str = "") -> Path:
        """A folder with the manifest of a hub at that path."""
        folder = self.folder / hub
        folder.mkdir(exist_ok=True)
        text = MANIFEST.format(hub=hub, url=self.site.url(path), source=source)
        (folder / "hub.toml").write_text(text, "utf-8")
        return folder

    @contextmanager
    def process(self, *arguments: str, **settings: str) -> Iterator["subprocess.Popen[str]"]:
        """It in a process of its own, which does not survive the block."""
        ours = {k: v for k, v in os.environ.items() if not k.startswith("VERBUND_")}
        with subprocess.Popen(
            [sys.executable, "-m", "registry", *arguments],
            env={**ours, **self.environment, **settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        ) as process:
            try:
                yield process
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)

    def ended(self, process: "subprocess.Popen[str]") -> tuple[int, str]:
        """Ask it to end; its exit code and all that it has said."""
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=PATIENCE_S)
        return process.returncode, said


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(Site()) as hub:
        hub.pages["/data"] = page(10)
        yield hub


@pytest.fixture
def verbund(tmp_path: Path, site: Site) -> Verbund:
    """The command; there is no registry yet."""
    return Verbund(tmp_path, site)


@pytest.fixture
def registry(verbund: Verbund) -> Verbund:
    """The command over a registry that has harvested one hub with ten records."""
    for arguments in (("init",), ("hub", "add", verbund.hub()), ("harvest",)):
        result = verbund(*arguments)
        assert result.exit_code == 0, result.output
    return verbund


def page(size: int, hub: str = "musterhub", name: str = "Verein Nummer") -> dict[str, Any]:
    """So many things of a hub."""
    things = [
        {"id": f"https://{hub}.example/{number}", "name": f"{name} {number}"}
        for number in range(size)
    ]
    return {"items": things}


def until(holds: Callable[[], object]) -> None:
    """Wait for what must come about."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, "it never came about"
        time.sleep(0.05)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
