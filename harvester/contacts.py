"""Takes personal contacts out of a document and out of the source object that it was made from."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Final

from harvester.notes import Notes
from harvester.personal import (
    MASK,
    Actor,
    Kept,
    actor_of,
    digits_of,
    holds_mail_address,
    holds_mobile_number,
    is_mobile,
    is_office_address,
    is_role_address,
    mask,
)
from harvester.suspicion import suspect
from harvester.telephones import separate
from schemas.patterns import STRINGS
from vocab.properties import Property, Range, properties_of
from vocab.types import Document

_MAIL: Final = re.compile(STRINGS["email"])
_TELEPHONE: Final = re.compile(STRINGS["telephone"])
_FEWEST_DIGITS: Final = 5
_FREE_STRINGS: Final = frozenset({"fullAddress", "thoroughfare", "postName", "adminUnitL2"})
"""Strings in which people write more than belongs there; numbers and codes are not among them."""


def without_personal(
    document: Document, kind: str, notes: Notes, *, local_id: str | None, person_named: bool
) -> tuple[Document, Kept]:
    """The document without personal contacts, and what may stay in its source object.

    What was dropped is counted in findings that never show it.
    """
    actor = actor_of(document)
    given = document.get("contactPoint", ())
    points = [one for node in given for one in _contacts(node, actor, person_named, notes)]
    points = [node for node in points if len(node) > 1]
    telephones = {digits_of(node["telephone"]) for node in points if "telephone" in node}
    # A hub's spreadsheet may have lost the zero that the mapping gave back.
    telephones |= {number.removeprefix("0") for number in telephones}
    document = _without_contacts_as_identifiers(document, notes)
    # A register number must survive in the source object even if it reads like a telephone number.
    strings = {node["notation"] for node in document.get("identifier", ()) if "notation" in node}
    kept = Kept(actor, frozenset(telephones), frozenset(strings | {local_id or ""}))
    clean = {k: v for k, v in document.items() if k != "contactPoint"}
    if _may_hold_contact(kind, clean):
        clean = _masked(kind, clean, kept, notes)
    if points:
        clean["contactPoint"] = points
    return clean, kept


def _without_contacts_as_identifiers(document: Document, notes: Notes) -> Document:
    """Without identifiers that are a mail address or a mobile number, whatever they are called."""
    given = document.get("identifier", ())
    clean = [node for node in given if not _is_contact(node)]
    if len(clean) == len(given):
        return document
    outer, notes.path = notes.path, f"{notes.path}/identifier"
    notes.add("contact.personal-dropped", "")
    notes.path = outer
    rest = {name: value for name, value in document.items() if name != "identifier"}
    return {**rest, "identifier": clean} if clean else rest


def _is_contact(identifier: Document) -> bool:
    said = (str(identifier.get(name, "")) for name in ("notation", "schemaAgency"))
    return any(suspect(s) and (holds_mail_address(s) or holds_mobile_number(s)) for s in said)


def _contacts(node: Document, actor: Actor, person_named: bool, notes: Notes) -> Iterator[Document]:
    """A contact without what is personal; of several numbers in one field each by itself."""
    first, *more = separate(_without_mask(str(node.get("telephone", ""))))
    mail = str(node.get("email", "")).removeprefix("mailto:").strip()
    if more:
        outer, notes.path = notes.path, "/contactPoint/telephone"
        notes.add("telephone.several", "", count=len(more) + 1)
        notes.path = outer
    clean = {key: value for key, value in node.items() if key not in ("email", "telephone")}
    role = bool(mail) and is_role_address(mail, actor)
    office = bool(mail) and is_office_address(mail, actor)
    with_mail = dict(clean)
    if (role or office) and _MAIL.match(mail):
        with_mail["email"] = mail
    elif mail:
        _drop(mail, "email", well_formed=_MAIL.match(mail) is not None, notes=notes)
    for number in map(_tidy_number, (first, *more)):
        contact = with_mail if number == _tidy_number(first) else dict(clean)
        if number:
            well_formed = _TELEPHONE.match(number) is not None
            # Beside an office's mailbox a number may still be that of someone who works there.
            private = (bool(mail) and not office) or person_named or is_mobile(number)
            if well_formed and (role or not private):
                contact["telephone"] = number
            else:
                _drop(number, "telephone", well_formed=well_formed, notes=notes)
        yield contact


def _without_mask(text: str) -> str:
    """What is left of a field that a number was taken out of; empty if that is no number."""
    if MASK not in text:
        return text
    rest = text.replace(MASK, " ")
    return rest if len(digits_of(rest)) >= _FEWEST_DIGITS else ""


def _tidy_number(text: str) -> str:
    """A telephone number without what is written before it (`Tel.:`, `tel:`) and odd dashes."""
    return re.sub(
        r"^[^\d+(]{0,20}(?=[\d+(])", "", re.sub(r"[\u00a0\u2010-\u2015]", "-", text)
    ).strip()


def _drop(value: str, name: str, *, well_formed: bool, notes: Notes) -> None:
    if MASK in value:
        return  # dropped before, and counted then
    outer, notes.path = notes.path, f"/contactPoint/{name}"
    if well_formed:
        notes.add("telephone.dropped" if name == "telephone" else "contact.personal-dropped", "")
    else:
        notes.add("value.form", "", expected=name)
    notes.path = outer


def _may_hold_contact(owner: str, document: Document) -> bool:
    """Whether `_masked` might change anything: looking is quicker than writing anew."""
    free = _free_properties(owner)
    waiting = [given for name, given in document.items() if name in free]
    for given in waiting:
        if isinstance(given, str):
            if suspect(given):
                return True
        elif isinstance(given, list):
            waiting += given
        elif "type" in given:
            free = _free_properties(str(given["type"]))
            waiting += [entry for name, entry in given.items() if name in free]
        else:
            waiting += given.values()  # a text in its languages, or a named reference
    return False


@cache
def _free_properties(owner: str) -> frozenset[str]:
    """The properties of a kind or node type that a contact may stand in or below."""
    deep = (Range.NODE, Range.REFERENCE)
    props = properties_of(owner).values()
    return frozenset(prop.name for prop in props if prop.range in deep or _is_free(prop))


def _is_free(prop: Property) -> bool:
    """Whether a property holds what people write freely."""
    return prop.range in (Range.TEXT, Range.IRI) or prop.name in _FREE_STRINGS


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
        elif _is_free(prop):
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
    if isinstance(node, dict):
        return _masked("Agent", node, kept, notes)
    return "" if mask(node, kept)[1] and node not in kept.strings else node


def _through(given: Any, change: Callable[[Any], Any], *, whole: bool = False) -> Any:
    """Applies a change to every string (or node, if `whole`), and leaves out what becomes empty."""
    if isinstance(given, list):
        entries = [_through(entry, change, whole=whole) for entry in given]
        return [entry for entry in entries if entry not in ("", {}, [])]
    if isinstance(given, dict) and not whole:
        by_key = {key: _through(entry, change) for key, entry in given.items()}
        return {key: entry for key, entry in by_key.items() if entry not in ("", {}, [])}
    return change(given)
