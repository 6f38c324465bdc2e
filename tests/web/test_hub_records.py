"""What became of every record of a hub: searched on a page, taken whole as CSV."""

import csv
import io
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from registry.store import hubs
from schemas.rules import finding

VEREIN = {"type": "Actor", "name": {"de": "Verein"}}


@pytest.fixture
def mixed(registry) -> FlaskClient:
    """A hub whose second run refuses a good record, brings a bad one and lets one go."""
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    registry.say("atlas", {"a1": VEREIN, "b2": {**VEREIN, "name": {"de": "Bund"}}, "c3": VEREIN})
    problems: Any = {local: [finding("name.required")] for local in ("b2", "d4")}
    registry.say("atlas", {"b2": None, "d4": None}, removed=("c3",), problems=problems)
    client: FlaskClient = registry.app().test_client()
    return client


def soup(client: FlaskClient, path: str) -> BeautifulSoup:
    response = client.get(path, headers={"Accept": "text/html", "Accept-Language": "de"})
    assert response.status_code == 200
    return BeautifulSoup(response.text, "html.parser")


def fates_on(page: BeautifulSoup) -> dict[str, str]:
    return {
        (row.select_one("th .id") or row.th).text: row.select_one("td .badge").text
        for row in page.select("tbody tr")
    }


def lines(client: FlaskClient, path: str) -> list[dict[str, str]]:
    response = client.get(path)
    assert (response.status_code, response.mimetype) == (200, "text/csv")
    return list(csv.DictReader(io.StringIO(response.text)))


def test_every_record_is_there_with_its_fate(mixed: FlaskClient) -> None:
    assert fates_on(soup(mixed, "/hubs/atlas/records")) == {
        "a1": "angenommen",
        "b2": "letzte gute Fassung",
        "c3": "entfernt",
        "d4": "zurückgewiesen",
    }


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("fate=rejected", {"d4"}),
        ("fate=outdated", {"b2"}),
        ("q=bund", {"b2"}),
        ("q=A1", {"a1"}),
        ("q=bund&fate=accepted", set()),
        ("fate=all", {"a1", "b2", "c3", "d4"}),
        ("run=2", {"b2", "c3", "d4"}),
    ],
)
def test_the_page_and_the_file_hold_what_is_asked_for(
    mixed: FlaskClient, query: str, expected: set[str]
) -> None:
    page = soup(mixed, f"/hubs/atlas/records?{query}")
    assert set(fates_on(page)) == expected
    assert {one["record"] for one in lines(mixed, f"/hubs/atlas/records.csv?{query}")} == expected
    if expected and "all" not in query:
        (link,) = (a["href"] for a in page.select("main a") if ".csv" in a["href"])
        assert {one["record"] for one in lines(mixed, link)} == expected


def test_who_has_to_mend_a_record_is_told_how(mixed: FlaskClient) -> None:
    row = soup(mixed, "/hubs/atlas/records?fate=rejected").select_one("tbody tr")
    problem = finding("name.required")
    assert problem.fix["de"] in row.text
    assert row.select("td")[1].text == "nicht veröffentlicht"


