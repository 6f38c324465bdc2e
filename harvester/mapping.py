"""From a source object to a record's document: their shape to ours."""

from dataclasses import dataclass, field, replace
from typing import Any, Final

from harvester.accounting import Accounting
from harvester.coercion import coerce
from harvester.contacts import without_personal
from harvester.dates import read_moment
from harvester.fields import Field, paths_of, read_fields
from harvester.formats.own import is_our_context
from harvester.formats.source_object import SourceObject
from harvester.gazetteer import Gazetteer, known_places
from harvester.locating import located
from harvester.named_persons import NamedPersons
from harvester.notes import Notes
from harvester.own_fields import PERSON_TYPES, id_of, kind_of, own_fields, types_of
from harvester.personal import (
    MASK,
    Kept,
    actor_of,
    holds_mail_address,
    is_contact,
    named_like_a_person,
    scrub,
)
from harvester.scalars import read_id
from harvester.source import Source, SourceMap
from harvester.suspicion import may_need_scrubbing
from harvester.values import Fields, Value
from harvester.web_addresses import read_web_address
from schemas.limits import LONGEST_ID
from schemas.patterns import is_id
from vocab.documents import canonical
from vocab.iris import is_http_iri
from vocab.properties import ENTITY_TYPES, KINDS, Kind
from vocab.types import Document, Finding

