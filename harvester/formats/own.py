"""Documents of our own shape: one, a list, `@graph`, `items` or lines, on one page or many."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from harvester.formats.decoding import (
    NotReadable,
    absolute,
    body_of,
    count,
    encoding_of,
    parse_json,
    unreadable,
    whole_json,
)
from harvester.formats.jsonl import read_line
from harvester.formats.options import Option
from harvester.formats.source_object import SourceObject
from schemas.rules import finding
from vocab.types import Finding

if TYPE_CHECKING:
    from harvester.fetch import Page
    from harvester.source import Source

_LISTS: Final = ("@graph", "items", "hydra:member", "member")
_VIEWS: Final = ("hydra:view", "view")
_LINES: Final = (
    "application/x-ndjson",
    "application/ndjson",
    "application/jsonl",
    "application/x-jsonlines",
)


class Own:
    """Our JSON/JSON-LD; next pages by `next`, `hydra:next` (also in a view) or a Link header."""

    name: Final = "verbund"
    accept: Final = (
        "application/ld+json, application/json;q=0.9, application/x-ndjson;q=0.9, */*;q=0.1"
    )
    expressions: Final = None
    options: Final[Mapping[str, Option]] = {}

    def objects(self, page: "Page", source: "Source") -> Iterator[SourceObject | Finding]:
        if _is_lines(page, source):
            encoding = encoding_of(page, source)
            for number, line in enumerate(body_of(page).split(b"\n"), start=1):
                if line.strip():
                    yield read_line(line, number, encoding)
            return
        document = whole_json(page, source)
        entries = _entries(document)
        if entries is None:
            raise unreadable(source, "document.bad", reason='{}, [] or {"@graph": []} expected')
        if isinstance(document, dict) and entries[:1] != [document]:
            check_context(document, source)
        for number, entry in enumerate(entries, start=1):
            position = f"record {number}"
            if isinstance(entry, dict):
                yield SourceObject(data=entry, position=position)
            else:
                reason = {"de": "kein JSON-Objekt", "en": "no JSON object"}
                yield finding("row.bad", path=position, value=entry, row=number, reason=reason)

    def next_url(self, page: "Page", source: "Source") -> str | None:
        document = None if _is_lines(page, source) else whole_json(page, source)
        if isinstance(document, dict) and _list_in(document) is not None:
            for holder in (document, *(document.get(view) for view in _VIEWS)):
                for key in ("next", "hydra:next"):
                    link = holder.get(key) if isinstance(holder, dict) else None
                    link = link.get("@id", link.get("id")) if isinstance(link, dict) else link
                    if found := absolute(link, page):
                        return found
        return absolute(page.links.get("next"), page)

    def total(self, page: "Page", source: "Source") -> int | None:
        document = None if _is_lines(page, source) else whole_json(page, source)
        if not isinstance(document, dict) or _list_in(document) is None:
            return None
        return count(document.get("totalItems", document.get("hydra:totalItems")))


def check_context(document: dict[str, Any], source: "Source") -> None:
    """SourceError where a page's `@context` is not ours; other JSON-LD is for the format `rdf`."""
    if not is_our_context(document.get("@context")):
        raise unreadable(source, "document.remote-context")


def is_our_context(context: Any) -> bool:
    """Whether an `@context` is absent or the address of ours, which every instance serves."""
    contexts = context if isinstance(context, list) else [context]
    return all(
        c is None or (isinstance(c, str) and c.endswith("/context.jsonld")) for c in contexts
    )


def _is_lines(page: "Page", source: "Source") -> bool:
    if page.media_type in _LINES or page.url.partition("?")[0].endswith((".jsonl", ".ndjson")):
        return True
    # Two documents on two lines, whatever the response says.
    lines = [line for line in body_of(page)[:100_000].split(b"\n", 3) if line.strip()]
    if len(lines) < 2 or not all(line.strip().startswith(b"{") for line in lines[:2]):
        return False
    try:
        parse_json(lines[0].decode(encoding_of(page, source)))
    except (NotReadable, UnicodeDecodeError):
        return False
    return True


def _list_in(document: dict[str, Any]) -> list[Any] | None:
    return next((document[key] for key in _LISTS if isinstance(document.get(key), list)), None)


def _entries(document: Any) -> list[Any] | None:
    if isinstance(document, list):
        return document
    if not isinstance(document, dict):
        return None
    found = _list_in(document)
    return [document] if found is None else found
