"""Merging statement by statement: every claim stays, the winner says why it won."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from registry.merge.rules import WHOLE, Form, Said, decide, rules_for
from vocab.documents import canonical, canonical_bytes, sorted_set
from vocab.properties import Kind, Property, Range, properties_of
from vocab.strings import UNKNOWN_LANGUAGE
from vocab.types import Claim, Decision, Document, Entity

_WEB: Final = re.compile(r"https?://([^/?#]*)([^?#]*)(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One record as merging sees it: its document, references resolved, and its hub's priority."""

    record_id: str
    priority: int
    modified: str
    document: Document


def merge(entity_id: str, kind: Kind, members: Sequence[Member]) -> Entity:
    """The description of one cluster; the order of `members` does not matter, each counts once.

    Their documents are canonical, and so is what comes of them.
    """
    by_id = {member.record_id: member for member in members}
    ordered = [by_id[record_id] for record_id in sorted(by_id)]
    if len(ordered) == 1:
        return Entity(id=entity_id, kind=kind, document=_alone(kind, ordered[0].document))
    document: Document = {"type": _types(ordered)}
    decisions: list[Decision] = []
    for prop in properties_of(kind).values():
        said = [
            Said(
                record_id=m.record_id,
                priority=m.priority,
                modified=m.modified,
                value=m.document[prop.name],
            )
            for m in ordered
            if prop.name in m.document
        ]  # fmt: skip
        if said:
            value, made = _merge_property(prop, said)
            document[prop.name] = value
            decisions += made
    return Entity(id=entity_id, kind=kind, document=document, decisions=tuple(decisions))


def _types(members: Sequence[Member]) -> Any:
    said = [member.document["type"] for member in members]
    if all(types == said[0] for types in said):
        return said[0]
    return canonical({"type": [t for types in said for t in _as_list(types)]})["type"]


def _merge_property(prop: Property, said: list[Said]) -> tuple[Any, list[Decision]]:
    if len(said) == 1:
        return _stated_once(prop, said[0].value), []
    if prop.range is Range.TEXT:
        return _merge_texts(prop, said)
    if prop.many and prop.name not in WHOLE:
        return _union([claim.value for claim in said], _form(prop)), []
    return _choose(prop, said, _form(prop), None)


def _alone(kind: Kind, document: Document) -> Document:
    """What only one record says of a thing, by a short way to what the long one would give."""
    said = ((prop, document.get(prop.name)) for prop in properties_of(kind).values())
    return {"type": document["type"]} | {
        prop.name: _stated_once(prop, value) for prop, value in said if value is not None
    }


def _stated_once(prop: Property, value: Any) -> Any:
    """What only one record says of one property."""
    if prop.range is Range.TEXT:
        return _without_repeated(value) if UNKNOWN_LANGUAGE in value else value
    if prop.many and prop.name not in WHOLE and len(value) > 1:
        return _union([value], _form(prop))
    return value


def _merge_texts(prop: Property, said: list[Said]) -> tuple[dict[str, Any], list[Decision]]:
    languages: dict[str, list[Said]] = defaultdict(list)
    for claim in said:
        for language, text in claim.value.items():
            languages[language].append(_about(claim, text))
    merged: dict[str, Any] = {}
    decisions: list[Decision] = []
    for language in sorted(languages):
        if prop.many:
            merged[language] = _union([claim.value for claim in languages[language]], _same_text)
        else:
            merged[language], made = _choose(prop, languages[language], _same_text, language)
            decisions += made
    return _without_repeated(merged), decisions


def _about(claim: Said, value: Any) -> Said:
    """The claim with another value; `dataclasses.replace` takes five times as long."""
    return Said(
        record_id=claim.record_id,
        priority=claim.priority,
        modified=claim.modified,
        value=value,
    )


def _without_repeated(texts: dict[str, Any]) -> dict[str, Any]:
    """A text whose language nobody states adds nothing beside the same text with its language."""
    stated = {
        _same_text(text)
        for tag, said in texts.items()
        if tag != UNKNOWN_LANGUAGE
        for text in _as_list(said)
    }
    unstated = texts.get(UNKNOWN_LANGUAGE)
    left = [text for text in _as_list(unstated) if _same_text(text) not in stated]
    rest = {tag: said for tag, said in texts.items() if tag != UNKNOWN_LANGUAGE}
    if not left:
        return rest
    kept = {**rest, UNKNOWN_LANGUAGE: left if isinstance(unstated, list) else unstated}
    return dict(sorted(kept.items()))


def _union(said: Sequence[Any], form: Form) -> list[Any]:
    """Every value once; of those that say the same, the spelling of the first record."""
    seen: dict[Any, Any] = {}
    for values in said:
        for value in _as_list(values):
            seen.setdefault(form(value), value)
    return sorted_set(list(seen.values()))


def _choose(
    prop: Property, said: list[Said], form: Form, language: str | None
) -> tuple[Any, list[Decision]]:
    if len(said) == 1:
        return said[0].value, []
    winner, rule = decide(said, rules_for(prop), form)
    won = form(winner.value)
    lost = tuple(
        Claim(record_id=claim.record_id, value=claim.value)
        for claim in said
        if form(claim.value) != won
    )
    if not lost:
        return winner.value, []
    decision = Decision(
        property=prop.name,
        language=language,
        rule=rule,
        won_by=tuple(claim.record_id for claim in said if form(claim.value) == won),
        lost=lost,
    )
    return winner.value, [decision]


def _form(prop: Property) -> Form:
    if prop.range in (Range.IRI, Range.CONCEPT, Range.REFERENCE):
        return _same_iri
    return _same_text if prop.range is Range.STRING else canonical_bytes


def _same_text(value: str) -> str:
    return " ".join(value.split())


def _same_iri(value: Any) -> Any:
    """http and https, with and without a final slash, name one page.

    No URL parser: those raise on addresses that hubs do write.
    """
    parts = _WEB.fullmatch(value) if isinstance(value, str) else None
    if parts is None:
        return canonical_bytes(value)
    host, path, rest = parts.groups()
    return f"//{host.casefold()}{path.rstrip('/')}{rest.rstrip('?#')}"


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
