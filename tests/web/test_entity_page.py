"""The page of an entity: who says what, what lost and why."""

import re

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from registry.link.evidence import WEIGHTS
from registry.store import hubs
from registry.web.frame import evidence_key


@pytest.fixture
def page(client: FlaskClient, ids: dict[str, str]) -> BeautifulSoup:
    html = client.get(f"/actors/{ids['werkhof']}?lang=de").text
    return BeautifulSoup(html, "html.parser")


def row(page: BeautifulSoup, label: str):
    return next(div for div in page.select(".claims > div") if div.dt.text == label)


def test_the_value_that_won_stands_first_with_its_source(page: BeautifulSoup) -> None:
    name = row(page, "Name")
    assert name.dd.text.startswith("Werkhof Neißebogen e. V.")
    assert name.summary.text == "Laut Sozialatlas; eine andere Angabe"


def test_a_lost_claim_stays_visible_with_its_hub(page: BeautifulSoup) -> None:
    lost = row(page, "Name").select("li")[1]
    assert lost.i["class"] == ["k", "o"]
    assert "WERKHOF NEISSEBOGEN E.V." in lost.text
    assert "Mitmach-Börse" in lost.text
    assert "geändert am 2. Juni 2026" in lost.text
    assert "CC BY 4.0" in lost.text


def test_the_rule_that_decided_is_named(page: BeautifulSoup) -> None:
    why = row(page, "Name").select_one(".why").text
    assert why.startswith("Regel vertraute Quelle:")


def test_knots_say_same_other_and_nothing(page: BeautifulSoup) -> None:
    def knots(label: str) -> list[list[str]]:
        return [knot["class"] for knot in row(page, label).select(".ks i")]

    assert knots("Name") == [["k"], ["k", "o"]]
    assert knots("Webseite") == [["k"], ["k"]]
    assert knots("Gegründet") == [["k"], ["k", "x"]]


def test_a_union_names_all_who_contribute(page: BeautifulSoup) -> None:
    topics = row(page, "Themen")
    assert topics.summary.text == "Vereint aus Sozialatlas und Mitmach-Börse"
    chips = {chip.text for chip in topics.select(".chip")}
    assert {"Klimawandel", "Ländlicher Raum", "Strukturwandel"} == chips


@pytest.fixture
def woven(registry) -> BeautifulSoup:
    """An entity of eight records, six of one hub and two of another, that disagree on the town."""
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    registry.add_hub("boerse", {"de": "Mitmach-Börse"}, priority=60)
    for hub, numbers in (("atlas", range(6)), ("boerse", range(6, 8))):
        registry.say(
            hub,
            {
                f"https://{hub}.example/{'verein' if n % 2 else 'ort'}/{n // 2}": {
                    "type": "Actor",
                    "name": {"de": "Markt am Fluss"},
                    "homepage": "https://markt.example/",
                    "address": [{"type": "Address", "postName": f"Ort {n}"}],
                    **({"foundingDate": "1999"} if n == 5 else {}),
                }
                for n in numbers
            },
        )
    client = registry.app().test_client()
    path = f"/actors/{registry.entity_of('atlas', 'https://atlas.example/ort/0')}"
    return BeautifulSoup(client.get(f"{path}?lang=de").text, "html.parser")


def test_beyond_six_records_a_last_strand_counts_the_others(woven: BeautifulSoup) -> None:
    assert {"c7", "many"} <= set(woven.select_one(".claims")["class"])
    for line in woven.select(".claims > div"):
        assert len(line.select(".ks i")) == 7
    assert [knot.text for knot in row(woven, "Name").select(".ks i")] == [*"ABCDEF", "+2"]
    assert len(row(woven, "Name").select(".by li")) == 8


def test_the_legend_names_every_record_below_its_hub(woven: BeautifulSoup) -> None:
    groups = [line.text.split() for line in woven.select(".key > li")]
    assert [group[0] for group in groups] == ["Mitmach-Börse", "Sozialatlas"]
    locals_ = [set(group[2::2]) for group in groups]
    assert locals_ == [
        {"ort/3", "verein/3"},
        {"ort/0", "verein/0", "ort/1", "verein/1", "ort/2", "verein/2"},
    ]
    assert "Jeder Datensatz ist ein Faden." in woven.text


