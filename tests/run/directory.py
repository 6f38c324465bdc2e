"""A directory on loopback whose entries lead to profiles that their communities keep themselves."""

from pathlib import Path
from typing import Any

from registry.run.hubs import add_hub
from registry.store import findings
from schemas.rules import RULES
from tests.hub_site import Site
from tests.run.conftest import Registry
from vocab.types import Finding

SOURCE = "funkerhub/communities"

MANIFEST = """
[hub]
id = "funkerhub"
name = {{ de = "Funkerhub", en = "Hub of radio clubs" }}

[[source]]
id = "communities"
iri = "https://funkerhub.example/directory"
url = "{url}"
licence = "unknown"
format = "json"
language = "de"
ignore = ["profile.techDetails"]
limits = {{ {limits} }}
[source.options]
records = "items(@)"
[source.follow]
url = '"@value"'
under = "profile"
[source.map]
kind = "profile.kind || 'actor'"
id = '"@key"'
name = '''profile.name || join('', ['Funker ', "@key"])'''
page = '"@value"'
homepage = "profile.url"
description = "profile.state.description"
"address.postName" = "profile.location.city"
"contactPoint.email" = "profile.contact.email"
"geometry.asWKT" = {{ at = ["profile.location.lon", "profile.location.lat"], via = ["point"] }}
person = "profile.private"
"""


def profile(name: str, **more: Any) -> dict[str, Any]:
    """A community's file, in the form of the Freifunk API."""
    return {
        "name": name,
        "url": "https://funker.example/",
        "location": {"city": "Musterstadt", "lat": 51.05, "lon": 13.74},
        "techDetails": {"firmware": {"name": "Muster"}},
        **more,
    }


class Directory:
    """The hub, its entries and their profiles, and the registry that harvests it."""

    def __init__(self, registry: Registry, site: Site, folder: Path) -> None:
        self.registry, self.site = registry, site
        self._folder = folder / "funkerhub"
        self._folder.mkdir()
        self.lists()
        self.add()

    def add(self, limits: str = "", url: str = "") -> None:
        """Take the hub in, or renew its manifest."""
        text = MANIFEST.format(url=url or self.site.url("/directory"), limits=limits)
        (self._folder / "hub.toml").write_text(text, "utf-8")
        add_hub(self.registry.instance, self._folder, self.registry.now)

    def edit_manifest(self, old: str, new: str) -> None:
        """Change the manifest in place, as an operator does."""
        path = self._folder / "hub.toml"
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")

    def lists(self, *names: str, **more: str) -> None:
        """The directory's page: names with profiles at /p/name, and others with an address."""
        at = {name: self.site.url(f"/p/{name}") for name in names}
        self.site.pages["/directory"] = {**at, **more}

    def keeps(self, name: str, content: Any) -> None:
        """What a community answers with as its profile."""
        self.site.pages[f"/p/{name}"] = content

    def harvest(self) -> Any:
        """Harvest the directory; what was asked for before is forgotten."""
        self.site.asked.clear()
        return self.registry.harvest(SOURCE)

    def names(self) -> dict[str, str]:
        """The German name of every live entity by its id."""
        return {id_: one["name"]["de"] for id_, one in self.registry.live().items()}

    def told(self, local_id: str | None) -> list[Finding]:
        """What was found of following: of one record, or of the run as a whole."""
        with self.registry.instance.store.read() as conn:
            return [
                one.finding
                for one in findings.findings_of(conn, SOURCE, limit=10**6)
                if one.local_id == local_id and one.finding.rule.startswith("follow.")
            ]

    def only(self, local_id: str | None) -> Finding:
        """The one finding of following; its severity is that of the catalogue."""
        (found,) = self.told(local_id)
        assert found.severity == RULES[found.rule].severity
        return found

    def asked(self) -> set[str]:
        """The paths of all that was asked for in the last harvest."""
        return {path for path, _ in self.site.asked}
