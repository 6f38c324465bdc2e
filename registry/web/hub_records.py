"""What became of every entry of a hub: a page to search, and the same as CSV."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from flask import Blueprint, Response, request
from sqlalchemy import Connection

from registry.errors import NotFound
from registry.project.search import ListQuery
from registry.project.search.query import MAX_SIZE
from registry.store import fates, hubs, refusals, releases, runs
from registry.store.bulk import portions
from registry.store.fates import FATES, Fate, Wanted
from registry.store.hubs import Hub
from registry.web.csv_lines import csv_line
from registry.web.frame import answered, html, language, written_once
from registry.web.hub_files import finished, present
from registry.web.hub_report import title_of
from registry.web.language import in_language
from registry.web.list_query import last_page, one_of, read_number, read_words
from registry.web.negotiation import CSV
from registry.web.reading import hub_names
from registry.web.record_fates import Row, rows_of
from registry.web.sending import download
from registry.web.wiring import services

blueprint = Blueprint("hub_records", __name__)

COLUMNS: Final = (
    "source", "record", "kind", "name", "fate", "iri", "other_hubs", "values_outvoted",
    "rules", "changed", "run", "changed_here", "place",
)  # fmt: skip
PAGE_SIZE: Final = 20
_PORTION: Final = 500
_MOST_PAGES: Final = 100_000


@blueprint.get("/hubs/<hub_id>/records")
def index(hub_id: str) -> Response:
    """The entries that are asked for, by fate, by words and by run, in portions.

    All of them, without a parameter, are written once while nothing that the page tells of changes.
    """
    with services().store.read() as connection:
        hub = present(connection, hub_id)
        sources = hubs.sources(connection, hub_id=hub_id)
        newest = runs.latest_runs(connection, hub_id)
        latest = releases.latest(connection)
        number = latest.number if latest else None
        written = written_once(
            f"records of {hub_id}",
            (hub, sources, newest, number),
            lambda: _listed(connection, hub, len(sources) > 1, number),
        )
    return answered(written, number)


def _listed(connection: Connection, hub: Hub, several: bool, release: int | None) -> str:
    args, tag = request.args, language()
    wanted = _wanted(connection, hub.id)
    total = fates.count(connection, wanted)
    number = read_number(args, "page", 1, _MOST_PAGES)
    page_count = last_page(number, PAGE_SIZE, total)
    found = fates.entries(connection, wanted, limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE)
    return html(
        "hub_records.html",
        section="hubs",
        release=release,
        hub=hub,
        name=hub.manifest.get("name") or hub.id,
        wanted=wanted,
        asked={name: value for name, value in _asked(wanted).items() if value},
        fates=FATES,
        total=total,
        told=refusals.count(connection, hub_id=hub.id),
        number=number,
        page_count=page_count,
        several=several,
        rows=rows_of(connection, hub.id, found),
        names=hub_names(),
        title_of=lambda rule: title_of(rule, tag),
    )


@blueprint.get("/hubs/<hub_id>/records.csv")
def as_csv(hub_id: str) -> Response:
    """All the records that the same parameters ask for."""
    with services().store.read() as connection:
        hub = present(connection, hub_id)
        wanted = _wanted(connection, hub_id)
        response = download(_lines(connection, hub, wanted), CSV, f"{hub_id}-records")
        return finished(connection, response)


def _wanted(connection: Connection, hub_id: str) -> Wanted:
    """What the address asks for. Raises BadRequest or NotFound."""
    args = request.args
    text = read_words(args)
    fate = one_of(args, "fate", ("all", *FATES), "all")
    number = read_number(args, "run", 1, 999_999_999) if args.get("run") else None
    run = runs.run(connection, hub_id, number) if number else None
    if number and run is None:
        raise NotFound(
            f"Die Quelle {hub_id} hat keinen Lauf {number} in Erinnerung; /hubs/{hub_id} "
            "nennt die letzten.",
            f"The source {hub_id} remembers no run {number}; /hubs/{hub_id} lists the latest.",
        )
    return Wanted(
        hub_id=hub_id,
        fate=None if fate == "all" else cast(Fate, fate),
        text=text,
        entity_ids=_named(hub_id, text) if text else (),
        run=run,
    )


def _named(hub_id: str, text: str) -> tuple[str, ...]:
    """The entities of the hub that fit the words best."""
    asked = ListQuery(kind=None, text=text, hubs=(hub_id,), size=MAX_SIZE, now=services().now())
    return tuple(hit.id for hit in services().search.search(asked, facets=False).hits)


def _asked(wanted: Wanted) -> Mapping[str, Any]:
    """The parameters that ask for these records again."""
    run = wanted.run.number if wanted.run else None
    return {"q": wanted.text, "fate": wanted.fate, "run": run}


def _lines(connection: Connection, hub: Hub, wanted: Wanted) -> Iterator[bytes]:
    yield csv_line(COLUMNS)
    for portion in portions(fates.entries(connection, wanted), _PORTION):
        for one in rows_of(connection, hub.id, portion):
            yield csv_line(_cells(one))


def _cells(row: Row) -> tuple[Any, ...]:
    record = row.record
    iri = f"{services().settings.base_iri}/id/{row.entity_id}" if row.entity_id else ""
    return (
        hubs.key_of(row.source_id),
        row.local_id,
        record.kind if record else "",
        in_language(row.name, language())[0],
        row.fate,
        iri,
        " ".join(row.others),
        row.lost,
        " ".join(dict.fromkeys(found.finding.rule for found in row.findings)),
        (record.modified_at or "") if record else "",
        record.run_number if record else "",
        record.generated_at.isoformat() if record else "",
        row.place,
    )
