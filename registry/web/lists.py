"""The lists of actors, projects and events: search, filters, map, pages, and all of it as data."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, cast

import orjson
from flask import Blueprint, Response, request

from registry.iris import Iris
from registry.project.search import ListQuery, ListResult
from registry.web import feeds, outline
from registry.web.event_rows import by_month, calendar_rows
from registry.web.facets import facets, fields_of, words_of
from registry.web.frame import STATIC_FOLDER, href, language, page, static, t, with_release
from registry.web.front import keep
from registry.web.language import in_language, month
from registry.web.list_forms import collection, csv_lines, geojson_parts
from registry.web.list_query import WHENS, last_page, parameters, read_query
from registry.web.map_area import area_of
from registry.web.negotiation import ATOM, CSV, GEOJSON, HTML, ICAL, JSONLD, Form, choose_form
from registry.web.reading import names_of
from registry.web.rows import row
from registry.web.sending import download
from registry.web.shown import label_of
from registry.web.wiring import services
from vocab.properties import ENTITY_TYPES, KINDS, Kind, references_of

blueprint = Blueprint("lists", __name__)

FORMS: Final = (HTML, JSONLD, CSV, GEOJSON, ATOM)
EVENT_FORMS: Final = (*FORMS, ICAL)
_MOST_ON_MAP: Final = 5_000  # hits that a browser is given to move about; about 2 MB


@dataclass(frozen=True, slots=True)
class Tab:
    """The same words in the list of one kind."""

    words: str
    address: str
    count: int
    current: bool


@blueprint.get("/<any(actors, projects, events):folder>")
@blueprint.get(
    "/<any(actors, projects, events):folder>.<any(html, jsonld, csv, geojson, atom, ics):ending>"
)
def show(folder: str, ending: str | None = None) -> Response:
    """One list in the form that is asked for; CSV and GeoJSON hold every hit of the filter."""
    kind = next(kind for kind in KINDS if ENTITY_TYPES[kind].path == folder)
    have = services()
    form = choose_form(request, EVENT_FORMS if kind == "event" else FORMS, ending)
    query = read_query(kind, request.args, have.now(), as_data=form is not HTML)
    if form in (CSV, GEOJSON):
        return _download(query, form, folder)
    if form is ICAL:
        return feeds.calendar(query, f"/{folder}")
    asked = query
    if form is ATOM:
        query = feeds.newest_first(query)
    result = have.search.search(query, facets=form is HTML)
    pages = last_page(query.page, query.size, result.total)
    if query.when == "all":  # what is to come depends on the clock
        keep(request, _asked(asked))
    if form is ATOM:
        return feeds.news(query, result, f"/{folder}")
    if form is JSONLD:
        return _jsonld(query, result, f"/{folder}")
    return _page(kind, query, result, pages)


def _asked(query: ListQuery) -> Iterator[tuple[str, object]]:
    """The parameters of this query as an address has them."""
    for name, value in parameters(query).items():
        yield from [(name, one) for one in (value if isinstance(value, tuple) else (value,))]
    if query.page > 1:
        yield "page", query.page


def _download(query: ListQuery, form: Form, folder: str) -> Response:
    have = services()
    iris = Iris(have.settings.base_iri)
    hits = have.search.iterate(query)
    parts = csv_lines(hits, iris) if form is CSV else geojson_parts(hits, iris)
    response = download(parts, form, folder)
    response.vary.add("Accept")
    return with_release(response, have.search.release())


def _jsonld(query: ListQuery, result: ListResult, path: str) -> Response:
    body = collection(query, result, path, services().settings.base_iri)
    response = Response(
        orjson.dumps(body, option=orjson.OPT_INDENT_2), content_type=JSONLD.media_type
    )
    response.vary.add("Accept")
    return with_release(response, result.release)


def _page(kind: Kind, query: ListQuery, result: ListResult, pages: int) -> Response:
    tag = language()
    path = f"/{ENTITY_TYPES[kind].path}"
    asked = parameters(query)
    as_data = parameters(query, for_data=True)
    tabs = _tabs(kind, query, result)
    rows = [row(hit, tag) for hit in result.hits]
    numbered = list(enumerate(rows, start=1))  # of each page: a pin has room for little
    pins = outline.gather((number, one.on_map) for number, one in numbered)
    few = result.total <= _MOST_ON_MAP
    return page(
        "list.html",
        release=result.release,
        section=path[1:],
        kind=kind,
        path=path,
        query=query,
        query_text=query.text,
        asked=asked,
        total=result.total,
        rows=numbered,
        months=by_month(calendar_rows(zip(numbered, result.hits, strict=True), query), query)
        if kind == "event"
        else [],
        whens=WHENS,
        subscriptions=_subscriptions(path, query),
        facets=facets(kind, query, result),
        chosen=_chosen(query, path),
        tabs=tabs,
        elsewhere=[] if result.total else [tab for tab in tabs if tab.count],
        past=_past(query) if kind == "event" and not result.total else None,
        pages=_pages(query.page, pages),
        page_count=pages,
        map=outline.drawn((pin.x, pin.y) for pin in pins),
        live_map=_live_map(query, href(f"{path}.geojson", **as_data)) if rows and few else None,
        map_few=few,
        without_pin=sum(one.on_map is None for one in rows),
        pins=[(pin, [dict(numbered)[number] for number in pin.numbers]) for pin in pins],
        forms=[(form, href(f"{path}.{form.ending}", **as_data)) for form in FORMS[1:-1]],
    )


@dataclass(frozen=True, slots=True)
class Past:
    """What is over of a list that announces nothing: how many, the last month, and their list."""

    count: int
    last: str
    address: str


def _past(query: ListQuery) -> Past | None:
    """None where nothing is over, or where the list has that already."""
    if query.when in ("past", "all"):
        return None
    over = replace(query, when="past", sort="start", page=1)
    found = services().search.search(replace(over, size=1), facets=False)
    if not found.hits:
        return None
    day = row(found.hits[0], language()).day
    last = month(day, language()) if day else ""
    return Past(found.total, last, href("/events", **parameters(over)))


def _subscriptions(path: str, query: ListQuery) -> list[tuple[Form, str]]:
    """The forms of this list that programs subscribe to, with their addresses."""
    forms = (ATOM, ICAL) if query.kind == "event" else (ATOM,)
    return [(form, feeds.subscription(path, form.ending, query)) for form in forms]


def _live_map(query: ListQuery, hits: str) -> dict[str, str] | None:
    """What the movable map is made of; None where Leaflet was not fetched."""
    if not (STATIC_FOLDER / "leaflet" / "leaflet.js").is_file():
        return None
    settings = services().settings
    parts = {
        "hits": hits,
        "style": static("leaflet/leaflet.css"),
        "leaflet": static("leaflet/leaflet.js"),
        "clusters": static("leaflet/markercluster.js"),
    }
    if area := area_of(query):
        parts["area"] = ",".join(f"{edge:g}" for edge in area)
    if settings.map_tiles:
        parts |= {"tiles": settings.map_tiles, "credit": settings.map_credit}
    return parts


def _chosen(query: ListQuery, path: str) -> list[tuple[str, str]]:
    """Each filter in force with the address of the list without it."""
    asked = parameters(query)
    without: list[tuple[str, str]] = []
    for facet, field in fields_of(query.kind).items():
        values: tuple[str, ...] = getattr(query, field)
        for value in values:
            rest = asked | {facet: tuple(v for v in values if v != value)}
            without.append((words_of(facet, value), href(path, **rest)))
    for name in ("offers", "seeks"):
        if getattr(query, name):
            without.append((t(f"list.{name}"), href(path, **(asked | {name: None}))))
    if query.free:
        without.append((t("events.free"), href(path, **(asked | {"free": None}))))
    if query.series:
        words = t("events.series_named", name=query.series)
        without.append((words, href(path, **(asked | {"series": None}))))
    without += _references(query, path)
    if query.bbox:
        without.append((t("list.bbox"), href(path, **(asked | {"bbox": None}))))
    return without


def _references(query: ListQuery, path: str) -> list[tuple[str, str]]:
    """»Veranstaltet von: Werkhof« with the address of the list without it."""
    if not query.refers_to:
        return []
    names = names_of(entity_id for _, entity_id in query.refers_to)
    labels = {prop.name: label_of(prop, language()) for prop in references_of(str(query.kind))}
    without: list[tuple[str, str]] = []
    for name, entity_id in query.refers_to:
        known = names.get(entity_id)
        whom = in_language(known.name, language())[0] if known else entity_id
        rest = tuple(":".join(one) for one in query.refers_to if one != (name, entity_id))
        words = f"{labels.get(name, name)}: {whom}"
        without.append((words, href(path, **(parameters(query) | {"refers": rest}))))
    return without


def _tabs(kind: Kind, query: ListQuery, result: ListResult) -> list[Tab]:
    """The same words in the other lists, with their numbers; only where words were searched."""
    if not query.text:
        return []
    counts = result.kinds | {kind: result.total}
    return [
        Tab(
            words=t(f"nav.{ENTITY_TYPES[other].path}"),
            address=href(f"/{ENTITY_TYPES[other].path}", q=query.text),
            count=counts.get(other, 0),
            current=other == kind,
        )
        for other in KINDS
    ]


def _pages(current: int, last: int) -> list[int | None]:
    """The page numbers to offer: both ends, those around, None for a gap."""
    near = {1, last, *range(current - 2, current + 3)}
    numbers = sorted(n for n in near if 1 <= n <= last)
    shown: list[int | None] = []
    for number in numbers:
        if shown and cast(int, shown[-1]) + 1 < number:
            shown.append(None)
        shown.append(number)
    return shown