def test_a_link_says_where_it_leads(woven: BeautifulSoup) -> None:
    led: dict[str, set[str]] = {}
    for link in woven.select("main a"):
        led.setdefault(link.text.strip(), set()).add(link["href"])
    assert {words: to for words, to in led.items() if len(to) > 1} == {}


def test_what_is_missing_is_named_beside_how_complete_it_is(woven: BeautifulSoup) -> None:
    fold = next(one for one in woven.select("details") if "vollständig" in one.summary.text)
    assert "Nicht angegeben: Beschreibung, Akteurstyp, Themen" in fold.p.text
    assert "Webseite" not in fold.p.text


def test_carried_projects_and_events_are_shown_upcoming_first(page: BeautifulSoup) -> None:
    titles = [link.text for link in page.select(".hits h3 a")]
    assert titles == ["Werkzeug auf Rädern", "Reparierabend", "Auftakt im Frühjahr"]


def test_more_than_a_few_events_lead_to_the_list_of_them_all(registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    said = {"a": {"type": "Actor", "name": {"de": "Verein"}}}
    for day in range(10, 17):
        said[f"e{day}"] = {
            "type": "Event",
            "name": {"de": f"Treffen am {day}."},
            "startDate": f"2026-{'12' if day % 2 else '10'}-{day}T17:00:00+01:00",
            "organizer": ["a"],
        }
    registry.say("atlas", said)
    client = registry.app().test_client()
    path = f"/actors/{registry.entity_of('atlas', 'a')}?lang=de"
    section = BeautifulSoup(client.get(path).text, "html.parser").select_one("#h-events").parent
    assert "(7)" in section.h2.text
    assert len(section.select(".hits li")) == 5
    link = next(a for a in section.select("a") if a.text == "Alle 7 ansehen")
    listed = BeautifulSoup(client.get(link["href"]).text, "html.parser")
    assert len(listed.select(".hits li")) == 7


def test_offers_have_kind_and_end(page: BeautifulSoup) -> None:
    offers = page.select_one("#h-a").find_parent("section").text
    assert "Werkstatt mit zwölf Plätzen" in offers
    assert "bis 30. Juni 2027" in offers


def test_an_error_is_reported_to_the_steward_with_the_address(
    page: BeautifulSoup, ids: dict[str, str]
) -> None:
    link = next(a for a in page.select("aside a") if a.text == "Fehler melden")
    assert link["href"].startswith("mailto:redaktion@verbund.example?subject=")
    assert ids["werkhof"] in link["href"]


def reports(client: FlaskClient, path: str) -> dict[str, str]:
    page = BeautifulSoup(client.get(f"{path}?lang=de").text, "html.parser")
    return {a.text: a["href"] for a in page.select("aside a") if a.text.startswith("Fehler")}


def test_without_a_steward_errors_are_reported_to_those_who_say_it(filled, ids) -> None:
    client = filled.app(steward_contact="").test_client()
    found = reports(client, f"/actors/{ids['werkhof']}")
    assert [*found] == ["Fehler melden an Sozialatlas", "Fehler melden an Mitmach-Börse"]
    for (_, address), hub in zip(found.items(), ("atlas", "boerse"), strict=True):
        assert address.startswith(f"mailto:daten@{hub}.example?subject=Fehler%20in%20https%3A")
        assert ids["werkhof"] in address
    record = reports(client, f"/records/{filled.record_of('boerse', 'w1')}")
    assert [*record] == ["Fehler melden an Mitmach-Börse"]


@pytest.mark.parametrize(
    ("described", "leads_to", "named"),
    [
        ({"contact": "https://a.example/kontakt"}, "https://a.example/kontakt", " (Kontaktseite)"),
        (
            {"contact": "Zimmer 3", "homepage": "https://a.example/"},
            "https://a.example/",
            " (Webseite)",
        ),
        ({}, "/hubs/atlas", ""),
    ],
)
def test_an_error_can_be_reported_whatever_a_hub_tells_of_itself(
    registry, described: dict[str, str], leads_to: str, named: str
) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    with registry.store.write() as connection:
        manifest = {"name": {"de": "Sozialatlas"}, "publisher": "Verein", **described}
        hubs.put_hub(connection, "atlas", manifest=manifest, priority=50, at=registry.now)
    registry.say("atlas", {"a": {"type": "Actor", "name": {"de": "Verein"}}})
    client = registry.app().test_client()
    found = reports(client, f"/actors/{registry.entity_of('atlas', 'a')}")
    assert [address.removesuffix("?lang=de") for address in found.values()] == [leads_to]
    assert [*found] == [f"Fehler melden an Sozialatlas{named}"]


GEOCODING = "http://dcat-ap.de/def/politicalGeocoding/"
NUTS = "http://data.europa.eu/nuts/code/"


def test_a_known_place_is_shown_by_its_name_and_leads_to_what_else_is_there(registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    places = {
        f"{GEOCODING}districtKey/14626": ("Landkreis Görlitz", "14626"),
        f"{GEOCODING}regionalKey/146250030030": ("Bernsdorf (Landkreis Bautzen)", "146250030030"),
        "http://data.europa.eu/nuts/code/PL": ("Polen", "PL"),
    }
    registry.say("atlas", {"a": {"type": "Actor", "name": {"de": "Verein"}, "place": [*places]}})
    client = registry.app().test_client()
    path = f"/actors/{registry.entity_of('atlas', 'a')}"
    page = BeautifulSoup(client.get(f"{path}?lang=de").text, "html.parser")
    links = {a.text: a["href"] for a in row(page, "Ort").select("a")}
    assert links == {name: f"/actors?place={code}&lang=de" for name, code in places.values()}


def test_a_place_without_a_known_name_is_shown_by_its_code(registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    places = [f"{GEOCODING}regionalKey/000000000000", f"{NUTS}DE300", "https://ort.example/1"]
    registry.say("atlas", {"a": {"type": "Actor", "name": {"de": "Verein"}, "place": places}})
    client = registry.app().test_client()
    path = f"/actors/{registry.entity_of('atlas', 'a')}"
    for tag, label, words, nuts in (
        ("de", "Ort", "Regionalschlüssel 000000000000", "NUTS DE300 (Deutschland)"),
        ("en", "Place", "Regional key 000000000000", "NUTS DE300 (Germany)"),
    ):
        page = BeautifulSoup(client.get(f"{path}?lang={tag}").text, "html.parser")
        links = {a.text: a["href"] for a in row(page, label).select("a")}
        assert links == {
            words: f"/actors?place=000000000000&lang={tag}",
            nuts: f"/actors?place=DE300&lang={tag}",
            "ort.example/1": places[2],
        }


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"starts": "2026-03-01", "status": "running"}, "seit 1. März 2026"),
        ({"starts": {"@value": "2026-03", "@type": "xsd:gYearMonth"}}, "seit März 2026"),
        ({"starts": "2027-03-01", "status": "running"}, "ab 1. März 2027"),
        ({"starts": "2020-03-01", "status": "finished"}, "Beginn: 1. März 2020"),
        (
            {"starts": "2026-03-01", "ends": "2027-02-28"},
            "1. März 2026 – 28. Februar 2027",
        ),
    ],
)
def test_a_project_says_since_when_it_runs(registry, said: dict, words: str) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    registry.say("atlas", {"p": {"type": "Project", "name": {"de": "Projekt"}, **said}})
    path = f"/projects/{registry.entity_of('atlas', 'p')}?lang=de"
    page = BeautifulSoup(registry.app().test_client().get(path).text, "html.parser")
    assert page.select_one(".lead").text == words


