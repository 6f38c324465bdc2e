"""Where in a source a property comes from, so that a report speaks the words of those who mend."""

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from harvester.fields import FieldMap
from harvester.source import Source
from vocab.types import Finding

_MOST_NAMED = 3


class Origins:
    """The columns or fields of one source that its mapping reads each property from."""

    def __init__(self, source: Source) -> None:
        self._fields = source.map.fields if source.map else {}
        self._word = "Spalte" if source.format == "csv" else "Feld"
        self._column = "column" if source.format == "csv" else "field"
        self._separator = "/" if source.format == "rdf" else "."
        self._names = lru_cache(maxsize=1_000)(self._find)

    def told(self, findings: Iterable[Finding]) -> list[Finding]:
        """The findings, each with the source's own field if the mapping tells which that is."""
        return [self._told(found) for found in findings]

    def _told(self, found: Finding) -> Finding:
        names = self._names(found.path) if found.path.startswith("/") else ()
        if not names:
            return found
        fix = {
            "de": f"{found.fix['de']} ({self._word} der Quelle: {_listed(names, '»', '«')})",
            "en": f"{found.fix['en']} ({self._column} of the source: {_listed(names, '“', '”')})",
        }
        return replace(found, fix=fix)

    def _find(self, pointer: str) -> tuple[str, ...]:
        steps = [step for step in pointer.split("/")[1:] if not step.isdigit()]
        paths = _paths(self._fields, steps)
        return tuple(sorted({self._separator.join(path) for path in paths if path}))


def _paths(fields: FieldMap, steps: list[str]) -> set[tuple[str, ...]]:
    found: set[tuple[str, ...]] = set()
    for way in fields.get(steps[0], ()) if steps else ():
        if way.nested is None:
            found |= way.gives()
            continue
        starts = way.each.gives if way.each else {()}
        found |= {(*start, *path) for start in starts for path in _paths(way.nested, steps[1:])}
    return found


def _listed(names: tuple[str, ...], opening: str, closing: str) -> str:
    return ", ".join(f"{opening}{name}{closing}" for name in names[:_MOST_NAMED])
