"""The address `/catalog`: its forms, and what they say of the registry at hand."""

import gzip
import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from pyld import jsonld
from rdflib import RDF, Graph, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import DCAT, DCTERMS

from registry.app import create_app
from registry.store import hubs
from tests.web.conftest import BASE, CC_BY, NOW, Registry

FORMS = {"ttl": "text/turtle", "rdf": "application/rdf+xml", "jsonld": "application/ld+json"}


def _refuse(url: str, options: object) -> Any:
    raise AssertionError(f"{url} was asked for")


def read(ending: str, data: bytes) -> Graph:
    """A form as a graph; JSON-LD by a processor of its own, which may not look anything up."""
    if ending == "jsonld":
        options = {"documentLoader": _refuse, "format": "application/n-quads"}
        return Graph().parse(data=jsonld.to_rdf(json.loads(data), options), format="nt")
    return Graph().parse(data=data, format={"ttl": "turtle", "rdf": "xml"}[ending])


@pytest.mark.parametrize(("ending", "media_type"), FORMS.items())
def test_endings_and_accept_give_the_same_form(
    client: FlaskClient, ending: str, media_type: str
) -> None:
    by_ending = client.get(f"/catalog.{ending}")
    by_accept = client.get("/catalog", headers={"Accept": media_type})
    assert by_ending.status_code == by_accept.status_code == 200
    assert by_ending.mimetype == by_accept.mimetype == media_type
    assert by_ending.data == by_accept.data
    assert "Accept" in by_accept.vary
    assert len(read(ending, by_ending.data)) > 100


def test_all_forms_are_one_graph(client: FlaskClient) -> None:
    graphs = [read(ending, client.get(f"/catalog.{ending}").data) for ending in FORMS]
    assert all(isomorphic(graphs[0], other) for other in graphs[1:])


@pytest.mark.parametrize("accept", [None, "", "*/*"])
def test_importers_without_wishes_get_turtle(client: FlaskClient, accept: str | None) -> None:
    headers = {} if accept is None else {"Accept": accept}
    assert client.get("/catalog", headers=headers).mimetype == "text/turtle"


def test_browsers_get_a_page_with_every_distribution(client: FlaskClient) -> None:
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    for language, title in (("de", "Akteure als CSV"), ("en", "Actors as CSV")):
        shown = client.get("/catalog", headers={"Accept": accept, "Accept-Language": language})
        assert shown.mimetype == "text/html"
        assert title in shown.text
        assert f'href="{BASE}/dumps/latest.nq.gz"' in shown.text


def test_head_tells_what_get_would(client: FlaskClient) -> None:
    got, head = client.get("/catalog"), client.head("/catalog")
    assert head.status_code == 200
    assert head.data == b""
    for name in ("Content-Type", "Content-Length", "ETag", "Release"):
        assert head.headers[name] == got.headers[name]
    assert got.headers["Release"] == "2"


def test_an_unchanged_catalog_is_304_and_each_form_has_its_own_etag(client: FlaskClient) -> None:
    tags = {client.get(f"/catalog.{ending}").headers["ETag"] for ending in FORMS}
    assert len(tags) == len(FORMS)
    for ending in FORMS:
        tag = client.get(f"/catalog.{ending}").headers["ETag"]
        again = client.get(f"/catalog.{ending}", headers={"If-None-Match": tag})
        assert again.status_code == 304


def test_what_is_not_offered_is_406(client: FlaskClient) -> None:
    assert client.get("/catalog", headers={"Accept": "image/png"}).status_code == 406
    assert client.get("/catalog?format=csv").status_code == 406
    assert client.get("/catalog?format=rdf").mimetype == "application/rdf+xml"


def test_the_catalog_tells_of_this_registry(client: FlaskClient) -> None:
    """Both hubs share one licence; release times and the dump are those of the registry."""
    graph = Graph().parse(data=client.get("/catalog").data, format="turtle")
    dataset = graph.value(predicate=RDF.type, object=DCAT.Dataset)
    licences = {
        graph.value(one, DCTERMS.license) for one in graph.objects(dataset, DCAT.distribution)
    }
    assert licences == {URIRef(CC_BY)}
    assert "Mitmach-Börse" in client.get("/catalog").text
    minutes = [
        (graph.value(dataset, when).toPython() - NOW).total_seconds() / 60
        for when in (DCTERMS.issued, DCTERMS.modified)
    ]
    assert minutes == [1, 2]


