"""The hubs: who publishes into the registry, how the last runs went, what there is to mend."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from flask import Blueprint, Response, request
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from registry.errors import NotFound
from registry.iris import Iris
from registry.project.search import ListQuery
from registry.publish.description import describe
from registry.publish.forms import WRITERS
from registry.store import entities, fates, findings, records, refusals, releases, runs
from registry.store import hubs as store_hubs
from registry.web.entities import RDF_FORMS, content_type, finished
from registry.web.frame import answered, html, language, page, written_once
from registry.web.hub_agreed import agreed_with
from registry.web.hub_charts import CHART_RUNS, freshness, run_bars
from registry.web.hub_fullness import fullness
from registry.web.hub_report import EXAMPLES, Group, accepted, figures, groups, worst
from registry.web.hub_values import outvoted, outvoted_query
from registry.web.negotiation import HTML, Form, choose_form
from registry.web.reading import live_records
from registry.web.wiring import services
from schemas.complete import LACKING
from vocab.properties import KINDS

blueprint = Blueprint("hubs", __name__)

FORMS: Final = (HTML, *RDF_FORMS)
_EXAMPLES_OF_EACH: Final = 5
_OUTVOTED_SHOWN: Final = 20
LASTING: Final = ("published", "held", "failed", "abandoned")
"""The runs that are linked; one that found nothing new is summarised by the next such one."""
_CHECKED: Final = ("published", "unchanged")


@blueprint.get("/hubs")
def index() -> Response:
    """All hubs with their last run."""
    with services().store.read() as connection:
        latest = releases.latest(connection)
        newest = runs.latest_of_hubs(connection)
        live = live_records(connection)
        listed = [
            {
                "id": hub.id,
                "name": hub.manifest.get("name") or hub.id,
                "description": hub.manifest.get("description"),
                "state": hub.state,
                "run": newest.get(hub.id),
                "records": live[hub.id],
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
            return resource_data(connection, hub_id, f"/hubs/{hub_id}", form)
        hub = store_hubs.hub(connection, hub_id)
        if hub is None or hub.state in ("pending", "refused"):
            raise no_hub(hub_id)
        return _page(connection, hub)


def resource_data(connection: Connection, resource_id: str, path: str, form: Form) -> AnyResponse:
    """A published hub or run as data. Raises NotFound."""
    found = entities.published(connection, resource_id)
    if found is None or found.kind not in ("hub", "run"):
        raise no_hub(resource_id)
    iris = Iris(services().settings.base_iri)
    description = describe(found.kind, found.id, found.state, found.document, iris)
    response = Response(
        WRITERS[form.ending](description, iris.base),
        status=200 if found.state == "live" else 410,
        content_type=content_type(form),
    )
    return finished(response, found, form, path, FORMS)


def _page(connection: Connection, hub: store_hubs.Hub) -> Response:
    """The report, written once while nothing that it tells of changes.

    A run may find something, or refuse records, without making a release; how old records are
    changes at midnight.
    """
    sources = [
        source
        for source in store_hubs.sources(connection, hub_id=hub.id)
        if source.state != "removed"
    ]
    newest = runs.latest_runs(connection, hub.id) if hub.state != "removed" else {}
    latest = releases.latest(connection)
    number = latest.number if latest else None

    of = (hub, sources, newest, number, services().now().date())
    written = written_once(
        f"hub page {hub.id}", of, lambda: _report(connection, hub, sources, newest, number)
    )
    return answered(written, number, 410 if hub.state == "removed" else 200)


def _report(
    connection: Connection,
    hub: store_hubs.Hub,
    sources: Sequence[store_hubs.Source],
    newest: Mapping[str, runs.Run],
    release: int | None,
) -> str:
    """The report on the latest run of each source, with what there is to mend now."""
    tag = language()
    shown = hub.state != "removed"
    reported = [newest[source.id] for source in sources if source.id in newest]
    mapping = runs.latest_mapping(connection, hub.id)
    latest_runs = runs.runs_of(connection, hub.id, CHART_RUNS)
    published = entities.resource(connection, hub.id)
    disputed = services().search.search(outvoted_query(hub.id)) if shown else None
    alone = reported[0] if len(reported) == 1 else None
    ended = alone.ended_at if alone else None
    tallies = records.counts(connection, hub.id).values() if shown else ()
    live = sum(one["live"] for one in tallies)
    untold = refusals.count(connection, hub_id=hub.id) if shown else 0
    refused = untold + sum(one["refused"] for one in tallies)
    never_good = untold + sum(one["no_good"] for one in tallies)
    days = fates.days(connection, hub.id) if shown else {}
    agreed, same = agreed_with(published, sources)
    newest_ids = {one.id for one in reported}
    return html(
        "hub.html",
        section="hubs",
        release=release,
        hub=hub,
        name=hub.manifest.get("name") or hub.id,
        details=hub.manifest,
        current=shown,
        reported=reported,
        worst=worst(reported),
        took=round((ended - alone.started_at).total_seconds()) if alone and ended else None,
        explanations=[
            (store_hubs.key_of(one.source_id), one, one.explanation.get(tag, ""))
            for one in reported
            if one.explanation
        ],
        figures=[(key, refused if key == "rejected" else n) for key, n in figures(reported)],
        accepted=accepted(reported),
        read=sum(int(one.counts.get("read", 0)) for one in reported),
        refused=refused,
        never_good=never_good,
        checked=live or refused or any(one.state in _CHECKED for one in latest_runs),
        live=live,
        shared=fates.shared(connection, hub.id) if shown else 0,
        unread=sorted(_unread(mapping[one.id] for one in sources if one.id in mapping).items()),
        groups=finding_groups(connection, hub.id) if shown else [],
        fullness=fullness(connection, sources, latest_runs, tag) if shown and live else None,
        freshness=freshness(days, services().now()),
        outvoted_entities=disputed.total if disputed else 0,
        outvoted=list(islice(outvoted(connection, hub.id, disputed.hits, tag), _OUTVOTED_SHOWN))
        if disputed
        else [],
        runs=latest_runs,
        bars=run_bars(latest_runs),
        states=[one.state for one in latest_runs],
        agreed=agreed,
        same=same,
        sections=_sections(hub.id) if shown else [],
        earlier=bool(latest_runs)
        and (len(reported) < 2 or not {one.id for one in latest_runs[:10]} <= newest_ids),
        removed_at=hub.removed_at,
        lasting=LASTING,
        forms=FORMS[1:] if published else (),
    )


def finding_groups(connection: Connection, hub_id: str, run_id: int | None = None) -> list[Group]:
    """The findings of a hub by rule, or those that one run made and that still hold."""

    def with_page(record_ids: Sequence[str]) -> dict[str, Any]:
        stored = records.stored(connection, record_ids)
        return {
            one.id: (one.document or {}).get("name", "")
            for one in stored
            if one.first_release and not one.removed_at
        }

    sources = store_hubs.sources(connection, hub_id=hub_id)
    counts = findings.finding_counts(connection, hub_id, run_id)
    paths = findings.path_counts(connection, hub_id, LACKING, run_id)
    whole = [one for one in counts if one[2] not in LACKING]
    examples = findings.finding_examples
    return groups(
        counts,
        [
            *examples(connection, whole, each=EXAMPLES, run_id=run_id),
            *examples(connection, paths, each=_EXAMPLES_OF_EACH, run_id=run_id),
        ],
        {source.id: source.iri for source in sources if source.state != "removed"},
        with_page,
        language(),
        paths,
    )


def _unread(reported: Iterable[runs.Run]) -> Counter[str]:
    """The fields that nobody reads, with how often they occurred."""
    total: Counter[str] = Counter()
    for run in reported:
        total.update(run.unread or {})
    return total


def _sections(hub_id: str) -> list[str]:
    """The lists that hold something of the hub."""
    found = services().search
    now = services().now()
    return [
        f"{kind}s" for kind in KINDS if found.count(ListQuery(kind=kind, hubs=(hub_id,), now=now))
    ]


def no_hub(hub_id: str) -> NotFound:
    return NotFound(
        f"Eine Quelle oder einen Lauf {hub_id[:60]} gibt es hier nicht; /hubs nennt alle.",
        f"There is no source or run {hub_id[:60]} here; /hubs lists them all.",
    )
