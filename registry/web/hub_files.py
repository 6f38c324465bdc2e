"""What there is to mend at a hub, and where its values lost, as files for its editors."""

from collections.abc import Iterator
from typing import Final

from flask import Blueprint, Response
from sqlalchemy import Connection

from registry.errors import Gone, NotFound
from registry.store import findings, releases
from registry.store import hubs as store_hubs
from registry.web.csv_lines import csv_line
from registry.web.frame import language, t, with_release
from registry.web.hub_values import outvoted, outvoted_query
from registry.web.language import in_language
from registry.web.negotiation import CSV
from registry.web.sending import download
from registry.web.wiring import services

blueprint = Blueprint("hub_files", __name__)

FINDINGS: Final = ("source", "record", "rule", "severity", "path", "value", "fix")
OUTVOTED: Final = ("iri", "name", "property", "your_value", "value_that_holds", "rule")
_PORTION: Final = 5_000


@blueprint.get("/hubs/<hub_id>/findings.csv")
def all_findings(hub_id: str) -> Response:
    """Every finding that is there to mend now, in the language of the request."""
    with services().store.read() as connection:
        present(connection, hub_id)
        response = download(_findings(connection, hub_id), CSV, f"{hub_id}-findings")
        return finished(connection, response)


@blueprint.get("/hubs/<hub_id>/outvoted.csv")
def all_outvoted(hub_id: str) -> Response:
    """Every value of the hub in place of which another hub's holds."""
    with services().store.read() as connection:
        present(connection, hub_id)
        response = download(_outvoted(connection, hub_id), CSV, f"{hub_id}-outvoted")
        return finished(connection, response)


def _findings(connection: Connection, hub_id: str) -> Iterator[bytes]:
    yield csv_line(FINDINGS)
    for source in store_hubs.sources(connection, hub_id=hub_id):
        offset = 0
        while portion := findings.findings_of(connection, source.id, limit=_PORTION, offset=offset):
            offset += len(portion)
            for one in portion:
                said = one.finding
                yield csv_line(
                    (
                        store_hubs.key_of(source.id), one.local_id, said.rule, said.severity,
                        said.path, said.value, said.fix[language()],
                    )
                )  # fmt: skip


def _outvoted(connection: Connection, hub_id: str) -> Iterator[bytes]:
    yield csv_line(OUTVOTED)
    base, tag = services().settings.base_iri, language()
    hits = services().search.iterate(outvoted_query(hub_id))
    for one in outvoted(connection, hub_id, hits, tag):
        name = in_language(one.name, tag)[0]
        iri = f"{base}/id/{one.path.rsplit('/', 1)[1]}"
        yield csv_line((iri, name, one.property, one.ours, one.holds, t(f"rules.{one.rule}")))


def present(connection: Connection, hub_id: str) -> store_hubs.Hub:
    """A hub that publishes here. Raises NotFound, or Gone once it is removed."""
    hub = store_hubs.hub(connection, hub_id)
    if hub is None or hub.state in ("pending", "refused"):
        raise NotFound(
            f"Eine Quelle {hub_id[:60]} gibt es hier nicht; /hubs nennt alle.",
            f"There is no source {hub_id[:60]} here; /hubs lists them all.",
        )
    if hub.state == "removed":
        raise Gone(
            f"Die Quelle {hub_id} gehört nicht mehr zum Verzeichnis; zu ihr gibt es nichts zu tun.",
            f"The source {hub_id} no longer belongs to the registry; nothing is to be done for it.",
        )
    return hub


def finished(connection: Connection, response: Response) -> Response:
    """Adds what all answers of this kind share: language, release, no keeping unasked."""
    response.vary.add("Accept-Language")
    response.content_language.add(language())
    response.headers["Cache-Control"] = "no-cache"
    latest = releases.latest(connection)
    return with_release(response, latest.number if latest else None)
