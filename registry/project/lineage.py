"""Whether this host's projections descend from the database's releases, or from other ones.

A database that was restored counts on from an older release, and its numbers come to mean other
contents; a projection that is ahead of it, or at such a number, must not be followed up.
"""

import json
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from registry.project.snapshots import write_atomically
from registry.store import releases
from registry.store.releases import Release

LINEAGE: Final = "LINEAGE.json"


def descends(connection: Connection, home: Path) -> bool:
    """Whether the release that was noted last is one of the database's, by number and set hash."""
    try:
        noted = json.loads((home / LINEAGE).read_bytes())
    except FileNotFoundError:
        return True
    known = releases.release(connection, noted["release"])
    return known is not None and known.set_hash.hex() == noted["set_hash"]


def note_lineage(home: Path, release: Release) -> None:
    """Note which release the projections come to hold; to be called before they are moved."""
    noted = {"release": release.number, "set_hash": release.set_hash.hex()}
    write_atomically(home / LINEAGE, json.dumps(noted).encode())
