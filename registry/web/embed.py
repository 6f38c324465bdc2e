"""One entity as a card for other sites' pages: `/embed/{id}`, the one page that may be framed."""

from flask import Blueprint, redirect
from werkzeug.wrappers import Response as AnyResponse

from registry.errors import NotFound
from registry.iris import Iris
from registry.store import entities
from registry.web.entity_page import lead_of, town_of
from registry.web.frame import href, language, page
from registry.web.reading import hub_names
from registry.web.security import EMBEDDABLE
from registry.web.wiring import services
from vocab.properties import KINDS

blueprint = Blueprint("embed", __name__)


@blueprint.get("/embed/<entity_id>")
def card(entity_id: str) -> AnyResponse:
    """Kind, name, place, lead and sources; a merged id leads on, a removed one says so (410)."""
    with services().store.read() as connection:
        found = entities.published(connection, entity_id)
    if found is None or found.kind not in KINDS:
        raise NotFound(
            f"Die Kennung {entity_id[:60]} wurde nie vergeben.",
            f"The identifier {entity_id[:60]} was never given out.",
        )
    if found.state == "merged" and found.replaced_by:
        return redirect(href(f"/embed/{found.replaced_by}"), code=308)
    live = found.state == "live"
    merged = found.document["merged"] if live else {}
    names = hub_names()
    hubs = dict.fromkeys(one["hub"] for one in found.document.get("records", ()))
    response = page(
        "embed.html",
        release=found.release,
        status=200 if live else 410,
        kind=found.kind,
        iri=Iris(services().settings.base_iri).entity(found.id),
        name=merged.get("name"),
        town=town_of(merged),
        lead=lead_of(merged.get("description"), language()),
        hubs=[names.get(hub, hub) for hub in hubs],
    )
    response.headers["Content-Security-Policy"] = EMBEDDABLE
    response.headers["Cache-Control"] = "no-cache"
    return response
