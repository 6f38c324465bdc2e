"""Entities by id: redirects, forms, caching, and what becomes of merged and removed ids."""

import pytest
from flask.testing import FlaskClient

from tests.web.conftest import Registry

FORMS = {
    "html": "text/html",
    "jsonld": "application/ld+json",
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "rdf": "application/rdf+xml",
    "json": "application/json",
}


@pytest.fixture
def path(ids: dict[str, str]) -> str:
    return f"/actors/{ids['werkhof']}"


@pytest.mark.parametrize(
    ("local", "folder"), [("werkhof", "actors"), ("rad", "projects"), ("abend", "events")]
)
def test_an_id_leads_to_the_page_of_its_kind(
    client: FlaskClient, ids: dict[str, str], local: str, folder: str
) -> None:
    response = client.get(f"/id/{ids[local]}")
    assert response.status_code == 303
    assert response.location == f"/{folder}/{ids[local]}"


def test_an_id_keeps_the_form_and_language_that_were_asked_for(
    client: FlaskClient, ids: dict[str, str]
) -> None:
    response = client.get(f"/id/{ids['rad']}?format=ttl&lang=en")
    assert response.location == f"/projects/{ids['rad']}?format=ttl&lang=en"


@pytest.mark.parametrize("ending", FORMS)
def test_an_ending_behind_an_id_leads_to_that_form(
    client: FlaskClient, ids: dict[str, str], ending: str
) -> None:
    response = client.get(f"/id/{ids['rad']}.{ending}")
    assert (response.status_code, response.location) == (303, f"/projects/{ids['rad']}.{ending}")
    assert client.get(response.location).mimetype == FORMS[ending]


def test_the_wrong_folder_leads_to_the_right_one(client: FlaskClient, ids: dict[str, str]) -> None:
    response = client.get(f"/events/{ids['rad']}.ttl")
    assert response.status_code == 307
    assert response.location == f"/projects/{ids['rad']}.ttl"


@pytest.mark.parametrize(("ending", "media_type"), FORMS.items())
def test_every_form_is_had_by_ending_accept_and_parameter(
    client: FlaskClient, path: str, ending: str, media_type: str
) -> None:
    for response in (
        client.get(f"{path}.{ending}"),
        client.get(path, headers={"Accept": media_type}),
        client.get(f"{path}?format={ending}"),
        client.get(f"{path}?format={media_type.replace('+', '%2B')}"),
    ):
        assert response.status_code == 200
        assert response.mimetype == media_type
        assert response.data


@pytest.mark.parametrize("accept", [None, "", "*/*", "text/*"])
def test_without_a_wish_the_page_is_served(
    client: FlaskClient, path: str, accept: str | None
) -> None:
    headers = {} if accept is None else {"Accept": accept}
    assert client.get(path, headers=headers).mimetype == "text/html"


def test_an_unknown_type_is_406_and_says_what_there_is(client: FlaskClient, path: str) -> None:
    response = client.get(path, headers={"Accept": "image/png"})
    assert response.status_code == 406
    assert response.mimetype == "application/problem+json"
    assert "text/turtle (.ttl)" in response.json["detail"]


def test_a_type_with_quality_zero_is_not_served(client: FlaskClient, path: str) -> None:
    response = client.get(path, headers={"Accept": "text/html;q=0, text/turtle;q=0.1"})
    assert response.mimetype == "text/turtle"


def test_the_higher_quality_wins_over_our_preference(client: FlaskClient, path: str) -> None:
    accept = "text/html;q=0.3, application/rdf+xml;q=0.9, */*;q=0.1"
    assert client.get(path, headers={"Accept": accept}).mimetype == "application/rdf+xml"


@pytest.mark.parametrize(
    "asked", ["{path}.pdf", "/id/{id}.pdf", "{path}?format=pdf", "{path}.tar.gz"]
)
def test_an_ending_that_no_entity_has_names_those_it_has_and_the_page(
    client: FlaskClient, path: str, ids: dict[str, str], asked: str
) -> None:
    address = asked.format(path=path, id=ids["werkhof"])
    response = client.get(address)
    assert response.status_code == 406
    assert all(f"(.{ending})" in response.json["detail"] for ending in FORMS)
    assert response.json["detail"].endswith(f": {path}")
    page = client.get(address, headers={"Accept": "text/html"})
    assert (page.status_code, page.mimetype) == (406, "text/html")
    assert f'href="{path}"' in page.text


@pytest.mark.parametrize("name", ["nirgendwo.pdf", "nirgendwo"])
def test_an_id_that_was_never_given_out_has_no_form(client: FlaskClient, name: str) -> None:
    assert client.get(f"/actors/{name}").status_code == 404