_PERSONAL_RULES: Final = frozenset(
    {"contact.personal-dropped", "telephone.dropped", "text.personal-dropped", "id.contact"}
)
_MOST_ROUNDS: Final = 5
"""How often an object is cleaned and read anew; a second time is enough but for contrived ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """What became of one source object.

    `document` is None where an error finding rejects the object or it is `skipped` on purpose.
    `local_id` is there whenever it can be read: a rejected record still counts as present.
    `raw` is the form to store and hash: without ignored fields and personal contacts. Mapping it
    again gives the same document. It is None for skipped objects and for natural persons, of whom
    nothing is stored.
    """

    local_id: str | None
    kind: Kind | None = None
    document: Document | None = None
    modified_at: str | None = None  # ISO 8601, a day or a time with offset
    page_url: str | None = None
    findings: tuple[Finding, ...] = ()
    unread: tuple[str, ...] = ()  # source fields that are neither mapped nor ignored
    untagged: int = 0  # texts whose language was assumed
    skipped: bool = False
    raw: dict[str, Any] | None = None


@dataclass(slots=True)
class _Reading:
    """A source object taken apart, before its values are read by range."""

    local_id: str | None
    kind: Kind | None
    person: bool
    fields: Fields = field(default_factory=Fields)
    modified: list[Value] = field(default_factory=list)
    page: list[Value] = field(default_factory=list)
    unread: tuple[str, ...] = ()
    contact_as_id: bool = False  # what should be its id is a mail address or telephone number


@dataclass(frozen=True, slots=True)
class _Attempt:
    """What one reading of an object gave."""

    reading: _Reading
    notes: Notes
    document: Document | None
    kept: Kept


class Mapper:
    """Maps the objects of one source; made once for each run, since it compiles what it can."""

    def __init__(self, source: Source, gazetteer: Gazetteer | None = None) -> None:
        self._source = source
        self._gazetteer = gazetteer or known_places()
        mapping = source.map
        rdf = source.format == "rdf"
        read = paths_of(mapping.fields) if mapping else frozenset({()})
        for way in mapping.of_record() if mapping else ():
            read |= way.reads()
        self._accounting = Accounting(read, source.ignore, "/" if rdf else ".")
        self._persons = NamedPersons(mapping)
        self._own_accounting = Accounting(frozenset(), source.ignore, ".")

    def map(self, source_object: SourceObject) -> Mapped:
        """The record that an object becomes, with everything there is to say about it."""
        mapping = self._source.map
        if mapping is not None and _left_out(mapping, source_object.data, self._notes()):
            return Mapped(local_id=None, skipped=True)
        data = self._accounting.without_ignored(source_object.data)
        named = False
        if self._persons.asked_after:
            named = self._persons.named(data, self._notes())
            data = self._persons.out_of(data, named=named)
        personal: list[Finding] = []
        # What is stored is cleaned first and then read, so that it always reads the same again.
        # Few objects hold anything personal, so few are read twice.
        for _ in range(_MOST_ROUNDS):
            attempt = self._attempt(source_object, data, person_named=named)
            if attempt.reading.person:
                return _of_person(attempt)
            if not may_need_scrubbing(data):
                break
            cleaned = scrub(data, attempt.kept)
            if cleaned == data:
                break
            personal += [f for f in attempt.notes.findings if f.rule in _PERSONAL_RULES]
            data = cleaned
        mapped = self._result(attempt, data, personal)
        if source_object.problem is None:
            return mapped
        # Its values stand in the wrong places, so that they look odd tells nothing more.
        return replace(mapped, findings=(source_object.problem,), unread=())

    def entry_id(self, data: dict[str, Any]) -> str | None:
        """The id of an object's record; None where it has none or the object is left out."""
        mapping = self._source.map
        if mapping is None or _left_out(mapping, data, self._notes()):
            return None
        return _local_id(mapping.id.values(data, self._notes()))

    def text(self, field: Field, data: dict[str, Any]) -> str | None:
        """The first text that a field outside of the mapping finds in an object."""
        values = (v.raw for v in field.values(data, self._notes()))
        return next((raw.strip() for raw in values if isinstance(raw, str) and raw.strip()), None)

    def _notes(self) -> Notes:
        return Notes(language=self._source.language, zone=self._source.zone)

    def _attempt(
        self, source_object: SourceObject, data: dict[str, Any], *, person_named: bool
    ) -> _Attempt:
        notes, mapping = self._notes(), self._source.map
        reading = self._own(data, notes) if mapping is None else self._mapped(mapping, data, notes)
        self._judge(reading, source_object, notes)
        kind = reading.kind
        if kind is None or reading.person:
            return _Attempt(reading, notes, None, Kept(actor_of({})))
        draft, kept = without_personal(
            coerce(kind, reading.fields, notes),
            kind,
            notes,
            local_id=reading.local_id,
            person_named=person_named,
        )
        head = {"id": reading.local_id or "", "type": ENTITY_TYPES[kind].type}
        return _Attempt(
            reading, notes, canonical({**head, **located(draft, notes, self._gazetteer)}), kept
        )

    def _mapped(self, mapping: SourceMap, data: dict[str, Any], notes: Notes) -> _Reading:
        # Quietly: a class that means no kind is fine as long as another one does.
        kinds = [str(value.raw) for value in mapping.kind.values(data, self._notes())]
        types = data.get("@type") if self._source.format == "rdf" else None
        ids = mapping.id.values(data, notes)
        return _Reading(
            local_id=_local_id(ids),
            contact_as_id=_is_contact(ids),
            kind=next((kind for kind in KINDS if kind in kinds), None),
            person=_says_yes(mapping.person, data, notes)
            or not PERSON_TYPES.isdisjoint(types or ()),
            fields=read_fields(mapping.fields, data, notes),
            modified=mapping.modified.values(data, notes) if mapping.modified else [],
            page=mapping.page.values(data, notes) if mapping.page else [],
            unread=self._accounting.unread(data),
        )

    def _own(self, data: dict[str, Any], notes: Notes) -> _Reading:
        kind = kind_of(data)
        fields, unknown = own_fields(kind, data) if kind else (Fields(), [])
        if not is_our_context(data.get("@context")):
            notes.add("document.remote-context", "")
        page = data.get("page", data.get("source"))
        ids = [Value(id_of(data))]
        return _Reading(
            local_id=_local_id(ids),
            contact_as_id=_is_contact(ids),
            kind=kind,
            person=not PERSON_TYPES.isdisjoint(types_of(data)),
            fields=fields,
            modified=[Value(data["modified"])] if data.get("modified") else [],
            page=[Value(page)] if isinstance(page, str) and page else [],
            unread=self._own_accounting.unread(dict.fromkeys(unknown, 1)),
        )

    def _judge(self, reading: _Reading, source_object: SourceObject, notes: Notes) -> None:
        """Notes what rejects an object as a whole."""
        notes.path = source_object.position
        if source_object.problem is not None:
            notes.findings.append(source_object.problem)
        local_id = reading.local_id
        if local_id is None and reading.contact_as_id:
            notes.add("id.contact", "")
        elif local_id is None:
            blank = self._source.format == "rdf" and "@id" not in source_object.data
            notes.add("subject.blank" if blank else "record.id.missing", "")
        elif not is_id(local_id):
            notes.add("id.form", local_id, limit=LONGEST_ID)
        elif self._is_foreign(local_id):
            notes.add("record.foreign-id", local_id, id=local_id, owner=local_id.split("/")[2])
        if reading.person:
            notes.add("actor.person", "")
        elif reading.kind is None and source_object.problem is None:
            notes.add("record.kind.unknown", "")
        notes.path = ""

    def _is_foreign(self, local_id: str) -> bool:
        """Whether an id is an IRI outside of what the hub may speak of."""
        own = self._source.own_ids
        return bool(own) and "://" in local_id and not local_id.startswith(own)

    def _result(self, attempt: _Attempt, raw: dict[str, Any], personal: list[Finding]) -> Mapped:
        reading, notes, document = attempt.reading, attempt.notes, attempt.document
        if document is not None and reading.kind == "actor":
            _suspect_person(document, notes)
        modified_at, page_url = self._modified(reading.modified, notes), _page(reading.page, notes)
        findings = (*notes.all_findings(), *(f for f in personal if f not in notes.findings))
        rejected = any(found.severity == "error" for found in findings)
        return Mapped(
            local_id=reading.local_id,
            kind=reading.kind,
            document=None if rejected else document,
            modified_at=modified_at,
            page_url=page_url,
            findings=findings,
            unread=reading.unread,
            untagged=notes.untagged,
            raw=raw,
        )

    def _modified(self, values: list[Value], notes: Notes) -> str | None:
        for value in values[:1]:
            moment = read_moment(value.raw, self._source.zone)
            if moment is not None and moment.precision in ("day", "time"):
                return moment.text
            notes.path = "modified"
            notes.add("value.bad-date", value.raw)
        return None


