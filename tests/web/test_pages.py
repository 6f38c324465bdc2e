"""The start page, the developers' page, the operator's texts, files for programs, the state."""

import gzip
import hashlib
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from pyoxigraph import RdfFormat, parse
from rdflib import Graph

from registry.web.language import moment
from vocab.concepts import schemes
from vocab.properties import PROPERTIES

GERMAN = {"Accept": "text/html", "Accept-Language": "de"}


def soup(client: FlaskClient, path: str) -> BeautifulSoup:
    return BeautifulSoup(client.get(path, headers=GERMAN).text, "html.parser")


def test_the_start_page_counts_what_is_published(client: FlaskClient) -> None:
    figures = {li.a.text: li.b.text for li in soup(client, "/").select(".figs li")}
    assert figures == {
        "Akteure": "3",
        "Projekte": "1",
        "kommende Veranstaltung": "1",
        "Hubs": "2",
    }


def test_the_start_page_shows_the_strands_of_one_entity(client: FlaskClient) -> None:
    woven = soup(client, "/").select_one(".weave")
    assert "WERKHOF NEISSEBOGEN E.V." in woven.text
    assert woven.select_one(".box a").text == "Werkhof Neißebogen e. V."


def test_what_is_new_with_one_release_begins_with_what_most_hubs_describe(registry) -> None:
    shared = {"type": "Actor", "homepage": "https://werkhof.example/"}
    alone = {f"x{n}": {"type": "Actor", "name": {"de": f"Verein {n}"}} for n in range(9)}
    fuller = {**alone["x8"], "homepage": "https://acht.example/"}
    for hub in ("atlas", "boerse"):
        registry.add_hub(hub, {"de": hub})
    registry.say("atlas", {"w": {**shared, "name": {"de": "Werkhof"}}})
    registry.say("boerse", {**alone, "x8": fuller, "w": {**shared, "name": {"de": "Werkhof"}}})
    page = BeautifulSoup(registry.app().test_client().get("/?lang=de").text, "html.parser")
    assert page.select_one(".weave .box a").text == "Werkhof"
    names = [a.text for a in page.select("#h-neu + ul h3 a")]
    assert names[:2] == ["Werkhof", "Verein 8"]
    assert len(names) == 6