def test_the_offered_files_can_be_fetched_and_the_checksum_is_right(client: FlaskClient) -> None:
    graph = Graph().parse(data=client.get("/catalog").data, format="turtle")
    for node, address in graph.subject_objects(DCAT.downloadURL):
        path = str(address).removeprefix(BASE)
        media_type = str(graph.value(node, DCAT.mediaType)).partition("media-types/")[2]
        with client.get(path) as answer:
            assert answer.status_code == 200, path
            assert answer.mimetype in (media_type, "application/gzip"), path
            if path.endswith(".gz"):
                said = str(graph.value(node, URIRef("https://schema.org/sha256")))
                assert hashlib.sha256(answer.data).hexdigest() == said
                assert len(answer.data) == int(graph.value(node, DCAT.byteSize))
                assert gzip.decompress(answer.data)
    for address in graph.objects(None, DCAT.accessURL):
        page = client.get(str(address).removeprefix(BASE), headers={"Accept": "text/html, */*"})
        assert page.status_code == 200, address


@pytest.fixture
def unpublished(registry: Registry) -> Iterator[FlaskClient]:
    """A registry before its first release."""
    with registry.app().test_client() as client:
        yield client


def test_before_the_first_release_there_is_no_empty_catalog(unpublished: FlaskClient) -> None:
    """An importer would take an empty catalog for the word that everything was removed."""
    answer = unpublished.get("/catalog")
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"


def test_title_and_contact_are_the_operators(filled: Registry) -> None:
    services = filled.services()
    settings = replace(
        services.settings, title="Netz & Werk", contact="https://netz.example/kontakt"
    )
    client = create_app(replace(services, settings=settings)).test_client()
    graph = Graph().parse(data=client.get("/catalog.rdf").data, format="xml")
    assert "Netz & Werk" in {str(title) for title in graph.objects(None, DCTERMS.title)}
    address = URIRef("http://www.w3.org/2006/vcard/ns#hasURL")
    assert set(graph.objects(None, address)) == {URIRef("https://netz.example/kontakt")}


def test_the_page_says_what_is_under_which_licence_and_why_the_whole_is_closed(
    registry: Registry,
) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas", "en": "Social atlas"})
    registry.say("atlas", {"a": {"type": "Actor", "name": {"de": "Haus"}}})
    client = registry.app().test_client()
    open_ = BeautifulSoup(client.get("/catalog.html?lang=de").text, "html.parser")
    assert "Alle Quellen nennen diese eine Lizenz." in open_.text
    with registry.store.write() as connection:
        (source,) = hubs.sources(connection, hub_id="atlas")
        hubs.put_source(
            connection,
            source.id,
            iri=source.iri,
            folder=source.folder,
            manifest={**source.manifest, "licence": "unknown"},
            processing_version="v2",
            next_due_at=None,
        )
    registry.add_hub("boerse", {"de": "Mitmach-Börse"})
    registry.say("boerse", {"b": {"type": "Actor", "name": {"de": "Hof"}}})
    registry.say("atlas", {"c": {"type": "Actor", "name": {"de": "Halle"}}})
    shown = BeautifulSoup(client.get("/catalog.html?lang=de").text, "html.parser")
    section = shown.select_one("section[aria-labelledby=lizenzen]")
    assert "Keine offene Lizenz nennen: Sozialatlas." in " ".join(section.text.split())
    rows = {row.th.text: row.td.text for row in section.select("tbody tr")}
    assert rows == {
        "CC BY 4.0": "Mitmach-Börse",
        "Lizenz unbekannt: vor der Nutzung beim Hub erfragen": "Sozialatlas",
    }
    assert section.select_one(f'a[href="{CC_BY}"]').text == "CC BY 4.0"
    assert "http://" not in section.text
