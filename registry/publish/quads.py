"""Everything that a release says of one resource, as N-Quads: what its hash is taken over."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any, Final

from registry.iris import Iris
from vocab.documents import place
from vocab.nquads import iri, lang_literal, literal, to_nquads, triple
from vocab.properties import ENTITY_TYPES, KINDS, properties_of
from vocab.terms import (
    ABOUT,
    DECISION,
    LOST_BY,
    ON_PROPERTY,
    RULE,
    UNKNOWN_LICENCE,
    WON_BY,
    concept_iri,
    expand,
)  # fmt: skip
from vocab.types import Document

Resource = dict[str, Any]
"""What is stored of one published resource; see docs/published-resource.md."""

TYPE = expand("rdf:type")
DATETIME = expand("xsd:dateTime")

# What is said of every record, so that writing one looks up no name.
_CATALOG_RECORD: Final = f"{iri(TYPE)} {iri(expand('dcat:CatalogRecord'))} .\n"
_ACTIVE: Final = f"{iri(expand('adms:status'))} {iri(concept_iri('statuses', 'active'))} .\n"
_PRIMARY_TOPIC: Final = iri(expand("foaf:primaryTopic"))
_IDENTIFIER: Final = iri(expand("dct:identifier"))
_GENERATED_AT: Final = iri(expand("prov:generatedAtTime"))
_GENERATED_BY: Final = iri(expand("prov:wasGeneratedBy"))
_ATTRIBUTED_TO: Final = iri(expand("prov:wasAttributedTo"))
_LICENCE: Final = iri(expand("dct:license"))
_MODIFIED: Final = iri(expand("dct:modified"))
_SOURCE: Final = iri(expand("dct:source"))


def resource_quads(
    kind: str, resource_id: str, state: str, resource: Resource, iris: Iris
) -> list[str]:
    """The sorted N-Quads lines, each ending in a newline, of one resource; no line occurs twice."""
    subject = iris.resource(kind, resource_id)
    lines: Iterable[str]
    if state != "live":
        lines = _tombstone(subject, kind, resource, iris)
    elif kind in KINDS:
        lines = _entity(subject, resource, iris)
    elif kind == "hub":
        lines = _hub(subject, resource)
    else:
        lines = _run(subject, resource, iris)
    return sorted(set(lines))


def resource_hash(lines: list[str]) -> str:
    """SHA-256 over the sorted N-Quads, hexadecimal."""
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def placed_entity(resource: Resource, subject: str, iris: Iris) -> Document:
    """The merged document with absolute IRIs, as it is published."""
    return place(resource["merged"], subject=subject, owner=subject, resolve=iris.absolute)


def placed_record(record: Resource, subject: str, iris: Iris) -> Document:
    """What one record says of the entity `subject`, its nested nodes below the record's own IRI."""
    return place(
        record["document"], subject=subject, owner=iris.record(record["id"]), resolve=iris.absolute
    )


def _entity(subject: str, resource: Resource, iris: Iris) -> list[str]:
    merged = placed_entity(resource, subject, iris)
    lines = to_nquads(merged, None)
    nested = _nested(merged)
    for record in resource["records"]:
        graph = iris.record(record["id"])
        placed = placed_record(record, subject, iris)
        lines += to_nquads(placed, graph)
        lines += _provenance(subject, nested, record, placed, iris)
    for decision in resource["decisions"]:
        lines += _decision(subject, resource["merged"], decision, iris)
    return lines


def said_beside(subject: str, merged: Document, resource: Resource, iris: Iris) -> Iterator[str]:
    """What the default graph holds of a live entity beside its placed merged document."""
    nested = _nested(merged)
    for record in resource["records"]:
        placed = placed_record(record, subject, iris) if nested else {}
        yield from _provenance(subject, nested, record, placed, iris)
    for decision in resource["decisions"]:
        yield from _decision(subject, resource["merged"], decision, iris)


def _provenance(
    subject: str, nested: dict[str, str], record: Resource, placed: Document, iris: Iris
) -> Iterator[str]:
    yield from catalog_record(iris.record(record["id"]), subject, record, iris)
    # The same node hangs below the entity and below the record; say which came from which.
    told = _nested(placed)
    for fragment in nested.keys() & told.keys():
        yield triple(nested[fragment], expand("prov:wasDerivedFrom"), iri(told[fragment]))


def _nested(document: Document) -> dict[str, str]:
    """Fragment -> IRI of every node below a placed document."""
    found: dict[str, str] = {}
    waiting = list(document.values())
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict) and "type" in value:  # no language map
            found[value["id"].rsplit("#", 1)[1]] = value["id"]
            waiting += value.values()
    return found


