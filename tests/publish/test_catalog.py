"""The catalog: what the profiles of data portals demand of it, and what it says of our data.

The shapes run offline. Those of the controlled lists (`mdr-vocabularies`, the German list checks)
want every entry to say which list it stands in, which their validator loads from the web. Nothing
is supplied here in its place: the catalog itself says it of every entry that it uses. So the shapes
cannot find a misspelt entry, and `test_entries_stand_in_the_lists` looks them up in copies of the
lists; of the EU's tables there is a copy of the frequencies only.
"""

import json
import logging
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pyld import jsonld
from pyshacl import validate
from rdflib import RDF, RDFS, BNode, Graph, Literal, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import DCAT, DCTERMS, FOAF, OWL, SH, SKOS, Namespace

from registry.project.dumps import Dump
from registry.publish.catalog import WRITERS, describe_catalog
from registry.publish.catalog_facts import CatalogFacts, Share
from registry.publish.catalog_licence import OTHER_CLOSED, OTHER_OPEN, licence_of_whole
from vocab.licences import ENTRIES, OPEN

BASE = "https://verbund.example"
CATALOG = URIRef(f"{BASE}/catalog")
DATASET = URIRef(f"{BASE}/catalog#dataset")
DUMP = URIRef(f"{BASE}/catalog#dump")
LICENCES = "http://dcat-ap.de/def/licenses/"
DCATDE = Namespace("http://dcat-ap.de/def/dcatde/")
SCHEMA = Namespace("https://schema.org/")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
FACTS = CatalogFacts(
    base=BASE,
    title="Verbund »Muster« & Söhne",
    contact="daten@verbund.example",
    release=17,
    issued_at=datetime(2026, 3, 1, 8, 30, tzinfo=UTC),
    modified_at=datetime(2026, 11, 22, 6, 10, 4, tzinfo=UTC),
    shares=(
        Share(publisher="Sozialatlas", licences=(f"{LICENCES}cc-by/4.0",) * 3),
        Share(publisher="Mitmach-Börse", licences=("unknown", f"{LICENCES}cc-zero")),
    ),
    dump=Dump(
        file="16-0f.nq.gz",
        release=16,
        made_at="2026-11-22T06:00:00Z",
        sha256="0f" * 32,
        size=4711,
        quads=99,
        set_hash="ff",
    ),
)
VARIANTS = {
    "usual": FACTS,
    "before the first dump": replace(FACTS, dump=None),
    "without hubs": replace(FACTS, shares=()),
    "one licence": replace(FACTS, shares=FACTS.shares[:1]),
    "reached by a form": replace(FACTS, contact="https://verbund.example/kontakt"),
    "reached by nothing that a machine knows": replace(FACTS, contact="Zimmer 12"),
    "below a path": replace(FACTS, base="http://127.0.0.1:8000/verbund"),
}


def graph_of(facts: CatalogFacts) -> Graph:
    written = WRITERS["ttl"](describe_catalog(facts), facts.base)
    return Graph().parse(data=written, format="turtle")


@pytest.fixture(params=VARIANTS, name="facts")
def _facts(request: pytest.FixtureRequest) -> CatalogFacts:
    return VARIANTS[request.param]


@pytest.fixture(scope="module")
def usual() -> Graph:
    """The usual catalog; tests only read it."""
    return graph_of(FACTS)


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)


# -- profiles ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def profiles(shared_data: Path) -> dict[str, Graph]:
    """The shapes of each profile, all files of it together; imports are not followed."""
    shapes = shared_data / "shapes"
    files = {
        "DCAT-AP 2.1.1": sorted((shapes / "dcat-ap-2.1.1").glob("*.ttl")),
        "DCAT-AP 3.0.0": sorted((shapes / "dcat-ap-3.0.0").glob("*.ttl")),
        "DCAT-AP.de 2.0": [
            *sorted((shapes / "dcat-ap-2.1.1").glob("*_shapes.ttl")),
            *sorted((shapes / "dcat-ap-de" / "v2.0" / "shapes").glob("*.ttl")),
        ],
        "DCAT-AP.de 3.0": sorted((shapes / "dcat-ap-de" / "v3.0" / "shapes").glob("*.ttl")),
    }
    return {name: _read_all(found) for name, found in files.items()}


