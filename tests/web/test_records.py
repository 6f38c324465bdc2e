"""What one hub said: its page, its forms, and its end."""

from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from rdflib import Graph, URIRef
from rdflib.namespace import SDO


def test_a_record_shows_what_its_hub_said_and_nothing_else(client: FlaskClient, filled) -> None:
    html = client.get(f"/records/{filled.record_of('boerse', 'w1')}?lang=de").text
    page = BeautifulSoup(html, "html.parser")
    assert page.h1.text == "WERKHOF NEISSEBOGEN E.V."
    assert "Werkhof Neißebogen e. V." in page.select_one(".lead").text
    assert "Gegründet" not in page.text


def test_a_record_as_data_states_its_name_of_the_entity(
    client: FlaskClient, filled, ids: dict[str, str]
) -> None:
    record = filled.record_of("boerse", "w1")
    turtle = client.get(f"/records/{record}.ttl").data
    graph = Graph().parse(data=turtle, format="turtle")
    entity = URIRef(filled.iris.entity(ids["werkhof"]))
    assert [str(name) for name in graph.objects(entity, SDO.name)] == ["WERKHOF NEISSEBOGEN E.V."]
    assert (URIRef(filled.iris.record(record)), None, entity) in graph


def test_a_record_never_published_is_404(client: FlaskClient) -> None:
    assert client.get("/records/aaaaaaaaaaaaaaaa").status_code == 404


def test_a_record_that_its_hub_removed_is_gone(registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    registry.say("atlas", {"a": {"type": "Actor", "name": {"de": "Verein"}}})
    registry.say("atlas", {}, removed=("a",))
    response = registry.app().test_client().get(f"/records/{registry.record_of('atlas', 'a')}")
    assert response.status_code == 410
    assert response.mimetype == "application/problem+json"
