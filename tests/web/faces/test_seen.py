"""Every page as it is seen: at three widths, light and dark, in both languages, on paper."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright
from werkzeug import Response

from tests.web.faces.conftest import World
from tests.web.faces.look import Eyes, Look
from tests.web.faces.pages import FACES, Face, Site
from tests.web.serving import serving

pytestmark = pytest.mark.slow

MOST_BYTES = 100_000
BAD_PAGE = """<!doctype html><html lang="de"><title>Schlecht</title>
<style>@media (prefers-color-scheme: dark) { body { background: #111 } }
:focus-visible { outline: 0 } #wide { width: 2000px } p { color: #aaa; background: #999 }
details::details-content { display: none } #cut { width: 5rem; overflow: auto; white-space: nowrap }
section { margin-top: 900rem; content-visibility: auto }
</style><main><h1>Breit</h1><p>Blass <a href="/a">Weiter</a> <a href="/b">Zurück</a></p>
<details><summary>Mehr</summary><p>Gefaltet</p></details><button>Knopf</button>
<div id="cut">Ein Satz, der länger ist als sein Kasten und auf Papier nicht zu lesen</div>
<section><div id="wide">Weit unten</div></section></main>
<script src="http://[::1]:9/elsewhere.js"></script>
<script>document.querySelector("main").append(
  Object.assign(document.createElement("h2"), { textContent: "Nur mit Skript" }));
document.querySelectorAll("a")[1].onfocus = on => document.querySelectorAll("a")[0].focus();
console.error("Beschwerde")</script>"""


@pytest.fixture(scope="module")
def addresses(world: World) -> Iterator[dict[Site, str]]:
    """Each site behind a real socket on loopback."""
    with ExitStack() as servers:
        yield {site: servers.enter_context(serving(app)) for site, app in world.apps.items()}


@pytest.fixture(scope="module")
def eyes(chromium: Path, need: Callable[[str], Path]) -> Iterator[Eyes]:
    """One browser for all."""
    axe = need("axe").read_text(encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(chromium), args=["--no-sandbox", "--disable-gpu"]
        )
        yield Eyes(browser, axe)
        browser.close()


@pytest.fixture(scope="module")
def look(world: World, addresses: dict[Site, str], eyes: Eyes) -> Callable[[Face], Look]:
    """What is seen of a face; it is looked at once, by the first test that asks."""
    return cache(lambda face: eyes.look(addresses[face.site] + world.path(face)))


@pytest.fixture(params=FACES, ids=str, scope="module")
def face(request: pytest.FixtureRequest) -> Face:
    """Each page in turn."""
    face: Face = request.param
    return face


@pytest.fixture
def seen(face: Face, look: Callable[[Face], Look]) -> Look:
    """What is seen of it."""
    return look(face)


def test_it_loads_whole_and_from_here_alone(face: Face, seen: Look) -> None:
    assert (seen.status, seen.headings) == (face.status, 1)
    assert seen.complaints == []
    assert seen.elsewhere == []


def test_it_weighs_less_than_a_hundred_kilobytes_with_its_fonts(seen: Look) -> None:
    assert "ahn-latin.woff2" in seen.fonts, "make browser-parts"
    assert seen.transferred < MOST_BYTES


def test_nothing_is_wider_than_the_screen(seen: Look) -> None:
    assert {where: over for where, over in seen.sideways.items() if over > 0} == {}


def test_axe_finds_nothing(seen: Look) -> None:
    assert {where: found for where, found in seen.violations.items() if found} == {}


def test_the_tab_key_reaches_everything_in_its_order_and_shows_where_it_is(seen: Look) -> None:
    assert seen.keyboard["reached"] == seen.keyboard["expected"]
    assert seen.keyboard["bare"] == []


def test_the_first_stop_leads_past_the_navigation(face: Face, seen: Look) -> None:
    if face.framed:
        assert seen.keyboard["first"] == "skip"
        assert seen.skipped_to == "inhalt"


def test_paper_shows_all_and_no_controls(seen: Look) -> None:
    white = {"sideways": 0, "cut": [], "folded": [], "controls": [], "dark": False}
    assert seen.printed == white


def test_everything_is_there_without_javascript(seen: Look) -> None:
    assert seen.script_only == []


def test_a_bad_page_is_found_out_in_every_way(eyes: Eyes) -> None:
    """Otherwise the tests above could not fail."""
    with serving(Response(BAD_PAGE, content_type="text/html; charset=utf-8")) as address:
        seen = eyes.look(address)
    assert "Beschwerde" in seen.complaints
    assert seen.elsewhere == ["http://[::1]:9/elsewhere.js"]
    assert seen.transferred > len(BAD_PAGE)
    assert all(over > 0 for over in seen.sideways.values())
    for where, found in seen.violations.items():
        assert any(one.startswith("color-contrast") for one in found), where
    assert seen.keyboard["reached"] != seen.keyboard["expected"]
    assert seen.keyboard["bare"]
    assert seen.keyboard["first"] != "skip"
    assert seen.printed["sideways"] > 0
    assert seen.printed["dark"]
    for name in ("cut", "folded", "controls"):
        assert len(seen.printed[name]) == 1, name
    assert seen.script_only == ["H2 Nur mit Skript"]
