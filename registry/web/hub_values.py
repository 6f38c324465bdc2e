"""Where another hub's value holds instead of a hub's own."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection

from registry.merge.same_value import given_way
from registry.project.search import Hit, ListQuery
from registry.store import entities
from registry.web.language import Language, in_language
from registry.web.reading import named, page_path
from registry.web.shown import Names, label_of, referenced_ids, shown_values
from registry.web.wiring import services
from vocab.properties import Property, properties_of

_PORTION: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Outvoted:
    """One value of a hub beside the one that holds instead of it, and the rule that decided."""

    path: str
    name: Any
    property: str
    label: str
    ours: str
    holds: str
    rule: str


def outvoted_query(hub_id: str, size: int = 20) -> ListQuery:
    """The entities in which some value of the hub lost against another hub's."""
    return ListQuery(kind=None, outvoted=hub_id, sort="name", size=size, now=services().now())


def outvoted(
    connection: Connection, hub_id: str, hits: Iterable[Hit], language: Language
) -> Iterator[Outvoted]:
    """The hub's values that lost in these entities, in the order of the hits."""
    portion: list[str] = []
    for hit in hits:
        portion.append(hit.id)
        if len(portion) == _PORTION:
            yield from _of_entities(connection, hub_id, portion, language)
            portion = []
    yield from _of_entities(connection, hub_id, portion, language)


def _of_entities(
    connection: Connection, hub_id: str, ids: Sequence[str], language: Language
) -> Iterator[Outvoted]:
    found = entities.resources(connection, ids)
    live = [found[one] for one in ids if one in found and found[one].state == "live"]
    referenced = {id_ for one in live for id_ in referenced_ids(one.document["decisions"])}
    referenced |= {id_ for one in live for id_ in referenced_ids(one.document["merged"])}
    names = named(connection, sorted(referenced))
    for one in live:
        hub_of = {record["id"]: record["hub"] for record in one.document["records"]}
        merged = one.document["merged"]
        for decision in one.document["decisions"]:
            if hub_id in {hub_of[record_id] for record_id in decision["won_by"]}:
                continue
            prop = properties_of(one.kind)[decision["property"]]
            tag = decision["language"]
            holds = merged[prop.name]
            for claim in given_way(one.kind, decision, merged):
                if hub_of[claim["record_id"]] != hub_id:
                    continue
                yield Outvoted(
                    path=page_path(one.kind, one.id),
                    name=merged["name"],
                    property=prop.name,
                    label=label_of(prop, language),
                    ours=_words(prop, _tagged(claim["value"], tag), language, names),
                    holds=_words(prop, _only(holds, tag), language, names),
                    rule=decision["rule"],
                )


def _tagged(value: Any, tag: str | None) -> Any:
    return {tag: value} if tag else value


def _only(value: Any, tag: str | None) -> Any:
    """The text of one language, where a decision was about that one."""
    return {tag: value[tag]} if tag and isinstance(value, Mapping) and tag in value else value


def _words(prop: Property, value: Any, language: Language, names: Names) -> str:
    shown = shown_values(prop, value, language, names, "")
    return ", ".join(in_language(one.text, language)[0] for one in shown)
