"""The search box of pages (lists have a form of their own): it finds what is there, of any kind."""

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

GERMAN = {"Accept": "text/html", "Accept-Language": "de"}


def soup(client: FlaskClient, path: str) -> BeautifulSoup:
    response = client.get(path, headers=GERMAN)
    assert response.status_code == 200
    return BeautifulSoup(response.text, "html.parser")


@pytest.mark.parametrize("path", ["/", "/hubs", "/status", "/nowhere"])
def test_every_search_box_asks_all_kinds(client: FlaskClient, path: str) -> None:
    page = BeautifulSoup(client.get(path, headers=GERMAN).text, "html.parser")
    boxes = page.select("form[role=search]")
    assert boxes
    assert {form["action"] for form in boxes} == {"/search"}


@pytest.mark.parametrize("path", ["/actors", "/projects", "/events"])
def test_a_list_has_one_field_for_words_which_searches_that_list(
    client: FlaskClient, path: str
) -> None:
    (field,) = soup(client, path).select("[name=q]")
    form = field.find_parent("form")
    assert form is not None
    assert form["action"] == path


@pytest.mark.parametrize(
    ("words", "leads_to"),
    [("reparierabend", "/events?q=reparierabend"), ("dorfmobil", "/actors?q=dorfmobil")],
)
def test_hits_of_one_kind_only_are_shown_in_its_list(
    client: FlaskClient, words: str, leads_to: str
) -> None:
    response = client.get(f"/search?q={words}", headers=GERMAN)
    assert (response.status_code, response.headers["Location"]) == (303, leads_to)
    kept = client.get(f"/search?q={words}&lang=en")
    assert kept.headers["Location"] == f"{leads_to}&lang=en"


def test_hits_of_several_kinds_stand_beside_each_other(client: FlaskClient) -> None:
    page = soup(client, "/search?q=ländlicher+raum")
    sections = {
        section.h2.text: {link.text for link in section.select("h3 a")}
        for section in page.select("section")
    }
    assert sections == {
        "Akteure": {"Werkhof Neißebogen e. V.", "Dorfmobil Beispieltal"},
        "Projekte": {"Werkzeug auf Rädern"},
    }
    chips = {a.text: a["href"] for a in page.select(".kinds a")}
    assert chips["Projekte 1"] == "/projects?q=l%C3%A4ndlicher+raum"


def test_nothing_found_leads_on(client: FlaskClient) -> None:
    page = soup(client, "/search?q=qqqqq")
    assert "Nichts gefunden" in page.select_one(".empty").text
    assert [a["href"] for a in page.select(".empty a")] == ["/actors", "/projects", "/events"]
    assert page.select_one("#q")["value"] == "qqqqq"


@pytest.mark.parametrize("query", ["", "?q=", "?q=%20"])
def test_without_words_it_leads_to_a_list(client: FlaskClient, query: str) -> None:
    assert client.get(f"/search{query}").headers["Location"] == "/actors"
