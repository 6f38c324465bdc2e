"""The hubs: who publishes into the registry, how the last runs went, what there is to mend."""

from collections import Counter
from collections.abc import Sequence
from itertools import islice
from typing import Any, Final

from flask import Blueprint, Response, request
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from registry.errors import Gone, NotFound
from registry.iris import Iris
from registry.publish.description import describe
from registry.publish.forms import WRITERS
from registry.store import entities, findings, records, releases, runs
from registry.store import hubs as store_hubs
from registry.store.entities import Resource
from registry.web.entities import RDF_FORMS, content_type, finished
from registry.web.frame import language, page
from registry.web.hub_report import EXAMPLES, Group, chart, every, figures, groups, worst
from registry.web.hub_values import fullness, outvoted, outvoted_query
from registry.web.licences import licence_name
from registry.web.negotiation import HTML, Form, choose_form
from registry.web.wiring import services

blueprint = Blueprint("hubs", __name__)

FORMS: Final = (HTML, *RDF_FORMS)
_RUNS: Final = 30
_OUTVOTED_SHOWN: Final = 20
_LASTING: Final = ("published", "held", "failed", "abandoned")
"""The runs that are linked; one that found nothing new is summarised by the next such one."""
_FORMAT_NAMES: Final = {"verbund": "JSON-LD", "jsonl": "JSON Lines"}


_NUMBER = "<int(max=999999999):number>"  # what no database takes is not found, too


@blueprint.get("/hubs")
def index() -> Response:
    """All hubs with their last run."""
    with services().store.read() as connection:
        latest = releases.latest(connection)
        listed = [
            {
                "id": hub.id,
                "name": hub.manifest.get("name") or hub.id,
                "description": hub.manifest.get("description"),
                "state": hub.state,
                "run": next(iter(runs.runs_of(connection, hub.id, 1)), None),
                "records": sum(one["live"] for one in records.counts(connection, hub.id).values()),
            }
            for hub in store_hubs.hubs(connection)
            if hub.state in ("active", "paused")
        ]
    return page(
        "hubs.html",
        section="hubs",
        hubs=listed,
        release=latest.number if latest else None,
    )


@blueprint.get("/hubs/<hub_id>")
@blueprint.get("/hubs/<hub_id>.<any(html, jsonld, ttl, nt, rdf):ending>")
def show(hub_id: str, ending: str | None = None) -> AnyResponse:
    """One hub: the report on its latest run, and the hub itself as data."""
    form = choose_form(request, FORMS, ending)
    with services().store.read() as connection:
        if form is not HTML:
            return _data(connection, hub_id, f"/hubs/{hub_id}", form)
        hub = store_hubs.hub(connection, hub_id)
        if hub is None or hub.state in ("pending", "refused"):
            raise _no_hub(hub_id)
        return _report(connection, hub)


@blueprint.get("/hubs/<hub_id>/runs/<int(max=999999999):number>")
@blueprint.get(
    "/hubs/<hub_id>/runs/<int(max=999999999):number>.<any(html, jsonld, ttl, nt, rdf):ending>"
)
def show_run(hub_id: str, number: int, ending: str | None = None) -> AnyResponse:
    """One run: what it did, and the run itself as data where something was published from it."""
    form = choose_form(request, FORMS, ending)
    path = f"hubs/{hub_id}/runs/{number}"
    with services().store.read() as connection:
        hub = store_hubs.hub(connection, hub_id)
        if form is not HTML and not (hub and _is_summarised(connection, hub, number)):
            return _data(connection, path, f"/{path}", form)
        run = runs.run(connection, hub_id, number)
        if hub is not None and run is None and _is_summarised(connection, hub, number):
            raise _summarised(hub_id, number)
        if hub is None or run is None or hub.state in ("pending", "refused"):
            raise NotFound(
                f"Die Quelle {hub_id[:60]} hatte keinen Lauf {number}.",
                f"The source {hub_id[:60]} had no run {number}.",
            )
        return _report(connection, hub, run)


def _is_summarised(connection: Connection, hub: store_hubs.Hub, number: int) -> bool:
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


