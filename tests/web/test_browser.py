"""What a reader does with the pages, in a real browser; how each page looks is in faces/."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright

from tests.web.serving import serving

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    """The application behind a real socket on loopback."""
    with serving(app) as address:
        yield address


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=str(chromium), args=["--no-sandbox", "--disable-gpu"]
        )
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A tab for a reader of German."""
    tab = browser.new_page(locale="de-DE")
    tab.set_default_timeout(10_000)
    yield tab
    tab.close()


def test_the_way_from_search_to_who_says_it_works_without_a_script(
    browser: Browser, address: str
) -> None:
    context = browser.new_context(java_script_enabled=False, locale="de-DE")
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.goto(address)
    page.get_by_label("Was suchen Sie?").fill("werkhof")
    page.locator("main").get_by_role("button", name="Suchen").click()
    page.get_by_role("link", name="Werkhof Neißebogen e. V.", exact=True).click()
    details = page.locator("details.by").first
    assert not details.locator("ul").is_visible()
    details.locator("summary").click()
    assert details.locator("ul").is_visible()
    page.get_by_role("link", name="this page in English").click()
    assert page.get_by_role("heading", name="Fact sheet").is_visible()
    context.close()


def test_a_query_typed_by_hand_shows_a_table(page: Page, address: str) -> None:
    page.goto(f"{address}/sparql")
    page.get_by_label("Abfrage", exact=True).fill(
        "SELECT (COUNT(*) AS ?n) WHERE { ?e a <http://www.w3.org/ns/org#Organization> }"
    )
    page.get_by_role("button", name="Ausführen", exact=True).click()
    assert page.locator("table td").inner_text() == "3"


def test_filters_are_folded_on_a_phone_and_open_on_a_desk(page: Page, address: str) -> None:
    for width, is_open in ((375, False), (1280, True)):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"{address}/actors")
        assert page.locator(".facets form").is_visible() is is_open


def test_code_can_be_copied(page: Page, address: str) -> None:
    page.goto(f"{address}/daten")
    assert page.get_by_role("button", name="Kopieren").count() >= 2


