"""Namespaces and the constant IRIs that code names; checked against the ontology by the tests."""

from functools import cache
from typing import Final

PREFIXES: Final[dict[str, str]] = {
    "adms": "http://www.w3.org/ns/adms#",
    "as": "https://www.w3.org/ns/activitystreams#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "locn": "http://www.w3.org/ns/locn#",
    "m8g": "http://data.europa.eu/m8g/",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "rov": "http://www.w3.org/ns/regorg#",
    "schema": "https://schema.org/",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "verbund": "https://w3id.org/verbund/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

SCHEMES_BASE: Final = "https://w3id.org/verbund/"
"""Each concept scheme is `SCHEMES_BASE + name + "/"`, each concept that plus its notation."""

# Terms of our own that code writes (the others stand in properties.py).
DECISION: Final = PREFIXES["verbund"] + "Decision"
ABOUT: Final = PREFIXES["verbund"] + "about"
ON_PROPERTY: Final = PREFIXES["verbund"] + "onProperty"
RULE: Final = PREFIXES["verbund"] + "rule"
WON_BY: Final = PREFIXES["verbund"] + "wonBy"
LOST_BY: Final = PREFIXES["verbund"] + "lostBy"
GRAPH_STATE: Final = PREFIXES["verbund"] + "graphState"
UNKNOWN_LICENCE: Final = PREFIXES["verbund"] + "unknownLicence"
"""Stands where a hub states no licence, so that a query for licences misses nothing."""


@cache
def expand(curie: str) -> str:
    """The IRI of a prefixed name such as `dct:title`; KeyError for a prefix not declared here."""
    prefix, _, local = curie.partition(":")
    return PREFIXES[prefix] + local


def concept_iri(scheme: str, notation: str) -> str:
    """The IRI of one concept; a value that is an IRI already (an SDG, say) stays as it is."""
    return notation if "://" in notation else f"{SCHEMES_BASE}{scheme}/{notation}"
