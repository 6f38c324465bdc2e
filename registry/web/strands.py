"""The fact sheet of an entity: each value with who says it, who says otherwise, and why it won."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Any, Final, Literal

from registry.merge.same_value import says_same
from registry.web.language import Language, in_language
from registry.web.shown import Names, Shown, label_of, shown_properties, shown_values
from vocab.licences import licence_name
from vocab.properties import ENTITY_TYPES, Kind, Property
from vocab.strings import UNKNOWN_LANGUAGE

Knot = Literal["", "o", "x"]
"""Says the same, says something else, says nothing."""

MAX_STRANDS: Final = 6
"""Records with a strand of their own; a last one is for all others, told in the folded part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """One record as it is shown: a letter, its hub, and what a reader wants to know of it."""

    letter: str
    record_id: str
    hub_id: str
    hub_name: Any
    local_id: str
    local: str  # the local id as people tell it apart: the end of an address, all else whole
    licence: str
    licence_iri: str
    modified: str
    page: str
    run: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """What one voice says of one property."""

    voice: Voice
    knot: Knot
    values: list[Shown]
    spelt: bool  # the value that holds, written otherwise


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One row of the fact sheet."""

    name: str
    label: str
    values: list[Shown]
    chips: bool
    knots: list[tuple[str, Knot]]
    beyond: int  # of the records without a strand of their own, how many say something
    sayings: list[Saying]
    others: int
    rules: list[str]
    union: bool


def voices(resource: Mapping[str, Any], hub_names: Mapping[str, Any]) -> list[Voice]:
    """The records of an entity with their letters: the most trusted hub first."""
    records = sorted(resource["records"], key=lambda r: (-r.get("priority", 0), r["id"]))
    return [
        Voice(
            letter=ascii_uppercase[place] if place < len(ascii_uppercase) else str(place + 1),
            record_id=record["id"],
            hub_id=record["hub"],
            hub_name=hub_names.get(record["hub"], record["hub"]),
            local_id=record["local_id"],
            local=_end_of(
                record["local_id"],
                [other["local_id"] for other in records if other["hub"] == record["hub"]],
            ),
            licence=licence_name(record["licence"]),
            licence_iri=record["licence"],
            modified=record.get("modified") or "",
            page=record.get("page") or "",
            run=record["run"],
        )
        for place, record in enumerate(records)
    ]


def _end_of(local_id: str, of_hub: list[str]) -> str:
    """The end of an address by which it differs from the others; what is no address stays."""
    if not local_id.startswith(("http://", "https://")):
        return local_id
    for parts in range(1, local_id.count("/")):
        end = "/".join(local_id.split("/")[-parts:])
        if end.strip("/") and sum(other.endswith(f"/{end}") for other in of_hub) == 1:
            return end
    return local_id


def by_hub(heard: Sequence[Voice]) -> list[list[Voice]]:
    """The records under their hubs, in the order in which the hubs come first."""
    groups: dict[str, list[Voice]] = {}
    for voice in heard:
        groups.setdefault(voice.hub_id, []).append(voice)
    return list(groups.values())


def strand_count(heard: Sequence[Voice]) -> int:
    """How many strands run beside the values."""
    return min(len(heard), MAX_STRANDS + 1)


def facts(
    kind: Kind, resource: Mapping[str, Any], heard: list[Voice], names: Names, language: Language
) -> list[Fact]:
    """The rows of the fact sheet, in the order of the property table."""
    documents = {record["id"]: record["document"] for record in resource["records"]}
    folder = ENTITY_TYPES[kind].path
    rows = []
    for prop in shown_properties(kind):
        if prop.name not in resource["merged"]:
            continue
        decisions = [d for d in resource["decisions"] if d["property"] == prop.name]
        merged = resource["merged"][prop.name]
        lost, spelt = _given_way(prop, decisions, merged)
        sayings = [
            Saying(
                voice=voice,
                knot="o"
                if voice.record_id in lost
                or _stays_behind(prop, documents[voice.record_id][prop.name], merged, language)
                else "",
                values=_shown(prop, documents[voice.record_id][prop.name], language, names),
                spelt=voice.record_id in spelt - lost,
            )
            for voice in heard
            if prop.name in documents[voice.record_id]
        ]
        knots: dict[str, Knot] = {saying.voice.record_id: saying.knot for saying in sayings}
        values = shown_values(prop, merged, language, names, folder)
        if not values:
            continue
        rows.append(
            Fact(
                name=prop.name,
                label=label_of(prop, language),
                values=values,
                chips=prop.scheme is not None and prop.many,
                knots=[
                    (voice.letter, knots.get(voice.record_id, "x")) for voice in heard[:MAX_STRANDS]
                ],
                beyond=sum(voice.record_id in knots for voice in heard[MAX_STRANDS:]),
                sayings=sayings,
                others=sum(saying.knot == "o" for saying in sayings),
                rules=_rules(prop, decisions, lost),
                union=prop.many and not decisions and len(sayings) > 1,
            )
        )
    return rows


def _given_way(
    prop: Property, decisions: Sequence[Mapping[str, Any]], merged: Any
) -> tuple[set[str], set[str]]:
    """The records of which a value gave way, and those that only write the value otherwise."""
    lost: set[str] = set()
    spelt: set[str] = set()
    for decision in decisions:
        holds = merged.get(decision["language"]) if decision["language"] else merged
        for claim in decision["lost"]:
            same = says_same(prop, claim["value"], holds)
            (spelt if same else lost).add(claim["record_id"])
    return lost, spelt


def _stays_behind(prop: Property, said: Any, merged: Any, language: Language) -> bool:
    """Whether a record says it in no stated language, and otherwise than what is shown.

    Both texts hold, as nobody knows whether they are one text in two languages; one is shown.
    """
    if prop.many or not isinstance(said, dict) or said.keys() != {UNKNOWN_LANGUAGE}:
        return False  # of several all are shown
    _, shown = in_language(merged, language)
    return bool(shown) and not says_same(prop, said[UNKNOWN_LANGUAGE], merged[shown])


def _rules(
    prop: Property, decisions: Sequence[Mapping[str, Any]], lost: Collection[str]
) -> list[str]:
    """The rules by which a value gave way; of points the fullest is the one with most digits."""
    told = [
        one["rule"] for one in decisions if any(claim["record_id"] in lost for claim in one["lost"])
    ]
    if prop.name == "geometry":
        told = ["most_precise" if rule == "most_complete" else rule for rule in told]
    return list(dict.fromkeys(told))


def _shown(prop: Property, value: Any, language: Language, names: Names) -> list[Shown]:
    return shown_values(prop, value, language, names, "")
