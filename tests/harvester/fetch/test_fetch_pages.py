"""What comes back from a hub that behaves, and from one that says no."""

import hashlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from harvester.fetch import Validators


def test_a_page_carries_its_body_and_what_the_headers_say(hub, fetcher):
    body = "Grüße".encode("latin-1")
    url = hub.answer(
        "/export",
        hub.page(
            body,
            "Content-Type: Text/CSV; charset=ISO-8859-1; header=present",
            'ETag: "abc"',
            "Last-Modified: Thu, 07 Oct 2021 15:00:00 GMT",
        ),
    )
    page = fetcher.fetch(url)
    assert page.body == body
    assert page.sha256 == hashlib.sha256(body).hexdigest()
    assert (page.url, page.status) == (url, 200)
    assert (page.media_type, page.charset) == ("text/csv", "iso-8859-1")
    assert page.validators == Validators(
        etag='"abc"', last_modified="Thu, 07 Oct 2021 15:00:00 GMT"
    )


@pytest.mark.parametrize(
    ("header", "media_type"),
    [(None, None), ("nonsense", None), ("", None), ("text/turtle;", "text/turtle")],
)
def test_a_missing_or_garbled_content_type_is_no_media_type(hub, fetcher, header, media_type):
    headers = [] if header is None else [f"Content-Type: {header}"]
    page = fetcher.fetch(hub.answer("/", hub.page(b"x", *headers)))
    assert (page.media_type, page.charset) == (media_type, None)


def test_links_are_absolute_and_the_first_of_a_relation_counts(hub, fetcher):
    url = hub.answer(
        "/list/1",
        hub.page(
            b"[]",
            'Link: <2?q=a,b>; rel="next Last", </list/9>; rel=next',
            "Link: <https://other.example/x>; rel=license",
            'Link: <javascript:alert(1)>; rel="help", <http://[>; rel=index, <>;;;, garbage',
            'Link: </other>; rel="prev"; anchor="/elsewhere"',
        ),
    )
    links = fetcher.fetch(url).links
    assert links == {
        "next": f"{hub.url}/list/2?q=a,b",
        "last": f"{hub.url}/list/2?q=a,b",
        "license": "https://other.example/x",
    }


def test_a_request_says_who_asks_and_what_it_can_read(hub, fetcher):
    fetcher.fetch(hub.answer("/a?b=%C3%A4", hub.page(b"x")), accept="text/turtle")
    lines = hub.requests[0].strip().split("\r\n")
    assert lines[0] == "GET /a?b=%C3%A4 HTTP/1.1"
    assert sorted(line.lower() for line in lines[1:]) == sorted(
        [
            f"host: {hub.authority}",
            "user-agent: verbund/0 (+https://registry.example/)",
            "accept: text/turtle",
            "accept-encoding: gzip, deflate",
            "connection: close",
        ]
    )


