"""The catalog's distributions: the query service, the lists and the dump."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from registry.project.dumps import NAME
from registry.publish import catalog_terms as terms
from registry.publish.catalog_facts import CatalogFacts
from registry.publish.triples import Triples
from vocab.properties import ENTITY_TYPES, KINDS, Kind

# The JSON-LD lists are left out: one of their addresses gives one page of names, not the data.
_LIST_FORMS: Final = (
    ("csv", "CSV", terms.CSV, terms.MEDIA_CSV),
    ("geojson", "GeoJSON", terms.GEOJSON, terms.MEDIA_GEOJSON),
)
_ICAL: Final = ("ics", "iCal", terms.ICAL, terms.MEDIA_ICAL)
_LIST_TEXTS: Final = {
    "de": "Alle zusammengeführten Einträge mit Adresse, Namen, Themen, Ort und beteiligten Hubs.",
    "en": "All merged entries with address, names, topics, place and the hubs that describe them.",
}


def write_distributions(out: Triples, facts: CatalogFacts) -> list[str]:
    """Describe each way to the data; returns their IRIs."""
    return [*_dump(out, facts), *_lists(out, facts), _news(out, facts), _queries(out, facts)]


def _dump(out: Triples, facts: CatalogFacts) -> list[str]:
    dump, folder = facts.dump, f"{facts.base}/dumps/"
    if dump is None:
        return []
    titles = {
        "de": f"Alles in einer Datei: N-Quads von Release {dump.release}",
        "en": f"Everything in one file: N-Quads of release {dump.release}",
    }
    texts = {
        "de": "Die zusammengeführten Einträge im Standardgraphen, dazu in einem Graphen je "
        "Datensatz, was die einzelne Quelle sagt, mit Herkunft und Lizenz.",
        "en": "The merged entries in the default graph and, in one graph for each record, what the "
        "single source says, with provenance and licence.",
    }
    node = _distribution(out, facts, "dump", titles, texts, access=folder, file_type=terms.N_QUADS)
    # Not spdx:Checksum, in which DCAT-AP 2.1.1 admits SHA-1 alone (docs/decisions/0008).
    checksum = f"{folder}{NAME}.sha256"
    out.types(node, "schema:DataDownload")
    out.value(node, "schema:sha256", dump.sha256)
    out.links(node, "foaf:page", checksum)
    out.types(checksum, "foaf:Document")
    out.links(node, "dcat:downloadURL", folder + NAME)
    out.links(node, "dcat:mediaType", terms.MEDIA_N_QUADS)
    out.links(node, "dcat:compressFormat", terms.MEDIA_GZIP)
    # A decimal as DCAT-AP 2.1.1 asks; DCAT-AP 3 asks for xsd:nonNegativeInteger.
    out.value(node, "dcat:byteSize", str(dump.size), "xsd:decimal")
    out.moment(node, "dct:modified", datetime.fromisoformat(dump.made_at))
    return [node]


def _lists(out: Triples, facts: CatalogFacts) -> list[str]:
    written = []
    for kind in KINDS:
        owner = ENTITY_TYPES[kind]
        address = f"{facts.base}/{owner.path}"
        for ending, name, file_type, media_type in _forms_of(kind):
            titles = {"de": f"{owner.de_many} als {name}", "en": f"{owner.en_many} as {name}"}
            node = _distribution(
                out,
                facts,
                f"{owner.path}-{ending}",
                titles,
                _LIST_TEXTS,
                access=address,
                file_type=file_type,
            )
            out.links(node, "dcat:downloadURL", f"{address}.{ending}")
            out.links(node, "dcat:mediaType", media_type)
            out.moment(node, "dct:modified", facts.modified_at)
            written.append(node)
    return written


def _forms_of(kind: Kind) -> tuple[tuple[str, str, str, str], ...]:
    return (*_LIST_FORMS, _ICAL) if kind == "event" else _LIST_FORMS


def _news(out: Triples, facts: CatalogFacts) -> str:
    """A feed is an access, not a file: its address gives what changed last (DCAT 2, 6.8.4)."""
    titles = {"de": "Neues und Geändertes als Atom", "en": "What is new and changed as Atom"}
    texts = {
        "de": "Die zuletzt geänderten Einträge, zum Abonnieren; ältere auf weiteren Seiten.",
        "en": "The entries that changed last, to subscribe to; older ones on further pages.",
    }
    address = f"{facts.base}/new.atom"
    node = _distribution(
        out, facts, "new-atom", titles, texts, access=address, file_type=terms.ATOM
    )
    out.links(node, "dcat:mediaType", terms.MEDIA_ATOM)
    out.moment(node, "dct:modified", facts.modified_at)
    return node


def _queries(out: Triples, facts: CatalogFacts) -> str:
    endpoint, service = f"{facts.base}/sparql", facts.node("sparql")
    out.types(service, "dcat:DataService")
    out.texts(service, "dct:title", {"de": "SPARQL-Abfragen", "en": "SPARQL queries"})
    out.links(service, "dcat:endpointURL", endpoint)
    out.links(service, "dcat:endpointDescription", f"{facts.base}/daten")
    out.links(service, "dcat:servesDataset", facts.node("dataset"))
    out.links(service, "dct:conformsTo", terms.SPARQL_PROTOCOL)
    out.links(service, "dct:accessRights", terms.PUBLIC)
    out.links(service, "dct:license", facts.licence)
    out.links(service, "dct:publisher", facts.node("publisher"))
    out.links(service, "dcat:contactPoint", facts.node("contact"))
    titles = {"de": "Abfragen mit SPARQL 1.1", "en": "Queries with SPARQL 1.1"}
    texts = {
        "de": "Fragen über alle Angaben und ihre Herkunft, mit begrenzter Dauer und Größe.",
        "en": "Questions about all statements and where they come from, limited in time and size.",
    }
    out.texts(service, "dct:description", texts)
    node = _distribution(
        out, facts, "sparql-access", titles, texts, access=endpoint, file_type=terms.SPARQL_QUERY
    )
    out.links(node, "dcat:accessService", service)
    out.links(node, "dct:conformsTo", terms.SPARQL_PROTOCOL)
    return node


def _distribution(
    out: Triples,
    facts: CatalogFacts,
    name: str,
    titles: Mapping[str, str],
    texts: Mapping[str, str],
    *,
    access: str,
    file_type: str,
) -> str:
    node = facts.node(name)
    out.types(node, "dcat:Distribution")
    out.texts(node, "dct:title", titles)
    out.texts(node, "dct:description", texts)
    out.links(node, "dcat:accessURL", access)
    out.links(node, "dct:format", file_type)
    out.links(node, "dct:license", facts.licence)
    out.links(node, "dct:rights", facts.node("rights"))
    if facts.shares:
        attribution = {"de": f"Enthält Daten von: {facts.credits('de')}"}
        out.texts(node, "dcatde:licenseAttributionByText", attribution)
    return node
