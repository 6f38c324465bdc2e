"""The page of one run: what it did, and for a held one the decision that it waits for."""

from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from harvester.source import Limits
from registry.run.guard import Seen, rule
from registry.store import hubs, runs
from registry.web.hub_charts import freshness, loss, run_bars
from schemas.rules import finding

VEREIN = {"type": "Actor", "name": {"de": "Verein"}}


def soup(client: FlaskClient, path: str) -> BeautifulSoup:
    response = client.get(path, headers={"Accept": "text/html", "Accept-Language": "de"})
    assert response.status_code == 200
    return BeautifulSoup(response.text, "html.parser")


def held(registry: Any, *, read: int = 4, missing: int = 6) -> None:
    """The next run of the atlas meets `read` records and misses so many of ten."""
    seen = Seen(complete=True, read=read, live_before=10, missing=missing)
    ruling = rule(seen, source_id="atlas/all", minimum=0, limits=Limits(), accepted=False)
    assert ruling.held
    registry.say(
        "atlas", {}, state="held", counts={"read": read}, explanation=dict(ruling.held),
        proof={
            "pages": 2, "complete": True, "unchanged": False, "declared": None,
            "missing": missing, "live_before": 10,
            "examples": [registry.record_of("atlas", f"n{n}") for n in range(min(missing, 3))],
        },
    )  # fmt: skip


@pytest.fixture
def atlas(registry) -> Any:
    """Ten records in release 1."""
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    registry.say("atlas", {f"n{n}": {**VEREIN, "name": {"de": f"Verein {n}"}} for n in range(10)})
    return registry


