"""Whatever a hub says of a thing, it is stored clean or refused, and harmless wherever it is shown."""

import csv
import gzip
import io
import json
import re
import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import sync_playwright
from pyld import jsonld
from pyoxigraph import DefaultGraph, RdfFormat, parse
from werkzeug.serving import make_server

from registry.project.dumps import Dump
from registry.publish.quads import resource_quads
from registry.store import entities
from tests.hostile import table
from tests.hostile.publishing import BASE, Published, published
from tests.hostile.records import HOSTILE_RECORDS

pytestmark = pytest.mark.slow

CONTEXT = json.loads((resources.files("vocab") / "context.jsonld").read_text("utf-8"))
FORMULA = re.compile(r"[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
INVISIBLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2060-\u2069\ufeff]"
)
BADGE = re.compile(r"/hubs/hub\d+/badge\.svg")
SAFE = re.compile(r"(?:https?://|mailto:|tel:|/(?!/)|#|\?)|$")


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """Every case tried once; the tests look at what came of it."""
    with published(tmp_path_factory.mktemp("records")) as made:
        yield made


@pytest.fixture(scope="module")
def client(registry: Published) -> FlaskClient:
    return registry.app.test_client()


@pytest.fixture(scope="module")
def pages(registry: Published, client: FlaskClient) -> dict[str, str]:
    """All pages on which something of a case is shown to people, by their path."""
    hubs = [f"/hubs/{one.hub}" for one in registry.tried]
    within = [f"{hub}/{page}" for hub in hubs for page in ("records", "runs/1")]
    cards = [f"/embed/{path.rpartition('/')[2]}" for path in registry.entities]
    lists = ["/", "/hubs", "/actors", "/projects", "/status"]
    paths = [*registry.entities, *cards, *hubs, *within, *lists]
    found = {}
    for path in paths:
        response = client.get(path, headers={"Accept": "text/html"})
        assert response.status_code == 200, path
        found[path] = response.text
    return found


