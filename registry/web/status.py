"""Is the registry well: for a person, for a program, for a load balancer."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

import orjson
from flask import Blueprint, Response, request

from registry.project.dumps import DUMP_EVERY, Dump
from registry.project.snapshots import newest_snapshot, release_of
from registry.store import entities, releases, runs
from registry.store import hubs as store_hubs
from registry.store.releases import Release
from registry.web.frame import page, with_release
from registry.web.negotiation import HTML, JSON, choose_form
from registry.web.wiring import services
from vocab.properties import KINDS

blueprint = Blueprint("status", __name__)

FORMS: Final = (HTML, JSON)
State = Literal["authoritative", "current", "due", "lagging", "absent"]
_LATE: Final = timedelta(minutes=5)
"""A dump takes its time to be written; beyond this it is late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One copy of the published data: the release that it holds (None: not there yet).

    `due_at` is the time by which a dump, which is not made for every release, will be made anew.
    """

    name: str
    release: int | None
    entities: int | None = None
    state: State
    due_at: datetime | None = None


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
    database = Copy(name="database", release=number, entities=published, state="authoritative")
    copies = [database, *_copies(latest)]
    if form is JSON:
        body = {
            "release": number,
            "releasedAt": latest.at.isoformat() if latest else None,
            "setHash": latest.set_hash.hex() if latest else None,
            "counts": {kind: counts.get((kind, "live"), 0) for kind in KINDS},
            "copies": [_as_json(copy) for copy in copies],
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
            published=published,
            copies=copies,
            behind=number > 0 and any(copy.state in ("lagging", "absent") for copy in copies),
            dump_minutes=DUMP_EVERY // timedelta(minutes=1),
            set_hash=latest.set_hash.hex() if latest else "",
            hubs=[(hub, run, checked[hub.id]) for hub, run in hubs],
        )
    response.headers["Cache-Control"] = "no-store"
    return with_release(response, number)


def _copies(latest: Release | None) -> list[Copy]:
    have = services()
    number = latest.number if latest else 0
    snapshot = newest_snapshot(have.settings.home / "graph")
    graph = release_of(snapshot) if snapshot else None
    search = have.search.release() or None
    return [
        Copy(name="graph", release=graph, state=_state(graph, number)),
        Copy(
            name="search",
            release=search,
            entities=sum(have.search.counts().values()),
            state=_state(search, number),
        ),
        _dump(Dump.present(have.settings.home / "dumps"), latest),
    ]


def _state(held: int | None, number: int) -> State:
    if held is None:
        return "absent"
    return "current" if held == number else "lagging"


def _dump(present: Dump | None, latest: Release | None) -> Copy:
    """The dump may be older than the release by its interval, without anything being amiss."""
    held = present.release if present else None
    state = _state(held, latest.number if latest else 0)
    if latest is None or state == "current":
        return Copy(name="dumps", release=held, state=state)
    since = datetime.fromisoformat(present.made_at) + DUMP_EVERY if present else latest.at
    due_at = max(since, latest.at)
    if services().now() <= due_at + _LATE:
        state = "due"
    return Copy(name="dumps", release=held, state=state, due_at=due_at)


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
