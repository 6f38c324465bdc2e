"""One hit of the search index as a row of a list."""

from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from registry.project.search import Hit
from registry.web.language import Language, clock, local_moment, short_month
from registry.web.outline import on_map
from registry.web.place_choices import place_words
from vocab.concepts import label
from vocab.properties import ENTITY_TYPES, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What a list shows of one entity; `heading` is type and place, `when` the words by the day."""

    kind: str
    path: str
    heading: str
    name: Any
    description: Any
    topics: tuple[str, ...]
    sources: int
    on_map: tuple[float, float] | None
    town: str
    start: str
    day: date | None
    when: str


def row(hit: Hit, language: Language) -> Row:
    """The row of one hit."""
    kind = cast(Kind, hit.kind)
    summary = hit.summary
    point = summary.get("point")
    town = str((summary.get("place") or {}).get("label") or "")
    if not town and summary.get("where"):
        town = place_words(summary["where"], language)
    types = [label("actor-types", value, language) for value in summary.get("types") or ()]
    entity_type = ENTITY_TYPES[kind]
    words = types[0] if types else (entity_type.de if language == "de" else entity_type.en)
    if kind == "project" and summary.get("status"):
        words += f" · {label('statuses', summary['status'], language)}"
    moment = local_moment(summary.get("start"))
    return Row(
        kind=kind,
        path=f"/{entity_type.path}/{hit.id}",
        heading=" · ".join(part for part in (words, town) if part),
        name=summary.get("name") or hit.id,
        description=summary.get("description"),
        topics=tuple(label("topics", topic, language) for topic in summary.get("topics") or ()),
        sources=len(summary["hubs"]),
        on_map=on_map(*point) if point else None,
        town=town,
        start=_plain(summary.get("start")),
        day=moment[0] if moment else None,
        when=_when(moment, language) if moment else "",
    )


def _plain(value: Any) -> str:
    return str(value.get("@value", "") if isinstance(value, dict) else value or "")


def _when(moment: tuple[date, Any], language: Language) -> str:
    day, at = moment
    words = f"{short_month(day, language)} {day.year}"
    return f"{words}, {clock(at, language)}" if at else words
