"""The processes that the examples in deploy/ declare, started without containers or systemd."""

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from tests.cli.conftest import page
from tests.conftest import CHECKOUT
from tests.hub_site import MANIFEST, Site, serving

DEPLOY = CHECKOUT / "deploy"
BINARY = Path(sys.executable).parent / "verbund"


class Machine:
    """Loopback in place of a network, a folder in place of volumes; ends all that it started."""

    def __init__(self, folder: Path, pg_url: str, site: Site, until: ExitStack) -> None:
        self.folder, self._pg_url, self._site, self._until = folder, pg_url, site, until
        hub = folder / "hubs" / "musterhub"
        hub.mkdir(parents=True)
        text = MANIFEST.format(hub="musterhub", url=site.url("/data"), source='every = "1s"')
        (hub / "hub.toml").write_text(text, "utf-8")

    def start(
        self, command: list[str], declared: Mapping[str, str], *, home: str, port: int | None = None
    ) -> "subprocess.Popen[str]":
        """One process as it is declared, but for the addresses and folders of this machine."""
        assert command[0].rpartition("/")[2] == "verbund"
        here = {
            "VERBUND_STORE_URL": self._pg_url,
            "VERBUND_HOME": str(self.folder / home),
            "VERBUND_HUB_FOLDERS": str(self.folder / "hubs"),
        }
        assert here.keys() <= declared.keys()
        ours = {k: v for k, v in os.environ.items() if not k.startswith("VERBUND_")}
        # What no example declares: that the hub of this test may be read, and where to listen.
        local = {
            "VERBUND_PRIVATE_HOSTS": f"127.0.0.1:{self._site.port}",
            "VERBUND_HOST": "127.0.0.1",
            **({"VERBUND_PORT": str(port)} if port else {}),
        }
        log = (self.folder / f"{home}-{'-'.join(command[1:])}.log").open("w")
        process = subprocess.Popen(
            [str(BINARY), *command[1:]],
            env={**ours, **declared, **here, **local},
            stdout=log,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._until.callback(log.close)
        self._until.callback(_end, process)
        return process

    def logs(self) -> str:
        """All that the processes have said."""
        return "\n".join(f"== {p.name}\n{p.read_text()}" for p in self.folder.glob("*.log"))


def _end(process: "subprocess.Popen[str]") -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.fixture
def machine(tmp_path: Path, pg_url: str) -> Iterator[Machine]:
    with ExitStack() as until:
        site = until.enter_context(serving(Site()))
        site.pages["/data"] = page(10)
        yield Machine(tmp_path, pg_url, site, until)


def services() -> dict[str, Any]:
    """The services of the compose file, its variables filled in."""
    text = (DEPLOY / "compose.yaml").read_text("utf-8")
    text = text.replace("${DOMAIN}", "verbund.example").replace("${POSTGRES_PASSWORD}", "secret")
    found: dict[str, Any] = yaml.safe_load(text)["services"]
    return found


def unit(name: str) -> dict[str, list[str]]:
    """The keys of a unit's section [Service]; those of lists occur several times."""
    found: dict[str, list[str]] = {}
    text = (DEPLOY / "systemd" / name).read_text("utf-8")
    for line in text.partition("[Service]")[2].partition("[Install]")[0].splitlines():
        key, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(key, []).append(value)
    return found


def unit_command(name: str) -> list[str]:
    """What the unit starts."""
    return shlex.split(unit(name)["ExecStart"][0])


def unit_environment(name: str, instance: str = "") -> dict[str, str]:
    """The unit's environment: its own, and over it that of the file which it names."""
    lines = [line.replace("%i", instance) for line in unit(name).get("Environment", [])]
    lines += (DEPLOY / "systemd" / "verbund.env").read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def answer(
    port: int, path: str, headers: Mapping[str, str] | None = None
) -> requests.Response | None:
    """What the web host on that port answers; None while nobody listens."""
    try:
        return requests.get(f"http://127.0.0.1:{port}{path}", headers=headers, timeout=20)
    except requests.ConnectionError:
        return None
