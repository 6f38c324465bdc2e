"""Several objects of a page that speak of one thing, made one object."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

import orjson

from harvester.expressions import JsonExpression
from harvester.formats.options import Option, option
from harvester.formats.source_object import SourceObject
from vocab.types import Finding

if TYPE_CHECKING:
    from harvester.source import Source

GROUP: Final[Option] = option("expression")

_SORTED: Final = orjson.OPT_SORT_KEYS


def grouped(
    found: Iterable[SourceObject | Finding], source: "Source"
) -> Iterator[SourceObject | Finding]:
    """One object for all of a page for which the option `group` finds the same text.

    It has that text as `@key` and the objects as `entries`, in an order that does not depend on the
    page's; and their `@point`, if it is one. An object for which nothing is found stays alone.
    """
    expression: JsonExpression | None = source.options.get("group")
    if expression is None:
        yield from found
        return
    groups: dict[str, list[SourceObject]] = {}
    for one in found:
        if isinstance(one, Finding):
            yield one
        else:
            key = _key(expression, one.data)
            groups.setdefault(key or f"\n{one.position}", []).append(one)
    for key, members in groups.items():
        yield _group("" if key.startswith("\n") else key, members)


def _key(expression: JsonExpression, data: dict[str, Any]) -> str:
    """The text without the white space that makes one name look like two."""
    values = expression.values(data)
    return " ".join(str(values[0].raw).split()) if values else ""


def _group(key: str, members: list[SourceObject]) -> SourceObject:
    entries = sorted((one.data for one in members), key=_written)
    data: dict[str, Any] = {"@key": key} if key else {}
    points = {str(entry["@point"]) for entry in entries if "@point" in entry}
    if len(points) == 1:
        data["@point"] = points.pop()
    problems = [one.problem for one in members if one.problem is not None]
    return SourceObject(
        data={**data, "entries": entries},
        position=members[0].position,
        problem=problems[0] if problems else None,
    )


def _written(data: dict[str, Any]) -> bytes:
    return orjson.dumps(data, option=_SORTED)
