"""From the parameters of a list's address to the query of the search index, and back."""

from datetime import datetime
from typing import Any, Final, Literal, cast

from werkzeug.datastructures import MultiDict

from registry.errors import BadRequest, NotFound
from registry.project.search import ListQuery, When
from registry.web.place_choices import narrowest
from vocab.properties import KINDS, Kind, references_of

PAGE_SIZE: Final = 20
MAX_SIZE: Final = 200
_SORTS: Final = ("best", "newest", "name", "start")
WHENS: Final = ("upcoming", "week", "month", "past", "all")
_MAX_TEXT: Final = 200
_MOST_VALUES: Final = 20  # of one filter
_REFERRING: Final = frozenset(prop.name for kind in KINDS for prop in references_of(kind))


def read_query(
    kind: Kind | None, args: MultiDict[str, str], now: datetime, *, as_data: bool = False
) -> ListQuery:
    """The query that an address asks for.

    A page of events shows those to come unless it is asked for others; data (`as_data`) are all.

    Raises:
        BadRequest: a parameter cannot be understood; the text names it and its form.
    """
    text = read_words(args)
    bbox = args.get("bbox")
    of_events = args if kind == "event" else MultiDict[str, str]()
    return ListQuery(
        kind=kind,
        text=text,
        types=_values(args, "type"),
        topics=_values(args, "topic"),
        places=narrowest(_values(args, "place")),
        hubs=_values(args, "hub"),
        offers=bool(args.get("offers")),
        seeks=bool(args.get("seeks")),
        free=bool(of_events.get("free")),
        attendance=_values(of_events, "attendance"),
        languages=_values(of_events, "language"),
        series=next(iter(_values(of_events, "series")), None),
        bbox=_read_bbox(bbox) if bbox else None,
        when=cast(
            When, one_of(args, "when", WHENS, "all" if as_data else _default_when(kind, text))
        ),
        refers_to=tuple(_read_reference(value) for value in _values(args, "refers")),
        sort=cast(
            Literal["best", "newest", "name", "start"],
            one_of(args, "sort", _SORTS, default_sort(kind, text)),
        ),
        page=read_number(args, "page", 1, 1_000_000),
        size=read_number(args, "size", PAGE_SIZE, MAX_SIZE),
        now=now,
    )


def read_words(args: MultiDict[str, str]) -> str:
    """The words that are searched; NUL stands in none, and PostgreSQL does not look for it."""
    return args.get("q", "").replace("\0", " ").strip()[:_MAX_TEXT]


def last_page(page: int, size: int, total: int) -> int:
    """The number of the last page. Raises NotFound where a later one is asked for."""
    pages = max(1, -(-total // size))
    if page > pages:
        de, en = ("eine Seite", "one page") if pages == 1 else (f"{pages} Seiten", f"{pages} pages")
        raise NotFound(
            f"Diese Liste hat {de}, nicht {page}.",
            f"This list has {en}, not {page}.",
        )
    return pages


def default_sort(kind: Kind | None, text: str) -> str:
    """The best match for words, the next event, otherwise the name."""
    if text:
        return "best"
    return "start" if kind == "event" else "name"


def _default_when(kind: Kind | None, text: str) -> str:
    return "upcoming" if kind == "event" and not text else "all"


def parameters(query: ListQuery, *, for_data: bool = False) -> dict[str, Any]:
    """The parameters that ask a page for this query again, defaults left out, page and form too.

    `for_data` says of events always which are meant, as pages and data differ there by default.
    """
    kind = cast("Kind | None", query.kind)
    values: dict[str, Any] = {
        "q": query.text or None,
        "type": query.types,
        "topic": query.topics,
        "place": query.places,
        "hub": query.hubs,
        "offers": 1 if query.offers else None,
        "seeks": 1 if query.seeks else None,
        "free": 1 if query.free else None,
        "attendance": query.attendance,
        "language": query.languages,
        "series": query.series,
        "refers": tuple(":".join(one) for one in query.refers_to),
        "bbox": ",".join(f"{edge:g}" for edge in query.bbox) if query.bbox else None,
        "when": query.when,
        "sort": query.sort,
        "size": query.size if query.size != PAGE_SIZE else None,
    }
    if query.sort == default_sort(kind, query.text):
        values["sort"] = None
    if query.when == _default_when(kind, query.text) and not (for_data and kind == "event"):
        values["when"] = None
    return {name: value for name, value in values.items() if value}


def _values(args: MultiDict[str, str], name: str) -> tuple[str, ...]:
    values = tuple(dict.fromkeys(value for value in args.getlist(name) if value))
    if len(values) > _MOST_VALUES or any(len(value) > _MAX_TEXT for value in values):
        raise BadRequest(
            f"»{name}« nimmt höchstens {_MOST_VALUES} Werte zu je {_MAX_TEXT} Zeichen.",
            f"“{name}” takes {_MOST_VALUES} values of {_MAX_TEXT} characters at most.",
        )
    return values


def one_of(args: MultiDict[str, str], name: str, known: tuple[str, ...], default: str) -> str:
    """A parameter that has one of these values. Raises BadRequest."""
    value = args.get(name) or default
    if value not in known:
        raise BadRequest(
            f"»{name}« kennt die Werte {', '.join(known)}, nicht »{value[:40]}«.",
            f"“{name}” takes one of {', '.join(known)}, not “{value[:40]}”.",
        )
    return value


def read_number(args: MultiDict[str, str], name: str, default: int, highest: int) -> int:
    """A parameter that is a number from 1 on. Raises BadRequest."""
    value = args.get(name) or str(default)
    # A number of many digits is looked at as text: to read thousands of them takes long.
    digits = value.lstrip("0") if value.isascii() and value.isdigit() else ""
    if not (digits and len(digits) <= len(str(highest)) and int(digits) <= highest):
        raise BadRequest(
            f"»{name}« ist eine Zahl von 1 bis {highest}, nicht »{value[:40]}«.",
            f"“{name}” is a number from 1 to {highest}, not “{value[:40]}”.",
        )
    return int(digits)


def _read_reference(value: str) -> tuple[str, str]:
    """Property and entity id: `organizer:k7m2q4xw5tbn3fha`."""
    name, _, entity_id = value.partition(":")
    if name not in _REFERRING or not entity_id.isalnum():
        raise BadRequest(
            "»refers« besteht aus Eigenschaft:Kennung, etwa organizer:k7m2q4xw5tbn3fha; "
            f"nicht »{value[:60]}«. Eigenschaften: {', '.join(sorted(_REFERRING))}.",
            "“refers” is property:identifier, such as organizer:k7m2q4xw5tbn3fha; "
            f"not “{value[:60]}”. Properties: {', '.join(sorted(_REFERRING))}.",
        )
    return name, entity_id


def _read_bbox(value: str) -> tuple[float, float, float, float]:
    """West, south, east, north in degrees (RFC 7946, section 5)."""
    try:
        west, south, east, north = (float(edge) for edge in value.split(","))
    except ValueError:
        west, south, east, north = 1.0, 1.0, 0.0, 0.0
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise BadRequest(
            "»bbox« besteht aus West,Süd,Ost,Nord in Grad, etwa 14.2,51.2,15,51.6; "
            f"nicht »{value[:60]}«.",
            "“bbox” is west,south,east,north in degrees, such as 14.2,51.2,15,51.6; "
            f"not “{value[:60]}”.",
        )
    return west, south, east, north