def test_list_map_and_address_agree_when_the_map_is_moved(page: Page, address: str) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(f"{address}/actors")
    hits = requests.get(f"{address}/actors.geojson", timeout=10).json()["features"]
    page.get_by_role("button", name="Karte bewegen").click()
    page.get_by_text("Die Karte zeigt alle Treffer mit Punkt.").wait_for()
    pins = page.locator(".live .leaflet-marker-icon")
    assert pins.count() == sum(hit["geometry"] is not None for hit in hits) == 2
    page.locator(".live").press("+")
    page.wait_for_timeout(500)
    page.locator(".live").press("+")
    page.wait_for_timeout(500)
    page.get_by_role("link", name="Liste auf diesen Ausschnitt begrenzen").click()
    page.wait_for_url("**bbox=**")
    west, south, east, north = map(float, parse_qs(urlsplit(page.url).query)["bbox"][0].split(","))
    inside = [
        hit
        for hit in hits
        if hit["geometry"]
        and west <= hit["geometry"]["coordinates"][0] <= east
        and south <= hit["geometry"]["coordinates"][1] <= north
    ]
    assert page.locator(".hits > li").count() == len(inside) < 2
    assert complaints == []


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_the_moved_map_stays_within_its_column(page: Page, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{address}/actors")
    page.get_by_role("button", name="Karte bewegen").click()
    page.get_by_text("Ein Kasten mit Zahl").wait_for()
    live, column = page.locator(".live").bounding_box(), page.locator(".map").bounding_box()
    assert live is not None and column is not None
    assert live["width"] == column["width"] <= width
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_a_pin_of_the_moved_map_leads_to_its_row(page: Page, address: str) -> None:
    page.goto(f"{address}/actors?q=werkhof")
    page.get_by_role("button", name="Karte bewegen").click()
    pin = page.locator(".live .leaflet-marker-icon").first
    assert pin.inner_text() == "1"
    pin.press("Enter")
    assert page.url.endswith("#r1")


def test_a_map_that_cannot_be_loaded_says_so_and_the_drawn_one_stays(
    page: Page, address: str
) -> None:
    page.route("**/leaflet.js*", lambda route: route.abort())
    page.goto(f"{address}/actors")
    page.get_by_role("button", name="Karte bewegen").click()
    page.get_by_text("Die Karte lädt gerade nicht.").wait_for()
    assert page.locator(".map svg .land").is_visible()


COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?e a <http://www.w3.org/ns/org#Organization> }"


def test_the_query_editor_colours_runs_and_shows_rows_where_it_stands(
    page: Page, address: str
) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{address}/sparql")
    page.evaluate("window.stays = true")
    query = page.get_by_label("Abfrage", exact=True)
    query.press("Control+a")
    query.press_sequentially(COUNT)
    assert page.locator(".token.keyword").first.inner_text() == "SELECT"
    assert page.locator(".token.url").inner_text() == "<http://www.w3.org/ns/org#Organization>"
    query.press("Control+Enter")
    page.locator("#result td").wait_for()
    assert page.locator("#result td").inner_text() == "3"
    assert page.get_by_role("status").filter(has_text="1 Zeile").count() >= 1
    assert page.evaluate("window.stays")
    assert parse_qs(urlsplit(page.url).query)["query"] == [query.input_value()]
    saved = requests.get(
        page.get_by_role("link", name="CSV").evaluate("link => link.href"), timeout=10
    )
    assert saved.text.split() == ["n", "3"]
    assert complaints == []


def test_the_query_editor_declares_a_prefix_as_soon_as_it_is_used(page: Page, address: str) -> None:
    page.goto(f"{address}/sparql")
    query = page.get_by_label("Abfrage", exact=True)
    query.fill("")
    query.press_sequentially("SELECT ?n { ?e a org:Organization ; schema:name ?n }")
    lines = query.input_value().splitlines()
    assert sorted(lines[:2]) == [
        "PREFIX org: <http://www.w3.org/ns/org#>",
        "PREFIX schema: <https://schema.org/>",
    ]
    page.get_by_role("button", name="Ausführen", exact=True).click()
    page.locator("#result td").first.wait_for()
    assert "Werkhof Neißebogen e. V." in page.locator("#result").inner_text()


def test_what_is_wrong_with_a_query_stands_beside_the_editor(page: Page, address: str) -> None:
    page.goto(f"{address}/sparql?lang=en")
    query = page.get_by_label("Query", exact=True)
    query.fill("SELECT * { SERVICE <https://a.example/> { ?s ?p ?o } }")
    query.press("Control+Enter")
    assert "this endpoint does not ask others" in page.locator("#result .note").inner_text()
    assert "SERVICE" in query.input_value()


def test_the_tab_key_leads_out_of_the_query_editor(page: Page, address: str) -> None:
    page.goto(f"{address}/sparql")
    page.get_by_label("Abfrage", exact=True).press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "BUTTON"


def test_a_query_runs_without_the_editor_and_without_a_script(
    browser: Browser, address: str
) -> None:
    for script in (True, False):
        context = browser.new_context(java_script_enabled=script, locale="de-DE")
        context.route("**/editor.js*", lambda route: route.abort())
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.goto(f"{address}/sparql")
        page.get_by_label("Abfrage", exact=True).fill(COUNT)
        page.get_by_role("button", name="Ausführen", exact=True).click()
        assert page.locator("#result td").inner_text() == "3"
        context.close()


def test_the_editor_loads_on_the_query_page_alone(page: Page, address: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    page.goto(f"{address}/daten")
    assert not any("editor" in path for path in asked)
    page.goto(f"{address}/sparql")
    assert {"/static/editor/editor.js", "/static/editor/editor.css"} <= set(asked)
