"""What programs subscribe to: the events of a list as a calendar, what is new in it as Atom."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, request
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from registry.iris import Iris
from registry.project.search import Hit, ListQuery, ListResult, summary_of
from registry.store import entities, releases
from registry.store.bulk import portions
from registry.web.atom import Feed, News, feed_xml
from registry.web.frame import href, language, t, with_release
from registry.web.ical import Calendar, calendar_parts
from registry.web.language import in_language
from registry.web.list_query import last_page, parameters, read_query
from registry.web.negotiation import ATOM, HTML, ICAL
from registry.web.reading import hub_names
from registry.web.sending import download
from registry.web.wiring import services

blueprint = Blueprint("feeds", __name__)

NEWS_SIZE: Final = 50
"""Entries of one page of a feed, unless it is asked for another number."""


@blueprint.get("/new.atom")
def everything_new() -> Response:
    """What is new of every kind."""
    have = services()
    query = newest_first(read_query(None, request.args, have.now(), as_data=True))
    result = have.search.search(query, facets=False)
    last_page(query.page, query.size, result.total)
    return news(query, result, "/new")


def calendar(query: ListQuery, path: str) -> Response:
    """Every event of a list as an iCalendar file."""
    have = services()
    base = have.settings.base_iri
    address = _address(path, ICAL.ending, query).removeprefix(base)
    described = _calendar(_title(query.kind), address)
    release = have.search.release()
    with have.store.read() as connection:
        hits = _with_times(connection, have.search.iterate(query))
        response = download(calendar_parts(described, hits), ICAL, path[1:])
    return _finished(response, release)


@blueprint.get("/events/<entity_id>.ics")
def one_event(entity_id: str) -> AnyResponse:
    """A calendar with one event alone; what is none, or no more, leads to its page."""
    with services().store.read() as connection:
        found = entities.resource(connection, entity_id)
        if found is None or found.state != "live" or found.kind != "event":
            return redirect(href(f"/id/{entity_id}"), code=303)
        summary = summary_of(found.kind, found.document, found.changed_release)
        hits = _with_times(connection, [Hit(id=found.id, kind=found.kind, summary=summary)])
        name = in_language(summary["name"], language())[0]
        described = _calendar(name, f"/events/{found.id}.{ICAL.ending}?lang={language()}")
        response = download(calendar_parts(described, hits), ICAL, found.id)
        return _finished(response, releases.latest_number(connection))


def newest_first(query: ListQuery) -> ListQuery:
    """The query of a feed of this list."""
    size = query.size if "size" in request.args else NEWS_SIZE
    return replace(query, sort="newest", size=size)


def news(query: ListQuery, result: ListResult, path: str) -> Response:
    """One page of a list as an Atom feed, what changed last in front."""
    with services().store.read() as connection:
        written = _feed(connection, query, result, path)
    response = download([written], ATOM, path[1:])
    return _finished(response, result.release)


def subscription(path: str, ending: str, query: ListQuery) -> str:
    """A link on a page to one of these of the same list, in the language of the page.

    A program that subscribes sends no wish for a language: the address has to say it.
    """
    return href(f"{path}.{ending}", **_asked(query, ending), lang=language())


def _calendar(name: str, address: str) -> Calendar:
    base = services().settings.base_iri
    return Calendar(
        name=name,
        address=f"{base}{address}",
        iris=Iris(base),
        language=language(),
        hub_names=hub_names(),
    )


def _feed(connection: Connection, query: ListQuery, result: ListResult, path: str) -> bytes:
    have, tag = services(), language()
    iris = Iris(have.settings.base_iri)
    heads = entities.heads(connection, [hit.id for hit in result.hits])
    first = {hit.id: heads[hit.id].first_release for hit in result.hits if hit.id in heads}
    changed = [int(hit.summary["changed"]) for hit in result.hits]
    at = releases.times(connection, [*changed, *first.values(), result.release])
    entries = [
        News(hit=hit, published=at.get(first.get(hit.id, 0)), updated=at[release])
        for hit, release in zip(result.hits, changed, strict=True)
        if release in at
    ]
    # Ties the same way in every copy of the index.
    entries.sort(key=lambda one: one.hit.id)
    entries.sort(key=lambda one: one.updated, reverse=True)
    pages = last_page(query.page, query.size, result.total)
    around = {"previous": query.page - 1, "next": query.page + 1}
    feed = Feed(
        id=_address(path, ATOM.ending, replace(query, size=NEWS_SIZE)),
        title=_title(query.kind),
        address=_address(path, ATOM.ending, query, query.page),
        author=have.settings.title,
        # An empty list has not changed since the release in force; before the first, never.
        updated=max(
            (one.updated for one in entries),
            default=at.get(result.release, datetime.fromtimestamp(0, UTC)),
        ),
        language=tag,
        links=(
            ("alternate", HTML.media_type, _page_of(path, query)),
            *(
                (rel, ATOM.media_type, _address(path, ATOM.ending, query, page))
                for rel, page in around.items()
                if 1 <= page <= pages
            ),
        ),
    )
    return feed_xml(feed, entries, iris, hub_names())


def _with_times(connection: Connection, hits: Iterable[Hit]) -> Iterator[tuple[Hit, datetime]]:
    for portion in portions(hits):
        at = releases.times(connection, (hit.summary["changed"] for hit in portion))
        yield from ((hit, at[hit.summary["changed"]]) for hit in portion)


def _asked(query: ListQuery, ending: str) -> dict[str, Any]:
    asked = parameters(query, for_data=bool(ending))
    asked.pop("size", None)
    if ending == ATOM.ending:
        asked.pop("sort", None)  # what is new stands in front
    return asked


def _address(path: str, ending: str, query: ListQuery, page: int = 1) -> str:
    """The whole address in the language of the answer."""
    asked = _asked(query, ending)
    if ending == ATOM.ending and query.size != NEWS_SIZE:
        asked["size"] = query.size
    if page > 1:
        asked["page"] = page
    base = services().settings.base_iri
    return f"{base}{path}.{ending}?{urlencode(asked | {'lang': language()}, doseq=True)}"


def _page_of(path: str, query: ListQuery) -> str:
    """The whole address of the page that shows the same list; of all kinds there is none."""
    asked = _asked(query, "") if query.kind else {}
    base = services().settings.base_iri + (path if query.kind else "/")
    return f"{base}?{urlencode(asked | {'lang': language()}, doseq=True)}"


def _title(kind: str | None) -> str:
    words = t(f"list.title_{kind}") if kind else t("events.all_new")
    return f"{words} – {services().settings.title}"


def _finished(response: Response, release: int) -> Response:
    response.headers["Cache-Control"] = "no-cache"
    response.vary.update(("Accept", "Accept-Language"))
    response.content_language.add(language())
    return with_release(response, release)
