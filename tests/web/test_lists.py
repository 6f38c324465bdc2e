"""Lists: search, filters, pages, and all of it as data."""

import csv
import io
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask, request
from flask.testing import FlaskClient

from registry.web.list_query import read_query
from registry.web.map_area import area_of
from tests.web.conftest import NOW
from vocab.concepts import scheme


def titles(client: FlaskClient, address: str) -> list[str]:
    response = client.get(address, headers={"Accept": "text/html", "Accept-Language": "de"})
    assert response.status_code == 200
    return [a.text for a in BeautifulSoup(response.text, "html.parser").select(".hits h3 a")]


def test_a_list_shows_its_kind_by_name(client: FlaskClient) -> None:
    assert titles(client, "/actors") == [
        "Dorfmobil Beispieltal",
        '=HYPERLINK("https://boese.example/";"Klick")',
        "Werkhof Neißebogen e. V.",
    ]


@pytest.mark.parametrize(
    "query",
    [
        "q=werkhof",
        "q=NEISSEBOGEN",
        "topic=climate-change",
        "type=social-enterprise",
        "place=Weißwasser",
        "hub=atlas&hub=boerse&place=Weißwasser",
        "offers=1",
        "bbox=14.5,51.4,14.8,51.6",
    ],
)
def test_search_and_every_filter_find_the_one_they_fit(client: FlaskClient, query: str) -> None:
    assert titles(client, f"/actors?{query}") == ["Werkhof Neißebogen e. V."]


def test_upcoming_events_come_first_past_ones_on_request(client: FlaskClient) -> None:
    assert titles(client, "/events") == ["Reparierabend"]
    assert titles(client, "/events?when=past") == ["Auftakt im Frühjahr"]
    assert titles(client, "/events?when=all&sort=start") == [
        "Auftakt im Frühjahr",
        "Reparierabend",
    ]


def test_nothing_found_says_what_to_do(client: FlaskClient) -> None:
    page = BeautifulSoup(client.get("/actors?q=qqqqq&lang=de").text, "html.parser")
    assert page.select_one(".empty h3").text == "Nichts gefunden"
    assert page.select_one(".empty a")["href"] == "/actors?lang=de"


def test_words_show_the_numbers_of_the_other_lists(client: FlaskClient) -> None:
    page = BeautifulSoup(client.get("/actors?q=werkzeug&lang=de").text, "html.parser")
    tabs = {a.text: a["href"] for a in page.select(".kinds a")}
    assert tabs["Projekte 1"] == "/projects?q=werkzeug&lang=de"


def test_a_filter_in_force_can_be_removed_alone(client: FlaskClient) -> None:
    page = BeautifulSoup(
        client.get("/actors?topic=rural-areas&place=Plauen&lang=en").text, "html.parser"
    )
    links = {a.text: a["href"] for a in page.select(".chips[aria-label='Filters in force'] a")}
    assert links == {
        "Remove filter: Rural areas ✕": "/actors?place=Plauen&lang=en",
        "Remove filter: Plauen ✕": "/actors?topic=rural-areas&lang=en",
    }


def test_facets_count_and_keep_what_is_chosen(client: FlaskClient) -> None:
    page = BeautifulSoup(client.get("/actors?topic=rural-areas&lang=de").text, "html.parser")
    boxes = {
        box["value"]: (box.has_attr("checked"), box.find_parent("label").span.text)
        for box in page.select("input[type=checkbox][name=topic]")
    }
    assert boxes["rural-areas"] == (True, "2")
    assert boxes["climate-change"] == (False, "1")


def test_pins_and_rows_share_their_numbers(client: FlaskClient) -> None:
    page = BeautifulSoup(client.get("/actors?lang=de").text, "html.parser")
    pins = page.select(".map a")
    assert len(pins) == 2
    for pin in pins:
        row = page.select_one(pin["href"])
        assert row.h3.a.text in pin["aria-label"]
        assert row.select_one(".pin").text == pin.find("text").text


