"""Hub pages: how the runs went and what there is to mend."""

import csv
import io
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import event, update

from registry.store import hubs, runs, tables
from registry.web.hub_charts import run_bars
from registry.web.hub_report import every, groups
from schemas.complete import missing
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
    assert (row.a.text, row.select_one(".id").text) == ("WERKHOF NEISSEBOGEN E.V.", "w1")
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
    found = groups(counts, [], {}, lambda ids: {}, "en")
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
    (group,) = groups(counts, many, {"atlas/all": "https://a.example/"}, lambda ids: {}, "de")
    assert (group.count, len(group.examples)) == (30, 20)
    assert group.examples[0].path == ""


def test_a_timetable_is_told_in_its_largest_unit() -> None:
    assert every(86400 * 7) == (7, "d")
    assert every(7200) == (2, "h")
    assert every(90) == (90, "s")
    assert every(None) == (0, "never")


def test_the_chart_s_tallest_bar_is_the_run_with_most_changes(filled) -> None:
    with filled.store.read() as connection:
        found = runs.runs_of(connection, "atlas")
    assert [bar.height for bar in run_bars(found)] == [60]
    assert run_bars([]) == []


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


VEREIN = {"type": "Actor", "name": {"de": "Verein"}}


@pytest.fixture
def pruned(registry) -> FlaskClient:
    """Five runs, of which those that found nothing new are summarised but for the last."""
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    registry.say("atlas", {"a": VEREIN}, unread={"slogan": 7})
    for _ in range(2):
        registry.say("atlas", {}, state="unchanged")
    with registry.store.write() as connection:
        last = runs.run(connection, "atlas", 3)
        assert last is not None
        runs.drop_unchanged_before(connection, last)
    client: FlaskClient = registry.app().test_client()
    return client


def test_fields_that_nobody_reads_stay_told_after_a_run_without_news(pruned: FlaskClient) -> None:
    section = soup(pruned, "/hubs/atlas").select_one("#u").parent
    assert [cell.text for cell in section.select("tbody tr > *")] == ["slogan", "7"]
    assert soup(pruned, "/hubs/atlas/runs/3").select_one("#u") is None


def test_fields_that_are_read_now_are_not_told_any_more(registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    registry.say("atlas", {"a": VEREIN}, unread={"slogan": 7})
    registry.say("atlas", {"a": {**VEREIN, "homepage": "https://a.example/"}})
    assert soup(registry.app().test_client(), "/hubs/atlas").select_one("#u") is None


def test_only_runs_that_stay_are_linked(pruned: FlaskClient) -> None:
    rows = soup(pruned, "/hubs/atlas").select("#l ~ div tbody tr")
    assert [(row.th.text, row.th.a is not None) for row in rows] == [("3", False), ("1", True)]


@pytest.mark.parametrize("ending", ["", ".html", ".ttl", ".jsonld"])
def test_a_summarised_run_says_so_and_where_its_successors_are(
    pruned: FlaskClient, ending: str
) -> None:
    response = pruned.get(f"/hubs/atlas/runs/2{ending}?lang=de")
    assert response.status_code == 410
    assert "zusammengefasst" in response.json["detail"]
    assert "/hubs/atlas" in response.json["detail"]
    assert pruned.get(f"/hubs/atlas/runs/4{ending}").status_code == 404
    assert pruned.get(f"/hubs/atlas/runs/0{ending}").status_code == 404


def test_a_summarised_run_leads_a_reader_to_the_report(pruned: FlaskClient) -> None:
    html = pruned.get("/hubs/atlas/runs/2", headers={"Accept": "text/html"}).text
    links = [a["href"] for a in BeautifulSoup(html, "html.parser").select("main a")]
    assert "/hubs/atlas" in links


def test_an_old_run_leads_to_what_there_is_to_mend_now(client: FlaskClient) -> None:
    section = soup(client, "/hubs/boerse/runs/1").select_one("#f").parent
    assert "/hubs/boerse#f" in [link["href"] for link in section.select("a")]
    assert soup(client, "/hubs/boerse").select_one("#f")


def test_a_removed_hub_says_nothing_but_that(registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    registry.say("atlas", {"a": VEREIN}, problems={"a": [finding("name.required")]})
    with registry.store.write() as connection:
        hubs.remove_hub(connection, "atlas", registry.now)
    client = registry.app().test_client()
    response = client.get("/hubs/atlas", headers={"Accept": "text/html", "Accept-Language": "de"})
    assert response.status_code == 410
    page = BeautifulSoup(response.text, "html.parser")
    assert page.h1.text == "Sozialatlas"
    assert "Entfernt am 22. November 2026" in page.select_one(".note").text
    assert [h2.text for h2 in page.select("main h2")] == ["Die letzten Läufe", "Als Daten"]
    for words in ("Nichts.", "noch nicht gelesen", "Gelesen und", "täglich", "Kontakt"):
        assert words not in page.main.text, words
    for name in ("findings", "outvoted"):
        assert client.get(f"/hubs/atlas/{name}.csv").status_code == 410


def rows_of(client: FlaskClient, address: str) -> list[dict[str, str]]:
    response = client.get(address)
    assert response.status_code == 200
    assert response.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(response.text)))


