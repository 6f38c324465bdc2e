"""Finding the entity that a hub's reference means."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection

from registry.store import reach


class Lookup:
    """References of some records, resolved together: one query for many.

    `moved` holds the records whose entity this release decides; all others stand as they are
    stored.
    """

    def __init__(self, conn: Connection, targets: Iterable[str], moved: Mapping[str, str]) -> None:
        self._bearings: dict[str, list[reach.Bearing]] = {}
        self._moved = moved
        for bearing in reach.bearing(conn, sorted(set(targets))):
            self._bearings.setdefault(bearing.local_id, []).append(bearing)

    def entity(self, source_id: str, target: str) -> str | None:
        """The entity that a record of `source_id` means by `target`.

        Its own source is asked first, then its hub's other sources. Among other hubs only a web
        address means the same thing as here: their "17" is another one.
        """
        hub = source_id.split("/")[0] + "/"
        found = self._bearings.get(target, ())
        for near in (
            [b for b in found if b.source_id == source_id],
            [b for b in found if b.source_id.startswith(hub)],
            found if target.startswith(("http://", "https://")) else [],
        ):
            if near:
                return self._moved.get(near[0].record_id) or near[0].entity_id
        return None
