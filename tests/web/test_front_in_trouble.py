"""The front of the application in trouble: lost index, many addresses, a release in mid-look."""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

import registry.app
from registry.web.in_force import InForce, Releases
from registry.web.kept import Shelf


@pytest.fixture
def one(registry: Any) -> Iterator[Any]:
    """A registry of one entity, whose id is `entity_id`."""
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    registry.say("atlas", {"a": {"type": "Actor", "name": {"de": "Werkhof Ä"}}})
    registry.entity_id = registry.entity_of("atlas", "a")
    yield registry


@pytest.mark.parametrize("damage", ["lost", "empty"])
def test_a_lost_index_takes_nothing_else_along(one: Any, damage: str) -> None:
    client = one.app().test_client()
    paths = ("/healthz", "/static/style.css", f"/actors/{one.entity_id}.ttl")
    folder = one.settings.home / "search"
    if damage == "lost":
        shutil.rmtree(folder)
    else:
        next(folder.rglob("meta.json")).write_bytes(b"")
    for path in paths:
        with client.get(path) as answer:
            assert answer.status_code == 200, path


def test_one_list_is_kept_once_however_its_address_is_spelt(
    one: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = Shelf()
    monkeypatch.setattr(registry.app, "Shelf", lambda: shelf)
    client = one.app().test_client()
    client.get("/actors?q=werkhof")
    size = shelf.size
    assert size
    for number in range(1, 20):
        client.get("/actors?q=werkhof" + "&" * number)
        client.get(f"/actors?q=werkhof&n{number}=")
        client.get("/actors?q=werkho%66")
    assert shelf.size == size


def test_addresses_that_look_alike_after_decoding_stay_apart(one: Any) -> None:
    """Once more in another order, so that each is asked for with the others kept."""
    # In turn: an Ä, its two bytes each taken for a character, two kinds of what is no UTF-8.
    queries = [f"q={words}" for words in ("%C3%84", "%C3%83%C2%84", "%FF", "%FE", "%EF%BF%BD")]
    queries += ["q=none", "q=&q=none", "q=none&q=", "lang=en", "lang=&lang=en", "lang=de&lang=en"]
    client = one.app().test_client()
    for query in [*queries, *reversed(queries)]:
        fresh = one.app().test_client().get(f"/actors?{query}")
        assert client.get(f"/actors?{query}").data == fresh.data
    raw = {"QUERY_STRING": "q=\xc3\x84", "PATH_INFO": "/actors"}
    assert client.get("/actors", environ_overrides=raw).status_code == 200


def test_a_look_that_began_before_the_news_counts_for_nothing() -> None:
    seen = iter([1, 1, 2])
    told: list[int] = []

    def look() -> Releases:
        number = next(seen)
        if told:
            in_force.saw(told.pop())  # by another thread, after this one has read
        return Releases(store=number, index=number)

    in_force = InForce(look, every_s=0.9)
    assert in_force.now() == Releases(store=1, index=1)
    in_force.saw(2)
    told.append(2)
    in_force.now()
    assert in_force.now() == Releases(store=2, index=2)


def test_a_kept_answer_does_not_repeat_the_date_of_the_first(one: Any) -> None:
    """The server says when it answers; a date that stands already it would leave."""
    client = one.app().test_client()
    path = f"/actors/{one.entity_id}.ttl"
    first, kept = client.get(path), client.get(path)
    assert kept.headers == first.headers
    assert "Date" not in kept.headers
    known = {"If-None-Match": first.headers["ETag"]}
    assert "Date" not in client.get(path, headers=known).headers
