"""A hub's badge: a picture that other sites' pages may show."""

from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

SVG = "{http://www.w3.org/2000/svg}"
NAME = 'Bund & "Freunde" </title><script>alert(1)</script>\x07'


def picture(client: FlaskClient, path: str) -> ElementTree.Element:
    response = client.get(path)
    assert (response.status_code, response.mimetype) == (200, "image/svg+xml")
    return ElementTree.fromstring(response.get_data())  # noqa: S314 - our own, no entities in it


def test_a_badge_says_how_much_is_published_and_as_of_when(client: FlaskClient) -> None:
    german = picture(client, "/hubs/atlas/badge.svg?lang=de")
    words = [text.text for text in german.iter(f"{SVG}text")]
    assert words == ["Verbund", "5 Einträge, Stand 22.11.2026"]
    title = german.find(f"{SVG}title")
    assert title is not None
    assert title.text == "Sozialatlas im Verbund: 5 Einträge, Stand 22.11.2026"
    english = picture(client, "/hubs/atlas/badge.svg?lang=en")
    assert [text.text for text in english.iter(f"{SVG}text")][1] == "5 entries as of 22/11/2026"


def test_any_site_may_show_a_badge_and_keep_it_for_an_hour(client: FlaskClient) -> None:
    response = client.get("/hubs/atlas/badge.svg")
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "public, max-age=3600"
    assert response.headers["Release"]
    again = client.get("/hubs/atlas/badge.svg", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304


def test_a_badge_is_a_picture_and_nothing_else_whatever_the_hub_is_called(registry) -> None:
    registry.add_hub("atlas", {"de": NAME})
    registry.say("atlas", {"a": {"type": "Actor", "name": {"de": "Verein"}}})
    client = registry.app().test_client()
    drawn = picture(client, "/hubs/atlas/badge.svg?lang=de")
    names = {element.tag.removeprefix(SVG) for element in drawn.iter()}
    assert names == {"svg", "title", "clipPath", "rect", "g", "text"}
    title = drawn.find(f"{SVG}title")
    assert title is not None
    assert title.text is not None
    assert title.text.startswith(NAME[:-1])
    attributes = {name for element in drawn.iter() for name in element.attrib}
    assert not [name for name in attributes if name.startswith("on") or name == "style"]
    assert "url(http" not in client.get("/hubs/atlas/badge.svg").text


def test_the_snippet_shows_the_badge_where_it_is_pasted(registry) -> None:
    registry.add_hub("atlas", {"de": NAME})
    registry.say("atlas", {"a": {"type": "Actor", "name": {"de": "Verein"}}})
    html = registry.app().test_client().get("/hubs/atlas?lang=de").text
    page = BeautifulSoup(html, "html.parser")
    assert page.select_one("aside img")["src"] == "/hubs/atlas/badge.svg?lang=de"
    snippet = next(pre.text for pre in page.select("aside pre") if "badge.svg" in pre.text)
    pasted = BeautifulSoup(snippet, "html.parser")
    assert [element.name for element in pasted.find_all()] == ["a", "img"]
    assert pasted.a["href"] == "https://verbund.example/hubs/atlas"
    assert pasted.img["src"] == "https://verbund.example/hubs/atlas/badge.svg?lang=de"
    assert pasted.img["alt"].startswith(NAME[:-1])


@pytest.mark.parametrize("hub", ["nobody", "%3Cscript%3E"])
def test_a_hub_that_is_not_here_has_no_badge(client: FlaskClient, hub: str) -> None:
    assert client.get(f"/hubs/{hub}/badge.svg").status_code == 404
