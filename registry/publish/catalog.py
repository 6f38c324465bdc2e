"""The catalog of this instance for data portals: DCAT-AP 2.1.1 with the terms of DCAT-AP.de 2.0.

One data set (all that is published) with its distributions. Every node has an absolute IRI, and
nothing has to be looked up elsewhere to read it.
"""

import re
from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import quote

import orjson

from registry.publish import catalog_terms as terms
from registry.publish.catalog_facts import CatalogFacts
from registry.publish.catalog_files import write_distributions
from registry.publish.description import Description
from registry.publish.forms import to_rdfxml, to_turtle
from registry.publish.jsonld import nodes_of
from registry.publish.triples import DCATDE, Triples
from vocab.iris import is_http_iri
from vocab.licences import LICENCES
from vocab.terms import PREFIXES

_MAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def describe_catalog(facts: CatalogFacts) -> Description:
    """The catalog as triples; the same facts give the same ones in the same order."""
    out = Triples()
    _catalog(out, facts)
    _dataset(out, facts, write_distributions(out, facts))
    _publisher(out, facts)
    _rights(out, facts)
    _foreign_terms(out)
    return Description(subject=facts.iri, beside=out.lines())


def to_jsonld(description: Description, base: str) -> bytes:
    """JSON-LD with its context inside, so that it can be read without the web."""
    context = {"id": "@id", "type": "@type", **PREFIXES, "dcatde": DCATDE}
    nodes = nodes_of(description.statements())
    document = {"@context": context, "@graph": list(nodes.values())}
    return orjson.dumps(document, option=orjson.OPT_INDENT_2)


WRITERS: Final[dict[str, Callable[[Description, str], bytes]]] = {
    "ttl": to_turtle,
    "rdf": to_rdfxml,
    "jsonld": to_jsonld,
}
"""By the ending of the address."""


def _catalog(out: Triples, facts: CatalogFacts) -> None:
    node = facts.iri
    out.types(node, "dcat:Catalog")
    out.texts(node, "dct:title", {"de": facts.title, "en": facts.title})
    out.texts(
        node,
        "dct:description",
        {
            "de": f"Die offenen Daten von {facts.title}: alle Dateien und Dienste.",
            "en": f"The open data of {facts.title}: all files and services.",
        },
    )
    out.links(node, "dct:publisher", facts.node("publisher"))
    out.links(node, "dct:language", terms.GERMAN, terms.ENGLISH)
    out.links(node, "dct:spatial", terms.SAXONY)
    out.links(node, "dct:conformsTo", terms.DCAT_AP_DE)
    out.links(node, "dcat:themeTaxonomy", terms.THEMES)
    out.links(node, "foaf:homepage", facts.home)
    out.links(node, "dcat:dataset", facts.node("dataset"))
    out.links(node, "dcat:service", facts.node("sparql"))
    out.moment(node, "dct:issued", facts.issued_at)
    out.moment(node, "dct:modified", facts.modified_at)


def _dataset(out: Triples, facts: CatalogFacts, distributions: Sequence[str]) -> None:
    node, hubs = facts.node("dataset"), len(facts.shares)
    out.types(node, "dcat:Dataset")
    out.texts(
        node,
        "dct:title",
        {
            "de": "Akteure, Projekte und Veranstaltungen sozialer Innovation",
            "en": "Actors, projects and events of social innovation",
        },
    )
    out.texts(
        node,
        "dct:description",
        {
            "de": "Wer soziale Innovationen trägt, welche Projekte es gibt und wo man sich trifft, "
            f"zusammengeführt aus den Daten der Hubs (zurzeit {hubs}). Zu jeder Angabe steht, aus "
            "welchem Datensatz sie stammt und welche Lizenz er hat.",
            "en": "Who drives social innovation, which projects there are and where people meet, "
            f"merged from the data of the hubs (at present {hubs}). Every statement names the "
            "record that it comes from and the licence of that record.",
        },
    )
    # udata skips a data set without a literal dct:identifier.
    out.value(node, "dct:identifier", node)
    for word in ("soziale Innovation", "Sozialwirtschaft", "Zivilgesellschaft"):
        out.texts(node, "dcat:keyword", {"de": word})
    for word in ("social innovation", "social economy", "civil society"):
        out.texts(node, "dcat:keyword", {"en": word})
    out.links(node, "dct:publisher", facts.node("publisher"))
    out.links(node, "dcat:contactPoint", facts.node("contact"))
    out.links(node, "dcat:theme", terms.SOCIETY)
    out.links(node, "dct:language", terms.GERMAN, terms.ENGLISH)
    out.links(node, "dct:accrualPeriodicity", terms.CONTINUOUS)
    out.links(node, "dct:spatial", terms.SAXONY)
    out.links(node, "dcatde:politicalGeocodingURI", terms.SAXONY)
    out.links(node, "dcatde:politicalGeocodingLevelURI", terms.STATE)
    out.links(node, "dcatde:contributorID", terms.CONTRIBUTOR)
    out.links(node, "dct:accessRights", terms.PUBLIC)
    out.links(node, "dcat:landingPage", facts.home)
    out.links(node, "dcat:distribution", *distributions)
    out.value(node, "dcat:version", str(facts.release))
    out.moment(node, "dct:issued", facts.issued_at)
    out.moment(node, "dct:modified", facts.modified_at)
    shapes = f"{facts.base}/shapes/shapes.ttl"
    out.links(node, "dct:conformsTo", shapes)
    out.types(shapes, "dct:Standard")


def _publisher(out: Triples, facts: CatalogFacts) -> None:
    publisher, contact = facts.node("publisher"), facts.node("contact")
    # DCAT-AP asks for foaf:Agent, GovData's importer for foaf:Organization.
    out.types(publisher, "foaf:Agent", "foaf:Organization")
    out.value(publisher, "foaf:name", facts.title)
    out.links(publisher, "foaf:homepage", facts.home)
    out.types(facts.home, "foaf:Document")
    out.types(contact, "vcard:Kind", "vcard:Organization")
    out.value(contact, "vcard:fn", facts.title)
    out.links(contact, *_reach(facts))


def _reach(facts: CatalogFacts) -> tuple[str, str]:
    """How the operator is reached: by mail or on the web, else by the imprint."""
    contact = facts.contact.strip()
    if _MAIL.fullmatch(contact):
        return "vcard:hasEmail", "mailto:" + quote(contact, safe="@+!$&'*-._~")
    return "vcard:hasURL", contact if is_http_iri(contact) else f"{facts.base}/impressum"


def _rights(out: Triples, facts: CatalogFacts) -> None:
    node = facts.node("rights")
    out.types(node, "dct:RightsStatement")
    out.texts(
        node,
        "rdfs:label",
        {
            "de": "Jeder Datensatz behält die Lizenz seines Hubs; sie steht als dct:license bei "
            f"ihm. Die Hubs: {facts.credits('de')}",
            "en": "Every record keeps the licence of its hub, which stands with it as dct:license. "
            f"The hubs: {facts.credits('en')}",
        },
    )
    out.types(facts.licence, "dct:LicenseDocument")
    out.links(facts.licence, "skos:inScheme", LICENCES)


def _foreign_terms(out: Triples) -> None:
    for term, kind in terms.CLASSES.items():
        if out.names(term):
            out.types(term, kind)
            named = "dct:title" if kind == "skos:ConceptScheme" else "skos:prefLabel"
            out.texts(term, named, terms.NAMES.get(term, {}))
    for term in terms.LISTED:
        if out.names(term):
            out.links(term, "skos:inScheme", term.rpartition("/")[0])