def test_all_findings_are_a_file_in_the_reader_s_language(registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    many = {f"a{n}": VEREIN for n in range(30)}
    problems: dict[str | None, list[Any]] = {
        local: [finding("concept.unknown", path="/topic/0", value="=1+1", scheme="topics",
                        similar="x", allowed="a")]
        for local in many
    }  # fmt: skip
    registry.say("atlas", many, problems={**problems, None: [finding("language.undetermined")]})
    client = registry.app().test_client()
    page = soup(client, "/hubs/atlas")
    links = {a.text: a["href"] for a in page.select("a[href$='.csv']")}
    assert links["Alle 31 Befunde als CSV"] == "/hubs/atlas/findings.csv"
    assert "und 10 weitere" in page.select_one("details.find").text

    german = rows_of(client, "/hubs/atlas/findings.csv?lang=de")
    english = rows_of(client, "/hubs/atlas/findings.csv?lang=en")
    assert len(german) == len(english) == 31
    assert {row["record"] for row in german} == {*many, ""}
    first = next(row for row in german if row["record"] == "a0")
    fix = problems["a0"][0].fix
    assert first == {
        "source": "all", "record": "a0", "rule": "concept.unknown",
        "severity": problems["a0"][0].severity, "path": "/topic/0", "value": "'=1+1",
        "fix": fix["de"],
    }  # fmt: skip
    assert next(row for row in english if row["record"] == "a0")["fix"] == fix["en"]


def test_a_hub_sees_which_of_its_values_gave_way_and_why(client: FlaskClient, filled, ids) -> None:
    section = soup(client, "/hubs/boerse").select_one("#w").parent
    assert "In einem Eintrag gilt" in section.text
    rows = {row.select_one("th .dim").text: [cell.text for cell in row.select("td")]
            for row in section.select("tbody tr")}  # fmt: skip
    assert rows["Name"] == [
        "WERKHOF NEISSEBOGEN E.V.", "Werkhof Neißebogen e. V.", "vertraute Quelle",
    ]  # fmt: skip
    assert section.select_one("th a")["href"] == f"/actors/{ids['werkhof']}"
    assert soup(client, "/hubs/atlas").select_one("#w") is None
    file = rows_of(client, "/hubs/boerse/outvoted.csv?lang=de")
    name = next(row for row in file if row["property"] == "name")
    assert name == {
        "iri": filled.iris.entity(ids["werkhof"]),
        "name": "Werkhof Neißebogen e. V.",
        "property": "name",
        "your_value": "WERKHOF NEISSEBOGEN E.V.",
        "value_that_holds": "Werkhof Neißebogen e. V.",
        "rule": "vertraute Quelle",
    }
    assert rows_of(client, "/hubs/atlas/outvoted.csv") == []


def test_how_complete_a_hub_s_records_are(registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    full = {**VEREIN, "homepage": "https://a.example/", "topic": ["mobility"]}
    say_checked(registry, {"a": full, "b": {**full, "name": {"de": "Bund"}}})
    say_checked(registry, {"c": {**VEREIN, "topic": ["mobility"]}, "d": VEREIN, "e": VEREIN})
    registry.say("atlas", {}, removed=("e",))
    aside = soup(registry.app().test_client(), "/hubs/atlas").aside
    shares = {
        div.dt.text: div.select_one(".num").text.replace("\u202f", "")
        for div in aside.select(".bars > div")
    }
    assert (shares["Themen"], shares["Webseite"], shares["Ort oder Anschrift"]) == (
        "75%",
        "50%",
        "0%",
    )
    assert next(iter(shares)) == "Insgesamt"
    by_share = list(shares.values())[1:]
    assert by_share == sorted(by_share, key=lambda s: -int(s[:-1]))
    assert "Immer angegeben: Name." in aside.text


def test_completeness_over_runs_is_a_chart_and_the_same_in_figures(registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    told = {**VEREIN, "topic": ["mobility"]}
    say_checked(registry, {"a": VEREIN, "b": told})
    registry.say("atlas", {}, state="failed")
    say_checked(registry, {"c": told, "d": told})
    aside = soup(registry.app().test_client(), "/hubs/atlas").aside
    (row,) = (div for div in aside.select(".bars > div") if div.dt.text == "Themen")
    label = row.svg["aria-label"].replace("\u202f", "")
    assert label == "Themen: 50% nach dem ersten, 75% nach dem jüngsten von 2 Läufen"
    assert [path["d"].count("M") for path in row.select("path")] == [2, 2]  # the failed one: a gap
    table = aside.select_one("details table")
    place = [th.text for th in table.select("thead th")].index("Themen")
    assert [
        [cell.text.replace("\u202f", "") for cell in line.select("th, td")][place]
        for line in table.select("tbody tr")
    ] == ["75%", "–", "50%"]


def test_completeness_of_a_hub_is_that_of_all_its_sources(registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    registry.add_source("atlas", "mehr")
    say_checked(registry, {"a": VEREIN})
    say_checked(registry, {"b": {**VEREIN, "topic": ["mobility"]}}, source="mehr")
    aside = soup(registry.app().test_client(), "/hubs/atlas").aside
    (row,) = (div for div in aside.select(".bars > div") if div.dt.text == "Themen")
    assert row.select_one(".num").text.replace("\u202f", "") == "50%"
    assert "Themen: 0%" in row.svg["aria-label"].replace("\u202f", "")


def test_what_two_kinds_call_the_same_is_told_once(registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    ends = {
        "e": {"type": "Event", "name": {"de": "Fest"}, "startDate": "2026-12-04"},
        "p": {"type": "Project", "name": {"de": "Projekt"}, "ends": "2027-12-04"},
    }
    problems = {"e": missing(ends["e"], "event"), "p": missing(ends["p"], "project")}
    registry.say("atlas", ends, problems=problems)
    aside = soup(registry.app().test_client(), "/hubs/atlas").aside
    shown = [
        div.select_one(".num").text.replace("\u202f", "")
        for div in aside.select(".bars > div")
        if div.dt.text == "Ende"
    ]
    assert shown == ["50%"]


def test_a_hub_whose_runs_never_counted_is_counted_for_its_page(registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    say_checked(registry, {"a": VEREIN, "b": VEREIN})
    with registry.store.write() as connection:
        connection.execute(update(tables.runs).values(completeness=None))
    aside = soup(registry.app().test_client(), "/hubs/atlas").aside
    (row,) = (div for div in aside.select(".bars > div") if div.dt.text == "Themen")
    assert row.select_one(".num").text.replace("\u202f", "") == "0%"
    assert row.select_one("svg.course") is None


def say_checked(registry: Any, documents: dict[str, dict[str, Any]], source: str = "all") -> None:
    """The hub says this, and what it lacks is found."""
    problems = {local: missing(said, "actor") for local, said in documents.items()}
    registry.say("atlas", documents, problems=problems, source=source)


def test_what_is_missing_is_one_line_per_property(registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    lacking = {
        local: [finding("property.missing", path=f"/{name}", property=name) for name in names]
        for local, names in {"a": ("topic", "homepage"), "b": ("homepage",)}.items()
    }
    registry.say("atlas", {"a": VEREIN, "b": VEREIN}, problems=lacking)
    group = soup(registry.app().test_client(), "/hubs/atlas").select_one("details.find")
    assert group.select_one(".badge").text == "3 Hinweise"
    assert {one.summary.text: len(one.select("a")) for one in group.select("li details")} == {
        "»Webseite« fehlt bei 2 Einträgen": 2,
        "»Themen« fehlt bei einem Eintrag": 1,
    }
    assert not group.select("table, details[open]")


def test_places_in_a_source_are_told_in_the_reader_s_language(registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    person = {"p": [finding("actor.person", path="record 8")]}
    registry.say("atlas", {"a": VEREIN}, problems=person)
    group = soup(registry.app().test_client(), "/hubs/atlas").select_one("details.find")
    assert [cell.text for cell in group.select("tbody tr > *")] == ["p", "Eintrag 8 der Quelle"]


def test_a_record_that_linking_names_is_a_link(registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    other = registry.record_of("atlas", "b")
    doubt = {"a": [finding("id.names-differ", other=other), finding("name.required")]}
    registry.say("atlas", {"a": VEREIN, "b": VEREIN}, problems=doubt)
    client = registry.app().test_client()
    for path in ("/hubs/atlas", "/hubs/atlas/records?q=a"):
        assert soup(client, path).select_one(f"a[href='/records/{other}']").text == other


def test_a_hub_that_was_never_read_is_not_called_in_order(registry) -> None:
    registry.add_hub("neu", {"de": "Neues Portal"})
    with registry.store.write() as connection:
        hubs.set_hub_state(connection, "neu", "paused")
    page = soup(registry.app().test_client(), "/hubs/neu")
    assert "in Ordnung" not in page.text
    assert "Noch ist kein Eintrag gelesen" in page.text
    assert page.select_one(".note .badge").text == "pausiert"


def test_a_hub_whose_only_run_failed_has_no_last_good_version(registry) -> None:
    registry.add_hub("fehler", {"de": "Fördermittel"})
    registry.say("fehler", {}, state="failed", explanation={"de": "Stumm.", "en": "Silent."})
    client = registry.app().test_client()
    for path in ("/hubs/fehler", "/hubs/fehler/runs/1"):
        page = soup(client, path)
        assert "letzte gute Fassung" not in page.text, path
        assert "noch nichts" in page.select_one(".lead").text, path
    assert "in Ordnung" not in soup(client, "/hubs/fehler").text
    registry.say("fehler", {"a": VEREIN})
    registry.say("fehler", {}, state="failed", explanation={"de": "Stumm.", "en": "Silent."})
    assert "Die letzte gute Fassung gilt weiter" in soup(client, "/hubs/fehler").text


def test_what_several_sources_share_is_told_once(registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    registry.add_source("atlas", "termine")
    registry.say("atlas", {"a": VEREIN})
    registry.say("atlas", {"b": VEREIN}, source="termine")
    page = soup(registry.app().test_client(), "/hubs/atlas")
    assert page.aside.text.count("JSON, täglich") == page.aside.text.count("Lizenz CC BY") == 1
    assert page.select_one("#je") and not page.select_one("#l")  # the same runs
    assert "Geänderte Einträge je Lauf" not in page.text  # of different sources: no course
    assert [a.text for a in page.aside.select(".row a")] == ["Akteure"]
    registry.say("atlas", {"a": {**VEREIN, "homepage": "https://a.example/"}})
    assert soup(registry.app().test_client(), "/hubs/atlas").select_one("#l")


def test_a_finding_of_a_run_without_a_release_shows_at_once(registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    registry.say("atlas", {"a": VEREIN})
    client = registry.app().test_client()
    assert not soup(client, "/hubs/atlas").select("details.find")
    found = {"a": [finding("property.missing", path="/topic", property="Thema")]}
    registry.find("atlas", found)
    assert soup(client, "/hubs/atlas").select_one("details.find .id").text == "property.missing"


def test_a_hub_with_more_sources_asks_the_database_no_more_often(registry) -> None:
    asked: list[str] = []
    lacking = {"a": [finding("property.missing", path="/topic", property="Thema")]}
    numbers = []
    for hub_id, keys in (("one", ["all"]), ("six", ["all", "b", "c", "d", "e", "f"])):
        registry.add_hub(hub_id, {"de": hub_id})
        for key in keys:
            if key != "all":
                registry.add_source(hub_id, key)
            registry.say(hub_id, {f"a{key}": VEREIN}, source=key, problems=lacking)
    client = registry.app().test_client()
    engine = registry.store.engine
    event.listen(engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    for hub_id in ("one", "six"):
        client.get("/hubs")  # what is made once a release
        asked.clear()
        assert client.get(f"/hubs/{hub_id}").status_code == 200
        numbers.append(len(asked))
    assert numbers[0] >= numbers[1] > 5, asked


def test_a_source_that_the_manifest_no_longer_names_is_told_to_be_paused(registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    registry.say("atlas", {"a": VEREIN})
    client = registry.app().test_client()
    assert "Pausiert" not in soup(client, "/hubs/atlas").aside.text
    with registry.store.write() as connection:
        hubs.set_source_state(connection, "atlas/all", "paused")
    assert "Pausiert: Das Manifest nennt sie nicht mehr" in soup(client, "/hubs/atlas").aside.text
