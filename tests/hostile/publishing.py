"""A registry that hostile records are harvested into and that publishes what came of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from flask import Flask
from sqlalchemy import Connection

from registry.app import create_app
from registry.instance import Instance, initialise, open_instance
from registry.project.projector import Projector
from registry.project.search import SearchIndex
from registry.run.endings import Report
from registry.run.harvest import harvest
from registry.run.hubs import add_hub
from registry.settings import load_settings
from registry.sparql.pool import QueryPool
from registry.sparql.schedule import PoolLimits
from registry.store import entities, findings
from registry.web.in_force import InForce, look_at
from registry.web.wiring import Services
from tests.harvester.fetch.conftest import Hub
from tests.hostile.records import CSV, HOSTILE_RECORDS, JSONLD, TURTLE, HostileRecord
from tests.hub_site import MANIFEST

_AT: Final = datetime(2026, 11, 22, tzinfo=UTC)
_ABOUT_COMPLETENESS: Final = {"language.assumed", "place.missing", "property.missing"}
BASE: Final = "https://verbund.example"
_MAP: Final = {
    CSV: 'id = "id"\nname = "name"\nhomepage = "web"\n',
    TURTLE: 'name = "schema:name"\nhomepage = "schema:url"\n"address.fullAddress" = "schema:address.schema:name"\n',
    JSONLD: 'name = "schema:name"\nhomepage = "schema:url"\n',
}
_FORMATS: Final = {CSV: "csv", TURTLE: "rdf", JSONLD: "rdf"}


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a case, the hub that it was tried with, and the entities that are published."""

    case: HostileRecord
    seen: str
    hub: str
    entities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Published:
    """All cases tried, and the registry in which what came of them is published."""

    tried: tuple[Tried, ...]
    instance: Instance
    app: Flask

    @property
    def entities(self) -> list[str]:
        """The paths of all entities."""
        return [path for one in self.tried for path in one.entities]


@contextmanager
def published(folder: Path) -> Iterator[Published]:
    """Harvest every case, each from a hub of its own, and publish it for the length of the block."""
    settings = load_settings({"VERBUND_HOME": str(folder / "var"), "VERBUND_BASE_IRI": BASE})
    site = Hub()
    try:
        settings = replace(settings, private_hosts=(site.authority,))
        initialise(settings)
        with open_instance(settings) as instance:
            tried = _tried(instance, folder, site)
            with _served(instance) as app:
                yield Published(tried, instance, app)
    finally:
        site.stop()


def _tried(instance: Instance, folder: Path, site: Hub) -> tuple[Tried, ...]:
    """Each case harvested from a hub of its own, with hosts of its own, all in one release."""
    for number, case in enumerate(HOSTILE_RECORDS):
        page = case.page.replace(b"a.example", b"a%d.example" % number)
        url = site.answer(f"/{number}", Hub.page(page, f"Content-Type: {case.media_type}"))
        _describe(folder / f"hub{number}", f"hub{number}", url, case)
        add_hub(instance, folder / f"hub{number}", _AT)
    sources = [f"hub{number}/data" for number in range(len(HOSTILE_RECORDS))]
    reports = harvest(instance, sources, lambda: _AT)
    paths: dict[str, list[str]] = {}
    with instance.store.read() as conn:
        for one in entities.iterate(conn, kinds=["actor", "project"], states=["live"]):
            for hub in {record["hub"] for record in one.document["records"]}:
                paths.setdefault(hub, []).append(f"/{one.kind}s/{one.id}")
        return tuple(
            _one_tried(conn, number, report, paths.get(f"hub{number}", []))
            for number, report in enumerate(reports)
        )


def _one_tried(conn: Connection, number: int, report: Report, paths: list[str]) -> Tried:
    rules = {found.finding.rule for found in findings.findings_of(conn, report.source_id)}
    told = f": {', '.join(sorted(rules - _ABOUT_COMPLETENESS))}".rstrip(": ")
    if report.state == "failed":
        seen = f"failed {report.explanation['code'] if report.explanation else ''}"
    else:
        seen = ("stored" if paths else "refused") + told
    return Tried(HOSTILE_RECORDS[number], seen, f"hub{number}", tuple(paths))


def _describe(folder: Path, hub: str, url: str, case: HostileRecord) -> None:
    folder.mkdir()
    text = MANIFEST.partition('format = "json"')[0].format(hub=hub, url=url)
    text += (
        f'format = "{_FORMATS[case.media_type] if case.mapped else "verbund"}"\nlanguage = "de"\n'
    )
    if case.mapped:
        if case.media_type != CSV:
            text += '[source.options]\nclasses = ["schema:Organization"]\n'
        text += f"[source.map]\nkind = \"'actor'\"\n{_MAP[case.media_type]}"
    (folder / "hub.toml").write_text(text, "utf-8")


@contextmanager
def _served(instance: Instance) -> Iterator[Flask]:
    home = instance.home
    search = SearchIndex(home / "search")
    projector = Projector(instance.store, home, instance.iris)
    pool = QueryPool(home / "graph", PoolLimits(workers=1))
    try:
        projector.follow()
        projector.dump(at_most_every=timedelta(0))
        yield create_app(
            Services(
                settings=instance.settings,
                store=instance.store,
                search=search,
                queries=lambda: pool,
                now=lambda: datetime(2026, 11, 23, tzinfo=UTC),
                in_force=InForce(look_at(instance.store, search)),
            )
        )
    finally:
        pool.close()
        projector.close()
