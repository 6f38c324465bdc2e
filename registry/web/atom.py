"""What is new in a list, as a feed that programs subscribe to: Atom (RFC 4287)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, cast
from xml.etree import ElementTree

from registry.iris import Iris
from registry.project.search import Hit
from registry.web.language import Language, in_language
from vocab.concepts import label
from vocab.properties import ENTITY_TYPES, Kind
from vocab.terms import concept_iri

NAMESPACE: Final = "http://www.w3.org/2005/Atom"
_XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_NO_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What a feed says of itself; `links` are (rel, media type, address) beside `self`."""

    id: str
    title: str
    address: str
    author: str
    updated: datetime
    language: Language
    links: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One entity of a feed with the times of its first release and of the last that changed it."""

    hit: Hit
    published: datetime | None
    updated: datetime


def feed_xml(feed: Feed, news: Iterable[News], iris: Iris, hub_names: Mapping[str, Any]) -> bytes:
    """The feed with an entry for each of these, in their order."""
    root = ElementTree.Element("feed", {"xmlns": NAMESPACE, _XML_LANG: feed.language})
    _add(root, "id", feed.id)
    _add(root, "title", feed.title)
    _add(root, "updated", _time(feed.updated))
    _add(_add(root, "author"), "name", feed.author)
    _add(root, "generator", "Verbund")
    _link(root, "self", "application/atom+xml", feed.address)
    for rel, media_type, address in feed.links:
        _link(root, rel, media_type, address)
    for one in news:
        _entry(root, one, iris, feed.language, hub_names)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _entry(
    root: ElementTree.Element,
    news: News,
    iris: Iris,
    language: Language,
    hub_names: Mapping[str, Any],
) -> None:
    hit, summary = news.hit, news.hit.summary
    entry = _add(root, "entry")
    _add(entry, "id", iris.entity(hit.id))
    _words(entry, "title", summary["name"], language)
    _add(entry, "updated", _time(news.updated))
    if news.published:
        _add(entry, "published", _time(news.published))
    for hub in summary["hubs"]:
        author = _add(entry, "author")
        _add(author, "name", in_language(hub_names.get(hub, hub), language)[0])
        _add(author, "uri", iris.hub(hub))
    path = ENTITY_TYPES[cast(Kind, hit.kind)].path
    _link(entry, "alternate", "text/html", f"{iris.base}/{path}/{hit.id}")
    for licence in summary["licences"]:
        if licence.startswith(("http://", "https://")):
            _link(entry, "license", "", licence)
    for topic in summary.get("topics") or ():
        known = "://" not in topic
        entry.append(
            ElementTree.Element(
                "category",
                {
                    "term": concept_iri("topics", topic) if known else topic,
                    "label": label("topics", topic, language),
                },
            )
        )
    if summary.get("description"):
        _words(entry, "summary", summary["description"], language)


def _words(entry: ElementTree.Element, name: str, value: Any, language: Language) -> None:
    """A text in the language of the feed, or in the next best one, which it then names."""
    words, tag = in_language(value, language)
    element = _add(entry, name, words)
    if tag and tag != language:
        element.set(_XML_LANG, tag)


def _add(parent: ElementTree.Element, name: str, text: str = "") -> ElementTree.Element:
    element = ElementTree.SubElement(parent, name)
    if text:
        element.text = _NO_XML.sub("", text)
    return element


def _link(parent: ElementTree.Element, rel: str, media_type: str, address: str) -> None:
    typed = {"type": media_type} if media_type else {}
    ElementTree.SubElement(parent, "link", {"rel": rel, **typed, "href": address})


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