def _read_all(files: list[Path]) -> Graph:
    assert files
    graph = Graph()
    for file in files:
        graph.parse(file, format="turtle")
    graph.remove((None, OWL.imports, None))
    return graph


def findings(graph: Graph, shapes: Graph) -> set[tuple[str, str]]:
    """(severity, property) of every result of a report, without its explanatory details."""
    _, report, _ = validate(graph, shacl_graph=shapes, inference="none")
    root = report.value(predicate=RDF.type, object=SH.ValidationReport)
    return {
        (_local(report.value(one, SH.resultSeverity)), _local(report.value(one, SH.resultPath)))
        for one in report.objects(root, SH.result)
    }


def _local(iri: Any) -> str:
    return str(iri).replace("#", "/").rpartition("/")[2] if isinstance(iri, URIRef) else ""


def test_no_violation_of_dcat_ap_2_1_1(facts: CatalogFacts, profiles: dict[str, Graph]) -> None:
    found = findings(graph_of(facts), profiles["DCAT-AP 2.1.1"])
    assert {name for severity, name in found if severity == "Violation"} == set()


@pytest.mark.parametrize(
    ("profile", "warnings"),
    [
        # No EU institution publishes this; Saxony is no country and its outline not ours to state;
        # the rest only the operator could promise (see the page on the catalog's decisions).
        (
            "DCAT-AP 2.1.1",
            {"publisher", "spatial", "bbox", "centroid", "temporal", "license", "type",
             "availability"},
        ),
        (
            "DCAT-AP 3.0.0",
            {"publisher", "spatial", "bbox", "centroid", "temporal", "license", "type",
             "availability", "theme", "keyword"},
        ),
        ("DCAT-AP.de 2.0", {""}),  # the outline again: one of three properties
        ("DCAT-AP.de 3.0", {"politicalGeocodingURI"}),  # which 2.0 wants and 3.0 deprecates
    ],
)  # fmt: skip
def test_profiles_find_only_what_we_chose_to_leave_out(
    usual: Graph, profiles: dict[str, Graph], profile: str, warnings: set[str]
) -> None:
    expected = {("Warning", name) for name in warnings}
    assert findings(usual, profiles[profile]) == expected


@pytest.mark.parametrize(
    ("profile", "node", "removed", "missed"),
    [
        ("DCAT-AP 2.1.1", CATALOG, DCTERMS.title, "title"),
        ("DCAT-AP 2.1.1", CATALOG, DCTERMS.publisher, "publisher"),
        ("DCAT-AP 2.1.1", DATASET, DCTERMS.description, "description"),
        ("DCAT-AP 2.1.1", DUMP, DCAT.accessURL, "accessURL"),
        ("DCAT-AP 2.1.1", URIRef(f"{BASE}/catalog#publisher"), FOAF.name, "name"),
        ("DCAT-AP 2.1.1", URIRef(f"{BASE}/catalog#publisher"), RDF.type, "publisher"),
        ("DCAT-AP 2.1.1", URIRef(f"{BASE}/catalog#sparql"), DCAT.endpointURL, "endpointURL"),
        ("DCAT-AP 2.1.1", URIRef(f"{BASE}/catalog#contact"), RDF.type, "contactPoint"),
        ("DCAT-AP.de 2.0", DATASET, DCATDE.contributorID, "contributorID"),
        ("DCAT-AP.de 2.0", DUMP, DCTERMS.license, "license"),
    ],
)
def test_the_profiles_do_notice_what_is_missing(
    usual: Graph, profiles: dict[str, Graph], profile: str, node: URIRef, removed: URIRef,
    missed: str,
) -> None:  # fmt: skip
    poorer = Graph() + usual
    poorer.remove((node, removed, None))
    assert len(poorer) < len(usual)
    assert ("Violation", missed) in findings(poorer, profiles[profile])


