"""The table of source formats; each is one module and one line here.

`objects` yields a finding for what could not be read. One of severity `error` says that something
may be missing: such a run has not seen the whole source.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final, Literal, Protocol

from harvester.formats.csv_ import Csv
from harvester.formats.geojson import GeoJson
from harvester.formats.json_ import Json
from harvester.formats.jsonl import JsonLines
from harvester.formats.options import Option
from harvester.formats.own import Own
from harvester.formats.rdf import Rdf
from harvester.formats.source_object import SourceObject
from vocab.types import Finding

if TYPE_CHECKING:
    from harvester.fetch import Page
    from harvester.source import Source

__all__ = ["FORMATS", "SourceFormat", "SourceObject"]


class SourceFormat(Protocol):
    """How the pages of a source are read; all methods raise SourceError for an unreadable page."""

    @property
    def name(self) -> str:
        """Its name in manifests."""

    @property
    def accept(self) -> str:
        """The Accept header of requests."""

    @property
    def expressions(self) -> Literal["json", "rdf"] | None:
        """The language of mappings; None for a format that needs none."""

    @property
    def options(self) -> Mapping[str, Option]:
        """What `[source.options]` may hold."""

    def objects(self, page: "Page", source: "Source") -> Iterator[SourceObject | Finding]:
        """The source objects of a page; what cannot be read is a finding, and the rest goes on."""

    def next_url(self, page: "Page", source: "Source") -> str | None:
        """The absolute URL of the next page, or None after the last."""

    def total(self, page: "Page", source: "Source") -> int | None:
        """How many objects the whole source has, where the page says so."""


FORMATS: Final[dict[str, SourceFormat]] = {
    source_format.name: source_format
    for source_format in (Own(), Json(), JsonLines(), GeoJson(), Csv(), Rdf())
}