def test_what_keeps_a_record_out_is_told_first(registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    said: Any = [finding("language.undetermined", value=1), finding("name.required")]
    assert said[0].severity != "error"
    registry.say("atlas", {"a": None}, problems={"a": said})
    row = soup(registry.app().test_client(), "/hubs/atlas/records").select_one("tbody tr")
    assert row.select_one("td b").text == "Name fehlt"


def test_the_file_tells_who_else_speaks_and_how_many_values_lost(
    client: FlaskClient, filled, ids: dict[str, str]
) -> None:
    of = {one["record"]: one for one in lines(client, "/hubs/boerse/records.csv?lang=de")}
    lost = lines(client, "/hubs/boerse/outvoted.csv")
    here = of["w1"].pop("changed_here")
    assert here.startswith("2026-11-22T06:")
    assert of["w1"] == {
        "source": "all", "record": "w1", "kind": "actor", "name": "WERKHOF NEISSEBOGEN E.V.",
        "fate": "merged", "iri": filled.iris.entity(ids["werkhof"]), "other_hubs": "atlas",
        "values_outvoted": str(len(lost)), "rules": "concept.unknown", "run": "1",
        "changed": "2026-06-02", "place": "",
    }  # fmt: skip
    assert (of["formel"]["fate"], of["formel"]["other_hubs"]) == ("accepted", "")
    assert of["formel"]["name"].startswith("'=")
    row = soup(client, "/hubs/boerse/records?q=w1").select_one("tbody tr")
    assert "zusammen mit Sozialatlas" in " ".join(row.text.split())


def test_many_records_come_in_pages(registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    registry.say("atlas", {f"n{n:03}": VEREIN for n in range(120)})
    client = registry.app().test_client()
    shown: list[str] = []
    path: str | None = "/hubs/atlas/records?fate=accepted&lang=de"
    while path:
        page = soup(client, path)
        assert page.select_one("h2").text == "120 Einträge"
        shown += fates_on(page)
        following = page.select_one("a[rel=next]")
        path = following["href"] if following else None
    assert shown == [f"n{n:03}" for n in range(120)]
    assert len(lines(client, "/hubs/atlas/records.csv")) == 120


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/hubs/nobody/records", 404),
        ("/hubs/nobody/records.csv", 404),
        ("/hubs/atlas/records?fate=lucky", 400),
        ("/hubs/atlas/records?page=0", 400),
        ("/hubs/atlas/records?run=x", 400),
        ("/hubs/atlas/records?run=99", 404),
        ("/hubs/atlas/records?page=99999", 404),
    ],
)
def test_what_cannot_be_answered_is_told(client: FlaskClient, path: str, status: int) -> None:
    assert client.get(path).status_code == status