def test_entries_stand_in_the_lists(usual: Graph, shared_data: Path) -> None:
    """Licence, contributor, place, level and frequency are entries of the lists in force."""
    folder = shared_data / "shapes" / "dcat-ap-de" / "v1.0.2" / "shapes"
    lists = _read_all([folder / "dcat-ap-de-lists.ttl", folder / "nal-lists.ttl"])
    listed = set(lists.objects(None, RDF.first))
    used = {term for term, scheme in usual.subject_objects(SKOS.inScheme)}
    held = {
        term
        for term in used
        if str(term).startswith(("http://dcat-ap.de/def/", "http://publications.europa.eu/resource/authority/frequency/"))
    }  # fmt: skip
    assert len(held) == 5
    assert held <= listed
    of_list = {str(one) for one in listed if str(one).startswith(LICENCES)}
    assert of_list == set(ENTRIES)
    assert {*OPEN, OTHER_OPEN, OTHER_CLOSED} <= of_list
    authority = "http://publications.europa.eu/resource/authority/"
    assert {str(term).removeprefix(authority) for term in used - held} == {
        "language/DEU", "language/ENG", "data-theme/SOCI", "access-right/PUBLIC",
        "file-type/RDF_N_QUADS", "file-type/CSV", "file-type/GEOJSON", "file-type/SPARQLQ",
        "file-type/ICS", "file-type/ATOM",
    }  # fmt: skip


# -- forms ------------------------------------------------------------------------------------


def _refuse(url: str, options: object) -> Any:
    raise AssertionError(f"{url} was asked for")


def test_all_forms_say_the_same_without_looking_anything_up(facts: CatalogFacts) -> None:
    description = describe_catalog(facts)
    written = {ending: write(description, facts.base) for ending, write in WRITERS.items()}
    turtle = Graph().parse(data=written["ttl"], format="turtle")
    xml = Graph().parse(data=written["rdf"], format="xml")
    lines = jsonld.to_rdf(
        json.loads(written["jsonld"]),
        {"documentLoader": _refuse, "format": "application/n-quads"},
    )
    assert len(turtle) > 100
    assert isomorphic(turtle, xml)
    assert isomorphic(turtle, Graph().parse(data=lines, format="nt"))


def test_every_node_has_an_absolute_iri(facts: CatalogFacts) -> None:
    nodes = {term for triple in graph_of(facts) for term in triple}
    assert not [node for node in nodes if isinstance(node, BNode)]
    iris = [str(node) for node in nodes if isinstance(node, URIRef)]
    assert all(iri.startswith(("http://", "https://", "mailto:")) for iri in iris)


def test_the_same_facts_give_the_same_bytes() -> None:
    for ending, write in WRITERS.items():
        written = {write(describe_catalog(FACTS), BASE) for _ in range(20)}
        assert len(written) == 1, ending


def test_another_base_leaves_the_old_one_nowhere() -> None:
    moved = describe_catalog(replace(FACTS, base="https://neu.example", contact=""))
    assert all(b"verbund.example" not in write(moved, "") for write in WRITERS.values())


# -- content ----------------------------------------------------------------------------------


def test_importers_find_what_they_insist_on(usual: Graph) -> None:
    """udata wants a literal identifier; GovData the publisher's two classes, contact and place."""
    assert list(usual.objects(DATASET, DCTERMS.identifier)) == [Literal(str(DATASET))]
    publisher = usual.value(DATASET, DCTERMS.publisher)
    assert {FOAF.Agent, FOAF.Organization} <= set(usual.objects(publisher, RDF.type))
    assert str(usual.value(publisher, FOAF.name)) == FACTS.title
    contact = usual.value(DATASET, DCAT.contactPoint)
    assert usual.value(contact, VCARD.hasEmail) == URIRef("mailto:daten@verbund.example")
    state = URIRef("http://dcat-ap.de/def/politicalGeocoding/stateKey/14")
    assert usual.value(DATASET, DCATDE.politicalGeocodingURI) == state
    for node in (CATALOG, DATASET):
        for text in (DCTERMS.title, DCTERMS.description):
            assert {one.language for one in usual.objects(node, text)} == {"de", "en"}
        assert {str(one)[-3:] for one in usual.objects(node, DCTERMS.language)} == {"DEU", "ENG"}
        assert usual.value(node, DCTERMS.issued).toPython() == FACTS.issued_at
        assert usual.value(node, DCTERMS.modified).toPython() == FACTS.modified_at


