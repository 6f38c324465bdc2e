"""Answers are gzipped for those who accept it, and stay what they are for all others."""

import gzip

import pytest
from flask.testing import FlaskClient

GZIP = {"Accept-Encoding": "gzip, deflate, br"}
QUERY = "SELECT%20*%20%7B%20?s%20?p%20?o%20%7D%20LIMIT%2050"


def paths(ids: dict[str, str]) -> list[str]:
    return [
        "/", "/actors", "/actors.csv", "/actors.geojson", f"/actors/{ids['werkhof']}.ttl",
        f"/actors/{ids['werkhof']}.jsonld", "/hubs/atlas", "/context.jsonld", "/catalog.rdf",
        "/static/style.css", f"/sparql?query={QUERY}",
    ]  # fmt: skip


def test_a_gzipped_answer_holds_the_same(client: FlaskClient, ids: dict[str, str]) -> None:
    for path in paths(ids):
        plain, packed = client.get(path), client.get(path, headers=GZIP)
        assert "Content-Encoding" not in plain.headers, path
        assert packed.headers["Content-Encoding"] == "gzip", path
        assert gzip.decompress(packed.data) == plain.data, path
        for response in (plain, packed):
            assert "accept-encoding" in {name.lower() for name in response.vary}, path
            response.close()


def test_the_gzipped_bytes_have_no_strong_etag_and_are_found_again(
    client: FlaskClient, ids: dict[str, str]
) -> None:
    path = f"/actors/{ids['werkhof']}.ttl"
    plain, packed = client.get(path), client.get(path, headers=GZIP)
    tag, weak = plain.get_etag()
    assert not weak
    assert packed.get_etag() == (tag, True)
    for kept in (plain, packed):
        asked = {**GZIP, "If-None-Match": kept.headers["ETag"]}
        again = client.get(path, headers=asked)
        assert (again.status_code, again.data) == (304, b"")
        assert again.get_etag() == (tag, True)
    assert client.get(path, headers={"If-None-Match": plain.headers["ETag"]}).get_etag() == (
        tag,
        False,
    )


@pytest.mark.parametrize("accepted", ["", "identity", "gzip;q=0", "br"])
def test_who_does_not_accept_gzip_gets_none(client: FlaskClient, accepted: str) -> None:
    response = client.get("/actors", headers={"Accept-Encoding": accepted})
    assert "Content-Encoding" not in response.headers


def test_what_is_small_or_packed_already_stays_as_it_is(client: FlaskClient) -> None:
    for path in ("/healthz", "/dumps/latest.nq.gz", "/dumps/"):
        response = client.get(path, headers=GZIP)
        assert "Content-Encoding" not in response.headers, path
        assert not response.get_etag()[1], path
        response.close()


def test_a_part_of_the_dump_is_a_part_of_its_own_bytes(client: FlaskClient) -> None:
    part = client.get("/dumps/latest.nq.gz", headers={**GZIP, "Range": "bytes=0-9"})
    assert (part.status_code, len(part.data)) == (206, 10)
    assert not part.get_etag()[1]
    part.close()
