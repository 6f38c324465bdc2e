"""Backing a registry up while it works, and making it again from a backup on an empty machine."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from sqlalchemy import Connection

from registry.errors import RegistryError
from registry.instance import Instance
from registry.iris import Iris
from registry.release.sethash import SetHash
from registry.settings import Settings
from registry.store import entities, hubs, releases, runs
from registry.store.backup import Backup, Progress, back_up, open_backup
from registry.store.migrate import bring_forward, filling, schema_revision
from registry.store.releases import Release


class BackupInconsistent(RegistryError):
    """What the backup holds is not the release that it names; take another backup."""

    status = 422
    title: ClassVar = {"de": "Sicherung widersprüchlich", "en": "Backup inconsistent"}
    code = "backup_inconsistent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was restored; `folders` are those of active sources that are not on this machine."""

    release: Release | None
    rows: int
    folders: tuple[Path, ...]


def backup(
    instance: Instance, folder: Path, now: datetime, progress: Progress | None = None
) -> tuple[Backup, Release | None]:
    """Write a backup of one moment into the folder; harvests and releases go on meanwhile.

    Raises:
        StoreUnavailable: the database cannot be read, or the file not written.
    """
    with instance.store.read() as conn:
        latest = releases.latest(conn)
        name = f"verbund-{now:%Y%m%dT%H%M%SZ}-release-{latest.number if latest else 0}"
        revision = schema_revision(conn)
        return back_up(conn, folder, name, revision=revision, progress=progress), latest


def restore(
    settings: Settings, path: Path, now: datetime, progress: Progress | None = None
) -> Restored:
    """Make the registry of a backup in an empty database, in one transaction.

    Raises:
        BackupUnusable: the file is no backup, or damaged.
        BackupInconsistent: its set hash is not that of what it holds.
        StoreUnavailable: the database is not empty or cannot be used, or the backup is of a newer
        version.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    with open_backup(path) as reader, filling(settings.store_url, reader.revision) as conn:
        rows = reader.restore(conn, progress)
        bring_forward(conn)
        latest = releases.latest(conn)
        if latest:
            _verify(conn, latest, progress)
        # Whatever was being read at the time of the backup is not being read now.
        for hub in hubs.hubs(conn):
            runs.abandon_of_hub(conn, hub.id, now)
        return Restored(release=latest, rows=rows, folders=_absent_folders(conn))


def _verify(conn: Connection, latest: Release, progress: Progress | None) -> None:
    total, iris = SetHash(), Iris(latest.base_iri)
    for count, one in enumerate(entities.iterate(conn), 1):
        total.add(iris.resource(one.kind, one.id), one.hash)
        if progress and count % 1_000 == 0:
            progress("set hash", count)
    if total.digest != latest.set_hash:
        raise BackupInconsistent(
            f"Der Mengen-Hash dessen, was die Sicherung enthält, ist nicht der von Freigabe "
            f"{latest.number}. Nichts wurde geändert. Bitte eine andere Sicherung nehmen.",
            f"The set hash of what the backup holds is not that of release {latest.number}. "
            "Nothing was changed. Please take another backup.",
        )


def _absent_folders(conn: Connection) -> tuple[Path, ...]:
    folders = {Path(one.folder) for one in hubs.sources(conn) if one.state == "active"}
    return tuple(sorted(one for one in folders if not (one / "hub.toml").exists()))
