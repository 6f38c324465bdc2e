"""JSON lines (NDJSON): one object on each line."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from harvester.formats.decoding import NotReadable, absolute, body_of, encoding_of, parse_json
from harvester.formats.options import Option, option
from harvester.formats.source_object import SourceObject
from schemas.rules import finding
from vocab.types import Finding

if TYPE_CHECKING:
    from harvester.fetch import Page
    from harvester.source import Source

LONGEST_LINE: Final = 5 * 2**20


class JsonLines:
    """One JSON object per line; a line that cannot be read is a finding and the next one counts."""

    name: Final = "jsonl"
    accept: Final = "application/x-ndjson, application/jsonl, application/json;q=0.5, */*;q=0.1"
    expressions: Final = "json"
    options: Final[Mapping[str, Option]] = {"encoding": option("encoding")}

    def objects(self, page: "Page", source: "Source") -> Iterator[SourceObject | Finding]:
        encoding = encoding_of(page, source)
        # Line by line from the bytes, so that one damaged line does not make the page unreadable.
        if encoding.lower().startswith(("utf-16", "utf-32")):
            lines = body_of(page).decode(encoding, "replace").encode().splitlines()
            encoding = "utf-8"
        else:
            lines = body_of(page).split(b"\n")
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield read_line(line, number, encoding)

    def next_url(self, page: "Page", source: "Source") -> str | None:
        return absolute(page.links.get("next"), page)

    def total(self, page: "Page", source: "Source") -> int | None:
        return None


def read_line(line: bytes, number: int, encoding: str) -> SourceObject | Finding:
    """The object on one line, or the finding why there is none."""
    position = f"line {number}"
    if len(line) > LONGEST_LINE:
        return finding("record.too-large", path=position, limit=LONGEST_LINE)
    try:
        entry = parse_json(line.decode(encoding))
    except UnicodeDecodeError:
        return finding("encoding.bad", path=position, encoding=encoding)
    except NotReadable as error:
        return finding("row.bad", path=position, row=number, reason=error)
    if not isinstance(entry, dict):
        reason = {"de": "kein JSON-Objekt", "en": "no JSON object"}
        return finding("row.bad", path=position, value=entry, row=number, reason=reason)
    return SourceObject(data=entry, position=position)
