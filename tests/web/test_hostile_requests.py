"""Requests that try to get at what is not theirs: hosts, paths, methods, bodies, headers."""

import re
from contextlib import closing
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.routing import UnicodeConverter

from tests.web.conftest import Registry

HOSTS = (
    "evil.example", "evil.example:80@verbund.example", "verbund.example/..", "127.0.0.1:22",
    "[::1]", "a b", "evil.example\\@verbund.example", "",
)  # fmt: skip
SECRETS = ("root:", "[project]", "SQLite format", "base_iri =")
CLIMBING = (
    "..%2f..%2f..%2f..%2fetc%2fpasswd", "../../../../etc/passwd", "%2e%2e/%2e%2e/pyproject.toml",
    "..%5c..%5cpyproject.toml", "%00", "latest.nq.gz%00.html", "....//....//etc/passwd",
    "%c0%ae%c0%ae/",
    "/etc/passwd", "%252e%252e%252fetc%252fpasswd", "..", ".", "~root", "verbund.sqlite",
)  # fmt: skip
FOLDERS = (
    "id", "actors", "records", "static", "dumps", "hubs", "hubs/atlas/runs", "vocab", "schemas",
    "shapes", "catalog",
)  # fmt: skip


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("path", ["/", "/id/{id}", "/actors/", "/nowhere", "/catalog.ttl"])
def test_no_answer_is_built_from_the_host_that_a_request_names(
    client: FlaskClient, ids: dict[str, str], host: str, path: str
) -> None:
    path = path.format(id=ids["werkhof"])
    usual = client.get(path)
    response = client.get(path, headers={"Host": host})
    if response.status_code == 400:  # it is no host at all
        assert "evil" not in response.text + str(response.headers)
        return
    assert response.status_code == usual.status_code
    assert response.data == usual.data
    assert dict(response.headers) == dict(usual.headers)


def test_forwarding_headers_change_no_answer(client: FlaskClient, ids: dict[str, str]) -> None:
    headers = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "gopher",
        "X-Forwarded-Prefix": "/evil",
        "X-Original-URL": "/metrics",
        "Forwarded": "host=evil.example",
    }
    for path in ("/", f"/id/{ids['werkhof']}", "/catalog.ttl"):
        usual, response = client.get(path), client.get(path, headers=headers)
        assert (response.data, response.status_code) == (usual.data, usual.status_code)
        assert "evil" not in str(response.headers)


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("climbing", CLIMBING)
def test_no_path_leaves_its_folder(client: FlaskClient, folder: str, climbing: str) -> None:
    for path in (f"/{folder}/{climbing}", f"/{folder}/{climbing}.ttl", f"/{folder}/x.{climbing}"):
        with client.get(path) as response:
            assert response.status_code in (400, 404, 406, 303, 200), path
            text = response.get_data(as_text=True)
            assert not any(secret in text for secret in SECRETS), path
            if response.status_code in (200, 303):
                assert climbing in (".", ".."), path


def test_a_nul_is_no_part_of_any_id_whatever_the_database(tmp_path: Path, pg_url: str) -> None:
    """PostgreSQL refuses a question that has one in it."""
    with closing(Registry(tmp_path, VERBUND_STORE_URL=pg_url)) as registry:
        registry.add_hub("atlas", {"de": "Atlas"})
        app = registry.app()
        client = app.test_client()
        asked = 0
        for rule in app.url_map.iter_rules():
            text = [
                name for name, known in rule._converters.items() if type(known) is UnicodeConverter
            ]
            if text and rule.endpoint != "static":
                path = re.sub(r"<(?!any|int)[^>]*>", "%00", rule.rule)
                path = re.sub(r"<any\((\w+)[^>]*>", r"\1", re.sub("<int[^>]*>", "1", path))
                assert client.get(path).status_code == 404, path
                asked += 1
        assert asked > 10
        assert client.get("/hubs/atlas/records?q=%00").status_code == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND", "X"])
@pytest.mark.parametrize("path", ["/", "/actors", "/sparql", "/dumps/", "/static/style.css"])
def test_only_the_methods_that_are_there_are_answered(
    client: FlaskClient, method: str, path: str
) -> None:
    response = client.open(path, method=method)
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


def test_a_method_cannot_be_changed_by_a_header_or_field(client: FlaskClient) -> None:
    headers = {"X-HTTP-Method-Override": "DELETE"}
    assert client.get("/hubs?_method=DELETE", headers=headers).status_code == 200


def test_a_body_that_is_too_large_is_not_read(filled) -> None:
    client = filled.app().test_client()
    for content_type in ("application/x-www-form-urlencoded", "application/sparql-query"):
        response = client.post("/sparql", data=b"x" * 400_000, content_type=content_type)
        assert response.status_code == 413
        assert response.json["type"].endswith("#problem-too-large")


def test_https_is_insisted_on_only_where_it_is_how_the_registry_is_published(filled) -> None:
    plain = filled.app(base_iri="http://127.0.0.1:8000").test_client().get("/")
    assert "Strict-Transport-Security" not in plain.headers
    safe = filled.app(base_iri="https://verbund.example").test_client().get("/")
    assert safe.headers["Strict-Transport-Security"] == "max-age=31536000"


@pytest.mark.parametrize("path", ["/", "/nowhere", "/actors.csv", "/static/style.css", "/sparql"])
def test_every_answer_says_who_may_use_it_and_that_it_needs_no_device(
    client: FlaskClient, path: str
) -> None:
    with client.get(path) as response:
        headers = response.headers
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Server"] == ""  # where it is not set, the server names itself
    assert "X-Powered-By" not in headers


def test_pictures_come_from_the_host_of_the_map_s_tiles_alone_and_only_where_one_is_set(
    filled,
) -> None:
    tiles = "https://tiles.example:8443/{z}/{x}/{y}.png"
    for settings, source in (({}, "img-src 'self'"), ({"map_tiles": tiles}, "img-src https://t")):
        for path in ("/actors", "/sparql?query=ASK%7B%7D"):
            headers = filled.app(**settings).test_client().get(path).headers
            policy = headers["Content-Security-Policy"]
            assert source in policy
            assert ("https:" in policy) is bool(settings)
            assert ("https://tiles.example:8443 'self' data:" in policy) is bool(settings)


def test_a_view_that_is_to_be_embedded_may_say_so_itself(registry) -> None:
    app = registry.app()

    @app.get("/embed")
    def embed() -> tuple[str, dict[str, str]]:
        return "", {"Content-Security-Policy": "default-src 'none'; frame-ancestors *"}

    policy = app.test_client().get("/embed").headers["Content-Security-Policy"]
    assert policy == "default-src 'none'; frame-ancestors *"
