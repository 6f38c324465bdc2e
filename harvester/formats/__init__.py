"""The table of source formats; each is one module and one line here.

`objects` yields a finding for what could not be read. One of severity `error` says that something
may be missing: such a run has not seen the whole source.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final, Literal, Protocol

from harvester.formats.csv_ import Csv
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
    """How the pages of a source are read. All methods raise SourceError for a page that is not readable."""

    name: str
    accept: str  # for the request
    expressions: Literal["json", "rdf"] | None  # language of the mapping; None: needs no mapping
    options: Mapping[str, Option]

    def objects(self, page: "Page", source: "Source") -> Iterator[SourceObject | Finding]:
        """The source objects of a page; what cannot be read is a finding, and the rest goes on."""

    def next_url(self, page: "Page", source: "Source") -> str | None:
        """The absolute URL of the next page, or None after the last."""

    def total(self, page: "Page", source: "Source") -> int | None:
        """How many objects the whole source has, where the page says so."""


FORMATS: Final[dict[str, SourceFormat]] = {
    source_format.name: source_format
    for source_format in (Own(), Json(), JsonLines(), Csv(), Rdf())
}