def test_a_removed_hub_has_no_records_to_show(registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    registry.say("atlas", {"a": VEREIN})
    with registry.store.write() as connection:
        hubs.remove_hub(connection, "atlas", registry.now)
    client = registry.app().test_client()
    for path in ("records", "records.csv", "badge.svg"):
        assert client.get(f"/hubs/atlas/{path}").status_code == 410


def test_what_a_hub_says_cannot_break_out_of_the_page(registry) -> None:
    registry.add_hub("atlas", {"de": "<b>Atlas</b>"})
    evil: dict[str, Any] = {**VEREIN, "name": {"de": "<script>alert(1)</script>"}}
    registry.say("atlas", {"a": evil, '"><img src=x>': None})
    page = soup(registry.app().test_client(), "/hubs/atlas/records?q=%22%3E%3Cimg")
    assert page.select("main img, main script, h1 b, .crumb b") == []
    assert page.select_one("tbody th").text == '"><img src=x>'
    assert page.select_one("#rq")["value"] == '"><img'
    page = soup(registry.app().test_client(), "/hubs/atlas/records?q=a")
    assert page.select_one("tbody th a").text == "<script>alert(1)</script>"


@pytest.fixture
def unkept(registry) -> FlaskClient:
    """A hub with a good entry, a person, an entry without identifier and one bad from the start."""
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    problems: Any = {
        "p1": [finding("actor.person", path="record 3")],
        "d4": [finding("name.required", path="/name")],
        None: [
            finding("record.id.missing", path="feature 75"),
            finding("record.kind.unknown", path="feature 75"),
            finding("record.duplicate-id", path="feature 8", value="a1"),
            finding("language.assumed", value=3, language="de"),
        ],
    }
    counts = {"read": 4, "rejected": 1}  # as a run tells it that met nothing new
    registry.say("atlas", {"a1": VEREIN, "d4": None}, problems=problems, counts=counts)
    client: FlaskClient = registry.app().test_client()
    return client


def test_what_was_refused_and_is_not_kept_is_listed_with_its_rule(unkept: FlaskClient) -> None:
    page = soup(unkept, "/hubs/atlas/records?fate=rejected")
    assert page.select_one("h2").text == "3 Einträge"
    assert list(fates_on(page)) == ["d4", "p1", "Objekt 75 der Quelle"]
    person = page.select("tbody tr")[1]
    assert "Person statt Organisation" in person.text
    assert not person.select("a")
    found = lines(unkept, "/hubs/atlas/records.csv?fate=rejected")
    assert [(one["record"], one["place"], one["rules"]) for one in found] == [
        ("d4", "", "name.required"),
        ("p1", "", "actor.person"),
        ("", "feature 75", "record.id.missing record.kind.unknown"),
    ]
    # Of a person nothing else is known, and nothing else is shown.
    told = {name for name, value in found[1].items() if value}
    assert told == {"source", "record", "fate", "values_outvoted", "rules"}


def test_such_entries_are_found_by_identifier_and_place(unkept: FlaskClient) -> None:
    for words, expected in (("P1", {"p1"}), ("75", {"Objekt 75 der Quelle"}), ("a1", {"a1"})):
        assert set(fates_on(soup(unkept, f"/hubs/atlas/records?q={words}"))) == expected
    assert len(lines(unkept, "/hubs/atlas/records.csv")) == 4
    assert len(lines(unkept, "/hubs/atlas/records.csv?fate=accepted")) == 1


def test_lead_figure_and_list_tell_the_same_number_of_refused(unkept: FlaskClient) -> None:
    page = soup(unkept, "/hubs/atlas")
    figures = {li.b.next_sibling: li.b.text for li in page.select(".figs li")}
    assert figures["zurückgewiesen"] == "3"
    assert "3 Einträge brauchen Ihre Hilfe" in page.select_one(".lead").text
    assert "3 zurückgewiesene Einträge wurden nie angenommen" in page.text
    assert "letzte gute Fassung" not in page.select_one("#f").parent.text
    link = page.select_one("#f ~ p a")["href"]
    assert len(fates_on(soup(unkept, link))) == 3


def test_the_date_of_change_is_the_source_s_own_or_none(registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    registry.say("atlas", {"a": VEREIN}, modified="2019-03-05")
    registry.say("atlas", {"b": VEREIN, "c": VEREIN}, modified=None)
    registry.say("atlas", {}, removed=("c",))
    page = soup(registry.app().test_client(), "/hubs/atlas/records")
    dates = [row.select("td")[-1].text for row in page.select("tbody tr")]
    assert dates == ["05.03.2019", "–", "–hier entfernt 22.11.2026"]


def test_several_findings_of_a_rule_are_one_line(registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    names = ("Themen", "Webseite")
    said: Any = [finding("property.missing", path=f"/{n}", property=n) for n in names]
    registry.say("atlas", {"a": VEREIN}, problems={"a": said})
    row = soup(registry.app().test_client(), "/hubs/atlas/records").select_one("tbody tr")
    assert row.summary.text == "2 × Angabe fehlt"
    assert [li.text for li in row.select("li")] == [one.fix["de"] for one in said]


def test_a_page_after_the_last_is_not_there(mixed: FlaskClient) -> None:
    answer = mixed.get("/hubs/atlas/records?page=2", headers={"Accept-Language": "de"})
    assert answer.status_code == 404
    assert "Diese Liste hat eine Seite, nicht 2." in answer.text


def test_what_a_run_without_a_release_finds_shows_at_once(registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    registry.say("atlas", {"a": {"type": "Actor", "name": {"de": "Verein"}}})
    client = registry.app().test_client()
    paths = ("/hubs/atlas/records", "/hubs/atlas/records?lang=en")
    before = [soup(client, path).select_one("tbody tr") for path in paths]
    assert [row.select("td")[2].text for row in before] == ["–", "–"]
    found = {"a": [finding("property.missing", path="/topic", property="Thema")]}
    registry.find("atlas", found)
    after = [soup(client, path).select_one("tbody tr") for path in paths]
    assert [row.select("td")[2].b.text for row in after] == ["Angabe fehlt", "Detail missing"]


def test_of_several_sources_each_entry_names_its_own(registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    body = {"type": "Actor", "name": {"de": "Verein"}}
    registry.say("atlas", {"a": body})
    client = registry.app().test_client()
    assert "Quelle: all" not in soup(client, "/hubs/atlas/records").main.text
    registry.add_source("atlas", "termine")
    assert "Quelle: all" in soup(client, "/hubs/atlas/records").main.text
