"""What is answered again without being made again: only what is right, and within bounds."""

import gzip
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask, request
from flask.testing import FlaskClient

from registry.app import create_app
from registry.web.in_force import InForce, look_at

WORKSHOP = {"type": "Actor", "name": {"de": "Werkhof"}, "homepage": "https://werkhof.example/"}
GZIP = {"Accept-Encoding": "gzip"}


class Counted:
    """An application that counts the requests that reach its views."""

    def __init__(self, app: Flask) -> None:
        self.made: list[str] = []
        app.before_request(lambda: self.made.append(request.full_path))
        self.client: FlaskClient = app.test_client()

    def makes(self, path: str, **headers: Any) -> int:
        """How many of two equal requests reach a view."""
        before = len(self.made)
        answers = [self.client.get(path, **headers) for _ in range(2)]
        assert answers[0].status_code == answers[1].status_code
        assert answers[0].data == answers[1].data
        assert headers_of(answers[0]) == headers_of(answers[1])
        return len(self.made) - before


def headers_of(response: Any) -> list[tuple[str, str]]:
    """All but the date, which the server adds where it is not there."""
    return sorted(header for header in response.headers if header[0] != "Date")


@pytest.fixture
def counted(filled: Any) -> Counted:
    return Counted(filled.app())


@pytest.fixture
def entity(ids: dict[str, str]) -> str:
    return f"/actors/{ids['werkhof']}"


@pytest.fixture
def changing(registry: Any) -> Iterator[Any]:
    """A registry of one entity, whose id is `entity_id`."""
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    registry.say("atlas", {"a": WORKSHOP})
    registry.entity_id = registry.entity_of("atlas", "a")
    yield registry


@pytest.mark.parametrize("ending", ["jsonld", "ttl", "nt", "rdf", "json"])
def test_data_of_an_entity_are_made_once(counted: Counted, entity: str, ending: str) -> None:
    assert counted.makes(f"{entity}.{ending}") == 1


@pytest.mark.parametrize("query", ["", "?q=werkhof", "?topic=rural-areas&q=werkhof", "?q=werkhof&"])
def test_a_list_is_made_once(counted: Counted, query: str) -> None:
    assert counted.makes(f"/actors{query}") == 1
    assert counted.makes(f"/actors{query}", headers={"Accept": "application/ld+json"}) == 1


@pytest.mark.parametrize(
    "path",
    [
        "/actors?x=1",  # any number of addresses would have this answer
        "/actors?q=werkhof&q=werkhof",
        "/actors?page=99",  # 404
        "/actors?page=x",  # 400
        "/actors/aaaaaaaaaaaaaaaa.ttl",  # 404
        "/events",  # the clock decides what is to come
        "/healthz",
        "/status",
    ],
)
def test_what_is_not_kept_is_made_each_time(counted: Counted, path: str) -> None:
    assert counted.makes(path) == 2


def test_a_request_with_other_conditions_is_answered_by_the_view(
    counted: Counted, entity: str
) -> None:
    tag = counted.client.get(f"{entity}.ttl").headers["ETag"]
    for name in ("If-Match", "Range", "If-Modified-Since"):
        before = len(counted.made)
        counted.client.get(f"{entity}.ttl", headers={name: tag})
        assert len(counted.made) == before + 1


def test_each_form_language_and_encoding_is_an_answer_of_its_own(
    counted: Counted, entity: str
) -> None:
    ask = counted.client.get
    for _ in range(2):
        for accept in ("text/turtle", "application/ld+json", "text/turtle;q=0.1, application/json"):
            wanted = "application/json" if "q=0.1" in accept else accept
            assert ask(entity, headers={"Accept": accept}).mimetype == wanted
        for tag in ("de", "en"):
            assert f'<html lang="{tag}">' in ask("/actors", headers={"Accept-Language": tag}).text
            assert f'<html lang="{tag}">' in ask(f"/actors?lang={tag}").text
        plain, packed = ask("/actors"), ask("/actors", headers=GZIP)
        assert gzip.decompress(packed.data) == plain.data
        assert "Content-Encoding" not in plain.headers


