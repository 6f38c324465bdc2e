"""JSON documents of any make: an expression picks the records."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from harvester.expressions import JsonExpression
from harvester.formats.decoding import whole_json
from harvester.formats.grouping import GROUP, grouped
from harvester.formats.options import Option, option
from harvester.formats.paging import PAGING, declared_total, next_page
from harvester.formats.source_object import SourceObject
from schemas.rules import finding
from vocab.types import Finding

if TYPE_CHECKING:
    from harvester.fetch import Page
    from harvester.source import Source


class Json:
    """One JSON document on each page.

    `records` picks the objects (default: the document itself, or the entries of a list). A list of
    expressions goes down step by step: the objects of a later step carry the scalar fields of the
    object that they were found in as `@parent`.
    """

    name: Final = "json"
    accept: Final = "application/json, application/*+json;q=0.9, */*;q=0.1"
    expressions: Final = "json"
    options: Final[Mapping[str, Option]] = {
        "records": option("expressions"),
        "encoding": option("encoding"),
        "group": GROUP,
        **PAGING,
    }

    def objects(self, page: "Page", source: "Source") -> Iterator[SourceObject | Finding]:
        return grouped(self._objects(page, source), source)

    def _objects(self, page: "Page", source: "Source") -> Iterator[SourceObject | Finding]:
        for number, entry in enumerate(_picked(page, source), start=1):
            position = f"record {number}"
            if isinstance(entry, dict):
                yield SourceObject(data=entry, position=position)
            else:
                yield finding("row.bad", path=position, value=entry, row=number, reason=_NO_OBJECT)

    def next_url(self, page: "Page", source: "Source") -> str | None:
        counted = source.options.get("parameter") is not None
        return next_page(page, source, len(_picked(page, source)) if counted else 0)

    def total(self, page: "Page", source: "Source") -> int | None:
        return declared_total(page, source)


_NO_OBJECT = {"de": "kein JSON-Objekt", "en": "no JSON object"}


def _picked(page: "Page", source: "Source") -> list[Any]:
    document = whole_json(page, source)
    steps: tuple[JsonExpression, ...] = source.options.get("records", ())
    if not steps:
        return document if isinstance(document, list) else [document]
    entries = steps[0].objects(document)
    for step in steps[1:]:
        entries = [
            _with_parent(child, parent) for parent in entries for child in step.objects(parent)
        ]
    return entries


def _with_parent(child: Any, parent: Any) -> Any:
    if not isinstance(child, dict) or not isinstance(parent, dict):
        return child
    # Scalars only: with its siblings in it, a record would change whenever one of them does.
    scalars = {k: v for k, v in parent.items() if not isinstance(v, dict | list) or k == "@parent"}
    return {**child, "@parent": scalars}
