"""From the name of a place, or a postcode, to the list of the actors there."""

from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

KEY = "http://dcat-ap.de/def/politicalGeocoding/regionalKey/"
LEIPZIG, WEISSWASSER = "147130000000", "146265242600"


@pytest.fixture
def placed(registry) -> FlaskClient:
    """Twenty actors of one postcode in Leipzig, one of them put into Weißwasser by a slip."""
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    said = {
        f"a{n}": {
            "type": "Actor",
            "name": {"de": f"Verein {n}"},
            "place": [KEY + (LEIPZIG if n else WEISSWASSER)],
            "address": [{"type": "Address", "postCode": "04177", "postName": "Leipzig"}],
        }
        for n in range(20)
    }
    said["b"] = {
        "type": "Actor",
        "name": {"de": "Werkstatt Brno"},
        "address": [{"type": "Address", "postCode": "602 00", "postName": "Brno"}],
    }
    registry.say("atlas", said)
    return registry.app().test_client()


@pytest.mark.parametrize(
    ("where", "asked"),
    [
        ("Leipzig", {"place": ["14713"]}),
        ("leipzig-connewitz", {"place": ["14713"]}),
        ("Weisswasser", {"place": [WEISSWASSER]}),
        ("Landkreis Görlitz", {"place": ["14626"]}),
        ("Polen", {"place": ["PL"]}),
        ("Brno", {"place": ["Brno"]}),
        ("04177", {"place": ["14713"]}),
        ("99999", {"q": ["99999"]}),
        ("Werkstatt", {"q": ["Werkstatt"]}),
        ("", {}),
    ],
)
def test_a_place_leads_to_its_actors(
    placed: FlaskClient, where: str, asked: dict[str, list[str]]
) -> None:
    response = placed.get("/near", query_string={"where": where})
    assert response.status_code == 303
    led = urlsplit(response.headers["Location"])
    assert led.path == "/actors"
    assert parse_qs(led.query) == asked


def test_a_name_of_several_towns_means_all_of_them(placed: FlaskClient) -> None:
    led = placed.get("/near?where=Reinsdorf&lang=en").headers["Location"]
    assert parse_qs(urlsplit(led).query)["lang"] == ["en"]
    several = placed.get("/near?where=Bernsdorf").headers["Location"]
    assert parse_qs(urlsplit(several).query)["place"] == ["145245128010", "146250030030"]


def test_the_start_page_asks_where(placed: FlaskClient) -> None:
    page = BeautifulSoup(placed.get("/?lang=de").text, "html.parser")
    form = page.select_one(".uses form")
    assert form["action"] == "/near"
    assert form.select_one("input[name=where]") and form.select_one("[name=lang]")["value"] == "de"
