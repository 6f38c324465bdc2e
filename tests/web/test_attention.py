"""What /status tells a steward: runs that wait for a word, late hubs, merges, refused records."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient

from registry.store import hubs, runs
from schemas.rules import finding
from tests.web.conftest import Registry

GERMAN = {"Accept": "text/html", "Accept-Language": "de"}
COMMAND = "verbund run halten/all --accept-removals"
HELD = {"code": "run.shrunk", "de": "40 fehlen.", "en": "40 are missing.", "command": COMMAND}


def section(client: FlaskClient) -> Tag:
    page = BeautifulSoup(client.get("/status", headers=GERMAN).text, "html.parser")
    return page.select_one("section[aria-labelledby=tun]")


def end_run(registry: Registry, hub_id: str, state: runs.State, explanation: dict) -> None:
    with registry.store.write() as connection:
        run = runs.begin_run(
            connection, f"{hub_id}/all", holder="test", now=registry.now, lease_s=60
        )
        assert run is not None
        runs.finish_run(
            connection, run.id, state, now=registry.now, counts={}, explanation=explanation
        )


@pytest.fixture
def quiet(registry: Registry) -> Registry:
    """Two hubs of which nothing is to be told."""
    for hub_id in ("halten", "gut"):
        registry.add_hub(hub_id, {"de": hub_id.capitalize()})
        registry.say(hub_id, {"a": {"type": "Actor", "name": {"de": f"Verein {hub_id}"}}})
    return registry


def test_where_nothing_is_amiss_it_says_so(quiet: Registry) -> None:
    shown = section(quiet.app().test_client())
    assert "Kein Lauf ist angehalten oder gescheitert" in shown.text
    assert [figure.text for figure in shown.select(".figs b")] == ["0", "0"]
    assert not shown.select("table")


def test_a_held_run_leads_to_its_page_and_gives_its_command(quiet: Registry) -> None:
    end_run(quiet, "halten", "held", HELD)
    end_run(quiet, "gut", "failed", {"de": "Keine Antwort.", "en": "No answer."})
    shown = section(quiet.app().test_client())
    held, failed = sorted(shown.select(".box"), key=lambda box: box.h3.text, reverse=True)
    assert held.a["href"] == "/hubs/halten/runs/2"
    assert held.select_one(".code pre").text == COMMAND
    assert "40 fehlen." in held.text
    assert failed.a["href"] == "/hubs/gut/runs/2"
    assert not failed.select("pre")
    # A later good run settles it.
    for hub_id in ("halten", "gut"):
        quiet.say(hub_id, {"b": {"type": "Actor", "name": {"de": f"Noch ein Verein {hub_id}"}}})
    assert not section(quiet.app().test_client()).select(".box")


@pytest.mark.parametrize(
    ("late_by", "told"), [(timedelta(minutes=59), False), (timedelta(hours=2), True)]
)
def test_a_source_that_is_overdue_is_told(quiet: Registry, late_by: timedelta, told: bool) -> None:
    with quiet.store.write() as connection:
        hubs.touch_source(
            connection,
            "halten/all",
            checked_at=quiet.now - timedelta(days=2),
            ok=True,
            next_due_at=quiet.now - late_by,
        )
    shown = section(quiet.app().test_client())
    assert ("Quelle »all«: fällig seit" in shown.text) is told
    assert bool(shown.select('li a[href="/hubs/halten"]')) is told


def test_merges_contradictions_and_refusals_are_counted_by_hub(filled: Registry) -> None:
    """In the registry of two hubs one entity is described by both, which disagree on its name."""
    shown = section(filled.app().test_client())
    assert [figure.text for figure in shown.select(".figs b")] == ["1", "1"]
    rows = {
        row.th.text: [cell.text for cell in row.select("td")] for row in shown.select("tbody tr")
    }
    assert rows == {"Mitmach-Börse": ["0", "1"]}
    links = [link["href"] for link in shown.select("td a")]
    assert links == ["/hubs/boerse/outvoted.csv"]


def test_refused_records_lead_to_what_is_wrong_with_them(quiet: Registry) -> None:
    """Two findings in a record that was never accepted, and one in another that is no error."""
    quiet.say(
        "halten",
        {"b": {"type": "Actor", "name": {"de": "Noch einer"}}},
        problems={
            "schlecht": [
                finding("name.required"),
                finding("field.unknown", path="/x", value="y", field="x"),
            ],
            "b": [finding("contact.personal-dropped", path="/contactPoint/email")],
        },
    )
    client = quiet.app().test_client()
    link = section(client).select_one("td a")
    assert (link.text, link["href"]) == ("1", "/hubs/halten#f")
    quiet.say("halten", {"b": None}, problems={"b": [finding("name.required")]})
    assert section(client).select_one("td a").text == "2"
    assert "2 Einträge brauchen Ihre Hilfe" in client.get("/hubs/halten", headers=GERMAN).text
    page = BeautifulSoup(client.get("/hubs/halten", headers=GERMAN).text, "html.parser")
    assert page.select_one("#f")