def test_known_answers_are_304_whether_kept_or_not(counted: Counted, entity: str) -> None:
    path = f"{entity}.jsonld"
    tag = counted.client.get(path).headers["ETag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        answer = counted.client.get(path, headers={"If-None-Match": known})
        assert (answer.status_code, answer.data) == (304, b""), known
        assert answer.headers["ETag"] == tag
        assert "Content-Type" not in answer.headers
    assert counted.client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    assert len(counted.made) == 1


def test_the_kept_304_is_that_of_the_view(counted: Counted, entity: str, filled: Any) -> None:
    path = f"{entity}.jsonld"
    whole = counted.client.get(path)
    known = {"If-None-Match": whole.headers["ETag"]}
    kept = counted.client.get(path, headers=known)
    fresh = filled.app().test_client().get(path, headers=known)
    assert len(counted.made) == 1
    assert (fresh.status_code, headers_of(fresh)) == (kept.status_code, headers_of(kept))
    assert "Date" not in kept.headers  # it would be that of the first answer
    assert kept.vary.as_set() == whole.vary.as_set()


def test_who_only_ever_revalidates_is_served_from_what_is_kept(
    counted: Counted, entity: str, filled: Any
) -> None:
    path = f"{entity}.jsonld"
    known = {"If-None-Match": filled.app().test_client().get(path).headers["ETag"]}
    assert counted.makes(path, headers=known) == 1
    assert counted.client.get(path).data  # the body is made when somebody lacks it
    assert counted.makes(path) == 0


def test_head_of_what_is_kept_has_the_headers_of_get(counted: Counted, entity: str) -> None:
    get = counted.client.get(f"{entity}.ttl")
    head = counted.client.head(f"{entity}.ttl")
    assert len(counted.made) == 1
    assert (head.status_code, head.data, headers_of(head)) == (200, b"", headers_of(get))


def test_a_head_alone_leaves_nothing_that_a_get_would_miss(counted: Counted, entity: str) -> None:
    assert counted.client.head(f"{entity}.ttl").data == b""
    assert counted.client.get(f"{entity}.ttl").data


def test_after_a_release_the_new_content_is_served(changing: Any) -> None:
    client = changing.app().test_client()
    path = f"/actors/{changing.entity_id}.json"
    before = [client.get(path), client.get("/actors")]
    changing.say("atlas", {"a": {**WORKSHOP, "name": {"de": "Werkhof Neißebogen"}}})
    after = [client.get(path), client.get("/actors")]
    for old, new in zip(before, after, strict=True):
        assert "Neißebogen" not in old.text
        assert "Neißebogen" in new.text
        assert int(new.headers["Release"]) == int(old.headers["Release"]) + 1
    again = client.get(path, headers={"If-None-Match": before[0].headers["ETag"]})
    assert again.status_code == 200


def test_what_was_removed_is_not_served_from_what_is_kept(changing: Any) -> None:
    client = changing.app().test_client()
    path = f"/actors/{changing.entity_id}.ttl"
    assert client.get(path).status_code == 200
    changing.say("atlas", {}, removed=("a",))
    assert client.get(path).status_code == 410


def test_who_was_told_of_a_release_is_shown_no_older_one(changing: Any) -> None:
    """However seldom the process asks: an answer that names a new release makes it look."""
    seldom = InForce(look_at(changing.store, changing.search), every_s=0.9)
    client = create_app(replace(changing.services(), in_force=seldom)).test_client()
    kept = f"/actors/{changing.entity_id}.ttl"
    first = client.get(kept).headers["Release"]
    changing.say("atlas", {"a": {**WORKSHOP, "name": {"de": "Anders"}}})
    told = client.get(f"/actors/{changing.entity_id}.nt").headers["Release"]
    assert int(told) == int(first) + 1
    assert client.get(kept).headers["Release"] == told


def test_without_the_database_nothing_is_served_from_memory(changing: Any) -> None:
    client = changing.app().test_client()
    path = f"/actors/{changing.entity_id}.ttl"
    assert client.get(path).status_code == 200
    changing.store.close()
    changing.settings.home.joinpath("verbund.sqlite").rename(changing.settings.home / "away")
    assert client.get(path).status_code == 503


def test_kept_answers_count_as_what_a_client_asked(changing: Any) -> None:
    client = changing.app(rate_limit_pages="3/minute").test_client()
    path = f"/actors/{changing.entity_id}.ttl"
    elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
    answers = [client.get(path, environ_base=elsewhere).status_code for _ in range(5)]
    assert answers == [200, 200, 200, 429, 429]
