"""Errors: documents for programs, pages for browsers, nothing about the client in the log."""

import logging
from urllib.parse import urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from registry.errors import Busy

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize("accept", [None, "*/*", "application/json", "text/turtle"])
def test_programs_get_a_problem_document(client: FlaskClient, accept: str | None) -> None:
    headers = {"Accept": accept} if accept else {}
    response = client.get("/nowhere?lang=en", headers=headers)
    assert response.status_code == 404
    assert response.mimetype == "application/problem+json"
    assert response.json == {
        "type": "https://verbund.example/daten#problem-not-found",
        "title": "Not found",
        "status": 404,
        "detail": "Nothing was ever published at /nowhere. "
        "Perhaps a character is missing or two are swapped.",
        "instance": "/nowhere",
    }


def test_browsers_get_a_page_in_their_language(client: FlaskClient) -> None:
    headers = {"Accept": BROWSER, "Accept-Language": "de-DE,de;q=0.9"}
    response = client.get("/nowhere", headers=headers)
    assert response.status_code == 404
    assert response.mimetype == "text/html"
    assert "Nicht gefunden" in response.text


@pytest.mark.parametrize("path", ["/%5Cevil.example/x", "/%09/evil.example/x", "//evil.example/x"])
def test_no_address_makes_a_link_to_another_host(client: FlaskClient, path: str) -> None:
    response = client.get(path, headers={"Accept": BROWSER}, follow_redirects=True)
    page = BeautifulSoup(response.text, "html.parser")
    links = {urljoin("https://verbund.example/", a["href"]) for a in page.select("header a")}
    assert len(links) > 5
    assert {urlsplit(link).netloc for link in links} == {"verbund.example"}
    assert not [a for a in page.select("a") if a["href"].startswith(("//", "/\\", "/\t"))]


def test_a_method_that_is_not_there_names_those_that_are(client: FlaskClient) -> None:
    response = client.delete("/actors")
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]
    assert response.mimetype == "application/problem+json"


def test_a_registry_error_answers_with_its_status_and_when_to_come_back(registry) -> None:
    app = registry.app()

    @app.get("/busy")
    def busy() -> str:
        raise Busy("Ausgelastet; gleich noch einmal.", "Busy; try again soon.", retry_after_s=7)

    response = app.test_client().get("/busy?lang=en")
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "7"
    assert response.json["detail"] == "Busy; try again soon."


@pytest.mark.parametrize(
    ("accept", "media_type"), [(BROWSER, "text/html"), ("*/*", "application/problem+json")]
)
def test_an_unexpected_error_reveals_nothing_and_logs_no_address(
    registry, caplog: pytest.LogCaptureFixture, accept: str, media_type: str
) -> None:
    app = registry.app()

    @app.get("/broken")
    def broken() -> str:
        raise RuntimeError("secret detail")

    with caplog.at_level(logging.DEBUG):
        response = app.test_client().get(
            "/broken", headers={"Accept": accept}, environ_base={"REMOTE_ADDR": "203.0.113.77"}
        )
    assert response.status_code == 500
    assert response.mimetype == media_type
    assert "secret detail" not in response.text
    assert "secret detail" in caplog.text
    assert "203.0.113.77" not in caplog.text


def test_errors_are_not_kept_by_caches(client: FlaskClient) -> None:
    assert client.get("/nowhere").headers["Cache-Control"] == "no-store"


def test_markup_in_an_address_stays_text(client: FlaskClient) -> None:
    response = client.get("/<script>alert(1)</script>", headers={"Accept": BROWSER})
    assert "<script>alert" not in response.text


def test_every_answer_is_protected_and_none_sets_a_cookie(
    client: FlaskClient, ids: dict[str, str]
) -> None:
    for path in ("/", "/nowhere", f"/actors/{ids['werkhof']}.ttl", "/static/style.css"):
        response = client.get(path)
        response.close()
        headers = response.headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "Set-Cookie" not in headers