def test_the_id_of_a_record_leads_to_the_record(client: FlaskClient, filled: Registry) -> None:
    """Of a merged entity's records all but one have another id than it."""
    told = {
        hub: filled.record_of(hub, local) for hub, local in (("atlas", "werkhof"), ("boerse", "w1"))
    }
    entity = filled.entity_of("boerse", "w1")
    (record,) = set(told.values()) - {entity}
    response = client.get(f"/id/{record}")
    assert response.status_code == 404
    assert f"/records/{record}" in response.json["detail"]
    page = client.get(f"/id/{record}", headers={"Accept": "text/html"})
    assert f'href="/records/{record}"' in page.text
    assert client.get(f"/records/{record}").status_code == 200


def test_an_ending_wins_over_accept(client: FlaskClient, path: str) -> None:
    response = client.get(f"{path}.nt", headers={"Accept": "text/html"})
    assert response.mimetype == "application/n-triples"


def test_answers_name_release_alternates_licence_and_what_they_vary_by(
    client: FlaskClient, path: str
) -> None:
    response = client.get(path, headers={"Accept": "text/turtle"})
    links = response.headers.getlist("Link")
    assert response.headers["Release"] == "2"
    assert f'<{path}.jsonld>; rel="alternate"; type="application/ld+json"' in links
    assert '<http://dcat-ap.de/def/licenses/cc-by/4.0>; rel="license"' in links
    assert not any("text/turtle" in link for link in links)
    assert "Accept" in response.vary
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_each_form_has_its_own_etag(client: FlaskClient, path: str) -> None:
    tags = {client.get(f"{path}.{ending}").headers["ETag"] for ending in FORMS}
    assert len(tags) == len(FORMS)


@pytest.mark.parametrize("ending", FORMS)
def test_what_is_known_already_is_304_without_a_body(
    client: FlaskClient, path: str, ending: str
) -> None:
    tag = client.get(f"{path}.{ending}").headers["ETag"]
    response = client.get(f"{path}.{ending}", headers={"If-None-Match": tag})
    assert response.status_code == 304
    assert response.data == b""
    assert response.headers["ETag"] == tag
    assert response.headers["Release"] == "2"


def test_the_page_in_the_other_language_is_another_page(client: FlaskClient, path: str) -> None:
    german = client.get(f"{path}.html?lang=de").headers["ETag"]
    response = client.get(f"{path}.html?lang=en", headers={"If-None-Match": german})
    assert response.status_code == 200


def test_head_answers_as_get_without_a_body(client: FlaskClient, path: str) -> None:
    get, head = client.get(f"{path}.ttl"), client.head(f"{path}.ttl")
    assert head.status_code == 200
    assert head.data == b""
    for name in ("ETag", "Content-Type", "Content-Length", "Release"):
        assert head.headers[name] == get.headers[name]


def test_an_id_never_given_out_is_404(client: FlaskClient) -> None:
    for path in (
        "/id/aaaaaaaaaaaaaaaa",
        "/actors/aaaaaaaaaaaaaaaa",
        "/actors/aaaaaaaaaaaaaaaa.ttl",
    ):
        assert client.get(path).status_code == 404


def test_a_hub_is_no_entity(client: FlaskClient) -> None:
    assert client.get("/id/atlas").status_code == 404


def test_a_merged_id_leads_to_what_it_became(registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    body = {"type": "Actor", "name": {"de": "Werkhof"}, "homepage": "https://werkhof.example/"}
    registry.say("atlas", {"alt": body})
    first = registry.entity_of("atlas", "alt")
    registry.add_hub("boerse", {"de": "Börse"})
    registry.say("boerse", {"neu": {**body, "name": {"de": "Etwas anderes"}}})
    second = registry.entity_of("boerse", "neu")
    assert first != second
    registry.say("boerse", {"neu": body})
    client = registry.app().test_client()

    response = client.get(f"/id/{second}")
    assert (response.status_code, response.location) == (308, f"/id/{first}")
    response = client.get(f"/id/{second}.ttl")
    assert (response.status_code, response.location) == (308, f"/id/{first}.ttl")
    response = client.get(f"/actors/{second}.ttl")
    assert (response.status_code, response.location) == (308, f"/actors/{first}.ttl")


def test_a_removed_entity_is_gone_in_every_form(registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    registry.say("atlas", {"a": {"type": "Actor", "name": {"de": "Verein"}}})
    entity_id = registry.entity_of("atlas", "a")
    registry.say("atlas", {}, removed=("a",))
    client = registry.app().test_client()

    for ending, media_type in FORMS.items():
        response = client.get(f"/actors/{entity_id}.{ending}")
        assert (response.status_code, response.mimetype) == (410, media_type)
    turtle = client.get(f"/actors/{entity_id}.ttl").text
    assert "as:Tombstone" in turtle
    assert client.get(f"/id/{entity_id}").status_code == 303
