"""Hub pages: how the runs went and what there is to mend."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from registry.web.hub_report import chart, every, groups
from schemas.rules import finding


def soup(client: FlaskClient, path: str) -> BeautifulSoup:
    response = client.get(path, headers={"Accept": "text/html", "Accept-Language": "de"})
    assert response.status_code == 200
    return BeautifulSoup(response.text, "html.parser")


def test_every_hub_is_listed_with_its_last_run(client: FlaskClient) -> None:
    rows = soup(client, "/hubs").select("tbody tr")
    assert [row.a.text for row in rows] == ["Sozialatlas", "Mitmach-Börse"]
    assert rows[0].select("td")[0].text == "5"
    assert "veröffentlicht in Release 1" in rows[0].text


def test_a_report_groups_findings_by_rule_with_fix_and_records(client: FlaskClient, filled) -> None:
    page = soup(client, "/hubs/boerse")
    group = page.select_one("details.find")
    assert group.b.text == "Begriff nicht in der Liste"
    assert group.select_one(".badge").text == "1 zurückgewiesen"
    assert "So beheben Sie es:" in group.text
    row = group.select_one("tbody tr")
    assert row.a.text == "w1"
    assert row.a["href"].startswith(f"/records/{filled.record_of('boerse', 'w1')}")
    assert [code.text for code in row.select("code")] == ["/topic/0", "Nachbarschaft"]


def test_a_hub_without_findings_has_nothing_to_do(client: FlaskClient) -> None:
    assert "Nichts. Alle Einträge sind in Ordnung." in soup(client, "/hubs/atlas").text


def test_what_was_agreed_is_told(client: FlaskClient) -> None:
    aside = soup(client, "/hubs/atlas").aside.text
    for words in ("JSON, täglich", "Lizenz CC BY 4.0", "Herausgeber: Sozialatlas"):
        assert words in aside


def test_a_held_run_says_that_nothing_of_it_is_published(registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    registry.say("atlas", {"a": {"type": "Actor", "name": {"de": "Verein"}}})
    registry.say("atlas", {}, state="held")
    client = registry.app().test_client()
    page = soup(client, "/hubs/atlas")
    assert page.select_one(".badge.warn").text == "angehalten"
    assert "nichts davon ist veröffentlicht" in page.select_one(".lead").text
    first = soup(client, "/hubs/atlas/runs/1")
    assert first.select_one(".badge.ok").text == "veröffentlicht in Release 1"


@pytest.mark.parametrize("path", ["/hubs/nobody", "/hubs/atlas/runs/99", "/hubs/nobody/runs/1"])
def test_what_never_was_is_404(client: FlaskClient, path: str) -> None:
    for ending in ("", ".ttl"):
        assert client.get(path + ending).status_code == 404


def test_a_hub_that_waits_for_approval_is_not_shown(registry) -> None:
    from registry.store import hubs

    registry.add_hub("atlas", {"de": "Sozialatlas"})
    with registry.store.write() as connection:
        hubs.set_hub_state(connection, "atlas", "pending")
    client = registry.app().test_client()
    assert client.get("/hubs/atlas").status_code == 404
    assert "Sozialatlas" not in client.get("/hubs").text


@pytest.mark.parametrize(
    ("path", "words"),
    [("/hubs/atlas", "dcat:Catalog"), ("/hubs/atlas/runs/1", "prov:Activity")],
)
def test_hubs_and_runs_are_data_too(client: FlaskClient, path: str, words: str) -> None:
    response = client.get(path, headers={"Accept": "text/turtle"})
    assert response.status_code == 200
    assert words in response.text
    assert "ETag" in response.headers
    assert client.get(f"{path}.jsonld").mimetype == "application/ld+json"


def test_severe_rules_come_before_frequent_ones() -> None:
    counts = {
        ("atlas/all", "warning", "property.missing"): 90,
        ("atlas/all", "error", "name.required"): 1,
        ("atlas/one", "error", "name.required"): 2,
    }
    found = groups(counts, [], {}, lambda ids: set(), "en")
    assert [(group.rule, group.count) for group in found] == [
        ("name.required", 3),
        ("property.missing", 90),
    ]


def test_only_some_records_of_a_rule_are_shown_but_all_are_counted() -> None:
    from registry.store.findings import StoredFinding

    many: Any = [
        StoredFinding(
            source_id="atlas/all", local_id=f"a{n}", run_id=1, finding=finding("name.required")
        )
        for n in range(30)
    ]
    counts = {("atlas/all", "error", "name.required"): 30}
    (group,) = groups(counts, many, {"atlas/all": "https://a.example/"}, lambda ids: set(), "de")
    assert (group.count, len(group.examples)) == (30, 20)
    assert group.examples[0].path == ""


def test_a_timetable_is_told_in_its_largest_unit() -> None:
    assert every(86400 * 7) == (7, "d")
    assert every(7200) == (2, "h")
    assert every(90) == (90, "s")
    assert every(None) == (0, "never")


def test_the_chart_s_tallest_bar_is_the_run_with_most_changes(filled) -> None:
    from registry.store import runs

    with filled.store.read() as connection:
        found = runs.runs_of(connection, "atlas")
    assert [bar.height for bar in chart(found)] == [60]
    assert chart([]) == []


def test_a_hub_with_several_sources_reports_on_the_latest_run_of_each(registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    registry.add_source("atlas", "termine")
    registry.say("atlas", {"a": {"type": "Actor", "name": {"de": "Verein"}}})
    registry.say(
        "atlas",
        {"e": {"type": "Event", "name": {"de": "Fest"}, "startDate": "2026-12-04"}},
        source="termine",
    )
    registry.say("atlas", {}, state="held", source="termine")
    page = soup(registry.app().test_client(), "/hubs/atlas")
    assert page.h1.text == "Sozialatlas: Bericht"
    assert "angehalten" in page.select_one(".lead").text
    table = page.select_one("#je").find_parent("section")
    sources = [(row.select("td")[0].text, row.a.text) for row in table.select("tbody tr")]
    assert sources == [("all", "1"), ("termine", "3")]
    assert page.select_one(".figs b").text == "1"
