"""JSON APIs are read to their end by link, cursor, offset or page number, over a real server."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest

from harvester.errors import SourceError
from harvester.fetch import Fetcher, FetchPolicy
from harvester.formats import FORMATS, SourceObject
from harvester.manifest import ManifestError
from harvester.reading import Walk, walk_pages
from tests.harvester.conftest import MakeSource

NUMBERS = list(range(7))
Answer = Callable[[dict[str, str]], tuple[object, dict[str, str]]]


def source_text(options: str) -> str:
    head = f'format = "json"\n[source.options]\nrecords = "items"\n{options}\n'
    return head + '[source.map]\nkind = "\'actor\'"\nid = "nr"\nname = "name"\n'


def items(numbers: list[int]) -> list[dict[str, int]]:
    return [{"nr": number} for number in numbers]


def by_offset(query: dict[str, str]) -> tuple[object, dict[str, str]]:
    """Never more than three, whatever was asked for."""
    start = int(query.get("offset", "0"))
    return {"items": items(NUMBERS[start : start + 3]), "count": len(NUMBERS)}, {}


def by_page(query: dict[str, str]) -> tuple[object, dict[str, str]]:
    start = (int(query.get("page", "1")) - 1) * 3
    return {"items": items(NUMBERS[start : start + 3])}, {}


def by_cursor(query: dict[str, str]) -> tuple[object, dict[str, str]]:
    start = int(query.get("after", "a&0").removeprefix("a&"))
    cursor = f"a&{start + 3}" if start + 3 < len(NUMBERS) else None
    return {"items": items(NUMBERS[start : start + 3]), "meta": {"cursor": cursor}}, {}


def by_header(query: dict[str, str]) -> tuple[object, dict[str, str]]:
    start = int(query.get("from", "0"))
    links = {"Link": f'</list?from={start + 3}>; rel="next"'} if start + 3 < len(NUMBERS) else {}
    return {"items": items(NUMBERS[start : start + 3])}, links


def ignoring(query: dict[str, str]) -> tuple[object, dict[str, str]]:
    """It gives the same page whatever is asked for."""
    return {"items": items(NUMBERS[:3])}, {}


@contextmanager
def serving(answer: Answer) -> Iterator[tuple[str, list[str]]]:
    """A hub on loopback: its address, and the queries that it was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/robots.txt":
                self.send_error(404)
                return
            parts = urlsplit(self.path)
            asked.append(parts.query)
            body, headers = answer({k: v[0] for k, v in parse_qs(parts.query).items()})
            data = json.dumps(body).encode()
            self.send_response(200)
            for name, value in {**headers, "Content-Length": str(len(data))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/list", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def numbers_of(make_source: MakeSource, options: str, url: str) -> tuple[list[int], Walk]:
    source = replace(make_source(source_text(options)), url=url)
    policy = FetchPolicy(user_agent="test/1", private_hosts=frozenset({urlsplit(url).netloc}))
    walk, found = Walk(), []
    with Fetcher(policy) as fetcher:
        for page in walk_pages(source, fetcher, {}, walk):
            objects = FORMATS["json"].objects(page, source)
            found += [one.data["nr"] for one in objects if isinstance(one, SourceObject)]
    return found, walk


@pytest.mark.parametrize(
    ("answer", "options", "query", "asked"),
    [
        (by_header, "", "", ["", "from=3", "from=6"]),
        (
            by_cursor, 'next = "meta.cursor"\nparameter = "after"', "?size=9&after=",
            ["size=9&after=", "size=9&after=a%263", "size=9&after=a%266"],
        ),
        (
            by_offset, 'parameter = "offset"\ntotal = "count"', "?limit=50",
            ["limit=50", "limit=50&offset=3", "limit=50&offset=6"],
        ),
        (
            by_offset, 'parameter = "offset"', "",
            ["", "offset=3", "offset=6", "offset=7"],
        ),
        (
            by_page, 'parameter = "page"\ncounts = "pages"', "?page=1",
            ["page=1", "page=2", "page=3", "page=4"],
        ),
    ],
    ids=["Link header", "cursor", "offset and total", "offset alone", "page number"],
)  # fmt: skip
def test_every_page_is_asked_for_once_and_the_end_is_found(
    make_source: MakeSource, answer: Answer, options: str, query: str, asked: list[str]
) -> None:
    with serving(answer) as (url, queries):
        found, walk = numbers_of(make_source, options, url + query)
        assert found == NUMBERS
        assert queries == asked
        assert walk.ended


def test_a_hub_that_does_not_know_the_parameter_is_found_out(make_source: MakeSource) -> None:
    """Else its first page would be read for ever, and the rest never be missed."""
    with serving(ignoring) as (url, _), pytest.raises(SourceError) as error:
        numbers_of(make_source, 'parameter = "offset"', url)
    assert error.value.code == "page.repeated"


def test_a_cursor_that_stands_still_is_found_out(make_source: MakeSource) -> None:
    def still(query: dict[str, str]) -> tuple[object, dict[str, str]]:
        return {"items": items([len(query)]), "meta": {"cursor": "x"}}, {}

    options = 'next = "meta.cursor"\nparameter = "after"'
    with serving(still) as (url, _), pytest.raises(SourceError) as error:
        numbers_of(make_source, options, url)
    assert error.value.code == "page.repeated"


def test_what_counts_is_one_of_two_words(make_source: MakeSource) -> None:
    with pytest.raises(ManifestError, match="objects, pages"):
        make_source(source_text('parameter = "page"\ncounts = "leaves"'))
