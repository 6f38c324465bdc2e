"""Is the registry well: for a person and for a program; for a load balancer see health.py."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Final

import orjson
from flask import Blueprint, Response, request

from registry.project.dumps import DUMP_EVERY
from registry.store import hubs as store_hubs
from registry.store import runs
from registry.web.attention import attention
from registry.web.copies import Copy, read_copies
from registry.web.frame import page, with_release
from registry.web.negotiation import HTML, JSON, choose_form
from registry.web.wiring import services

blueprint = Blueprint("status", __name__)

FORMS: Final = (HTML, JSON)


@blueprint.get("/status")
@blueprint.get("/status.<any(html, json):ending>")
def status(ending: str | None = None) -> Response:
    """The release in force, what each copy holds, how the sources are."""
    have = services()
    form = choose_form(request, FORMS, ending)
    with have.store.read() as connection:
        copies = read_copies(connection, have)
        newest = runs.latest_of_hubs(connection)
        hubs = [
            (hub, newest.get(hub.id))
            for hub in store_hubs.hubs(connection)
            if hub.state in ("active", "paused")
        ]
        checked: dict[str, datetime] = {}
        sources = store_hubs.sources(connection)
        for source in sources:
            if source.last_checked_at:
                before = checked.get(source.hub_id, source.last_checked_at)
                checked[source.hub_id] = max(before, source.last_checked_at)
        seen = attention(connection, [hub for hub, _ in hubs], sources) if form is HTML else None
    latest, number = copies.latest, copies.number
    if form is JSON:
        body = {
            "release": number,
            "releasedAt": latest.at.isoformat() if latest else None,
            "setHash": latest.set_hash.hex() if latest else None,
            "counts": copies.counts,
            "copies": [_as_json(copy) for copy in copies.all],
            "dumpEverySeconds": int(DUMP_EVERY.total_seconds()),
            "queries": _queries(),
        }
        response = Response(orjson.dumps(body, option=orjson.OPT_INDENT_2))
        response.content_type = "application/json"
        response.vary.add("Accept")
    else:
        response = page(
            "status.html",
            release=number or None,
            number_in_force=number,
            published=copies.database.entities,
            copies=copies.all,
            behind=number > 0 and any(copy.state in ("lagging", "absent") for copy in copies.all),
            dump_minutes=DUMP_EVERY // timedelta(minutes=1),
            set_hash=latest.set_hash.hex() if latest else "",
            hubs=[(hub, run, checked.get(hub.id)) for hub, run in hubs],
            seen=seen,
        )
    response.headers["Cache-Control"] = "no-store"
    return with_release(response, number)


def _as_json(copy: Copy) -> dict[str, object]:
    return {
        "name": copy.name,
        "release": copy.release,
        "entities": copy.entities,
        "state": copy.state,
        "dueAt": copy.due_at.isoformat() if copy.due_at else None,
    }


def _queries() -> dict[str, object]:
    """How this process's query pool is doing."""
    known = asdict(services().queries().status())
    return {name: known[name] for name in ("workers", "running", "waiting", "network", "outcomes")}
