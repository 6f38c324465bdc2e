"""What the headers of a response say, in our words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

from requests.utils import parse_header_links

from harvester.fetch.page import Validators

_MEDIA_TYPE = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+/[!#$%&'*+.^_`|~0-9a-z-]+")
_MAX_VALIDATOR_CHARACTERS = 1024


def media_type_and_charset(headers: Mapping[str, str]) -> tuple[str | None, str | None]:
    """From Content-Type, in lower case; None for what it does not say or garbles."""
    value = headers.get("content-type")
    if value is None:
        return None, None
    parsed = Message()
    parsed["content-type"] = value
    media_type = value.partition(";")[0].strip().lower()
    return (media_type if _MEDIA_TYPE.fullmatch(media_type) else None), parsed.get_content_charset()


def validators(headers: Mapping[str, str], confirmed: Validators | None = None) -> Validators:
    """What to send back next time; values that would not survive the way are left out.

    A 304 may leave out what it confirms: that is taken from `confirmed`.
    """
    known = confirmed or Validators()
    return Validators(
        etag=_kept(headers.get("etag")) or known.etag,
        last_modified=_kept(headers.get("last-modified")) or known.last_modified,
    )


def conditions(known: Validators | None) -> dict[str, str]:
    """The request headers that ask "has it changed since?"; empty when there is nothing to ask."""
    if known is None:
        return {}
    given = {
        "If-None-Match": _kept(known.etag),
        "If-Modified-Since": _kept(known.last_modified),
    }
    return {name: value for name, value in given.items() if value}


def asked(request_headers: Mapping[str, str]) -> Validators | None:
    """What a request asked with; None if it asked for the page unconditionally."""
    known = Validators(
        etag=request_headers.get("If-None-Match"),
        last_modified=request_headers.get("If-Modified-Since"),
    )
    return None if known == Validators() else known


def links(headers: Mapping[str, str], base_url: str) -> dict[str, str]:
    """Link relations (RFC 8288) with absolute http(s) targets; the first of a kind counts.

    Links with an `anchor` speak about another page and are left out.
    """
    found: dict[str, str] = {}
    for link in parse_header_links(headers.get("link", "")):
        if "anchor" in link:
            continue
        try:
            url = urljoin(base_url, link["url"])
            usable = urlsplit(url).scheme in ("http", "https")
        except ValueError:
            continue
        if usable:
            for relation in link.get("rel", "").lower().split():
                found.setdefault(relation, url)
    return found


def retry_after_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds from now that the hub asks us to wait (RFC 9110, 10.2.3), as number or date."""
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", value):
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:  # "-0000", or no zone at all: HTTP knows only GMT
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())


def _kept(value: str | None) -> str | None:
    value = (value or "").strip()
    if not value or len(value) > _MAX_VALIDATOR_CHARACTERS:
        return None
    return value if value.isascii() and value.isprintable() else None
