"""A registry that harvests a hub on loopback."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from registry.instance import Instance, initialise, open_instance
from registry.run.endings import Report
from registry.run.harvest import harvest
from registry.run.hubs import add_hub
from registry.settings import Settings, load_settings
from registry.store import entities, findings, records, runs
from tests.hub_site import MANIFEST, Site, serving


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(Site()) as hub:
        yield hub


class Registry:
    """A registry with hubs of one source each; its clock runs by ten minutes a harvest."""

    def __init__(self, instance: Instance, folder: Path, site: Site) -> None:
        self.instance = instance
        self._folder = folder
        self._site = site
        self.now = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)

    def clock(self) -> datetime:
        return self.now

    def add(self, hub: str = "musterhub", path: str = "/data", source: str = "") -> str:
        """Take a hub in, or renew its manifest with `source` settings; returns the source's id."""
        folder = self._folder / hub
        folder.mkdir(exist_ok=True)
        text = MANIFEST.format(hub=hub, url=self._site.url(path), source=source)
        (folder / "hub.toml").write_text(text, "utf-8")
        add_hub(self.instance, folder, self.now)
        return f"{hub}/data"

    def folder(self, hub: str) -> Path:
        return self._folder / hub

    def edit_manifest(self, old: str, new: str, hub: str = "musterhub") -> None:
        """Change a manifest in place, as an operator does."""
        path = self._folder / hub / "hub.toml"
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")

    def harvest(self, source_id: str = "musterhub/data", *, accept: bool = False) -> Report:
        self.now += timedelta(minutes=10)
        return harvest(self.instance, [source_id], self.clock, accept_removals=accept)[0]

    def live(self) -> dict[str, dict[str, Any]]:
        """The live entities' merged documents by their (first) local id."""
        with self.instance.store.read() as conn:
            return {
                one.document["records"][0]["local_id"]: one.document["merged"]
                for one in entities.iterate(
                    conn, kinds=["actor", "project", "event"], states=["live"]
                )
            }

    def states(self) -> dict[str, str]:
        """Every entity ever published, by its id's record's local id, with its state."""
        with self.instance.store.read() as conn:
            found = {
                one.id: one.state for one in entities.iterate(conn, kinds=["actor", "project"])
            }
            return {row.local_id: found[row.id] for row in records.stored(conn, found)}

    def local_ids(self, record_ids: list[str]) -> set[str]:
        """The hub's own ids of these records."""
        with self.instance.store.read() as conn:
            return {row.local_id for row in records.stored(conn, record_ids)}

    def runs(self, source_id: str = "musterhub/data") -> list[runs.Run]:
        """The source's runs, newest first."""
        with self.instance.store.read() as conn:
            found = runs.runs_of(conn, source_id.split("/")[0])
        return [run for run in found if run.source_id == source_id]

    def findings(self, source_id: str = "musterhub/data") -> set[tuple[str | None, str]]:
        with self.instance.store.read() as conn:
            return {(f.local_id, f.finding.rule) for f in findings.findings_of(conn, source_id)}


@pytest.fixture
def settings(tmp_path: Path, site: Site) -> Settings:
    """Those of a registry in SQLite that may read the site."""
    found = load_settings(
        {"VERBUND_HOME": str(tmp_path / "var"), "VERBUND_BASE_IRI": "https://verbund.example"}
    )
    return replace(found, private_hosts=(f"127.0.0.1:{site.port}",))


@pytest.fixture
def registry(tmp_path: Path, site: Site, settings: Settings) -> Iterator[Registry]:
    initialise(settings)
    with open_instance(settings) as instance:
        yield Registry(instance, tmp_path, site)


@pytest.fixture
def thing() -> Callable[..., dict[str, Any]]:
    """A source object with a number."""

    def make(number: int, **more: Any) -> dict[str, Any]:
        return {
            "id": f"https://musterhub.example/{number}",
            "name": f"Verein Nummer {number}",
            **more,
        }

    return make
