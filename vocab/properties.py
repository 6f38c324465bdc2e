"""The one table of classes and properties that context, schemas, shapes, forms and merging are made from."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal

Kind = Literal["actor", "project", "event"]
KINDS: Final[tuple[Kind, ...]] = ("actor", "project", "event")
Level = Literal["M", "R", "O"]


class Range(Enum):
    """What a property's value is, in a document and in RDF."""

    TEXT = "text"  # language map {"de": "…"}; a list per language where many -> rdf:langString
    STRING = "string"  # plain string -> xsd:string
    IRI = "iri"  # absolute http(s) IRI -> IRI
    DATE = "date"  # "2021-10-07" or {"@value": "2021", "@type": "xsd:gYear"} -> xsd:date, gYearMonth, gYear
    DATETIME = (
        "datetime"  # with offset; or {"@value": "2021-10-07", "@type": "xsd:date"} for a whole day
    )
    BOOLEAN = "boolean"  # true, false -> xsd:boolean
    DECIMAL = "decimal"  # "25000.00", a string, as JSON numbers are binary -> xsd:decimal
    WKT = "wkt"  # "POINT(lon lat)" -> geo:wktLiteral
    CONCEPT = "concept"  # notation of `scheme`, or a foreign concept's IRI -> IRI
    REFERENCE = (
        "reference"  # IRI or local id, or {"id": …, "name": {…}} -> IRI or a node of its own
    )
    NODE = "node"  # object with "type", one of `nodes` -> node below its owner's IRI


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """One property of a kind or of a nested node: its key in documents, its IRI, its range and its labels."""

    name: str
    iri: str  # prefixed name
    range: Range
    on: tuple[str, ...]  # kinds and node types that carry it
    many: bool = False
    level: Level = "O"  # mandatory / recommended / optional for a *complete* description
    level_on: tuple[tuple[str, Level], ...] = ()  # where one kind differs from `level`
    scheme: str | None = None
    nodes: tuple[str, ...] = ()
    target: Kind | None = None  # kind that a reference points at
    de: str
    en: str

    def level_for(self, owner: str) -> Level:
        """M, R or O for one kind or node type."""
        return dict(self.level_on).get(owner, self.level)


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityClass:
    """A kind of entity: its main class, and the classes that are stated beside it."""

    kind: Kind
    type: str  # the word in documents
    iri: str
    also: tuple[str, ...]
    path: str  # the folder of its pages
    de: str
    en: str
    de_many: str
    en_many: str


ENTITY_TYPES: Final[dict[Kind, EntityClass]] = {
    "actor": EntityClass(
        kind="actor", type="Actor", iri="org:Organization", also=("schema:Organization",), path="actors",
        de="Akteur", en="Actor", de_many="Akteure", en_many="Actors",
    ),
    # schema:Project is a subclass of schema:Organization, so it is never the main class.
    "project": EntityClass(
        kind="project", type="Project", iri="foaf:Project", also=("schema:Project",), path="projects",
        de="Projekt", en="Project", de_many="Projekte", en_many="Projects",
    ),
    "event": EntityClass(
        kind="event", type="Event", iri="schema:Event", also=(), path="events",
        de="Veranstaltung", en="Event", de_many="Veranstaltungen", en_many="Events",
    ),
}  # fmt: skip

ACTOR_CLASSES: Final[dict[str, str]] = {
    "public-administration": "m8g:PublicOrganisation",
    "network": "org:OrganizationalCollaboration",
}
"""Further classes of an actor, by actor type."""

NODE_TYPES: Final[dict[str, str]] = {
    "Identifier": "adms:Identifier",
    "Address": "locn:Address",
    "Geometry": "locn:Geometry",
    "ContactPoint": "schema:ContactPoint",
    "Offer": "schema:Offer",
    "Demand": "schema:Demand",
    "MonetaryGrant": "schema:MonetaryGrant",
    "Audience": "schema:Audience",
    "Place": "schema:Place",
    "VirtualLocation": "schema:VirtualLocation",
    "EventSeries": "schema:EventSeries",
    "Agent": "foaf:Agent",  # an actor that a hub only names; never org:Organization, so it counts as nobody
}

_ALL = ("actor", "project", "event")
_AP = ("actor", "project")
_PE = ("project", "event")
_SEEKING = ("Offer", "Demand")
T = Range


def _p(
    name: str, iri: str, range: Range, on: tuple[str, ...], de: str, en: str, **more: object
) -> Property:
    return Property(name=name, iri=iri, range=range, on=on, de=de, en=en, **more)  # type: ignore[arg-type]


