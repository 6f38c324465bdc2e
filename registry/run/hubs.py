"""Taking hubs into the registry: from a folder with a manifest to rows that the timetable reads."""

import logging
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from harvester.errors import HarvestError
from harvester.manifest import Manifest, load_manifest
from harvester.source import Source, processing_version
from registry.errors import BadRequest, NotFound, StoreUnavailable
from registry.instance import Instance
from registry.run.publish import publish_hub
from registry.store import hubs

log = logging.getLogger(__name__)

REGISTRY_HUB = "registry"
"""The id under which the registry itself speaks; no hub may have it."""


def read_hub(folder: Path) -> Manifest:
    """The manifest in a folder, if a registry may take it in.

    Raises:
        ManifestError: the manifest cannot be used.
        BadRequest: its hub's id is the registry's own.
    """
    manifest = load_manifest(folder)
    if manifest.hub.id == REGISTRY_HUB:
        raise _reserved()
    return manifest


def add_hub(instance: Instance, folder: Path, now: datetime, *, replace: bool = False) -> Manifest:
    """Take in, or renew, the hub and sources of the manifest in `folder`; they are due at once.

    A hub that is published already is published with its new description at once. A source that
    the manifest no longer names is paused, and its records stay, until the manifest
    names it again. With `replace` a hub that is there may come from another folder than before.

    Raises:
        HarvestError: the manifest, or the operator's file of postcodes, cannot be used.
        BadRequest: the hub's id is the registry's own, or that of a hub of another folder; or a
            source has another IRI than before, or one that another source has.
    """
    manifest = read_hub(folder)
    gazetteer = instance.gazetteer()
    with instance.store.write() as conn:
        if not replace:
            _refuse_another(conn, manifest.hub.id, folder)
        hubs.put_hub(
            conn,
            manifest.hub.id,
            manifest=hub_description(manifest),
            priority=manifest.hub.priority,
            at=now,
        )
        known = {source.id: source for source in hubs.sources(conn, hub_id=manifest.hub.id)}
        for source in manifest.sources:
            hubs.put_source(
                conn,
                source.id,
                iri=source.iri,
                folder=str(folder.resolve()),
                manifest=source_description(source),
                processing_version=processing_version(source, gazetteer),
                next_due_at=now,
            )
            if source.id in known and known[source.id].state == "paused":
                hubs.set_source_state(conn, source.id, "active")
        for left in known.keys() - {source.id for source in manifest.sources}:
            if known[left].state == "active":
                hubs.set_source_state(conn, left, "paused")
    try:
        publish_hub(instance, manifest.hub.id, now)
    except StoreUnavailable as busy:  # the hub is taken in all the same
        log.warning("%s is published as it was until its next release: %s", manifest.hub.id, busy)
    return manifest


def add_configured(instance: Instance, now: datetime) -> None:
    """Take in the hubs of the folders that the settings name, or of the folders in those.

    One that cannot be used is logged and keeps no other from coming in.
    """
    for folder in instance.settings.hub_folders:
        found = sorted(path.parent for path in folder.glob("*/hub.toml"))
        for each in [folder] if (folder / "hub.toml").exists() else found:
            try:
                manifest = add_hub(instance, each, now)
            except (HarvestError, BadRequest) as error:
                log.error("%s is not taken in: %s\n%s", each, error.en, error.de)
            else:
                log.info("%s: %s", each, manifest.hub.id)
        if not found and not (folder / "hub.toml").exists():
            log.error("hub_folders names %s, where no hub.toml lies", folder)


def source_ids(instance: Instance, name: str) -> list[str]:
    """The sources that a person means by `hub` or `hub/source`; those in use only.

    Of a hub those that its manifest still names, if there are any: the others are paused, and
    reading one of them can only fail.

    Raises:
        NotFound: there is no such hub or source.
    """
    hub_id = name.split("/")[0]
    with instance.store.read() as conn:
        found = [
            source for source in hubs.sources(conn, hub_id=hub_id) if source.state != "removed"
        ]
    active = [source for source in found if source.state == "active"]
    meant = (active or found) if name == hub_id else found
    wanted = [source.id for source in meant if name in (source.id, hub_id)]
    if not wanted:
        raise NotFound(
            f"»{name}« ist kein Hub und keine Quelle; »verbund hub list« nennt alle.",
            f"“{name}” is no hub and no source; `verbund hub list` names all.",
            code="source_unknown",
        )
    return wanted


def hub_description(manifest: Manifest) -> dict[str, object]:
    """What is published of a hub, from its manifest."""
    hub = manifest.hub
    return {
        "name": dict(hub.name),
        "description": dict(hub.description),
        "homepage": hub.homepage,
        "contact": hub.contact,
        "publisher": hub.publisher,
    }


def source_description(source: Source) -> dict[str, object]:
    """What is kept and published of a source, from its manifest."""
    return {
        "url": source.url,
        "licence": source.licence,
        "format": source.format,
        "every_s": source.every_s,
        "minimum": source.minimum,
        "own_ids": list(source.own_ids),
        "limits": asdict(source.limits),
    }


def _refuse_another(conn: Connection, hub_id: str, folder: Path) -> None:
    """Two organisations may choose one id; the second must not speak for the first."""
    own = str(folder.resolve())
    for source in hubs.sources(conn, hub_id=hub_id):
        # A paused source is one that the manifest no longer names; its folder may be a former one.
        if source.state not in ("removed", "paused") and source.folder != own:
            raise _taken(hub_id, own, source.folder)


def _taken(hub_id: str, folder: str, known: str) -> BadRequest:
    return BadRequest(
        f"Einen Hub »{hub_id}« gibt es schon; sein Manifest liegt in {known}. Ist {folder} ein "
        "anderer Hub, bitte dort hub.id ändern. Ist es derselbe, der umgezogen ist: "
        f"»verbund hub add --replace {folder}«.",
        f"There is a hub “{hub_id}” already; its manifest lies in {known}. If {folder} is another "
        "hub, please change hub.id there. If it is the same one that has moved: "
        f"`verbund hub add --replace {folder}`.",
        code="hub_taken",
    )


def _reserved() -> BadRequest:
    return BadRequest(
        f"Der Name »{REGISTRY_HUB}« gehört dem Verzeichnis selbst; bitte hub.id im Manifest "
        "ändern.",
        f"The name “{REGISTRY_HUB}” belongs to the registry itself; please change hub.id in the "
        "manifest.",
        code="hub_reserved",
    )