def test_what_records_share_is_told_in_a_sentence(page: BeautifulSoup) -> None:
    origin = page.select_one("#quellen").text
    assert "Zusammengeführt, weil Name und Webseite übereinstimmen." in origin


def test_every_way_to_find_records_alike_has_its_words() -> None:
    assert {evidence_key(rule) for rule in WEIGHTS} == {f"evidence.{rule}" for rule in WEIGHTS}
    assert evidence_key("unheard_of") == "evidence.other"


def test_the_fact_sheet_works_without_a_script(page: BeautifulSoup) -> None:
    assert all(details.summary for details in page.select("details.by"))
    assert not [tag for tag in page.select("script") if tag.text]
    assert not page.select("[style], [onclick]")


def test_a_project_leads_to_its_carrier_and_names_the_unknown_one(
    client: FlaskClient, ids: dict[str, str]
) -> None:
    html = client.get(f"/projects/{ids['rad']}?lang=de").text
    carriers = row(BeautifulSoup(html, "html.parser"), "Getragen von")
    assert carriers.select_one("a")["href"].startswith(f"/actors/{ids['werkhof']}")
    assert "Freundeskreis Lastenrad" in carriers.text


def test_an_event_says_when_and_where(client: FlaskClient, ids: dict[str, str]) -> None:
    html = client.get(f"/events/{ids['abend']}?lang=de").text
    page = BeautifulSoup(html, "html.parser")
    assert page.select_one(".lead").text == "4. Dezember 2026, 17:00–20:00\u00a0Uhr"
    assert "Musterstraße 12, 02943 Weißwasser" in row(page, "Ort der Veranstaltung").text
    assert row(page, "Sprachen").dd.text == "DeutschObersorbisch"


