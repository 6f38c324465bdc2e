"""Merging statement by statement: every claim stays, the winner says why it won."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from registry.merge.rules import WHOLE, Said, decide, rules_for
from vocab.documents import canonical, canonical_bytes
from vocab.properties import Kind, Property, Range, properties_of
from vocab.types import Claim, Decision, Document, Entity


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One record as merging sees it: its document, references resolved, and its hub's priority."""

    record_id: str
    priority: int
    modified: str
    document: Document


Form = Callable[[Any], Any]


def merge(entity_id: str, kind: Kind, members: Sequence[Member]) -> Entity:
    """The description of one cluster; the order of `members` does not matter, each counts once."""
    ordered = sorted(members, key=lambda member: member.record_id)
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
    return Entity(id=entity_id, kind=kind, document=canonical(document), decisions=tuple(decisions))


def _types(members: Sequence[Member]) -> list[str]:
    types = (
        t
        for m in members
        for t in (
            [m.document["type"]] if isinstance(m.document["type"], str) else m.document["type"]
        )
    )
    return list(dict.fromkeys(types))


def _merge_property(prop: Property, said: list[Said]) -> tuple[Any, list[Decision]]:
    if prop.range is Range.TEXT:
        return _merge_texts(prop, said)
    if prop.many and prop.name not in WHOLE:
        return _union(said), []
    value, decision = _choose(prop, said, _form(prop), None)
    return value, decision


def _merge_texts(prop: Property, said: list[Said]) -> tuple[dict[str, Any], list[Decision]]:
    languages: dict[str, list[Said]] = defaultdict(list)
    for claim in said:
        for language, text in claim.value.items():
            languages[language].append(_with_value(claim, text))
    if prop.many:
        return {tag: _union(claims) for tag, claims in languages.items()}, []
    merged: dict[str, Any] = {}
    decisions: list[Decision] = []
    for language in sorted(languages):
        merged[language], made = _choose(prop, languages[language], _same_text, language)
        decisions += made
    # A text whose language nobody states adds nothing beside the same text with its language.
    if merged.get("und") in [text for tag, text in merged.items() if tag != "und"]:
        del merged["und"]
    return merged, decisions


def _union(said: Sequence[Said]) -> list[Any]:
    """Every value once, in one order.

    Values that differ only in their spelling of an IRI stay one.
    """
    seen: dict[Any, Any] = {}
    for claim in said:
        for value in claim.value if isinstance(claim.value, list) else [claim.value]:
            seen.setdefault(
                _same_iri(value) if isinstance(value, str) else canonical_bytes(value), value
            )
    return [seen[key] for key in sorted(seen, key=str)]


def _choose(
    prop: Property, said: list[Said], form: Form, language: str | None
) -> tuple[Any, list[Decision]]:
    groups: dict[Any, list[Said]] = defaultdict(list)
    for claim in said:
        groups[form(claim.value)].append(claim)
    winner, rule = decide(said, rules_for(prop))
    if len(groups) == 1:
        return winner.value, []
    winners = groups[form(winner.value)]
    lost = tuple(
        Claim(record_id=claim.record_id, value=claim.value)
        for claim in said
        if claim not in winners
    )
    decision = Decision(
        property=prop.name,
        language=language,
        rule=rule,
        won_by=tuple(claim.record_id for claim in winners),
        lost=lost,
    )
    return winner.value, [decision]


def _form(prop: Property) -> Form:
    return (
        _same_iri
        if prop.range is Range.IRI
        else _same_text
        if prop.range is Range.STRING
        else canonical_bytes
    )


def _same_text(value: str) -> str:
    return " ".join(value.split())


def _same_iri(value: Any) -> Any:
    """http and https, with and without a final slash, name one page."""
    if not isinstance(value, str) or not value.startswith(("http://", "https://")):
        return value
    parts = urlsplit(value)
    return f"//{parts.netloc.casefold()}{parts.path.rstrip('/')}?{parts.query}#{parts.fragment}"


def _with_value(said: Said, value: Any) -> Said:
    return Said(
        record_id=said.record_id, priority=said.priority, modified=said.modified, value=value
    )
