"""A hub's badge: a small picture for its own pages that says how much of it is published here."""

from typing import Final, cast

from flask import Blueprint, Response, make_response, render_template, request

from registry.store import hubs as store_hubs
from registry.store import releases
from registry.web.frame import language, t, with_release
from registry.web.hub_files import present
from registry.web.language import REGISTRY_ZONE, in_language, short_date
from registry.web.reading import live_records
from registry.web.wiring import services

blueprint = Blueprint("badge", __name__)

_KEPT_S: Final = 3600  # other sites' readers ask once an hour at most
_LETTER: Final = 6.4  # units of a letter at this size; the picture makes each text fit its place
_PADDING: Final = 8


@blueprint.get("/hubs/<hub_id>/badge.svg")
def badge(hub_id: str) -> Response:
    """How many records of the hub are published, and when it was last read without fault."""
    have, tag = services(), language()
    with have.store.read() as connection:
        hub = present(connection, hub_id)
        published = live_records(connection)[hub_id]
        sources = store_hubs.sources(connection, hub_id=hub_id)
        latest = releases.latest(connection)
    read_at = max((one.last_ok_at for one in sources if one.last_ok_at), default=None)
    words = t("badge.entries", n=published)
    if read_at:
        words = t(
            "badge.entries_at", n=published, day=short_date(read_at.astimezone(REGISTRY_ZONE), tag)
        )
    name = _printable(in_language(hub.manifest.get("name") or hub.id, tag)[0])
    site = have.settings.title
    left, right = (round(len(part) * _LETTER) + 2 * _PADDING for part in (site, words))
    picture = render_template(
        "badge.svg", site=site, words=words, left=left, right=right, pad=_PADDING,
        title=t("badge.title", hub=name, site=site, words=words), tag=tag,
    )  # fmt: skip
    response = make_response(picture)
    response.content_type = "image/svg+xml; charset=utf-8"
    response.vary.add("Accept-Language")
    response.content_language.add(tag)
    response.headers["Cache-Control"] = f"public, max-age={_KEPT_S}"
    response.add_etag()
    with_release(response, latest.number if latest else None)
    return cast(Response, response.make_conditional(request))


def _printable(text: str) -> str:
    """The text without what no XML may hold."""
    return "".join(letter for letter in text if letter.isprintable())
