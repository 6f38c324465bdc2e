"""Takes personal contacts out of a document and out of the source object that it was made from."""

from collections.abc import Callable
from typing import Any, Final

from harvester.notes import Notes
from harvester.personal import (
    MASK,
    Kept,
    actor_of,
    digits_of,
    is_mobile,
    is_role_address,
    mask,
)
from vocab.properties import Range, properties_of
from vocab.types import Document

_FREE_STRINGS: Final = frozenset({"fullAddress", "thoroughfare", "postName", "adminUnitL2"})
"""Strings in which people write more than belongs there; numbers and codes are not among them."""


def without_personal(
    document: Document, kind: str, notes: Notes, *, person_named: bool
) -> tuple[Document, Kept]:
    """The document without personal contacts, and what may stay in its source object.

    What was dropped is counted in findings that never show it.
    """
    actor = actor_of(document)
    points = [
        _contact(node, actor, person_named, notes) for node in document.get("contactPoint", [])
    ]
    points = [node for node in points if len(node) > 1]
    telephones = {digits_of(node["telephone"]) for node in points if "telephone" in node}
    # A register number must survive in the source object even if it reads like a telephone number.
    numbers = {
        digits_of(node["notation"]) for node in document.get("identifier", []) if "notation" in node
    }
    kept = Kept(actor, frozenset(telephones | numbers))
    clean = _masked(kind, {k: v for k, v in document.items() if k != "contactPoint"}, kept, notes)
    if points:
        clean["contactPoint"] = points
    return clean, kept


def _contact(node: Document, actor: Any, person_named: bool, notes: Notes) -> Document:
    clean = dict(node)
    mail = str(node.get("email", "")).removeprefix("mailto:").strip()
    role = bool(mail) and is_role_address(mail, actor)
    if role:
        clean["email"] = mail
    elif mail:
        del clean["email"]
        _drop(mail, notes, "email")
    telephone = node.get("telephone")
    if telephone is not None:
        number = str(telephone).removeprefix("tel:").strip()
        clean["telephone"] = number
        private = bool(mail) or person_named or is_mobile(number)
        if not number or MASK in number or (private and not role):
            del clean["telephone"]
            _drop(number, notes, "telephone")
    return clean


def _drop(value: str, notes: Notes, name: str) -> None:
    if value and MASK not in value:
        outer, notes.path = notes.path, f"/contactPoint/{name}"
        notes.add("contact.personal-dropped", "")
        notes.path = outer


def _masked(owner: str, document: Document, kept: Kept, notes: Notes) -> Document:
    known = properties_of(owner)
    clean: Document = {}
    outer = notes.path
    for name, given in document.items():
        prop = known.get(name)
        notes.path = f"{outer}/{name}"
        result = given
        if prop is None:
            pass
        elif prop.range is Range.REFERENCE:
            result = _through(given, lambda node: _reference(node, kept, notes), whole=True)
        elif prop.range is Range.NODE:
            result = _through(
                given, lambda node: _masked(str(node["type"]), node, kept, notes), whole=True
            )
        elif prop.range is Range.TEXT or prop.range is Range.IRI or name in _FREE_STRINGS:
            counter = _Counter(kept, whole=prop.range is Range.IRI)
            result = _through(given, counter.masked)
            if counter.count:
                notes.add("text.personal-dropped", "", count=counter.count)
        if result not in ("", [], {}):
            clean[name] = result
    notes.path = outer
    return clean


class _Counter:
    """Masks texts and counts what was in them; a web address (`whole`) vanishes."""

    def __init__(self, kept: Kept, *, whole: bool) -> None:
        self._kept = kept
        self._whole = whole
        self.count = 0

    def masked(self, text: str) -> str:
        result, found = mask(text, self._kept)
        self.count += found
        return "" if found and (self._whole or result.strip() == MASK) else result


def _reference(node: Any, kept: Kept, notes: Notes) -> Any:
    return _masked("Agent", node, kept, notes) if isinstance(node, dict) else node


def _through(given: Any, change: Callable[[Any], Any], *, whole: bool = False) -> Any:
    """Applies a change to every string (or node, if `whole`), and leaves out what becomes empty."""
    if isinstance(given, list):
        entries = [_through(entry, change, whole=whole) for entry in given]
        return [entry for entry in entries if entry not in ("", {}, [])]
    if isinstance(given, dict) and not whole:
        by_key = {key: _through(entry, change) for key, entry in given.items()}
        return {key: entry for key, entry in by_key.items() if entry not in ("", {}, [])}
    return change(given)