def test_names_in_another_language_say_which(client: FlaskClient, ids: dict[str, str]) -> None:
    page = BeautifulSoup(client.get(f"/actors/{ids['werkhof']}?lang=en").text, "html.parser")
    assert page.h1.span["lang"] == "de"


def test_markup_in_a_name_stays_text(registry) -> None:
    registry.add_hub("atlas", {"de": "<b>Atlas</b>"})
    registry.say("atlas", {"a": {"type": "Actor", "name": {"de": "<script>alert(1)</script>"}}})
    path = f"/actors/{registry.entity_of('atlas', 'a')}"
    html = registry.app().test_client().get(path).text
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html
    assert "<b>Atlas</b>" not in html


def test_an_offer_shows_who_seeks_just_that_and_the_other_way_round(
    client: FlaskClient, ids: dict[str, str]
) -> None:
    for one, other, words in (
        ("werkhof", "mobil", "Das suchen andere: Raum für den Bus · Plauen"),
        ("mobil", "werkhof", "Das bieten andere: Werkstatt mit zwölf Plätzen · Weißwasser"),
    ):
        shown = BeautifulSoup(client.get(f"/actors/{ids[one]}?lang=de").text, "html.parser")
        section = shown.select_one("section[aria-labelledby=h-a]")
        assert words in " ".join(section.get_text(" ").split())
        assert section.select_one(f'a[href="/actors/{ids[other]}?lang=de"]')


