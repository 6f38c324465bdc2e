"""The facets beside a list: what can be chosen, in groups, the less frequent folded away."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from registry.project.search import ListQuery, ListResult
from registry.web.frame import language, t
from registry.web.language import in_language
from registry.web.place_choices import SORTS, Choice, place_choices, place_words, sort_of
from registry.web.reading import hub_names
from registry.web.shown import language_name
from registry.web.wiring import services
from vocab.concepts import label
from vocab.properties import Kind

_EVENT_FIELDS: Final = {"attendance": "attendance", "language": "languages"}
_FIELDS: Final = {"topic": "topics", "type": "types", "place": "places", "hub": "hubs"}
_SHOWN: Final = 12  # of one facet before the rest is folded; what is chosen is always shown
_SHOWN_PLACES: Final = {"saxony": 1_000, "elsewhere": 6, "wide": 6}


@dataclass(frozen=True, slots=True)
class Group:
    """Choices below a heading ("" for none), `folded` those that are opened on demand."""

    heading: str
    shown: list[Choice]
    folded: list[Choice]


@dataclass(frozen=True, slots=True)
class Facet:
    """One filter with all its choices."""

    name: str
    groups: list[Group]


def fields_of(kind: str | None) -> dict[str, str]:
    """The facets of a list and the fields of its query."""
    return _EVENT_FIELDS | _FIELDS if kind == "event" else _FIELDS


def words_of(facet: str, value: str) -> str:
    """The label of one facet value in the language of the page."""
    tag = language()
    if facet == "topic":
        return label("topics", value, tag)
    if facet == "type":
        return label("actor-types", value, tag)
    if facet == "attendance":
        return label("attendance-modes", value, tag)
    if facet == "language":
        return language_name(value, tag)
    if facet == "place":
        return place_words(value, tag)
    return in_language(hub_names().get(value, value), tag)[0]


def facets(kind: Kind, query: ListQuery, result: ListResult) -> list[Facet]:
    """All facets of a list that have a choice."""
    groups = [
        (name, _groups(name, field, query, result)) for name, field in fields_of(kind).items()
    ]
    groups.append(_flags(kind, query, result))
    return [Facet(name, some) for name, some in groups if some]


def _groups(facet: str, field: str, query: ListQuery, result: ListResult) -> list[Group]:
    counts = dict(result.facets.get(facet, ()))
    chosen: tuple[str, ...] = getattr(query, field)
    if facet == "place":

        def in_town(name: str) -> int:
            return services().search.count(replace(query, places=(name,)))

        return list(_places(place_choices(counts, chosen, language(), in_town)))
    values = sorted({*chosen, *counts}, key=lambda value: (-counts.get(value, 0), value))
    choices = [
        Choice(value, words_of(facet, value), counts.get(value, 0), value in chosen)
        for value in values
    ]
    return [_folded("", choices, _SHOWN)] if choices else []


def _places(choices: Sequence[Choice]) -> Iterator[Group]:
    """Saxony's districts with what is open of them, other towns and regions, countries."""
    for sort in SORTS:
        some = [choice for choice in choices if sort_of(choice.value) == sort]
        if some:
            yield _folded(str(t(f"list.places_{sort}")), some, _SHOWN_PLACES[sort])


def _folded(heading: str, choices: Sequence[Choice], most: int) -> Group:
    shown = [choice for place, choice in enumerate(choices) if place < most or choice.chosen]
    folded = [choice for choice in choices if choice not in shown]
    return Group(heading, shown, folded)


def _flags(kind: Kind, query: ListQuery, result: ListResult) -> tuple[str, list[Group]]:
    counts = dict(result.facets.get("flag", ()))
    if kind == "event":
        name, flags = "free", {"free": "events.free"}
    else:
        name, flags = "flag", {"offers": "list.offers", "seeks": "list.seeks"}
    choices = [
        Choice(
            "1" if kind == "event" else flag,
            str(t(words)),
            counts.get(flag, 0),
            bool(getattr(query, flag)),
        )
        for flag, words in flags.items()
        if counts.get(flag) or getattr(query, flag)
    ]
    return name, [Group("", choices, [])] if choices else []
