"""Other people's terms that the catalog uses: what each is and which list it stands in."""

from typing import Final

_EU: Final = "http://publications.europa.eu/resource/authority"
_DE: Final = "http://dcat-ap.de/def"
_IANA: Final = "https://www.iana.org/assignments/media-types"

GERMAN: Final = f"{_EU}/language/DEU"
ENGLISH: Final = f"{_EU}/language/ENG"
CONTINUOUS: Final = f"{_EU}/frequency/CONT"
PUBLIC: Final = f"{_EU}/access-right/PUBLIC"
THEMES: Final = f"{_EU}/data-theme"
SOCIETY: Final = f"{THEMES}/SOCI"
N_QUADS: Final = f"{_EU}/file-type/RDF_N_QUADS"
CSV: Final = f"{_EU}/file-type/CSV"
GEOJSON: Final = f"{_EU}/file-type/GEOJSON"
ICAL: Final = f"{_EU}/file-type/ICS"
ATOM: Final = f"{_EU}/file-type/ATOM"
SPARQL_QUERY: Final = f"{_EU}/file-type/SPARQLQ"

SAXONY: Final = f"{_DE}/politicalGeocoding/stateKey/14"
STATE: Final = f"{_DE}/politicalGeocoding/Level/state"
CONTRIBUTOR: Final = f"{_DE}/contributors/freistaatSachsen"

MEDIA_N_QUADS: Final = f"{_IANA}/application/n-quads"
MEDIA_GZIP: Final = f"{_IANA}/application/gzip"
MEDIA_CSV: Final = f"{_IANA}/text/csv"
MEDIA_GEOJSON: Final = f"{_IANA}/application/geo+json"
MEDIA_ICAL: Final = f"{_IANA}/text/calendar"
MEDIA_ATOM: Final = f"{_IANA}/application/atom+xml"

SPARQL_PROTOCOL: Final = "https://www.w3.org/TR/sparql11-protocol/"
DCAT_AP_DE: Final = "https://www.dcat-ap.de/def/dcatde/2.0/spec/"

CLASSES: Final[dict[str, str]] = {
    GERMAN: "dct:LinguisticSystem",
    ENGLISH: "dct:LinguisticSystem",
    CONTINUOUS: "dct:Frequency",
    PUBLIC: "dct:RightsStatement",
    N_QUADS: "dct:MediaTypeOrExtent",
    CSV: "dct:MediaTypeOrExtent",
    GEOJSON: "dct:MediaTypeOrExtent",
    ICAL: "dct:MediaTypeOrExtent",
    ATOM: "dct:MediaTypeOrExtent",
    SPARQL_QUERY: "dct:MediaTypeOrExtent",
    SAXONY: "dct:Location",
    MEDIA_N_QUADS: "dct:MediaType",
    MEDIA_GZIP: "dct:MediaType",
    MEDIA_CSV: "dct:MediaType",
    MEDIA_GEOJSON: "dct:MediaType",
    MEDIA_ICAL: "dct:MediaType",
    MEDIA_ATOM: "dct:MediaType",
    SPARQL_PROTOCOL: "dct:Standard",
    DCAT_AP_DE: "dct:Standard",
    SOCIETY: "skos:Concept",
    THEMES: "skos:ConceptScheme",
}
"""What kind of thing each term is. The catalog repeats it, so that an importer that looks nothing
up can still tell a language from a place (DCAT-AP 2.1.1 states these ranges)."""

LISTED: Final = (
    GERMAN, ENGLISH, CONTINUOUS, PUBLIC, SOCIETY, N_QUADS, CSV, GEOJSON, ICAL, ATOM, SPARQL_QUERY,
    SAXONY, STATE, CONTRIBUTOR,
)  # fmt: skip
"""Entries of controlled lists: their list is the part of the IRI before the last slash."""

NAMES: Final[dict[str, dict[str, str]]] = {
    SOCIETY: {"de": "Bevölkerung und Gesellschaft", "en": "Population and society"},
    THEMES: {"en": "Data theme"},
}
"""Names of what DCAT-AP wants a name for: themes and their list."""