def test_the_dump_is_told_with_size_checksum_and_the_release_it_holds(usual: Graph) -> None:
    assert usual.value(DUMP, DCAT.downloadURL) == URIRef(f"{BASE}/dumps/latest.nq.gz")
    assert int(usual.value(DUMP, DCAT.byteSize)) == 4711
    assert str(usual.value(DUMP, SCHEMA.sha256)) == "0f" * 32
    assert usual.value(DUMP, FOAF.page) == URIRef(f"{BASE}/dumps/latest.nq.gz.sha256")
    made_at = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
    assert usual.value(DUMP, DCTERMS.modified).toPython() == made_at
    assert all("16" in str(title) for title in usual.objects(DUMP, DCTERMS.title))
    assert str(usual.value(DUMP, DCAT.compressFormat)).endswith("/application/gzip")


def test_distributions_are_the_dump_the_lists_and_the_service(usual: Graph) -> None:
    files = set(usual.objects(None, DCAT.downloadURL))
    names = (
        "actors.csv", "actors.geojson", "projects.csv", "projects.geojson", "events.csv",
        "events.geojson", "events.ics", "dumps/latest.nq.gz",
    )  # fmt: skip
    assert {str(file) for file in files} == {f"{BASE}/{name}" for name in names}
    service = usual.value(CATALOG, DCAT.service)
    assert usual.value(service, DCAT.endpointURL) == URIRef(f"{BASE}/sparql")
    assert usual.value(service, DCAT.servesDataset) == DATASET
    assert usual.value(predicate=DCAT.accessService, object=service) in set(
        usual.objects(DATASET, DCAT.distribution)
    )


def test_before_the_first_dump_none_is_offered() -> None:
    graph = graph_of(VARIANTS["before the first dump"])
    assert (DUMP, None, None) not in graph
    assert len(list(graph.objects(DATASET, DCAT.distribution))) == 9


def test_who_cannot_be_mailed_is_reached_on_the_web() -> None:
    contact = URIRef(f"{BASE}/catalog#contact")
    form = graph_of(VARIANTS["reached by a form"])
    assert form.value(contact, VCARD.hasURL) == URIRef("https://verbund.example/kontakt")
    words = graph_of(VARIANTS["reached by nothing that a machine knows"])
    assert words.value(contact, VCARD.hasURL) == URIRef(f"{BASE}/impressum")


# -- licence ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("licences", "whole"),
    [
        (["cc-by/4.0", "cc-by/4.0"], "cc-by/4.0"),
        (["cc-by/4.0", "cc-zero"], "other-open"),
        (["cc-by/4.0", "dl-by-de/2.0", "odbl"], "other-open"),
        (["cc-by/4.0", "unknown"], "other-closed"),
        (["unknown"], "other-closed"),
        (["other-closed"], "other-closed"),
        (["cc-by-nc/4.0"], "other-closed"),
        (["cc-zero", "https://hub.example/nutzungsbedingungen"], "other-closed"),
        (["ccpdm/1.0", "cc-zero"], "other-open"),
        (["https://creativecommons.org/licenses/by/4.0/"], "cc-by/4.0"),
        (["http://creativecommons.org/licenses/by/4.0", "cc-by/4.0"], "cc-by/4.0"),
        ([], "other-closed"),
    ],
)
def test_the_whole_promises_no_more_than_every_hub_does(licences: list[str], whole: str) -> None:
    stated = [one if one == "unknown" or "://" in one else LICENCES + one for one in licences]
    assert licence_of_whole(stated) == LICENCES + whole
    assert licence_of_whole(reversed(stated)) == LICENCES + whole


def test_every_distribution_and_the_service_carry_the_licence_of_the_whole(usual: Graph) -> None:
    offered = set(usual.subjects(RDF.type, DCAT.Distribution))
    offered |= set(usual.subjects(RDF.type, DCAT.DataService))
    assert len(offered) == 11
    for node in offered:
        assert list(usual.objects(node, DCTERMS.license)) == [URIRef(OTHER_CLOSED)]


def test_every_hub_is_credited_with_its_licences(usual: Graph) -> None:
    by_text = str(usual.value(DUMP, DCATDE.licenseAttributionByText))
    assert f"Sozialatlas ({LICENCES}cc-by/4.0)" in by_text
    assert f"Mitmach-Börse ({LICENCES}cc-zero, Lizenz unbekannt)" in by_text
    rights = usual.value(DUMP, DCTERMS.rights)
    english = next(str(o) for o in usual.objects(rights, RDFS.label) if o.language == "en")
    assert "Mitmach-Börse" in english
    assert "licence unknown" in english