def test_the_start_page_shows_a_release_at_once(registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    verein = {"type": "Actor", "name": {"de": "Verein"}}
    client = registry.app().test_client()
    assert soup(client, "/").select(".empty h2")
    registry.say("atlas", {"a": verein})
    for language, figures in (("de", ["1", "0", "0", "1"]), ("en", ["1", "0", "0", "1"])):
        page = BeautifulSoup(client.get(f"/?lang={language}").text, "html.parser")
        assert [b.text for b in page.select(".figs li b")] == figures
        assert [a.text for a in page.select("#h-neu + ul h3 a")] == ["Verein"]
    registry.say("atlas", {"a": {**verein, "name": {"de": "Werkhof"}}, "b": verein})
    page = soup(client, "/")
    assert page.select_one(".figs b").text == "2"
    assert {a.text for a in page.select("#h-neu + ul h3 a")} == {"Verein", "Werkhof"}
    assert page.select_one(".foot .dim").text.startswith("Stand: Release 2 ")


def test_needs_stand_beside_offers_and_events_to_come(client: FlaskClient) -> None:
    page = soup(client, "/")
    assert [dd.a.text for dd in page.select(".pair dd")] == [
        "Raum für den Bus",
        "Werkstatt mit zwölf Plätzen",
    ]
    assert page.select_one("aside .when a").text == "Reparierabend"


def test_the_developers_page_names_addresses_that_answer(client: FlaskClient) -> None:
    page = soup(client, "/daten")
    links = {a["href"] for a in page.select("main a[href^='/']")}
    assert {"/dumps/latest.nq.gz", "/context.jsonld"} <= links
    for link in links:
        response = client.get(link, headers=GERMAN)
        assert response.status_code == 200, link
        response.close()


def test_the_operator_s_text_is_shown_with_links(registry, tmp_path: Path) -> None:
    text = tmp_path / "impressum.txt"
    text.write_text(
        "# Betreiber\n\nVerein <b>Beispiel</b>,\nmail@verein.example.\n\nhttps://verein.example/x.",
        encoding="utf-8",
    )
    page = soup(registry.app(imprint_file=text).test_client(), "/impressum")
    assert page.h2.text == "Betreiber"
    assert page.select_one("main p").text == "Verein <b>Beispiel</b>, mail@verein.example."
    assert [a["href"] for a in page.select("main a")] == [
        "mailto:mail@verein.example",
        "https://verein.example/x",
    ]


@pytest.mark.parametrize("path", ["/impressum", "/datenschutz", "/barrierefreiheit"])
def test_a_text_that_nobody_wrote_says_so(client: FlaskClient, path: str) -> None:
    page = soup(client, path)
    assert "muss diesen Text noch schreiben" in page.select_one(".note").text


def test_a_text_that_cannot_be_read_is_an_error_of_the_operator(registry) -> None:
    client = registry.app(privacy_file=Path("/nowhere/privacy.txt")).test_client()
    response = client.get("/datenschutz?lang=en")
    assert response.status_code == 503
    assert "privacy_file" in response.json["detail"]


def test_the_dump_comes_with_its_checksum(client: FlaskClient) -> None:
    dump = client.get("/dumps/latest.nq.gz")
    checksum = client.get("/dumps/latest.nq.gz.sha256").text
    assert dump.headers["Release"] == "2"
    assert checksum == f"{hashlib.sha256(dump.data).hexdigest()}  latest.nq.gz\n"
    assert b"Werkhof" in gzip.decompress(dump.data)
    described = client.get("/dumps/").json
    assert (described["sha256"], described["release"]) == (checksum.split()[0], 2)
    assert described["setHash"] == client.get("/status.json").json["setHash"]
    again = client.get("/dumps/latest.nq.gz", headers={"If-None-Match": dump.headers["ETag"]})
    assert again.status_code == 304
    part = client.get("/dumps/latest.nq.gz", headers={"Range": "bytes=0-9"})
    assert (part.status_code, part.data) == (206, dump.data[:10])
    for address in ("latest.nq.gz", "latest.nq.gz.sha256", ""):
        kept = client.get(f"/dumps/{address}")
        assert kept.headers["Cache-Control"] == "no-cache", address
        tag = {"If-None-Match": kept.headers["ETag"]}
        kept.close()
        same = client.get(f"/dumps/{address}", headers=tag)
        assert same.status_code == 304, address
        same.close()
    for response in (dump, again, part):
        response.close()


def test_before_the_first_dump_its_address_is_404(registry) -> None:
    response = registry.app().test_client().get("/dumps/latest.nq.gz")
    assert response.status_code == 404
    assert response.json["type"].endswith("#problem-no-dump")


def test_context_and_schemas_are_served_as_what_they_are(client: FlaskClient) -> None:
    context = client.get("/context.jsonld")
    assert context.mimetype == "application/ld+json"
    assert "@context" in json.loads(context.data)
    for name in ("actor", "project", "event", "hub"):
        schema = client.get(f"/schemas/{name}.schema.json")
        assert schema.mimetype == "application/schema+json"
        assert json.loads(schema.data)["$schema"].endswith("2020-12/schema")
    shapes = client.get("/shapes/shapes.ttl")
    assert shapes.mimetype == "text/turtle"
    assert len(Graph().parse(data=shapes.data, format="turtle")) > 100


@pytest.mark.parametrize("name", ["nobody", "..%2F..%2Fsecret", "ACTOR"])
def test_no_other_file_is_served(client: FlaskClient, name: str) -> None:
    assert client.get(f"/schemas/{name}.schema.json").status_code == 404


def test_the_vocabulary_shows_every_term_and_list_in_both_languages(client: FlaskClient) -> None:
    page = soup(client, "/vocab")
    for tag in ("de", "en"):
        shown = {cell.text for cell in page.select(f"td[lang={tag}]")}
        assert {getattr(prop, tag) for prop in PROPERTIES} <= shown
    contents = [a["href"].removeprefix("#") for a in page.select(".toc a")]
    assert contents == [head["id"] for head in page.select("h2")]
    lists = {a["href"] for a in page.select("#schemes ~ ul a")}
    assert lists == {f"/vocab/{name}" for name in (*schemes(), "places")}
    terms = page.select("#terms ~ dl > div")
    assert len(terms) > 5
    for term in terms:
        assert {dd["lang"] for dd in term.select("dd")} == {"de", "en"}


@pytest.mark.parametrize("name", schemes())
def test_every_concept_is_shown_and_is_data(client: FlaskClient, name: str) -> None:
    page = soup(client, f"/vocab/{name}")
    for concept in schemes()[name].concepts.values():
        block = page.find(id=concept.notation).text
        assert concept.labels["de"] in block
        assert concept.labels["en"] in block
    turtle = Graph().parse(data=client.get(f"/vocab/{name}.ttl").data, format="turtle")
    linked = set(parse(client.get(f"/vocab/{name}.jsonld").data, format=RdfFormat.JSON_LD))
    assert len(turtle) == len(linked) > 5


def test_the_places_are_shown_and_are_data_with_their_source(client: FlaskClient) -> None:
    page = soup(client, "/vocab/places")
    assert "GeoBasis-DE / BKG" in page.select_one(".lead").text
    assert len(page.select("dl.terms > div")) == 433
    assert "Běła Woda" in page.find(id="146265242600").text
    assert page.find(id="146265242600").find_parent("details")["id"] == "14626"
    districts = [details["id"] for details in page.select("details[id]")]
    assert [link["href"] for link in page.select("nav .chip")] == [f"#{one}" for one in districts]
    assert len(districts) == 13
    turtle = Graph().parse(data=client.get("/vocab/places.ttl").data, format="turtle")
    linked = set(parse(client.get("/vocab/places.jsonld").data, format=RdfFormat.JSON_LD))
    assert len(turtle) == len(linked) > 433


def test_the_ontology_is_negotiated(client: FlaskClient) -> None:
    turtle = client.get("/vocab", headers={"Accept": "text/turtle"})
    linked = client.get("/vocab", headers={"Accept": "application/ld+json"})
    first = Graph().parse(data=turtle.data, format="turtle")
    second = set(parse(linked.data, format=RdfFormat.JSON_LD))
    assert len(first) == len(second) > 50


def test_the_state_compares_the_copies(client: FlaskClient) -> None:
    body = client.get("/status.json").json
    assert body["release"] == 2
    assert body["counts"] == {"actor": 3, "project": 1, "event": 2}
    assert {copy["name"]: copy["release"] for copy in body["copies"]} == {
        "database": 2, "graph": 2, "search": 2, "dumps": 2,
    }  # fmt: skip
    assert len(body["setHash"]) == 512


def states(client: FlaskClient) -> dict[str, str]:
    rows = soup(client, "/status").select("#p ~ div tbody tr")
    return {row.th.text: row.select("td")[-1].text for row in rows}


def test_a_dump_younger_than_its_interval_is_due_and_nothing_amiss(registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    registry.say("atlas", {"a": {"type": "Actor", "name": {"de": "Verein"}}})
    client = registry.app().test_client()
    assert "fällig" in states(client)["Dumps"]  # the first has not been written yet
    registry.projector.dump(at_most_every=timedelta(0))
    assert states(client)["Dumps"] == "stimmt überein"

    made_at = datetime.fromisoformat(client.get("/dumps/").json["made"])
    registry.now = made_at
    registry.say("atlas", {"b": {"type": "Actor", "name": {"de": "Bund"}}})
    due_at = made_at + timedelta(minutes=10)
    assert states(client)["Dumps"] == f"fällig: {moment(due_at, 'de')}"
    assert "erreichbar und aktuell" in soup(client, "/status").select_one(".note.ok").text
    assert "höchstens alle 10 Minuten" in soup(client, "/status").text
    body = client.get("/status.json").json
    assert body["dumpEverySeconds"] == 600
    (dump,) = (copy for copy in body["copies"] if copy["name"] == "dumps")
    assert (dump["release"], dump["state"]) == (1, "due")
    assert datetime.fromisoformat(dump["dueAt"]) == due_at

    registry.now = due_at + timedelta(minutes=6)
    assert states(client)["Dumps"] == "wird nachgeführt"
    assert soup(client, "/status").select_one(".note.warn")


def test_a_copy_that_lags_behind_is_told(registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    registry.say("atlas", {"a": {"type": "Actor", "name": {"de": "Verein"}}})
    current = registry.settings.home / "graph" / "CURRENT"
    current.write_text("0-1")
    client = registry.app().test_client()
    assert states(client)["Suchindex"] == "stimmt überein"
    assert states(client)["Graph, SPARQL"] == "wird nachgeführt"
    assert soup(client, "/status").select_one(".note.warn")


def test_every_page_tells_the_release_and_its_date(client: FlaskClient, ids) -> None:
    paths = ("/", "/actors", f"/actors/{ids['werkhof']}", "/search?q=r", "/hubs", "/hubs/atlas",
             "/status", "/vocab", "/vocab/topics", "/sparql", "/daten", "/impressum", "/nowhere",
             "/catalog.html")  # fmt: skip
    for path in paths:
        foot = soup(client, path).footer.text
        assert "Stand: Release 2 vom 22. November 2026, 07:12" in foot, path


def test_robots_are_kept_from_queries(client: FlaskClient) -> None:
    assert "Disallow: /sparql" in client.get("/robots.txt").text


def test_static_files_may_be_kept_as_their_address_changes_with_them(client: FlaskClient) -> None:
    link = soup(client, "/").select_one("link[rel=stylesheet]")["href"]
    response = client.get(link)
    response.close()
    assert response.status_code == 200
    assert "?v=" in link
    assert response.cache_control.max_age == 31_536_000