def test_nothing_of_the_environment_or_of_an_earlier_page_is_sent(
    hub, fetcher, monkeypatch, tmp_path
):
    """No proxy, no credentials from a netrc file, no cookies."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "")
    url = hub.answer("/", hub.page(b"x", "Set-Cookie: session=1; Path=/"))
    fetcher.fetch(url)
    fetcher.fetch(url)
    assert len(hub.requests) == 2
    for request in hub.requests:
        assert "authorization" not in request.lower()
        assert "cookie" not in request.lower()


def test_an_unchanged_page_comes_without_a_body_and_keeps_its_validators(hub, fetcher):
    known = Validators(etag='W/"1"', last_modified="Thu, 07 Oct 2021 15:00:00 GMT")
    url = hub.answer("/", hub.page(status="304 Not Modified"))
    page = fetcher.fetch(url, validators=known)
    assert (page.status, page.body, page.sha256) == (304, None, "")
    assert page.validators == known
    assert 'If-None-Match: W/"1"\r\n' in hub.requests[0]
    assert "If-Modified-Since: Thu, 07 Oct 2021 15:00:00 GMT\r\n" in hub.requests[0]


def test_not_modified_is_no_answer_to_a_plain_question(hub, fetcher, problem_of):
    url = hub.answer("/", hub.page(status="304 Not Modified"))
    assert problem_of(fetcher, url).code == "fetch.status"


def test_validators_that_cannot_be_sent_back_are_forgotten(hub, fetcher):
    url = hub.answer("/", hub.page(b"x", "ETag: " + "e" * 5000, "Last-Modified: gestern früh"))
    page = fetcher.fetch(url)
    assert page.validators == Validators()


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("202 Accepted", "fetch.status"),
        ("206 Partial Content", "fetch.status"),
        ("300 Multiple Choices", "fetch.status"),
        ("400 Bad Request", "fetch.status"),
        ("401 Unauthorized", "fetch.forbidden"),
        ("403 Forbidden", "fetch.forbidden"),
        ("404 Not Found", "fetch.not_found"),
        ("410 Gone", "fetch.gone"),
        ("429 Too Many Requests", "fetch.too_many_requests"),
        ("500 Oops", "fetch.server_error"),
        ("503 Service Unavailable", "fetch.server_error"),
    ],
)
def test_a_refusal_is_a_problem_with_its_status(hub, fetcher, problem_of, status, code):
    problem = problem_of(fetcher, hub.answer("/", hub.page(b"no", status=status)))
    assert (problem.code, problem.status) == (code, int(status[:3]))
    assert problem.retry_after_s is None
    assert f"{hub.url}/" in problem.de
    assert f"{hub.url}/" in problem.en


def test_a_hub_may_say_how_long_to_wait_in_seconds(hub, fetcher, problem_of):
    answer = hub.page(b"", "Retry-After: 120", status="429 Too Many Requests")
    assert problem_of(fetcher, hub.answer("/", answer)).retry_after_s == 120


def test_a_hub_may_say_how_long_to_wait_as_a_date(hub, fetcher, problem_of):
    date = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    answer = hub.page(b"", f"Retry-After: {date}", status="503 Busy")
    assert problem_of(fetcher, hub.answer("/", answer)).retry_after_s == pytest.approx(3600, abs=60)


@pytest.mark.parametrize(
    ("value", "wait_s"),
    [("soon", None), ("-5", None), ("9" * 5000, None), ("Mon, 01 Jan 2001 00:00:00 GMT", 0)],
)
def test_an_odd_wish_to_wait_does_no_harm(hub, fetcher, problem_of, value, wait_s):
    answer = hub.page(b"", f"Retry-After: {value}", status="503 Busy")
    assert problem_of(fetcher, hub.answer("/", answer)).retry_after_s == wait_s


def test_no_content_is_an_empty_page(hub, fetcher):
    page = fetcher.fetch(hub.answer("/", hub.head(status="204 No Content")))
    assert page.body == b""


def test_a_name_outside_of_ascii_is_asked_for_in_its_ascii_form(hub, new_fetcher):
    looked_up = []

    def resolve(host, port):
        looked_up.append((host, port))
        return ["127.0.0.1"]

    fetcher = new_fetcher(f"xn--bcher-kva.example:{hub.port}", resolve=resolve)
    hub.answer("/%C3%BCber%20uns", hub.page(b"x"))
    page = fetcher.fetch(f"http://BÜCHER.example:{hub.port}/über uns#team")
    assert looked_up == [("xn--bcher-kva.example", hub.port)]
    assert f"Host: xn--bcher-kva.example:{hub.port}\r\n" in hub.requests[0]
    assert page.url == f"http://xn--bcher-kva.example:{hub.port}/%C3%BCber%20uns"


def test_a_closed_fetcher_reads_nothing_more(hub, fetcher):
    url = hub.answer("/", hub.page(b"x"))
    with fetcher:
        fetcher.fetch(url)
    with pytest.raises(RuntimeError, match="closed"):
        fetcher.fetch(url)