def _data(connection: Connection, resource_id: str, path: str, form: Form) -> AnyResponse:
    found = entities.published(connection, resource_id)
    if found is None or found.kind not in ("hub", "run"):
        raise _no_hub(resource_id)
    iris = Iris(services().settings.base_iri)
    description = describe(found.kind, found.id, found.state, found.document, iris)
    response = Response(
        WRITERS[form.ending](description, iris.base),
        status=200 if found.state == "live" else 410,
        content_type=content_type(form),
    )
    return finished(response, found, form, path, FORMS)


def _report(connection: Connection, hub: store_hubs.Hub, run: runs.Run | None = None) -> Response:
    """The report on one run, or on the latest run of each source with what there is to mend now."""
    tag = language()
    latest = releases.latest(connection)
    sources = [
        source
        for source in store_hubs.sources(connection, hub_id=hub.id)
        if source.state != "removed"
    ]
    newest = [runs.latest_run(connection, source.id) for source in sources]
    reported = [run] if run else [one for one in newest if one and hub.state != "removed"]
    latest_runs = runs.runs_of(connection, hub.id, _RUNS)
    published = entities.resource(connection, hub.id)
    shown = run is None and hub.state != "removed"
    disputed = services().search.search(outvoted_query(hub.id)) if shown else None
    alone = reported[0] if len(reported) == 1 else None
    ended = alone.ended_at if alone else None
    return page(
        "hub.html",
        status=410 if hub.state == "removed" else 200,
        section="hubs",
        release=latest.number if latest else None,
        hub=hub,
        name=hub.manifest.get("name") or hub.id,
        details=hub.manifest,
        current=shown,
        reported=reported,
        worst=worst(reported),
        took=round((ended - alone.started_at).total_seconds()) if alone and ended else None,
        explanations=[
            (one.source_id.split("/", 1)[1], one.explanation.get(tag, ""))
            for one in reported
            if one.explanation
        ],
        figures=figures(reported),
        unread=sorted(_unread([run] if run else _mapping(connection, sources)).items()),
        groups=_groups(connection, hub.id, sources) if shown else [],
        fullness=fullness(connection, hub.id, sources, tag) if shown else None,
        outvoted_entities=disputed.total if disputed else 0,
        outvoted=list(islice(outvoted(connection, hub.id, disputed.hits, tag), _OUTVOTED_SHOWN))
        if disputed
        else [],
        runs=latest_runs,
        bars=chart(latest_runs),
        states=[one.state for one in latest_runs],
        agreed=_agreed(published, sources),
        removed_at=hub.removed_at,
        lasting=_LASTING,
        forms=FORMS[1:] if published else (),
    )


def _groups(
    connection: Connection, hub_id: str, sources: Sequence[store_hubs.Source]
) -> list[Group]:
    def with_page(record_ids: Sequence[str]) -> set[str]:
        stored = records.stored(connection, record_ids)
        return {one.id for one in stored if one.first_release and not one.removed_at}

    return groups(
        findings.finding_counts(connection, hub_id),
        findings.finding_examples(connection, hub_id, each=EXAMPLES),
        {source.id: source.iri for source in sources},
        with_page,
        language(),
    )


def _mapping(connection: Connection, sources: Sequence[store_hubs.Source]) -> list[runs.Run]:
    """The latest run of each source that looked into its records: an unchanged one sees none."""
    found = (runs.latest_mapping(connection, source.id) for source in sources)
    return [one for one in found if one]


def _unread(reported: Sequence[runs.Run]) -> Counter[str]:
    """The fields that nobody reads, with how often they occurred."""
    total: Counter[str] = Counter()
    for run in reported:
        total.update(run.unread or {})
    return total


def _agreed(
    published: Resource | None, sources: Sequence[store_hubs.Source]
) -> list[dict[str, Any]]:
    """What was agreed with each source, as the release shows it, and when it was last checked."""
    checked = {source.id: source.last_checked_at for source in sources}
    described = published.document.get("sources", ()) if published else ()
    return [
        {
            **one,
            "licence_name": licence_name(one["licence"]),
            "checked": checked.get(one["id"]),
            "every": every(one.get("every_s")),
            "format_name": _FORMAT_NAMES.get(one["format"], str(one["format"]).upper()),
        }
        for one in described
    ]


def _no_hub(hub_id: str) -> NotFound:
    return NotFound(
        f"Eine Quelle oder einen Lauf {hub_id[:60]} gibt es hier nicht; /hubs nennt alle.",
        f"There is no source or run {hub_id[:60]} here; /hubs lists them all.",
    )