PROPERTIES: Final[tuple[Property, ...]] = (
    _p("name", "schema:name", T.TEXT, (*_ALL, *_SEEKING, "MonetaryGrant", "Audience", "Place", "EventSeries", "Agent"), "Name", "Name", level="M"),
    _p("alternateName", "schema:alternateName", T.TEXT, _ALL, "Weitere Namen", "Other names", many=True),
    _p("legalName", "schema:legalName", T.TEXT, ("actor",), "Rechtsname", "Legal name"),
    _p("description", "dct:description", T.TEXT, (*_ALL, *_SEEKING), "Beschreibung", "Description", level="R"),
    _p("actorType", "org:classification", T.CONCEPT, ("actor",), "Akteurstyp", "Actor type", many=True, level="M", scheme="actor-types"),
    _p("carriedBy", "verbund:carriedBy", T.REFERENCE, ("project",), "Getragen von", "Carried by", many=True, level="M", target="actor"),
    _p("organizer", "schema:organizer", T.REFERENCE, ("event",), "Veranstaltet von", "Organiser", many=True, level="M", target="actor"),
    _p("startDate", "schema:startDate", T.DATETIME, ("event",), "Beginn", "Start", level="M"),
    _p("endDate", "schema:endDate", T.DATETIME, ("event",), "Ende", "End", level="R"),
    _p("starts", "schema:startDate", T.DATE, ("project",), "Beginn", "Start", level="R"),
    _p("ends", "schema:endDate", T.DATE, ("project",), "Ende", "End", level="R"),
    _p("location", "schema:location", T.NODE, ("event",), "Ort der Veranstaltung", "Venue", many=True, level="M", nodes=("Place", "VirtualLocation")),
    _p("homepage", "foaf:homepage", T.IRI, _ALL, "Webseite", "Website", level="R"),
    _p("address", "locn:address", T.NODE, (*_ALL, "Place"), "Anschrift", "Address", many=True, level="R", level_on=(("event", "O"), ("project", "O")), nodes=("Address",)),
    _p("geometry", "locn:geometry", T.NODE, (*_ALL, "Place"), "Koordinaten", "Coordinates", nodes=("Geometry",)),
    _p("place", "dct:spatial", T.IRI, (*_ALL, *_SEEKING), "Ort", "Place", many=True, level="R"),
    _p("topic", "dct:subject", T.CONCEPT, (*_ALL, *_SEEKING), "Themen", "Topics", many=True, level="R", level_on=(("project", "M"),), scheme="topics"),
    _p("socialPurpose", "verbund:socialPurpose", T.TEXT, ("actor",), "Sozialer Zweck", "Social purpose"),
    _p("addressesProblem", "verbund:addressesProblem", T.TEXT, ("project",), "Soziales Problem", "Social problem", level="R"),
    _p("approach", "verbund:approach", T.TEXT, ("project",), "Neuer Ansatz", "New approach", level="R"),
    _p("innovationLevel", "verbund:innovationLevel", T.CONCEPT, ("project",), "Ebene der Innovation", "Level of innovation", many=True, level="R", scheme="innovation-levels"),
    _p("technologyRelation", "verbund:technologyRelation", T.CONCEPT, ("project",), "Verhältnis zur Technik", "Relation to technology", level="R", scheme="technology-relations"),
    _p("stage", "verbund:stage", T.CONCEPT, ("project",), "Stand der Innovation", "Stage", level="R", scheme="stages"),
    _p("status", "adms:status", T.CONCEPT, _AP, "Status", "Status", level="M", scheme="statuses"),
    _p("legalForm", "rov:orgType", T.CONCEPT, ("actor",), "Rechtsform", "Legal form", scheme="legal-forms"),
    _p("identifier", "adms:identifier", T.NODE, _ALL, "Kennungen", "Identifiers", many=True, level="R", level_on=(("project", "O"), ("event", "O")), nodes=("Identifier",)),
    _p("contactPoint", "schema:contactPoint", T.NODE, _AP, "Kontakt", "Contact", many=True, level="R", nodes=("ContactPoint",)),
    _p("language", "schema:knowsLanguage", T.STRING, ("actor",), "Sprachen", "Languages", many=True),
    _p("partOf", "org:subOrganizationOf", T.REFERENCE, ("actor",), "Teil von", "Part of", many=True, target="actor"),
    _p("memberOf", "org:memberOf", T.REFERENCE, ("actor",), "Mitglied in", "Member of", many=True, target="actor"),
    _p("cooperatesWith", "verbund:cooperatesWith", T.REFERENCE, _AP, "Arbeitet zusammen mit", "Cooperates with", many=True, target="actor"),
    _p("partner", "schema:member", T.REFERENCE, ("project",), "Partner", "Partners", many=True, target="actor"),
    _p("funder", "schema:funder", T.REFERENCE, (*_PE, "MonetaryGrant"), "Gefördert von", "Funded by", many=True, target="actor"),
    _p("funding", "schema:funding", T.NODE, ("project",), "Förderung", "Funding", many=True, nodes=("MonetaryGrant",)),
    _p("audience", "schema:audience", T.NODE, _PE, "Zielgruppe", "Target group", many=True, nodes=("Audience",)),
    _p("foundingDate", "schema:foundingDate", T.DATE, ("actor",), "Gegründet", "Founded"),
    _p("dissolutionDate", "schema:dissolutionDate", T.DATE, ("actor",), "Aufgelöst", "Dissolved"),
    _p("replacedBy", "dct:isReplacedBy", T.REFERENCE, ("actor",), "Ersetzt durch", "Replaced by", many=True, target="actor"),
    _p("series", "schema:superEvent", T.NODE, ("event",), "Reihe", "Series", nodes=("EventSeries",)),
    _p("eventStatus", "schema:eventStatus", T.CONCEPT, ("event",), "Stand", "Event status", scheme="event-statuses"),
    _p("attendanceMode", "schema:eventAttendanceMode", T.CONCEPT, ("event",), "Teilnahme", "Attendance", scheme="attendance-modes"),
    _p("inLanguage", "schema:inLanguage", T.STRING, ("event",), "Sprachen", "Languages", many=True),
    _p("isAccessibleForFree", "schema:isAccessibleForFree", T.BOOLEAN, ("event",), "Kostenfrei", "Free of charge"),
    _p("makesOffer", "schema:makesOffer", T.NODE, _AP, "Bietet", "Offers", many=True, nodes=("Offer",)),
    _p("seeks", "schema:seeks", T.NODE, _AP, "Sucht", "Seeks", many=True, nodes=("Demand",)),
    _p("sameAs", "schema:sameAs", T.IRI, (*_ALL, "Agent"), "Identisch mit", "Same as", many=True),
    # nested nodes
    _p("notation", "skos:notation", T.STRING, ("Identifier",), "Nummer", "Number", level="M"),
    _p("schemaAgency", "adms:schemaAgency", T.STRING, ("Identifier",), "Register", "Register", level="M"),
    _p("fullAddress", "locn:fullAddress", T.STRING, ("Address",), "Anschrift in einer Zeile", "Address in one line"),
    _p("thoroughfare", "locn:thoroughfare", T.STRING, ("Address",), "Straße", "Street"),
    _p("locatorDesignator", "locn:locatorDesignator", T.STRING, ("Address",), "Hausnummer", "House number"),
    _p("postCode", "locn:postCode", T.STRING, ("Address",), "Postleitzahl", "Postcode"),
    _p("postName", "locn:postName", T.STRING, ("Address",), "Ort", "Town"),
    _p("adminUnitL1", "locn:adminUnitL1", T.STRING, ("Address",), "Land", "Country"),
    _p("adminUnitL2", "locn:adminUnitL2", T.STRING, ("Address",), "Bundesland oder Kreis", "State or district"),
    _p("asWKT", "geo:asWKT", T.WKT, ("Geometry",), "Punkt", "Point", level="M"),
    _p("email", "schema:email", T.STRING, ("ContactPoint",), "E-Mail", "E-mail"),
    _p("telephone", "schema:telephone", T.STRING, ("ContactPoint",), "Telefon", "Telephone"),
    _p("url", "schema:url", T.IRI, ("ContactPoint", "Place", "VirtualLocation", *_SEEKING), "Adresse im Netz", "Web address"),
    _p("offerKind", "schema:category", T.CONCEPT, _SEEKING, "Art", "Kind", scheme="offer-kinds"),
    _p("validThrough", "schema:validThrough", T.DATE, _SEEKING, "Gültig bis", "Valid until"),
    _p("amount", "schema:amount", T.DECIMAL, ("MonetaryGrant",), "Betrag", "Amount"),
    _p("currency", "schema:currency", T.STRING, ("MonetaryGrant",), "Währung", "Currency"),
)  # fmt: skip

_BY_OWNER: Final[dict[str, dict[str, Property]]] = {
    owner: {p.name: p for p in PROPERTIES if owner in p.on}
    for owner in dict.fromkeys(o for p in PROPERTIES for o in p.on)
}


def properties_of(owner: str) -> dict[str, Property]:
    """The properties of a kind or node type by name, in the order in which they are shown."""
    return _BY_OWNER.get(owner, {})


def references_of(kind: str) -> Iterator[Property]:
    """The properties of a kind whose values point at other entities."""
    return (p for p in properties_of(kind).values() if p.range is Range.REFERENCE)