def catalog_record(graph: str, subject: str, record: Resource, iris: Iris) -> Iterator[str]:
    """The record as dcat:CatalogRecord with its provenance (DCAT 3, 6.5; PROV-O)."""
    own = iri(graph)
    licence = UNKNOWN_LICENCE if record["licence"] == "unknown" else record["licence"]
    yield f"{own} {_CATALOG_RECORD}"
    yield f"{own} {_PRIMARY_TOPIC} {iri(subject)} .\n"
    yield f"{own} {_IDENTIFIER} {literal(record['local_id'])} .\n"
    yield f"{own} {_ACTIVE}"
    yield f"{own} {_GENERATED_AT} {literal(record['generated'], DATETIME)} .\n"
    yield f"{own} {_GENERATED_BY} {iri(iris.run(record['run']))} .\n"
    yield f"{own} {_ATTRIBUTED_TO} {iri(iris.hub(record['hub']))} .\n"
    yield f"{own} {_LICENCE} {iri(licence)} .\n"
    if modified := record.get("modified"):
        yield f"{own} {_MODIFIED} {literal(modified, _time_type(modified))} .\n"
    if page := record.get("page"):
        yield f"{own} {_SOURCE} {iri(page)} .\n"


def _time_type(text: str) -> str:
    names = {4: "xsd:gYear", 7: "xsd:gYearMonth", 10: "xsd:date"}
    return expand(names.get(len(text), "xsd:dateTime"))


def _decision(subject: str, merged: Document, decision: Resource, iris: Iris) -> Iterator[str]:
    language = decision.get("language")
    node = f"{subject}#decision-{decision['property']}{'-' + language if language else ''}"
    prop = properties_of(_kind_of(merged))[decision["property"]]
    yield triple(node, TYPE, iri(DECISION))
    yield triple(node, ABOUT, iri(subject))
    yield triple(node, ON_PROPERTY, iri(expand(prop.iri)))
    yield triple(node, RULE, literal(decision["rule"]))
    if language:
        yield triple(node, expand("dct:language"), literal(language))
    for record_id in decision["won_by"]:
        yield triple(node, WON_BY, iri(iris.record(record_id)))
    for claim in decision["lost"]:
        yield triple(node, LOST_BY, iri(iris.record(claim["record_id"])))


def _kind_of(document: Document) -> str:
    types = document["type"] if isinstance(document["type"], list) else [document["type"]]
    return next(kind for kind, entity in ENTITY_TYPES.items() if entity.type in types)


def _tombstone(subject: str, kind: str, resource: Resource, iris: Iris) -> Iterator[str]:
    """A former entity (ActivityStreams 2.0 Vocabulary, Tombstone)."""
    former = "dcat:Catalog" if kind == "hub" else ENTITY_TYPES[kind].iri  # type: ignore[index]
    yield triple(subject, TYPE, iri(expand("as:Tombstone")))
    yield triple(subject, expand("as:formerType"), iri(expand(former)))
    if resource["replaced_by"]:
        yield triple(subject, expand("dct:isReplacedBy"), iri(iris.entity(resource["replaced_by"])))
    else:
        yield triple(subject, expand("as:deleted"), literal(resource["at"], DATETIME))


def _hub(subject: str, hub: Resource) -> Iterator[str]:
    yield triple(subject, TYPE, iri(expand("dcat:Catalog")))
    yield triple(subject, TYPE, iri(expand("prov:Agent")))
    for language, text in hub["name"].items():
        yield triple(subject, expand("dct:title"), lang_literal(text, language))
    for language, text in hub.get("description", {}).items():
        yield triple(subject, expand("dct:description"), lang_literal(text, language))
    if hub.get("homepage"):
        yield triple(subject, expand("foaf:homepage"), iri(hub["homepage"]))
    publisher = f"{subject}#publisher"
    yield triple(subject, expand("dct:publisher"), iri(publisher))
    for agent in ("foaf:Agent", "foaf:Organization"):
        yield triple(publisher, TYPE, iri(expand(agent)))
    yield triple(publisher, expand("foaf:name"), literal(hub["publisher"]))
    for source in hub["sources"]:
        service = f"{subject}#{source['id'].split('/')[1]}"
        yield triple(subject, expand("dcat:service"), iri(service))
        yield triple(service, TYPE, iri(expand("dcat:DataService")))
        yield triple(service, expand("dct:title"), literal(source["id"]))
        yield triple(service, expand("dct:identifier"), literal(source["iri"]))
        if source["licence"] != "unknown":
            yield triple(service, expand("dct:license"), iri(source["licence"]))
        if source["url"].startswith(("http://", "https://")):
            yield triple(service, expand("dcat:endpointURL"), iri(source["url"]))


def _run(subject: str, run: Resource, iris: Iris) -> Iterator[str]:
    yield triple(subject, TYPE, iri(expand("prov:Activity")))
    yield triple(subject, expand("prov:startedAtTime"), literal(run["started"], DATETIME))
    if run.get("ended"):
        yield triple(subject, expand("prov:endedAtTime"), literal(run["ended"], DATETIME))
    yield triple(subject, expand("prov:wasAssociatedWith"), iri(iris.hub(run["hub"])))
    yield triple(
        subject, expand("prov:used"), iri(f"{iris.hub(run['hub'])}#{run['source'].split('/')[1]}")
    )