def test_each_page_numbers_its_rows_from_one(client: FlaskClient) -> None:
    page = BeautifulSoup(client.get("/actors?size=1&page=3&lang=de").text, "html.parser")
    assert [line["id"] for line in page.select(".hits > li")] == ["r1"]
    assert [pin.text for pin in page.select(".map a text")] == ["1"]


def test_the_map_is_there_without_a_pin_too_and_says_so(client: FlaskClient) -> None:
    page = BeautifulSoup(client.get("/actors?size=1&page=2&lang=de").text, "html.parser")
    assert not page.select(".map a circle")
    assert "Der Treffer dieser Seite hat keinen Punkt in Sachsen." in page.select_one(".map").text
    whole = BeautifulSoup(client.get("/actors?lang=de").text, "html.parser")
    assert "Treffer ohne Nummer haben keinen Punkt" in whole.select_one(".map").text


@pytest.mark.parametrize(
    ("asked", "inside", "outside"),
    [
        ("place=14713", (12.37, 51.34), (13.74, 51.05)),
        ("place=147130000000", (12.37, 51.34), (13.74, 51.05)),
        ("place=14713&place=14612", (13.0, 51.2), (14.99, 51.15)),
        ("bbox=14,51,15,52", (14.5, 51.5), (12.37, 51.34)),
    ],
)
def test_the_moved_map_opens_on_what_is_filtered_for(
    app: Flask, asked: str, inside: tuple[float, float], outside: tuple[float, float]
) -> None:
    with app.test_request_context(f"/actors?{asked}"):
        area = area_of(read_query("actor", request.args, NOW))
    assert area is not None
    west, south, east, north = area
    assert west < inside[0] < east and south < inside[1] < north
    assert not (west < outside[0] < east and south < outside[1] < north)


@pytest.mark.parametrize("asked", ["", "topic=rural-areas", "place=PL", "place=14713&place=PL"])
def test_without_a_known_area_the_moved_map_chooses(app: Flask, asked: str) -> None:
    with app.test_request_context(f"/actors?{asked}"):
        assert area_of(read_query("actor", request.args, NOW)) is None


@pytest.mark.parametrize(
    "query",
    ["page=0", "page=x", "size=0", "size=201", "bbox=1,2,3", "bbox=5,5,4,6", "bbox=nan,1,2,3",
     "sort=colour", "when=never", "refers=organizer", "refers=name:abc", "refers=organizer:<b>"],
)  # fmt: skip
def test_a_parameter_that_cannot_be_is_400_and_named(client: FlaskClient, query: str) -> None:
    response = client.get(f"/actors?{query}&lang=en")
    assert response.status_code == 400
    assert f"“{query.partition('=')[0]}”" in response.json["detail"]


def test_a_page_beyond_the_last_is_404(client: FlaskClient) -> None:
    assert client.get("/actors?page=2").status_code == 404


def test_every_hit_is_on_exactly_one_page(client: FlaskClient) -> None:
    whole = titles(client, "/actors")
    pages = [titles(client, f"/actors?size=1&page={n}") for n in (1, 2, 3)]
    assert [title for page in pages for title in page] == whole


def test_csv_holds_exactly_the_filter(client: FlaskClient, ids: dict[str, str], filled) -> None:
    response = client.get("/actors.csv?topic=rural-areas")
    rows = list(csv.DictReader(io.StringIO(response.text)))
    assert response.content_type == "text/csv; charset=utf-8"
    assert {row["iri"] for row in rows} == {
        filled.iris.entity(ids["werkhof"]),
        filled.iris.entity(ids["mobil"]),
    }
    werkhof = next(row for row in rows if row["name_de"].startswith("Werkhof"))
    assert (werkhof["town"], werkhof["longitude"], werkhof["records"]) == (
        "Weißwasser", "14.64", "2",
    )  # fmt: skip


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff20"])
def test_no_cell_of_the_csv_is_a_formula(client: FlaskClient, registry, start: str) -> None:
    from registry.web.csv_lines import harmless

    assert harmless(f"{start}SUM(A1)") == f"'{start}SUM(A1)"
    if start not in "\t\r":
        assert harmless(f"Verein; {start}A1;e. V.") == f"Verein; '{start}A1;e. V."
        assert harmless(f"{start}1;;\n{start}2") == f"'{start}1;;\n'{start}2"
    assert harmless("Rat; Tat") == "Rat; Tat"
    assert harmless("Liste:\n- eins\n- zwei") == "Liste:\n- eins\n- zwei"
    assert harmless('a;"=A1;b') == "a;\"'=A1;b"
    assert harmless("a;\u00a0=A1;\u200b=A2") == "a;\u00a0'=A1;\u200b'=A2"
    rows = csv.reader(io.StringIO(client.get("/actors.csv").text))
    assert not [cell for row in rows for cell in row if cell.startswith(start)]


