"""Is the registry well: for a person, for a program, for a load balancer."""

from dataclasses import asdict, dataclass
from typing import Final

import orjson
from flask import Blueprint, Response, request

from registry.project.dumps import Dump
from registry.project.snapshots import newest_snapshot, release_of
from registry.store import entities, releases, runs
from registry.store import hubs as store_hubs
from registry.web.frame import page, with_release
from registry.web.negotiation import HTML, JSON, choose_form
from registry.web.wiring import services
from vocab.properties import KINDS

blueprint = Blueprint("status", __name__)

FORMS: Final = (HTML, JSON)


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy of the published data: the release that it holds (None: not there yet)."""

    name: str
    release: int | None
    entities: int | None


@blueprint.get("/healthz")
def health() -> Response:
    """200 while the database answers; names the release in force (0 before the first)."""
    with services().store.read() as connection:
        latest = releases.latest(connection)
    number = latest.number if latest else 0
    response = Response(
        orjson.dumps({"status": "ok", "release": number}), content_type="application/json"
    )
    response.headers["Cache-Control"] = "no-store"
    return with_release(response, number)


@blueprint.get("/status")
@blueprint.get("/status.<any(html, json):ending>")
def status(ending: str | None = None) -> Response:
    """The release in force, what each copy holds, how the sources are."""
    have = services()
    form = choose_form(request, FORMS, ending)
    with have.store.read() as connection:
        latest = releases.latest(connection)
        counts = entities.counts(connection)
        hubs = [
            (hub, next(iter(runs.runs_of(connection, hub.id, 1)), None))
            for hub in store_hubs.hubs(connection)
            if hub.state in ("active", "paused")
        ]
        checked = {
            hub.id: max(
                (
                    source.last_checked_at
                    for source in store_hubs.sources(connection, hub_id=hub.id)
                    if source.last_checked_at
                ),
                default=None,
            )
            for hub, _ in hubs
        }
    published = sum(counts.get((kind, "live"), 0) for kind in KINDS)
    number = latest.number if latest else 0
    copies = [Copy("database", number, published), *_copies()]
    if form is JSON:
        body = {
            "release": number,
            "releasedAt": latest.at.isoformat() if latest else None,
            "setHash": latest.set_hash.hex() if latest else None,
            "counts": {kind: counts.get((kind, "live"), 0) for kind in KINDS},
            "copies": [asdict(copy) for copy in copies],
            "queries": _queries(),
        }
        response = Response(orjson.dumps(body, option=orjson.OPT_INDENT_2))
        response.content_type = "application/json"
        response.vary.add("Accept")
    else:
        response = page(
            "status.html",
            release=number or None,
            release_at=latest.at if latest else None,
            number_in_force=number,
            published=published,
            copies=copies,
            behind=any((copy.release or 0) < number for copy in copies),
            set_hash=latest.set_hash.hex() if latest else "",
            hubs=[(hub, run, checked[hub.id]) for hub, run in hubs],
        )
    response.headers["Cache-Control"] = "no-store"
    return with_release(response, number)


def _copies() -> list[Copy]:
    have = services()
    snapshot = newest_snapshot(have.settings.home / "graph")
    dump = Dump.present(have.settings.home / "dumps")
    return [
        Copy("graph", release_of(snapshot) if snapshot else None, None),
        Copy("search", have.search.release() or None, sum(have.search.counts().values())),
        Copy("dumps", dump.release if dump else None, None),
    ]


def _queries() -> dict[str, object]:
    """How this process's query pool is doing."""
    known = asdict(services().queries().status())
    return {name: known[name] for name in ("workers", "running", "waiting", "network", "outcomes")}