def test_an_id_that_was_merged_is_named_where_it_leads(registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    registry.add_hub("boerse", {"de": "Mitmach-Börse"})
    body = {"type": "Actor", "name": {"de": "Werkhof"}, "homepage": "https://werkhof.example/"}
    registry.say("atlas", {"alt": body})
    registry.say("boerse", {"neu": {**body, "name": {"de": "Etwas anderes"}}})
    former = registry.entity_of("boerse", "neu")
    registry.say("boerse", {"neu": body})
    path = f"/actors/{registry.entity_of('atlas', 'alt')}?lang=de"
    shown = BeautifulSoup(registry.app().test_client().get(path).text, "html.parser")
    history = [line.text.split(": ")[1] for line in shown.select("#quellen details li")]
    assert history == [
        f"mit {former} zusammengeführt (Release 3)",
        "neu veröffentlicht (Release 1)",
    ]
    (fold,) = (one for one in shown.select("aside details") if "Frühere" in one.summary.text)
    assert [line.text for line in fold.select("li")] == [former]


def test_a_spelling_is_not_told_as_outvoted_and_a_point_by_its_digits(registry) -> None:
    for hub, name, where in (
        ("atlas", "Werkhof am Fluss e. V.", "12.3741 51.3402"),
        ("boerse", "Werkhof am Fluss e.V.", "12.374 51.34"),
        ("karte", "Werkhof am Fluss e.V.", "12.38 51.35"),
    ):
        registry.add_hub(hub, {"de": hub})
        body = {
            "type": "Actor",
            "name": {"de": name},
            "homepage": "https://werkhof.example/",
            "geometry": {"type": "Geometry", "asWKT": f"POINT({where})"},
        }
        registry.say(hub, {"w": body})
    path = f"/actors/{registry.entity_of('atlas', 'w')}?lang=de"
    shown = BeautifulSoup(registry.app().test_client().get(path).text, "html.parser")
    name, point = row(shown, "Name"), row(shown, "Koordinaten")
    assert set(re.findall("atlas|boerse|karte|andere", name.summary.text)) == {
        "atlas",
        "boerse",
        "karte",
    }
    assert not name.select(".why, .k.o")
    assert name.text.count("nur anders geschrieben") == 2
    assert point.summary.text.endswith("; eine andere Angabe")
    assert "karte" not in point.summary.text
    assert point.select_one(".why").text.startswith("Regel genauester Punkt:")


def test_the_history_names_each_release_that_changed_it(registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    registry.add_hub("boerse", {"de": "Mitmach-Börse"})
    body = {"type": "Actor", "homepage": "https://werkhof.example/", "name": {"de": "Werkhof"}}
    registry.say("atlas", {"w": body})
    registry.say("atlas", {"w": {**body, "name": {"de": "Süd"}, "description": {"de": "Neu"}}})
    body["name"] = {"de": "Werkhof Ost"}
    registry.say("atlas", {"w": body})
    registry.say("boerse", {"w": body})
    registry.say("atlas", {"x": {"type": "Actor", "name": {"de": "Ganz anders"}}})
    path = f"/actors/{registry.entity_of('atlas', 'w')}?lang=de"
    shown = BeautifulSoup(registry.app().test_client().get(path).text, "html.parser")
    history = [line.text.split(": ")[1] for line in shown.select("#quellen details li")]
    assert history == [
        "geändert durch Angaben von Mitmach-Börse (Release 4)",
        "Name und Beschreibung geändert, nach Angaben von Sozialatlas (Release 3)",
        "Name und Beschreibung geändert (Release 2)",
        "neu veröffentlicht (Release 1)",
    ]


def test_the_snippet_embeds_a_card_that_other_sites_may_frame(
    client: FlaskClient, page: BeautifulSoup, ids: dict[str, str]
) -> None:
    [code] = [pre.text for pre in page.select("pre") if "<iframe" in pre.text]
    frame = BeautifulSoup(code, "html.parser").iframe
    assert frame["src"] == f"https://verbund.example/embed/{ids['werkhof']}?lang=de"
    assert frame["title"] == "Werkhof Neißebogen e. V."
    response = client.get(frame["src"].removeprefix("https://verbund.example"))
    policy = response.headers["Content-Security-Policy"]
    assert "frame-ancestors *" in policy
    assert "default-src 'none'" in policy
    card = BeautifulSoup(response.text, "html.parser")
    assert card.h1.a["href"] == f"https://verbund.example/id/{ids['werkhof']}"
    assert card.base["target"] == "_top"
    told = card.get_text(" ").partition("Laut")[2]
    assert "Sozialatlas" in told
    assert "Mitmach-Börse" in told


def test_a_card_of_what_is_gone_says_so_and_of_what_never_was_is_not_found(registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    registry.say("atlas", {"w": {"type": "Actor", "name": {"de": "Werkhof"}}})
    entity = registry.entity_of("atlas", "w")
    registry.say("atlas", {}, removed=("w",))
    client = registry.app().test_client()
    gone = client.get(f"/embed/{entity}?lang=de")
    assert gone.status_code == 410
    assert "nicht mehr veröffentlicht" in gone.text
    assert "Werkhof" not in gone.text
    assert client.get("/embed/k7m2q4xw5tbn3fha").status_code == 404


@pytest.mark.parametrize(
    ("said", "crumb", "listed"),
    [
        ([f"{GEOCODING}regionalKey/147130000000"], "Leipzig", "14713"),
        ([f"{GEOCODING}municipalityKey/14713000"], "Leipzig", "14713"),
        (
            [f"{GEOCODING}districtKey/14625", f"{GEOCODING}regionalKey/146250030030"],
            "Bernsdorf (Landkreis Bautzen)",
            "146250030030",
        ),
        (["http://data.europa.eu/nuts/code/PL"], "Breslau", "Breslau"),
        ([f"{GEOCODING}districtKey/14625", f"{GEOCODING}districtKey/14626"], "Breslau", "Breslau"),
    ],
)
def test_path_value_facet_and_row_mean_one_place(
    registry, said: list[str], crumb: str, listed: str
) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    address = [{"type": "Address", "postName": "Breslau"}]
    body = {"type": "Actor", "name": {"de": "Verein"}, "place": said, "address": address}
    registry.say("atlas", {"a": body})
    client = registry.app().test_client()
    html = client.get(f"/actors/{registry.entity_of('atlas', 'a')}?lang=de").text
    link = BeautifulSoup(html, "html.parser").select(".crumb a")[1]
    assert (link.text, link["href"]) == (crumb, f"/actors?place={listed}&lang=de")
    found = BeautifulSoup(client.get(link["href"]).text, "html.parser")
    assert found.select_one(".hits h3 a").text == "Verein"
    ticked = found.select("input[name=place][checked]")
    assert [box["value"] for box in ticked] == [listed]


def test_a_row_names_the_place_where_there_is_no_address(registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    body = {"type": "Actor", "name": {"de": "Verein"}, "place": [f"{GEOCODING}districtKey/14626"]}
    registry.say("atlas", {"a": body})
    html = registry.app().test_client().get("/actors?lang=de").text
    heading = BeautifulSoup(html, "html.parser").select_one(".hits .kind").text
    assert heading == "Akteur · Landkreis Görlitz"


def test_a_text_without_a_language_that_is_not_shown_is_not_said_to_agree(registry) -> None:
    texts = {"atlas": {"de": "Ein Werkhof."}, "boerse": {"und": "Ganz anders."},
             "karte": {"und": "Ein  Werkhof."}}  # fmt: skip
    for hub, text in texts.items():
        registry.add_hub(hub, {"de": hub.capitalize()})
        same = {"name": {"de": "Werkhof"}, "homepage": "https://werkhof.example/"}
        registry.say(hub, {"w": {"type": "Actor", **same, "description": text}})
    path = f"/actors/{registry.entity_of('atlas', 'w')}?lang=de"
    shown = BeautifulSoup(registry.app().test_client().get(path).text, "html.parser")
    said = row(shown, "Beschreibung").summary.text
    assert "Atlas" in said
    assert "Boerse" not in said
    assert said.endswith("; eine andere Angabe")


def test_an_apostrophe_in_the_names_of_hubs_is_one(registry) -> None:
    for hub in ("Workers' Map", "Women's Net"):
        key = hub[:5].lower()
        registry.add_hub(key, {"de": hub})
        same = {"name": {"en": "Co-op"}, "homepage": "https://coop.example/"}
        registry.say(key, {"w": {"type": "Actor", **same}})
    path = f"/actors/{registry.entity_of('worke', 'w')}?lang=en"
    html = registry.app().test_client().get(path).text
    assert "amp;#39" not in html
    assert "Workers' Map" in BeautifulSoup(html, "html.parser").text


def test_a_point_in_the_west_or_south_says_so(registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    where = {"type": "Geometry", "asWKT": "POINT(-0.0150849 -51.5)"}
    registry.say("atlas", {"w": {"type": "Actor", "name": {"de": "Hof"}, "geometry": where}})
    path = f"/actors/{registry.entity_of('atlas', 'w')}"
    text = registry.app().test_client().get(path).text
    assert "51.5 S, 0.0150849 W" in text
