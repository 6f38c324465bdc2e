"""One run of a hub: what it did record by record, and where it is held, the one decision."""

from typing import Any, Final

from flask import Blueprint, Response, request
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from registry.errors import Gone, NotFound
from registry.store import entities, fates, releases, runs
from registry.store import hubs as store_hubs
from registry.store.fates import Wanted
from registry.store.hubs import Hub, Source
from registry.store.releases import Release
from registry.store.runs import Run
from registry.web.frame import answered, html, language, written_once
from registry.web.hub_charts import loss
from registry.web.hub_report import accepted, figures
from registry.web.hubs import FORMS, finding_groups, resource_data
from registry.web.negotiation import HTML, choose_form
from registry.web.reading import live_records
from registry.web.record_fates import rows, rows_of
from registry.web.wiring import services

blueprint = Blueprint("hub_runs", __name__)

_SHOWN: Final = 20
_ENDINGS: Final = "html, jsonld, ttl, nt, rdf"


@blueprint.get("/hubs/<hub_id>/runs/<int(max=999999999):number>")
@blueprint.get(f"/hubs/<hub_id>/runs/<int(max=999999999):number>.<any({_ENDINGS}):ending>")
def show(hub_id: str, number: int, ending: str | None = None) -> AnyResponse:
    """One run: what it did, and the run itself as data where something was published from it."""
    form = choose_form(request, FORMS, ending)
    path = f"hubs/{hub_id}/runs/{number}"
    with services().store.read() as connection:
        hub = store_hubs.hub(connection, hub_id)
        if form is not HTML and not (hub and _is_summarised(connection, hub, number)):
            return resource_data(connection, path, f"/{path}", form)
        run = runs.run(connection, hub_id, number)
        if hub is not None and run is None and _is_summarised(connection, hub, number):
            raise _summarised(hub_id, number)
        if hub is None or run is None or hub.state in ("pending", "refused"):
            raise NotFound(
                f"Die Quelle {hub_id[:60]} hatte keinen Lauf {number}.",
                f"The source {hub_id[:60]} had no run {number}.",
            )
        return _page(connection, hub, run)


def _page(connection: Connection, hub: Hub, run: Run) -> Response:
    """What the run did, of each hub the page that was asked for last kept while nothing changes."""
    latest = releases.latest(connection)
    source = store_hubs.source(connection, run.source_id)
    newest = runs.latest_run(connection, run.source_id)
    number = latest.number if latest else None
    written = written_once(
        f"run page of {hub.id}",
        (hub, run, source, newest, number),
        lambda: _told(connection, hub, run, source, newest, latest),
    )
    return answered(written, number)


def _told(
    connection: Connection,
    hub: Hub,
    run: Run,
    source: Source | None,
    newest: Run | None,
    latest: Release | None,
) -> str:
    removed = hub.state == "removed"
    done = Wanted(hub_id=hub.id, run=run)
    found = [] if removed else fates.entries(connection, done, limit=_SHOWN)
    published = entities.resource(connection, f"hubs/{hub.id}/runs/{run.number}")
    return html(
        "hub_run.html",
        section="hubs",
        release=latest.number if latest else None,
        hub=hub,
        name=hub.manifest.get("name") or hub.id,
        run=run,
        source_key=store_hubs.key_of(run.source_id),
        took=round((run.ended_at - run.started_at).total_seconds()) if run.ended_at else None,
        explanation=(run.explanation or {}).get(language(), ""),
        figures=figures([run]),
        accepted=accepted([run]),
        live=live_records(connection)[hub.id] > 0,
        decision=None if removed else _decision(run, newest, source),
        overtaken=bool(newest and newest.id != run.id),
        loss=loss(run) if run.state == "held" else None,
        missing=rows(connection, hub.id, (run.proof or {}).get("examples", [])),
        rows=rows_of(connection, hub.id, found),
        total=len(found) if len(found) < _SHOWN else fates.count(connection, done),
        groups=[] if removed else finding_groups(connection, hub.id, run.id),
        unread=sorted((run.unread or {}).items()),
        forms=FORMS[1:] if published else (),
        in_force=latest,
        removed=removed,
    )


def _decision(run: Run, newest: Run | None, source: Source | None) -> dict[str, Any] | None:
    """The command that lets a held run through, or the later run that made it pointless."""
    command = (run.explanation or {}).get("command")
    if run.state != "held" or not command:
        return None
    return {
        "command": command,
        "code": (run.explanation or {})["code"],
        "later": newest.number if newest and newest.id != run.id else None,
        "due": source.next_due_at if source else None,
    }


def _is_summarised(connection: Connection, hub: Hub, number: int) -> bool:
    """Whether the run was there, and is told of by a later one now."""
    if hub.state in ("pending", "refused") or runs.run(connection, hub.id, number):
        return False
    return 1 <= number <= runs.last_number(connection, hub.id)


def _summarised(hub_id: str, number: int) -> Gone:
    return Gone(
        f"Lauf {number} der Quelle {hub_id} ist mit einem späteren zusammengefasst: Er fand nichts "
        f"Neues oder endete aus demselben Grund wie der nächste. Die Läufe stehen unter "
        f"/hubs/{hub_id}.",
        f"Run {number} of the source {hub_id} is summarised in a later one: it found nothing new "
        f"or ended for the same reason as the next. The runs are listed at /hubs/{hub_id}.",
        code="run_summarised",
    )
