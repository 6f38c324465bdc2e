"""Where a paged JSON API goes on: at an address that it names, or at one that is counted."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from harvester.expressions import JsonExpression
from harvester.formats.decoding import absolute, count, whole_json
from harvester.formats.options import Option, option

if TYPE_CHECKING:
    from harvester.fetch import Page
    from harvester.source import Source

PAGING: Final[Mapping[str, Option]] = {
    "next": option("expression"),
    "parameter": option("text"),
    "counts": option("counting"),
    "total": option("expression"),
}
"""The options by which a manifest says how a source is paged."""


def next_page(page: "Page", source: "Source", objects: int) -> str | None:
    """The absolute address of the page after one with so many objects, or None after the last.

    By `next` alone it is named as an address; with `parameter` as well it is the value of that
    parameter of the query (a cursor). By `parameter` alone it is counted, objects or pages, until a
    page is empty or the declared total is reached. A `Link` header counts where none of them does.
    """
    parameter = source.options.get("parameter")
    if source.options.get("next") is not None:
        named = _found(page, source, source.options["next"])
        if parameter is not None:
            return _with(page.url, parameter, str(named)) if _is_cursor(named) else None
        if named:
            return absolute(named, page)
    elif parameter is not None:
        return _counted(page, source, parameter, objects)
    return absolute(page.links.get("next"), page)


def declared_total(page: "Page", source: "Source") -> int | None:
    """How many objects the whole source has, where the manifest knows where a page says so."""
    expression: JsonExpression | None = source.options.get("total")
    return None if expression is None else count(_found(page, source, expression))


def _counted(page: "Page", source: "Source", parameter: str, objects: int) -> str | None:
    if not objects:
        return None
    pages = source.options.get("counts") == "pages"
    here = dict(parse_qsl(urlsplit(page.url).query)).get(parameter, "")
    start = count(here)
    if start is None:
        start = 1 if pages else 0
    # A hub may cap its pages and still answer 200, so step by what came back.
    after = start + (1 if pages else objects)
    total = declared_total(page, source)
    if not pages and total is not None and after >= total:
        return None
    return _with(page.url, parameter, str(after))


def _is_cursor(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and value != ""


def _with(url: str, parameter: str, value: str) -> str:
    """The address with another value of one parameter of its query."""
    parts = urlsplit(url)
    query = parse_qsl(parts.query, keep_blank_values=True)
    query = [(name, old) for name, old in query if name != parameter]
    return urlunsplit(parts._replace(query=urlencode([*query, (parameter, value)]), fragment=""))


def _found(page: "Page", source: "Source", expression: JsonExpression) -> Any:
    values = expression.values(whole_json(page, source))
    return values[0].raw if values else None
