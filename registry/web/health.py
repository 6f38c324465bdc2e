"""For a supervisor and a load balancer: does the process live, and can this host answer."""

from typing import Final

import orjson
from flask import Blueprint, Response

from registry.errors import RegistryError
from registry.web.copies import Copies, Copy, read_copies
from registry.web.frame import with_release
from registry.web.wiring import services

blueprint = Blueprint("health", __name__)

_LIVES: Final = orjson.dumps({"status": "ok"})


class NotReady(RegistryError):
    """This host cannot answer as it should; ask another one, or see what the text names."""

    status = 503
    title = {"de": "Nicht bereit", "en": "Not ready"}  # noqa: RUF012
    code = "not_ready"
    retry_after_s = 10


@blueprint.get("/healthz")
def health() -> Response:
    """200 while the process lives; looks at nothing that a restart would not mend."""
    return _said(_LIVES)


@blueprint.get("/readyz")
def ready() -> Response:
    """200 while this host answers from the database, the graph and the index, none far behind.

    A graph on a server does not count: no other host could answer better.

    Raises:
        StoreUnavailable: the database does not answer.
        NotReady: a copy is missing, too far behind, or differs from the database.
    """
    have = services()
    with have.store.read() as connection:
        copies = read_copies(connection, have)
    needed = (copies.search,) if have.settings.graph_server else (copies.graph, copies.search)
    amiss = _amiss(copies, needed, have.settings.ready_lag_s)
    if amiss:
        raise NotReady("; ".join(de for de, _ in amiss), "; ".join(en for _, en in amiss))
    body = orjson.dumps({"status": "ready", "release": copies.number})
    return with_release(_said(body), copies.number)


def _said(body: bytes) -> Response:
    response = Response(body, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def _amiss(copies: Copies, needed: tuple[Copy, ...], most_s: float) -> list[tuple[str, str]]:
    """What keeps this host from answering, in German and English; nothing before a release."""
    found = []
    for copy in needed if copies.number else ():
        if copy.release is None:
            found.append((f"{copy.name}: fehlt noch", f"{copy.name}: not there yet"))
        elif copy.behind_s > most_s:
            found.append(
                (
                    f"{copy.name}: Release {copy.release} statt {copies.number}, "
                    f"{copy.behind_s:.0f} Sekunden zurück",
                    f"{copy.name}: release {copy.release} instead of {copies.number}, "
                    f"{copy.behind_s:.0f} seconds behind",
                )
            )
        elif not copy.agrees:
            found.append(
                (
                    f"{copy.name}: {copy.entities} Einträge statt {copies.database.entities}; "
                    "verbund rebuild macht ihn neu",
                    f"{copy.name}: {copy.entities} entities instead of "
                    f"{copies.database.entities}; verbund rebuild makes it anew",
                )
            )
    return found
