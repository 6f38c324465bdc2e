"""Faults by real means: a small disk, a proxy that cuts, a database server that stops."""

import errno
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from registry.instance import Instance, initialise, open_instance
from registry.project.host import keep_projections
from registry.run.endings import Report
from registry.run.harvest import harvest
from registry.run.hubs import add_hub
from registry.settings import Settings, load_settings
from registry.store import releases
from tests.hub_site import MANIFEST, Site, serving

SOURCE = "musterhub/data"


class Disk:
    """A file system of a few megabytes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self, but: int = 0) -> None:
        """Leave no more than `but` bytes free."""
        with self._ballast.open("ab", buffering=0) as file:
            for size in (1 << 20, 1 << 16, 1 << 12):
                while self.free() - size >= but:
                    try:
                        file.write(bytes(size))
                    except OSError as error:
                        assert error.errno == errno.ENOSPC
                        break

    def free(self) -> int:
        found = os.statvfs(self.folder)
        return found.f_bavail * found.f_bsize

    def empty(self) -> None:
        """Give the space back."""
        self._ballast.unlink()

    def remount(self, how: str) -> None:
        """`ro` or `rw`."""
        command = ["mount", "-o", f"remount,{how}", str(self.folder)]
        subprocess.run(command, check=True, capture_output=True)


@pytest.fixture
def disk(need: Callable[[str], Path], tmp_path: Path) -> Iterator[Disk]:
    need("mount")
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", str(folder)]
    subprocess.run(command, check=True)
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(Site()) as hub:
        yield hub


@dataclass
class Registry:
    """A registry that harvests one hub; each command opens it anew, as each process does."""

    settings: Settings
    site: Site
    folder: Path
    now: datetime = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)

    def add(self, source: str = "", url: str | None = None) -> None:
        folder = self.folder / "musterhub"
        folder.mkdir(exist_ok=True)
        text = MANIFEST.format(hub="musterhub", url=url or self.site.url(), source=source)
        (folder / "hub.toml").write_text(text, "utf-8")
        with open_instance(self.settings) as instance:
            add_hub(instance, folder, self.now)

    def says(self, name: str, size: int = 10) -> None:
        """The hub names all its things so."""
        things = ({"id": f"https://musterhub.example/{n}", "name": name} for n in range(size))
        self.site.says(*things)

    def harvest(self) -> Report:
        self.now += timedelta(minutes=20)  # beyond the lease of whoever broke down
        with open_instance(self.settings) as instance:
            return harvest(instance, [SOURCE], lambda: self.now)[0]

    def release(self) -> int:
        with open_instance(self.settings) as instance:
            return latest(instance)


def latest(instance: Instance) -> int:
    """The number of the release in force."""
    with instance.store.read() as conn:
        found = releases.latest(conn)
    return found.number if found else 0


def both_languages(error: object) -> bool:
    """Whether an error says in German and English what to do."""
    de, en = getattr(error, "de", ""), getattr(error, "en", "")
    return "Bitte" in de and "lease" in en and de != en


def settings_in(home: Path, site: Site) -> Settings:
    """Those of a registry in a folder that may read the site."""
    found = load_settings(
        {"VERBUND_HOME": str(home), "VERBUND_BASE_IRI": "https://verbund.example"}
    )
    return replace(found, private_hosts=(f"127.0.0.1:{site.port}",))


@pytest.fixture
def registry(tmp_path: Path, site: Site) -> Registry:
    """In SQLite on the machine's own disk."""
    settings = settings_in(tmp_path / "var", site)
    initialise(settings)
    return Registry(settings, site, tmp_path)


@pytest.fixture
def registry_on_disk(disk: Disk, tmp_path: Path, site: Site) -> Registry:
    """In SQLite on the small disk."""
    settings = settings_in(disk.folder / "var", site)
    initialise(settings)
    return Registry(settings, site, tmp_path)


@contextmanager
def following(
    registry: Registry, before: Callable[[], None] = lambda: None
) -> Iterator[threading.Thread]:
    """This host's projections are kept, as `project` does; `before` comes once it is open."""
    stopped = threading.Event()
    with open_instance(registry.settings) as instance:
        with instance.store.read() as conn:
            releases.latest(conn)
        before()
        thread = threading.Thread(target=keep_projections, args=(stopped, instance))
        thread.start()
        try:
            yield thread
        finally:
            stopped.set()
            thread.join()


def until(holds: Callable[[], object]) -> None:
    """Return as soon as this holds; 30 s at most."""
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline, "it never came about"
        time.sleep(0.05)
