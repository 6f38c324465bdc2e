"""Reads a hub's folder as a run would, without the network: pages are files."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from harvester.fetch import Page, Validators
from harvester.formats import FORMATS, SourceObject
from harvester.mapping import Mapped, Mapper
from harvester.source import Source
from vocab.types import Finding


@dataclass
class Read:
    """All that came out of a source."""

    objects: list[SourceObject] = field(default_factory=list)
    mapped: list[Mapped] = field(default_factory=list)
    of_format: list[Finding] = field(default_factory=list)
    pages: int = 0
    total: int | None = None


def page_of(
    body: bytes,
    *,
    url: str = "https://hub.example/data",
    media_type: str | None = None,
    links: dict[str, str] | None = None,
    charset: str | None = None,
) -> Page:
    """A page as fetching gives it."""
    return Page(
        url=url,
        status=200,
        media_type=media_type,
        charset=charset,
        validators=Validators(),
        links=links or {},
        body=body,
        sha256=hashlib.sha256(body).hexdigest(),
    )


def read_source(source: Source) -> Read:
    """All pages of a source whose URL is a file."""
    reader, mapper, result = FORMATS[source.format], Mapper(source), Read()
    url: str | None = source.url
    while url is not None:
        page = page_of(Path(unquote(urlsplit(url).path)).read_bytes(), url=url)
        result.pages += 1
        result.total = reader.total(page, source) or result.total
        for found in reader.objects(page, source):
            if isinstance(found, Finding):
                result.of_format.append(found)
            else:
                result.objects.append(found)
                result.mapped.append(mapper.map(found))
        url = reader.next_url(page, source)
    return result
