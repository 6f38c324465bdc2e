"""Walking a source page by page, so that it can be proved that all of it was seen."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from harvester.errors import SourceError
from harvester.fetch import Fetcher, FetchLimits, Page, Validators
from harvester.formats import FORMATS
from harvester.next_page import checked_next
from harvester.source import Source, reading_version

Known = Mapping[str, Mapping[str, str | None]]
"""URL -> {etag, last_modified, sha256, read_as} of the pages of the last good run."""

_LOOP: Final = "page.repeated"


@dataclass(slots=True)
class Walk:
    """What walking a source has shown so far; complete only when it came to an end by itself."""

    validators: dict[str, dict[str, str | None]] = field(default_factory=dict)
    pages: int = 0
    ended: bool = False  # the last page named no next one
    all_proven: bool = True  # every page's end was more than the end of a connection
    unchanged: bool = False  # the hub says, or the bytes show, that nothing is new
    declared: int | None = None  # how many objects the hub says it has

    @property
    def complete(self) -> bool:
        """Whether every page of the source was read."""
        return self.ended and self.all_proven


def fetch_limits(source: Source) -> FetchLimits:
    """What one page of the source may cost."""
    return FetchLimits(
        max_page_bytes=source.limits.max_page_bytes,
        max_decoded_bytes=source.limits.max_decoded_bytes,
    )


def walk_pages(source: Source, fetcher: Fetcher, known: Known, walk: Walk) -> Iterator[Page]:
    """Every page of a source with its body, in order; `walk` tells afterwards what that proves.

    A source of one page is asked only for news, unless it would be read in another way than last
    time. One of several is read whole: a page that has not changed says nothing about where the
    next one begins. So is a directory whose entries are followed: their documents may have changed
    though it has not.

    Raises:
        SourceError: a page cannot be read, comes twice or lies elsewhere, or there are more than
            the manifest allows.
    """
    reader = FORMATS[source.format]
    read_as = reading_version(source)
    single = len(known) == 1 and source.follow is None
    url: str | None = source.url
    seen: set[str] = set()
    hashes: set[str] = set()
    while url:
        if url in seen:
            raise _repeated(url)
        if walk.pages >= source.limits.max_pages:
            raise _too_many(source)
        seen.add(url)
        before = known.get(url, {}) if single else {}
        if before.get("read_as") != read_as:
            before = {}
        page = fetcher.fetch(url, accept=reader.accept, validators=_validators(before))
        walk.pages += 1
        walk.all_proven &= page.end_proven
        if page.body is None or (before and page.sha256 == before.get("sha256")):
            walk.validators = {url: dict(before)}
            walk.unchanged = walk.ended = True
            return
        walk.validators[url] = {
            "etag": page.validators.etag,
            "last_modified": page.validators.last_modified,
            "sha256": page.sha256,
            "read_as": read_as,
        }
        # Some hubs answer every page number beyond the last with the last page again.
        if page.sha256 in hashes:
            raise _repeated(url)
        hashes.add(page.sha256)
        walk.declared = reader.total(page, source) or walk.declared
        yield page
        url = checked_next(reader.next_url(page, source), page, source)
    walk.ended = True


def _validators(before: Mapping[str, Any]) -> Validators | None:
    if not before:
        return None
    return Validators(etag=before.get("etag"), last_modified=before.get("last_modified"))


def _repeated(url: str) -> SourceError:
    return SourceError(
        _LOOP,
        de=f"Die Seite {url} kam zum zweiten Mal; die Quelle blättert im Kreis. Bitte den Verweis "
        "auf die nächste Seite prüfen. Veröffentlicht bleibt der letzte gute Stand.",
        en=f"The page {url} came a second time; the source pages in a circle. Please check its "
        "link to the next page. The last good state stays published.",
    )


def _too_many(source: Source) -> SourceError:
    limit = source.limits.max_pages
    return SourceError(
        "page.too-many",
        de=f"Die Quelle hat mehr als {limit} Seiten. Ist das richtig, im Manifest limits.max_pages "
        "erhöhen.",
        en=f"The source has more than {limit} pages. If that is right, raise limits.max_pages in "
        "the manifest.",
    )