class Reader(HTMLParser):
    """Keeps every element with what could run or lead astray."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self._in_script = tag == "script"
        harmful = tag in ("iframe", "object", "embed", "style")
        harmful |= tag == "img" and not BADGE.fullmatch(values.get("src") or "")
        harmful |= tag == "base" and "href" in values
        harmful |= tag == "script" and not (values.get("src") or "").startswith("/static/")
        for name, value in values.items():
            unsafe = name in ("href", "src", "action") and not SAFE.match(value or "")
            harmful |= name.startswith("on") or name == "style" or unsafe
        if harmful:
            self.found.append(f"{tag} {attrs}"[:300])

    def handle_data(self, data: str) -> None:
        if self._in_script and data.strip():
            self.found.append(data[:300])

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False


def test_each_is_stored_clean_or_refused_as_agreed(registry: Published) -> None:
    seen = {one.case.name: one.seen for one in registry.tried}
    assert seen == {case.name: case.expected for case in HOSTILE_RECORDS}


def test_the_page_on_hostile_records_is_current() -> None:
    """Mend it by `make hostile PAGES=records`."""
    rows = table.read("hostile-records")
    assert rows == [[table.cell(c.name), c.expected, c.expected] for c in HOSTILE_RECORDS]
    assert len({row[0] for row in rows}) == len(rows)


def test_no_page_holds_anything_that_runs_or_leads_astray(pages: dict[str, str]) -> None:
    found = {}
    for path, text in pages.items():
        reader = Reader()
        reader.feed(text)
        if reader.found:
            found[path] = reader.found
    assert found == {}


def test_what_is_looked_for_in_the_pages_would_be_found() -> None:
    for text in (
        "<script>alert(1)</script>", "<a href='javascript:x'>", "<p onclick=x>", "<img src=/x>",
        "<a href='//evil.example/'>", "<script src='https://evil.example/'></script>",
    ):  # fmt: skip
        reader = Reader()
        reader.feed(text)
        assert reader.found, text


def test_no_page_holds_an_invisible_character(pages: dict[str, str]) -> None:
    found = {path: INVISIBLE.findall(text) for path, text in pages.items()}
    assert {path: characters for path, characters in found.items() if characters} == {}


def test_every_form_reads_back_to_the_same_graph(registry: Published, client: FlaskClient) -> None:
    forms = {"ttl": RdfFormat.TURTLE, "nt": RdfFormat.N_TRIPLES, "rdf": RdfFormat.RDF_XML}
    assert len(registry.entities) > 100
    for path in registry.entities:
        wanted = _published(registry, path)
        for ending, format_ in forms.items():
            body = client.get(f"{path}.{ending}").data
            assert {str(quad.triple) for quad in parse(body, format=format_)} == wanted, path
        document = client.get(f"{path}.jsonld").get_json(force=True)
        assert document["@context"] == f"{BASE}/context.jsonld"
        document["@context"] = CONTEXT["@context"]
        read = parse(json.dumps(document).encode(), format=RdfFormat.JSON_LD)
        assert {str(quad.triple) for quad in read} == wanted, path


def test_a_processor_of_json_ld_reads_the_same(registry: Published, client: FlaskClient) -> None:
    """PyLD is slow: every eighth."""
    for path in registry.entities[::8]:
        document = client.get(f"{path}.jsonld").get_json(force=True)
        document["@context"] = CONTEXT["@context"]
        options = {"algorithm": "URDNA2015", "format": "application/n-quads"}
        read = parse(jsonld.normalize(document, options).encode(), format=RdfFormat.N_QUADS)
        assert {str(quad.triple) for quad in read} == _published(registry, path), path


def test_the_dump_is_read_whole_and_speaks_of_nothing_evil(registry: Published) -> None:
    folder = registry.instance.home / "dumps"
    present = Dump.present(folder)
    assert present
    dump = gzip.decompress((folder / present.file).read_bytes())
    quads = list(parse(dump, format=RdfFormat.N_QUADS))
    assert len(quads) == len(dump.splitlines())
    subjects = {str(quad.subject) for quad in quads}
    assert {
        one for one in subjects if not one.startswith((f"<{BASE}", "<https://w3id.org/"))
    } == set()


def test_no_cell_of_a_spreadsheet_is_a_formula(registry: Published, client: FlaskClient) -> None:
    files = ["/actors.csv", "/projects.csv"]
    of_hubs = ("findings.csv", "outvoted.csv", "records.csv")
    files += [f"/hubs/{one.hub}/{name}" for one in registry.tried for name in of_hubs]
    cells = 0
    for path in files:
        response = client.get(path)
        assert response.status_code == 200, path
        for row in csv.reader(io.StringIO(response.get_data().decode("utf-8-sig"), newline="")):
            cells += len(row)
            assert [cell for cell in row if FORMULA.match(cell)] == [], path
    assert cells > 1_000


def test_lists_for_programs_are_json(client: FlaskClient) -> None:
    for path in ("/actors.geojson", "/actors.jsonld", "/status.json"):
        text = client.get(path).text
        assert json.loads(text, parse_constant=pytest.fail)


def test_a_browser_runs_nothing_of_it(chromium: Path, registry: Published) -> None:
    """Under the Content-Security-Policy, which has nothing to complain about either.

    Every entity whose texts are hostile; of others and of the hubs' reports, which the tests above
    look at as well, every eighth.
    """
    pages = [*_with_hostile_texts(registry), "/actors"]
    pages += registry.entities[::8] + [f"/hubs/{one.hub}" for one in registry.tried[::8]]
    server = make_server("127.0.0.1", 0, registry.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    complaints: list[tuple[str, str]] = []
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=str(chromium), args=["--no-sandbox", "--disable-gpu"]
            )
            tab = browser.new_page(locale="de-DE")
            tab.on("console", lambda said: complaints.append((tab.url, said.text)))
            tab.on("pageerror", lambda error: complaints.append((tab.url, str(error))))
            tab.on("dialog", lambda dialog: complaints.append((tab.url, dialog.message)))
            tab.on("request", lambda asked: _note_elsewhere(asked.url, address, complaints))
            for path in pages:
                tab.goto(address + path, wait_until="load")
                assert tab.locator("h1").count() == 1, path
            browser.close()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert complaints == []


def _with_hostile_texts(registry: Published) -> list[str]:
    texts = ("name ", "description ", "e-mail ", "telephone ", "Turtle", "JSON-LD")
    found = [one.entities for one in registry.tried if one.case.name.startswith(texts)]
    return [path for paths in found for path in paths]


def _note_elsewhere(url: str, address: str, complaints: list[tuple[str, str]]) -> None:
    if not url.startswith(address):
        complaints.append(("asked for", url))


def _published(registry: Published, path: str) -> set[str]:
    """The triples of the default graph that describe an entity."""
    instance = registry.instance
    with instance.store.read() as connection:
        found = entities.resource(connection, path.rpartition("/")[2])
    assert found is not None
    quads: Any = resource_quads(found.kind, found.id, found.state, found.document, instance.iris)
    read = parse("".join(quads).encode(), format=RdfFormat.N_QUADS)
    return {str(quad.triple) for quad in read if isinstance(quad.graph_name, DefaultGraph)}