def test_a_run_lists_what_it_did_to_each_record(registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    registry.say("atlas", {"a": VEREIN, "b": VEREIN, "c": VEREIN})
    registry.say(
        "atlas",
        {"b": {**VEREIN, "name": {"de": "Bund"}}, "c": None, "d": VEREIN},
        removed=("a",),
        problems={"c": [finding("name.required")]},
        counts={"read": 3, "rejected": 1},
    )
    page = soup(registry.app().test_client(), "/hubs/atlas/runs/2")
    assert page.h1.text == "Lauf 2"
    rows = page.select_one("#e").parent.select("tbody tr")
    assert {row.select_one("th .id").text: row.select("td")[0].text for row in rows} == {
        "a": "entfernt", "b": "geändert", "c": "zurückgewiesen", "d": "neu",
    }  # fmt: skip
    assert "Von 3 gelesenen Einträgen sind 2 angenommen." in page.select_one(".lead").text
    assert page.select_one("details.find b").text == "Name fehlt"
    first = soup(registry.app().test_client(), "/hubs/atlas/runs/1")
    assert first.select("details.find") == []


def test_what_is_refused_again_and_again_was_refused_by_each_run(registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    wrong = {"c": [finding("name.required")]}
    registry.say("atlas", {"a": VEREIN, "c": None}, problems=wrong)
    registry.say("atlas", {"c": None, "d": VEREIN}, problems=wrong)
    client = registry.app().test_client()
    for number in (1, 2):
        rows = soup(client, f"/hubs/atlas/runs/{number}").select_one("#e").parent.select("tbody tr")
        did = {row.th.get_text(" ").split()[-1]: row.select("td")[0].text for row in rows}
        assert did["c"] == "zurückgewiesen"


def test_what_a_later_run_does_without_a_release_shows_at_once(registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    lacking = {"a": [finding("property.missing", path="/topic", property="Thema")]}
    registry.say("atlas", {"a": VEREIN, "b": VEREIN}, problems=lacking)
    client = registry.app().test_client()
    before = soup(client, "/hubs/atlas/runs/1")
    assert before.select_one("details.find .id").text == "property.missing"
    registry.find("atlas", {"a": []})
    assert not soup(client, "/hubs/atlas/runs/1").select("details.find")


def test_each_run_has_its_own_page_in_each_language(registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    registry.say("atlas", {"a": VEREIN})
    registry.say("atlas", {"b": VEREIN})
    client = registry.app().test_client()
    asked = ("1", "2", "1?lang=en", "2", "1", "2?lang=en", "1.html")
    headings = [soup(client, f"/hubs/atlas/runs/{one}").h1.text for one in asked]
    assert headings == ["Lauf 1", "Lauf 2", "Run 1", "Lauf 2", "Lauf 1", "Run 2", "Lauf 1"]


def test_a_held_run_shows_what_would_go_and_the_one_command(atlas) -> None:
    held(atlas)
    page = soup(atlas.app().test_client(), "/hubs/atlas/runs/2")
    assert page.h1.text == "Lauf 2 ist angehalten"
    assert "Bis zu einer Entscheidung gilt Release" in page.select_one(".lead").text
    assert "6 von 10 Einträgen (60 %) fehlen" in page.select_one(".note.warn").text
    said = page.select_one("#s").parent
    caption = said.figcaption.text
    assert "Von 10 Einträgen wurden 4 wiedergefunden, 6 fehlen." in caption
    names = [row.th.a.text for row in said.select("tbody tr")]
    assert names == ["Verein 0", "Verein 1", "Verein 2"]
    assert said.caption.text == "Es fehlen 6, hier 3 davon"
    assert "Etwa so viele" not in said.text
    commands = [pre.text for pre in page.select_one("#d").parent.select("pre")]
    assert commands == ["verbund harvest atlas/all --accept-removals"]


def test_the_report_leads_to_the_run_that_waits(atlas) -> None:
    held(atlas)
    page = soup(atlas.app().test_client(), "/hubs/atlas")
    assert page.select_one(".note.warn a")["href"] == "/hubs/atlas/runs/2"
    assert "Alle Einträge sind in Ordnung" not in page.main.text


def test_an_empty_answer_is_not_accepted_but_the_hub_may_go(atlas) -> None:
    held(atlas, read=0, missing=10)
    section = soup(atlas.app().test_client(), "/hubs/atlas/runs/2").select_one("#d").parent
    assert [pre.text for pre in section.select("pre")] == ["verbund hub remove atlas"]
    assert "Die Quelle soll ganz gehen" in section.text


def test_as_many_new_as_missing_looks_like_new_identifiers(atlas) -> None:
    held(atlas, read=10)
    said = soup(atlas.app().test_client(), "/hubs/atlas/runs/2").select_one("#s").parent
    assert "Etwa so viele Einträge kamen hinzu, wie fehlen." in said.text


def test_a_decision_that_a_later_run_made_pointless_is_none(atlas) -> None:
    held(atlas)
    atlas.say("atlas", {"n0": {**VEREIN, "name": {"de": "Verein Null"}}})
    section = soup(atlas.app().test_client(), "/hubs/atlas/runs/2").select_one("#d").parent
    assert section.select("pre") == []
    assert section.a["href"] == "/hubs/atlas/runs/3"


def test_when_a_held_source_is_read_again_is_told(atlas) -> None:
    held(atlas)
    with atlas.store.write() as connection:
        hubs.touch_source(
            connection, "atlas/all", checked_at=atlas.now, ok=False,
            next_due_at=atlas.now + timedelta(hours=1),
        )  # fmt: skip
    section = soup(atlas.app().test_client(), "/hubs/atlas/runs/2").select_one("#d").parent
    assert "Er ist am 22. November 2026, 08:12\u00a0Uhr fällig." in section.text


def test_a_failed_run_is_explained_without_a_decision(atlas) -> None:
    atlas.say(
        "atlas", {}, state="failed", proof={"failures": 1},
        explanation={"code": "x", "de": "Der Server schweigt.", "en": "The server is silent."},
    )  # fmt: skip
    page = soup(atlas.app().test_client(), "/hubs/atlas/runs/2")
    assert page.select_one(".note.stop").text.strip() == "Der Server schweigt."
    assert page.select("#d, #s, #e") == []


def test_the_tallest_bar_is_the_run_that_changes_or_would_take_most(atlas) -> None:
    for n in range(2):
        atlas.say("atlas", {f"m{n}": VEREIN})
    held(atlas)
    with atlas.store.read() as connection:
        bars = run_bars(runs.runs_of(connection, "atlas"))
    assert [(bar.x, bar.height, bar.state) for bar in bars] == [
        (261, 60, "published"), (271, 6, "published"), (281, 6, "published"), (291, 36, "held"),
    ]  # fmt: skip


def test_lengths_of_a_loss_are_in_proportion(atlas) -> None:
    held(atlas, read=9, missing=8)
    with atlas.store.read() as connection:
        run = runs.run(connection, "atlas", 2)
    assert run
    found = loss(run, width=100)
    assert found
    assert (found.before, found.again, found.missing, found.other) == (10, 2, 8, 7)
    assert (found.again_length, found.missing_length, found.other_length) == (20, 80, 70)


def test_records_are_told_apart_by_the_age_of_their_last_change(registry) -> None:
    days = {
        "2026-11-22": 1, "2026-10-22": 2, "2026-10-21": 4, "2026-01-01": 8, "2020-02-29": 16,
        "2099-01-01": 32, "": 64, "gestern": 128, "2026-02-30": 256,
    }  # fmt: skip
    columns = freshness(days, registry.now)
    assert {one.name: one.count for one in columns} == {
        "month": 35, "half_year": 4, "year": 8, "older": 16, "undated": 448,
    }  # fmt: skip
    assert max(columns, key=lambda one: one.height).name == "undated"
    assert [one.name for one in freshness({"2026-11-01": 1}, registry.now)] == [
        "month", "half_year", "year", "older",
    ]  # fmt: skip


def test_the_chart_of_ages_says_the_same_in_words(registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    registry.say("atlas", {"a": VEREIN, "b": VEREIN}, modified="2026-11-20")
    registry.say("atlas", {"c": VEREIN}, modified="2019-01-01")
    registry.say("atlas", {"d": VEREIN}, modified=None)
    figure = soup(registry.app().test_client(), "/hubs/atlas").select("aside figure")[-1]
    label = "Zuletzt geändert: Monat: 2, Halbjahr: 0, Jahr: 0, älter: 1, ohne: 1"
    assert figure.svg["aria-label"] == label
    assert [text.text for text in figure.select("text")][::2] == ["2", "0", "0", "1", "1"]


def test_a_hub_that_gives_no_dates_is_told_so(registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    registry.say("atlas", {"a": VEREIN}, modified=None)
    aside = soup(registry.app().test_client(), "/hubs/atlas").aside
    assert "gibt zu keinem Eintrag an" in aside.text
    assert aside.select("figure") == []
