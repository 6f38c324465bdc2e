"""The start page, the developers' page, the operator's texts, robots.txt."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import ascii_uppercase
from typing import Any, Final

from flask import Blueprint, Response
from markupsafe import Markup

from registry.errors import StoreUnavailable
from registry.project.search import Hit, ListQuery
from registry.store import entities
from registry.web.exchange import Pair, pairs
from registry.web.frame import contact_link, href, language, page
from registry.web.list_query import MAX_SIZE
from registry.web.problem_kinds import PROBLEM_KINDS
from registry.web.reading import hub_names, newest_that
from registry.web.rows import row
from registry.web.strands import voices
from registry.web.wiring import services
from registry.web.worked import worked
from vocab.concepts import label

blueprint = Blueprint("pages", __name__)

_LEGAL: Final = {
    "impressum": ("imprint", "imprint_file"),
    "datenschutz": ("privacy", "privacy_file"),
    "barrierefreiheit": ("accessibility", "accessibility_file"),
}
_ADDRESS: Final = re.compile(r"https?://[^\s<>]+[^\s<>.,;:!?)]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Published:
    """What the start page tells of a release, in whatever language."""

    release: int
    counts: Mapping[str, int]  # live entities by kind
    newest: Sequence[Hit]
    topics: Sequence[str]
    woven: Hit | None  # the fullest entity
    strands: Sequence[tuple[str, Any, Any]]  # letter, hub and name of what speaks of it
    pairs: Sequence[Pair]


@blueprint.get("/")
def start() -> Response:
    """Search, figures, what is sought and offered, what comes up, what is new."""
    have, tag = services(), language()
    told = have.in_force.once("start page", _published, have.search.release())
    upcoming = have.search.search(
        ListQuery(kind="event", when="upcoming", sort="start", size=3, now=have.now()),
        facets=False,
    )
    return page(
        "start.html",
        release=told.release or None,
        counts=told.counts,
        upcoming_total=upcoming.total,
        upcoming=[row(hit, tag) for hit in upcoming.hits],
        hub_total=len(hub_names()),
        topics=[(value, label("topics", value, tag)) for value in told.topics],
        newest=[row(hit, tag) for hit in told.newest],
        news=href("/new.atom", lang=tag),
        woven=row(told.woven, tag) if told.woven else None,
        strands=told.strands,
        pairs=told.pairs,
    )


@blueprint.get("/daten")
def developers() -> Response:
    """The ways to the data with examples and what they give, and their limits."""
    settings = services().settings
    return page(
        "daten.html",
        release=services().search.release() or None,
        section="data",
        worked={one.example.key: one for one in worked()},
        seconds=settings.sparql_deadline_s,
        megabytes=settings.sparql_max_result_mb,
        kilobytes=settings.sparql_max_query_bytes // 1000,
        max_size=MAX_SIZE,
        rates=settings.rate_limits
        and {
            "sparql": settings.rate_limit_sparql,
            "downloads": settings.rate_limit_downloads,
            "pages": settings.rate_limit_pages,
        },
        problem_kinds=PROBLEM_KINDS,
    )


@blueprint.get("/<any(impressum, datenschutz, barrierefreiheit):name>")
def legal(name: str) -> Response:
    """A text of the operator's, or the word that it has to be written."""
    key, setting = _LEGAL[name]
    path: Path | None = getattr(services().settings, setting)
    blocks = None
    if path is not None:
        try:
            blocks = _blocks(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise StoreUnavailable(
                f"Dieser Text ist nicht lesbar. Der Betreiber prüft die Einstellung {setting}.",
                f"This text cannot be read. The operator should check the setting {setting}.",
                code="legal_text",
            ) from error
    return page("legal.html", key=key, setting=setting, blocks=blocks)


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Pages may be indexed; queries and downloads of whole lists are not for crawlers."""
    lines = (
        "User-agent: *",
        "Disallow: /sparql",
        "Disallow: /*.csv",
        "Disallow: /*.geojson",
        "Disallow: /*.ics",
        "",
    )
    return Response("\n".join(lines), content_type="text/plain; charset=utf-8")


def _published() -> _Published:
    have = services()
    now = have.now()
    newest = have.search.search(ListQuery(kind=None, sort="newest", size=6, now=now))
    fullest = have.search.search(
        ListQuery(kind=None, sort="fullest", size=1, now=now), facets=False
    )
    woven = next(iter(fullest.hits), None)
    with have.store.read() as connection:
        example = entities.resource(connection, woven.id) if woven else None
    live = example is not None and example.state == "live"
    return _Published(
        release=newest.release,
        counts=have.search.counts(),
        newest=newest.hits,
        topics=[value for value, _ in newest.facets.get("topic", ())[:6]],
        woven=woven if live else None,
        strands=_strands(example.document) if example and live else (),
        pairs=pairs(newest_that("seeks"), newest_that("offers"), limit=3),
    )


def _strands(document: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    names = {record["id"]: record["document"]["name"] for record in document["records"]}
    by_hub = {voice.hub_id: voice for voice in reversed(voices(document, hub_names()))}
    heard = sorted(by_hub.values(), key=lambda voice: voice.letter)[:3]
    return [
        (ascii_uppercase[place], voice.hub_name, names[voice.record_id])
        for place, voice in enumerate(heard)
    ]


def _blocks(text: str) -> list[tuple[bool, Markup]]:
    """(is a heading, content) of each block between empty lines; addresses become links."""
    blocks = []
    for block in re.split(r"\n\s*\n", text.strip()):
        words = " ".join(block.split())
        heading = words.startswith("# ")
        blocks.append((heading, _linked(words[2:] if heading else words)))
    return blocks


def _linked(words: str) -> Markup:
    parts, end = [], 0
    for match in _ADDRESS.finditer(words):
        parts += [Markup("{}").format(words[end : match.start()]), contact_link(match.group())]
        end = match.end()
    parts.append(Markup("{}").format(words[end:]))
    return Markup("").join(parts)