def _local_id(values: list[Value]) -> str | None:
    return next((found for v in values if (found := read_id(v.raw)) is not None), None)


def _is_contact(values: list[Value]) -> bool:
    """Whether a mail address or telephone number stands where an id should, or was taken out."""
    return any(MASK in text or is_contact(text) for text in (str(v.raw) for v in values))


def _of_person(attempt: _Attempt) -> Mapped:
    return Mapped(
        local_id=attempt.reading.local_id,
        findings=tuple(attempt.notes.all_findings()),
        unread=attempt.reading.unread,
    )


def _page(values: list[Value], notes: Notes) -> str | None:
    for value in values[:1]:
        text = str(value.raw)
        address = None if holds_mail_address(text) or MASK in text else read_web_address(text)
        # The page is published beside the document, so no schema has looked at it.
        if address is not None and is_http_iri(address.iri):
            return address.iri
        notes.path = "page"
        notes.add("value.bad-iri", value.raw)
    return None


def _left_out(mapping: SourceMap, data: dict[str, Any], notes: Notes) -> bool:
    if mapping.where is not None and not _says_yes(mapping.where, data, notes):
        return True
    return _says_yes(mapping.skip, data, notes)


def _says_yes(condition: Field | None, data: dict[str, Any], notes: Notes) -> bool:
    if condition is None:
        return False
    return any(value.raw is not False for value in condition.values(data, notes))


def _suspect_person(document: Document, notes: Notes) -> None:
    names = [name for name in document.get("name", {}).values() if isinstance(name, str)]
    if "legalForm" not in document and any(named_like_a_person(name) for name in names):
        notes.path = "/name"
        notes.add("actor.maybe-person", names[0])
