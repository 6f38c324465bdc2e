"""What linking needs to know of one record, read from its document."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from registry.link.names import Name, names_of
from vocab.folding import fold
from vocab.types import Document

# Hosts that many organisations share: a page there says nothing about who owns the host.
_SHARED_HOSTS: Final = frozenset(
    [
        "facebook.com",
        "instagram.com",
        "twitter.com",
        "x.com",
        "linkedin.com",
        "xing.com",
        "youtube.com",
        "youtu.be",
        "t.me",
        "vimeo.com",
        "tiktok.com",
        "meetup.com",
        "eventbrite.de",
        "eventbrite.com",
        "linktr.ee",
        "wordpress.com",
        "blogspot.com",
        "jimdo.com",
        "wix.com",
        "sites.google.com",
        "google.com",
        "goo.gl",
        "github.com",
        "github.io",
        "gitlab.com",
        "betterplace.org",
        "startnext.com",
        "leipzig.de",
        "dresden.de",
        "chemnitz.de",
        "goerlitz.de",
        "zwickau.de",
        "bautzen.de",
        "sachsen.de",
        "bund.de",
        "europa.eu",
        "nachhaltiges-leipzig.de",
        "nachhaltiges-sachsen.de",
        "leipziger-ecken.de",
        "wikipedia.org",
        "de.wikipedia.org",
    ]
)
# Registers that give one organisation one id: two different ids of one are two organisations.
REGISTERS: Final = frozenset(
    {
        "ror",
        "wikidata",
        "lei",
        "grid",
        "vr",
        "hrb",
        "hra",
        "gnr",
        "companieshouse",
        "coopsuk",
        "gnd",
        "isni",
        "vatid",
    }
)
_PLAIN_ADDRESS: Final = re.compile(r"https?://([a-z0-9.-]+)((?:/[A-Za-z0-9._~/-]*)?)")
"""What most addresses look like; a parser takes ten times as long for them."""

_STREET_WORD: Final = re.compile(r"strasse$|str$")
_HOUSE: Final = re.compile(r"(\d+)\s*([a-z]?)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """The evidence one record can give; texts are folded, `identifiers` are (register, number)."""

    record_id: str
    source_id: str
    kind: str
    names: tuple[Name, ...]  # name and legal name
    all_names: tuple[Name, ...]
    identifiers: frozenset[tuple[str, str]]
    same_as: frozenset[str]
    iri: str | None  # the hub's own IRI of the thing
    host: str | None
    places: frozenset[str]  # "street house postcode"
    start: str | None  # an event's first moment

    @property
    def hub_id(self) -> str:
        """The hub whose source this is."""
        return self.source_id.split("/")[0]


def features_of(
    record_id: str, source_id: str, local_id: str, kind: str, document: Document
) -> Features:
    """Read the features of one record; total on every document that passed the rules."""
    names = names_of(document, others=False)
    return Features(
        record_id=record_id,
        source_id=source_id,
        kind=kind,
        names=names,
        all_names=names_of(document) if "alternateName" in document else names,
        identifiers=frozenset(_identifiers(document)),
        same_as=frozenset(normal_iri(iri) for iri in document.get("sameAs", ())),
        iri=normal_iri(local_id) if local_id.startswith(("http://", "https://")) else None,
        host=own_host(document.get("homepage")),
        places=frozenset(_places(document)),
        start=_moment(document.get("startDate")),
    )


def normal_iri(iri: str) -> str:
    """An IRI for comparison: no scheme, no `www.`, no trailing slash, escapes decoded.

    What no parser takes apart (hubs use odd ids) is compared as it stands.
    """
    if plain := _PLAIN_ADDRESS.fullmatch(iri):
        return f"{plain[1].removeprefix('www.')}{plain[2].rstrip('/')}"
    try:
        parts = urlsplit(iri)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return iri
    query = f"?{parts.query}" if parts.query else ""
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    return f"{host}{unquote(parts.path).rstrip('/')}{query}{fragment}"


def own_host(homepage: str | None) -> str | None:
    """The host of a home page, unless it is one that many share."""
    if not homepage:
        return None
    try:
        plain = _PLAIN_ADDRESS.fullmatch(homepage)
        named = plain[1] if plain else urlsplit(homepage).hostname or ""
    except ValueError:
        return None
    host = named.removeprefix("www.")
    return host if host and host not in _SHARED_HOSTS else None


def _identifiers(document: Document) -> Iterator[tuple[str, str]]:
    for node in document.get("identifier", ()):
        register = fold(node.get("schemaAgency", "")).replace(" ", "")
        number = node.get("notation", "").strip().rstrip("/")
        if register in REGISTERS and number:
            # An id may come bare or as its IRI: https://ror.org/042nb2s44 and 042nb2s44 are one.
            yield register, fold(number.rsplit("/", 1)[-1]).replace(" ", "")


def _places(document: Document) -> Iterator[str]:
    addresses = list(document.get("address", ()))
    for location in document.get("location", ()):
        addresses += location.get("address", ())
    for address in addresses:
        street, code = _street(address.get("thoroughfare", "")), address.get("postCode", "")
        house = _HOUSE.match(fold(address.get("locatorDesignator", "")))
        if street and code and house:
            yield f"{street} {house[1]}{house[2]} {code.replace(' ', '').casefold()}"


@lru_cache(maxsize=4096)  # a town has so many streets, and each is read again and again
def _street(name: str) -> str:
    return _STREET_WORD.sub("str", fold(name).replace(" ", ""))


def _moment(value: Any) -> str | None:
    """One spelling of one moment: 17:00+02:00 and 15:00Z are the same start."""
    if value is None:
        return None
    if isinstance(value, dict):
        return str(value["@value"])
    return datetime.fromisoformat(value).astimezone(UTC).isoformat()