def test_things_of_one_name_stand_in_the_order_of_their_ids(registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    for first in ("efgh", "abcd", "ijkl"):  # in three releases, so in several parts of the index
        registry.say("atlas", {n: {"type": "Actor", "name": {"de": "Verein"}} for n in first})
    text = registry.app().test_client().get("/actors.csv").text
    ids = [row["iri"] for row in csv.DictReader(io.StringIO(text))]
    assert (len(ids), ids) == (12, sorted(ids))


def test_every_row_of_the_csv_has_a_name_whatever_its_language(registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    names = {"a": {"und": "Ohne"}, "b": {"cs": "Česky"}, "c": {"en": "Club", "de": "Verein"}}
    registry.say("atlas", {n: {"type": "Actor", "name": name} for n, name in names.items()})
    text = registry.app().test_client().get("/actors.csv").text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["name"] for row in rows} == {"Ohne", "Česky", "Verein"}
    assert {(row["name_de"], row["name_en"]) for row in rows} == {("", ""), ("Verein", "Club")}


def test_geojson_holds_points_as_longitude_and_latitude(client: FlaskClient) -> None:
    response = client.get("/actors", headers={"Accept": "application/geo+json"})
    body = response.get_json(force=True)
    places = {f["properties"]["name"]["de"]: f["geometry"] for f in body["features"]}
    assert len(places) == 3
    assert places["Dorfmobil Beispieltal"] == {"type": "Point", "coordinates": [12.13, 50.49]}
    assert None in places.values()


def test_json_ld_pages_lead_to_all_members(client: FlaskClient, filled) -> None:
    base = filled.settings.base_iri
    address, members = "/actors.jsonld?size=2", []
    while address:
        body = client.get(address).get_json(force=True)
        assert body["type"] == "hydra:Collection"
        assert body["hydra:totalItems"] == 3
        members += [member["id"] for member in body["hydra:member"]]
        following = body["hydra:view"].get("hydra:next", {}).get("id", "")
        assert following == "" or following.startswith(f"{base}/actors?")
        address = following.removeprefix(base) + "&format=jsonld" if following else ""
    assert len(set(members)) == len(members) == 3


def test_lists_name_the_release_they_were_made_from(client: FlaskClient) -> None:
    for ending in ("html", "jsonld", "csv", "geojson"):
        assert client.get(f"/actors.{ending}").headers["Release"] == "2"


def test_the_page_shows_events_to_come_and_data_hold_them_all(
    client: FlaskClient, ids: dict[str, str], filled
) -> None:
    both = {filled.iris.entity(ids["abend"]), filled.iris.entity(ids["rueckblick"])}
    rows = csv.DictReader(io.StringIO(client.get("/events.csv").text))
    assert {row["iri"] for row in rows} == both
    features = client.get("/events.geojson").get_json(force=True)["features"]
    assert {one["id"] for one in features} == both
    assert client.get("/events.jsonld").get_json(force=True)["hydra:totalItems"] == 2
    assert titles(client, "/events") == ["Reparierabend"]


@pytest.mark.parametrize("when", ["", "?when=past", "?when=all", "?q=auftakt", "?hub=atlas"])
def test_the_links_to_data_hold_just_what_the_page_shows(client: FlaskClient, when: str) -> None:
    html = client.get(f"/events{when}", headers={"Accept": "text/html", "Accept-Language": "de"})
    page = BeautifulSoup(html.text, "html.parser")
    shown = {link.text for link in page.select(".hits h3 a")}
    assert shown
    for link in page.select("a[href*='.csv'], link[href*='.csv']"):
        rows = csv.DictReader(io.StringIO(client.get(link["href"]).text))
        assert {row["name_de"] for row in rows} == shown
    total = client.get(page.select_one("a[href*='.jsonld']")["href"]).get_json(force=True)
    assert total["hydra:totalItems"] == len(shown)


def test_csv_and_geojson_name_the_licences_and_the_website(client: FlaskClient) -> None:
    cc_by = "http://dcat-ap.de/def/licenses/cc-by/4.0"
    rows = {
        row["name_de"]: row for row in csv.DictReader(io.StringIO(client.get("/actors.csv").text))
    }
    werkhof = rows["Werkhof Neißebogen e. V."]
    assert (werkhof["homepage"], werkhof["licences"]) == ("https://werkhof.example/", cc_by)
    assert rows["Dorfmobil Beispieltal"]["homepage"] == ""
    features = client.get("/actors.geojson").get_json(force=True)["features"]
    properties = {one["properties"]["name"]["de"]: one["properties"] for one in features}
    assert properties["Werkhof Neißebogen e. V."]["homepage"] == "https://werkhof.example/"
    assert properties["Dorfmobil Beispieltal"]["licences"] == [cc_by]
    assert properties["Dorfmobil Beispieltal"]["homepage"] is None


def test_every_licence_of_a_merged_entity_is_named(registry) -> None:
    same = {"type": "Actor", "name": {"de": "Verein"}, "homepage": "https://verein.example/"}
    for hub in ("atlas", "karte"):  # what karte says has no known licence
        registry.add_hub(hub, {"de": hub})
        registry.say(hub, {"a": same})
    client = registry.app().test_client()
    (row,) = csv.DictReader(io.StringIO(client.get("/actors.csv").text))
    assert row["licences"] == "http://dcat-ap.de/def/licenses/cc-by/4.0;unknown"


def test_an_empty_list_leads_to_the_lists_with_hits(client: FlaskClient) -> None:
    page = BeautifulSoup(client.get("/actors?q=reparierabend&lang=de").text, "html.parser")
    assert "In anderen Listen gibt es Treffer:" in page.select_one(".empty").text
    link = page.select_one(".empty a")
    assert link["href"] == "/events?q=reparierabend&lang=de"
    assert titles(client, link["href"]) == ["Reparierabend"]


def test_a_list_of_what_refers_to_an_entity(client: FlaskClient, ids: dict[str, str]) -> None:
    address = f"/events?refers=organizer:{ids['werkhof']}&when=all&lang=de"
    assert set(titles(client, address)) == {"Reparierabend", "Auftakt im Frühjahr"}
    assert titles(client, f"/events?refers=organizer:{ids['mobil']}&when=all") == []
    page = BeautifulSoup(client.get(address).text, "html.parser")
    (chip,) = page.select(".chips[aria-label='Gesetzte Filter'] a")
    assert "Veranstaltet von: Werkhof Neißebogen e. V." in chip.text
    assert chip["href"] == "/events?when=all&lang=de"
    kept = [one["value"] for one in page.select(".facets input[name=refers]")]
    assert kept == [f"organizer:{ids['werkhof']}"]


def test_a_town_chosen_in_other_capitals_is_the_town(client: FlaskClient) -> None:
    for spelling in ("WEIßWASSER", "weisswasser"):
        assert titles(client, f"/actors?place={spelling}") == ["Werkhof Neißebogen e. V."]
    assert titles(client, "/actors?place=weiswasser") == []
    page = BeautifulSoup(client.get("/actors?place=weißwasser&lang=de").text, "html.parser")
    boxes = {
        box["value"]: box.has_attr("checked")
        for box in page.select("input[type=checkbox][name=place]")
    }
    assert boxes == {"Weißwasser": True, "Plauen": False}


NUTS = "http://data.europa.eu/nuts/code/"
KEY = "http://dcat-ap.de/def/politicalGeocoding/regionalKey/"


@pytest.fixture
def placed(registry) -> FlaskClient:
    """Actors in two districts, in a city, and in a town abroad."""
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    keys = {"a": "146265242600", "b": "146260110110", "c": "145245128010", "d": "147130000000"}
    said = {
        name: {"type": "Actor", "name": {"de": name.upper()}, "place": [KEY + key]}
        for name, key in keys.items()
    }
    brno = {"type": "Address", "postName": "Brno", "adminUnitL1": "CZ"}
    said["e"] = {"type": "Actor", "name": {"de": "E"}, "address": [brno]}
    registry.say("atlas", said)
    return registry.app().test_client()


def boxes_of(client: FlaskClient, address: str) -> list[tuple[str, str, bool, bool]]:
    """Value, words with the number, whether it is ticked and whether it is a part."""
    page = BeautifulSoup(client.get(address).text, "html.parser")
    return [
        (
            box["value"],
            box.find_parent("label").text,
            box.has_attr("checked"),
            "below" in box.find_parent("label").get("class", ()),
        )
        for box in page.select("input[type=checkbox][name=place]")
    ]


def test_places_are_offered_by_district_and_what_is_elsewhere(placed: FlaskClient) -> None:
    assert boxes_of(placed, "/actors?lang=de") == [
        ("14626", "Landkreis Görlitz2", False, False),
        ("14524", "Landkreis Zwickau1", False, False),
        ("14713", "Leipzig1", False, False),
        ("Brno", "Brno1", False, False),
        ("CZ", "Tschechien1", False, False),
    ]


def test_a_chosen_district_opens_and_a_town_in_it_narrows_it(placed: FlaskClient) -> None:
    assert titles(placed, "/actors?place=14626") == ["A", "B"]
    inside = [one for one in boxes_of(placed, "/actors?place=14626&lang=de") if one[3]]
    assert inside == [
        ("146260110110", "Görlitz1", False, True),
        ("146265242600", "Weißwasser/O.L.1", False, True),
    ]
    address = "/actors?place=14626&place=146265242600&lang=de"
    assert titles(placed, address) == ["A"]
    ticked = [one[0] for one in boxes_of(placed, address) if one[2]]
    assert ticked == ["146265242600"]
    page = BeautifulSoup(placed.get(address).text, "html.parser")
    chips = [a.text for a in page.select(".chips[aria-label='Gesetzte Filter'] a")]
    assert chips == ["Filter entfernen: Weißwasser/O.L. ✕"]


def test_what_is_chosen_stays_a_choice_whatever_is_found(placed: FlaskClient) -> None:
    boxes = {one[0]: one[1:] for one in boxes_of(placed, "/actors?place=14&lang=en")}
    assert boxes["14"] == ("Saxony4", True, False)
    boxes = {one[0]: one[1:] for one in boxes_of(placed, "/actors?place=146250030030&lang=en")}
    assert boxes["146250030030"] == ("Bernsdorf (Bautzen district)", True, True)
    assert titles(placed, "/actors?place=CZ") == titles(placed, "/actors?place=brno") == ["E"]
    assert titles(placed, "/actors?place=14524&place=14713") == ["C", "D"]


def test_codes_beyond_saxony_say_what_they_are_and_in_which_country(registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    codes = {"a": "DE300", "b": "UKI", "c": "NO0A", "d": "PL514"}
    said: dict[str, dict[str, Any]] = {
        name: {"type": "Actor", "name": {"de": name}, "place": [NUTS + code]}
        for name, code in codes.items()
    }
    said["e"] = {
        "type": "Actor",
        "name": {"de": "e"},
        "place": ["http://dcat-ap.de/def/politicalGeocoding/districtKey/11000"],
    }
    for name in ("ESSEN", "BONN", "Uelzen"):
        address = {"type": "Address", "postName": name, "adminUnitL1": "DE"}
        said[name] = {"type": "Actor", "name": {"de": name}, "address": [address]}
    registry.say("atlas", said)
    client = registry.app().test_client()
    german = {one[0]: one[1] for one in boxes_of(client, "/actors?place=UKI&lang=de")}
    assert german["UKI"] == "NUTS UKI (Vereinigtes Königreich)1"
    assert german["DE300"] == "NUTS DE300 (Deutschland)1"
    assert german["NO0A"] == "NUTS NO0A (Norwegen)1"
    assert german["11000"] == "Kreisschlüssel 110001"
    assert (german["ESSEN"], german["BONN"]) == ("ESSEN1", "BONN1")
    english = {one[0]: one[1] for one in boxes_of(client, "/actors?place=11000&lang=en")}
    assert english["PL514"] == "NUTS PL514 (Poland)1"
    assert english["11000"] == "District key 110001"
    assert titles(client, "/actors?place=DE300") == ["a"]
    page = BeautifulSoup(client.get("/actors?place=DE300&lang=de").text, "html.parser")
    chips = [a.text for a in page.select(".chips[aria-label='Gesetzte Filter'] a")]
    assert chips == ["Filter entfernen: NUTS DE300 (Deutschland) ✕"]


def test_a_chosen_town_s_name_has_the_number_that_it_finds(registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    leipzig = {"type": "Address", "postName": "Leipzig", "adminUnitL1": "DE"}
    keyed = {"place": [KEY + "147130000000"], "address": [leipzig]}
    said: dict[str, dict[str, Any]] = {
        name: {"type": "Actor", "name": {"de": name}, "topic": [topic], **where}
        for name, topic, where in (
            ("a", "mobility", keyed),
            ("b", "rural-areas", keyed),
            ("c", "mobility", {"address": [leipzig]}),
        )
    }
    registry.say("atlas", said)
    client = registry.app().test_client()
    for address, number in (
        ("/actors?place=Leipzig&lang=de", 3),
        ("/actors?place=leipzig&lang=de", 3),
        ("/actors?place=Leipzig&topic=mobility&lang=de", 2),
        ("/actors?place=Leipzig&place=14524&lang=de", 3),
    ):
        (chosen,) = (one for one in boxes_of(client, address) if one[0].lower() == "leipzig")
        assert chosen[1:3] == (f"{chosen[0]}{number}", True), address
    nowhere = {one[0]: one[1] for one in boxes_of(client, "/actors?place=Nirgendwo&lang=de")}
    assert nowhere["Nirgendwo"] == "Nirgendwo0"


def test_a_project_says_that_it_is_one_and_how_it_stands(client: FlaskClient) -> None:
    page = BeautifulSoup(client.get("/projects?lang=de").text, "html.parser")
    assert [one.text for one in page.select(".hits .kind")] == ["Projekt · Laufend"]


def test_without_an_upcoming_event_the_past_ones_are_the_way_on(registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    days = ("2022-04-09", "2021-03-01")
    registry.say(
        "atlas",
        {day: {"type": "Event", "name": {"de": day}, "startDate": day} for day in days},
    )
    client = registry.app().test_client()
    empty = BeautifulSoup(client.get("/events?lang=de").text, "html.parser").select_one(".empty")
    assert empty.h3.text == "Zurzeit ist nichts angekündigt"
    assert [a.text for a in empty.select("a")] == ["2 vergangene ansehen, zuletzt April 2022"]
    assert titles(client, empty.a["href"]) == ["2022-04-09", "2021-03-01"]
    html = client.get("/events?q=xyzxyz&when=upcoming&lang=de").text
    filtered = BeautifulSoup(html, "html.parser").select_one(".empty")
    assert filtered.h3.text == "Nichts gefunden"
    assert "vergangene" not in filtered.text


def test_what_is_frequent_is_shown_and_the_rest_of_a_facet_is_folded(registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    topics = sorted(scheme("topics").concepts)[:15]
    said = {
        f"{topic}-{n}": {"type": "Actor", "name": {"de": topic}, "topic": [topic]}
        for rank, topic in enumerate(topics)
        for n in range(1 if rank > 12 else 2)
    }
    registry.say("atlas", said)
    client = registry.app().test_client()
    page = BeautifulSoup(client.get("/actors?lang=de").text, "html.parser")
    boxes = page.select("input[name=topic]")
    assert {box["value"] for box in boxes} == set(topics)
    folded = [box["value"] for box in boxes if box.find_parent("details").get("class") is None]
    assert len(boxes) - len(folded) == 12
    assert set(topics[13:]) < set(folded)
    html = client.get(f"/actors?topic={topics[14]}&lang=de").text
    chosen = BeautifulSoup(html, "html.parser").select_one("input[name=topic][checked]")
    assert chosen.find_parent("details")["class"] == ["facets"]


def test_places_stand_in_groups(placed: FlaskClient) -> None:
    page = BeautifulSoup(placed.get("/actors?lang=de").text, "html.parser")
    group, found = "", {}
    for node in page.select(".facets .group, input[name=place]"):
        group = node.text or group
        if node.name == "input":
            found.setdefault(group, []).append(node["value"])
    assert found == {
        "In Sachsen": ["14626", "14524", "14713"],
        "Anderswo": ["Brno"],
        "Länder": ["CZ"],
    }


def test_a_list_has_one_form_that_keeps_all_that_is_asked_for(client: FlaskClient) -> None:
    asked = {
        "q": "werkhof", "sort": "name", "size": "5", "bbox": "12,50,15,52", "topic": "rural-areas",
        "lang": "de",
    }  # fmt: skip
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    page = BeautifulSoup(client.get(f"/actors?{query}").text, "html.parser")
    (form,) = page.select("form")
    assert len(form.select("button")) == len(form.select("input[type=search]")) == 1
    sent = {
        field["name"]: field["value"]
        for field in form.select("input")
        if field.get("type") != "checkbox" or field.has_attr("checked")
    }
    assert sent | {"sort": form.select_one("option[selected]")["value"]} == asked


def test_how_many_sources_a_row_has_is_told_from_two_on(client: FlaskClient) -> None:
    page = BeautifulSoup(client.get("/actors?lang=de").text, "html.parser")
    assert [line.text for line in page.select(".hits .knots")] == ["2 Quellen"]


def test_an_empty_registry_has_empty_lists(registry) -> None:
    client = registry.app().test_client()
    for path in ("/", "/actors", "/events", "/hubs", "/status", "/daten", "/sparql"):
        assert client.get(path, headers={"Accept": "text/html"}).status_code == 200
    assert client.get("/actors.geojson").get_json(force=True)["features"] == []


@pytest.mark.parametrize(
    "query",
    [
        "page=0000000010000000000000",
        "page=10000000000000",
        f"page={'9' * 5000}",
        "page=0",
        "page=-1",
        "page=٣",
        "size=0000000010000000",
        "&".join(f"topic=t{n}" for n in range(21)),
        f"topic={'x' * 10_000}",
    ],
)
def test_a_parameter_out_of_its_bounds_is_told_so(client: FlaskClient, query: str) -> None:
    response = client.get(f"/actors?{query}", headers={"Accept": "text/html"})
    assert response.status_code == 400


def test_the_farthest_page_is_not_there_and_costs_nothing(client: FlaskClient) -> None:
    assert client.get("/actors?page=1000000&size=200").status_code == 404


def test_no_redirect_leads_to_the_host_that_a_request_names(client: FlaskClient) -> None:
    for path in ("/actors//", "//actors", "/id//x", "/static//x"):
        response = client.get(path, headers={"Host": "evil.example"})
        assert "evil.example" not in response.headers.get("Location", ""), path


def test_a_run_of_an_absurd_number_is_not_there(client: FlaskClient) -> None:
    assert client.get("/hubs/atlas/runs/99999999999999999999").status_code == 404
