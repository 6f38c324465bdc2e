"""What programs subscribe to, read by programs: iCalendar by `icalendar`, Atom by `feedparser`."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import feedparser
import icalendar
import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from tests.web.conftest import ADDRESS, BASE, Registry

BERLIN = ZoneInfo("Europe/Berlin")
LONG = "Größe, Maß; Weg\\Ziel und noch viele Wörter mit Umlauten: äöüß äöüß äöüß äöüß äöüß łěš"

EVENTS = {
    "sommer": {
        "name": {"de": "Sommerfest", "en": "Summer party"},
        "description": {"de": "Erste Zeile.\n\nZweite; mit, Zeichen."},
        "startDate": "2026-07-04T15:00:00+02:00",
        "endDate": "2026-07-04T22:30:00+02:00",
        "topic": ["rural-areas"],
        "eventStatus": "scheduled",
        "location": [
            {
                "type": "Place",
                "name": {"de": "Telux"},
                "address": [ADDRESS],
                "geometry": {"type": "Geometry", "asWKT": "POINT(14.64 51.5)"},
            }
        ],
    },
    "winter": {"name": {"de": "Winterfest"}, "startDate": "2026-12-05T15:00:00+01:00"},
    "abgesagt": {
        "name": {"de": LONG},
        "startDate": "2026-12-06T10:00:00+01:00",
        "eventStatus": "cancelled",
    },
    "tage": {
        "name": {"de": "Zwei ganze Tage"},
        "startDate": {"@value": "2026-12-30", "@type": "xsd:date"},
        "endDate": {"@value": "2026-12-31", "@type": "xsd:date"},
        "location": [{"type": "VirtualLocation", "url": "https://raum.example/a?b=1,2"}],
    },
    "tag": {
        "name": {"de": "Ein ganzer Tag"},
        "startDate": {"@value": "2026-12-24", "@type": "xsd:date"},
    },
    "offen": {
        "name": {"de": "Bis zum Ende eines Tages"},
        "startDate": "2026-12-10T18:00:00+01:00",
        "endDate": {"@value": "2026-12-12", "@type": "xsd:date"},
    },
    "verkehrt": {
        "name": {"de": "Endet vor dem Beginn"},
        "startDate": "2026-12-11T18:00:00+01:00",
        "endDate": "2026-12-11T08:00:00+01:00",
    },
    "monat": {
        "name": {"de": "Irgendwann im Mai"},
        "startDate": {"@value": "2027-05", "@type": "xsd:gYearMonth"},
    },
    "fern": {
        "name": {"de": "Am Ende der Zeit"},
        "startDate": {"@value": "9999-12-30", "@type": "xsd:date"},
        "endDate": {"@value": "9999-12-31", "@type": "xsd:date"},
    },
}


@pytest.fixture(scope="module")
def fair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A registry with events of all sorts."""
    made = Registry(tmp_path_factory.mktemp("fair"), VERBUND_TITLE="Musterverbund")
    made.add_hub("atlas", {"de": "Sozialatlas", "en": "Social atlas"})
    made.say("atlas", {key: {"type": "Event", **said} for key, said in EVENTS.items()})
    made.say("atlas", {"haus": {"type": "Actor", "name": {"de": "Haus & <b>Hof</b>"},
                                "topic": ["rural-areas"], "address": [ADDRESS]}})  # fmt: skip
    yield made
    made.close()


@pytest.fixture
def reader(fair: Registry) -> FlaskClient:
    """A client of it."""
    return fair.app().test_client()


def events(client: FlaskClient, address: str) -> dict[str, icalendar.Event]:
    """The events of a calendar by their UID."""
    response = client.get(address)
    assert response.status_code == 200
    assert response.content_type == "text/calendar; charset=utf-8"
    read = icalendar.Calendar.from_ical(response.data)
    assert read.errors == []
    found = list(read.walk("VEVENT"))
    assert [one.errors for one in found if one.errors] == []
    by_uid = {str(one["UID"]): one for one in found}
    assert len(by_uid) == len(found)
    return by_uid


def one(client: FlaskClient, fair: Registry, local_id: str, query: str = "") -> icalendar.Event:
    uid = fair.iris.entity(fair.entity_of("atlas", local_id))
    return events(client, f"/events.ics{query}")[uid]


@pytest.mark.parametrize(
    ("local_id", "start", "end"),
    [
        (
            "sommer",
            datetime(2026, 7, 4, 15, tzinfo=BERLIN),
            datetime(2026, 7, 4, 22, 30, tzinfo=BERLIN),
        ),
        ("winter", datetime(2026, 12, 5, 15, tzinfo=BERLIN), None),
        ("tage", date(2026, 12, 30), date(2027, 1, 1)),  # the day after the last (RFC 5545)
        ("tag", date(2026, 12, 24), None),
        (
            "offen",
            datetime(2026, 12, 10, 18, tzinfo=BERLIN),
            datetime(2026, 12, 13, tzinfo=BERLIN),
        ),
        ("fern", date(9999, 12, 30), None),
        ("verkehrt", datetime(2026, 12, 11, 18, tzinfo=BERLIN), None),
    ],
)
def test_an_event_is_at_its_time(
    reader: FlaskClient, fair: Registry, local_id: str, start: date, end: date | None
) -> None:
    event = one(reader, fair, local_id)
    assert event["DTSTART"].dt == start
    assert (event["DTEND"].dt if "DTEND" in event else None) == end


def test_what_has_no_day_has_no_place_in_a_calendar(reader: FlaskClient, fair: Registry) -> None:
    names = {str(event["SUMMARY"]) for event in events(reader, "/events.ics").values()}
    said = {next(iter(event["name"].values())) for event in EVENTS.values()}
    assert said - names == {"Irgendwann im Mai"}
    assert names <= said


def test_an_event_says_where_it_is_and_who_says_so(reader: FlaskClient, fair: Registry) -> None:
    event = one(reader, fair, "sommer")
    assert event["LOCATION"] == "Telux, Musterstraße 12, 02943 Weißwasser"
    assert (event["GEO"].latitude, event["GEO"].longitude) == (51.5, 14.64)
    assert event["DESCRIPTION"] == (
        "Erste Zeile.\n\nZweite; mit, Zeichen.\n\n"
        "Quelle: Sozialatlas; Lizenz CC BY 4.0 (http://dcat-ap.de/def/licenses/cc-by/4.0)"
    )
    assert event["STATUS"] == "CONFIRMED"
    assert event["CATEGORIES"].cats == ["Ländlicher Raum"]
    assert one(reader, fair, "tage")["LOCATION"] == "https://raum.example/a?b=1,2"
    page = reader.get(urlsplit(str(event["URL"])).path, follow_redirects=True)
    assert "<h1>Sommerfest</h1>" in page.text


def test_a_cancelled_event_says_so_and_its_name_survives(
    reader: FlaskClient, fair: Registry
) -> None:
    event = one(reader, fair, "abgesagt")
    assert (event["STATUS"], event["SUMMARY"]) == ("CANCELLED", LONG)
    assert "Abgesagt" in event["DESCRIPTION"]
    assert "STATUS" not in one(reader, fair, "winter")


def test_a_calendar_speaks_the_asked_language_and_names_another(
    reader: FlaskClient, fair: Registry
) -> None:
    english = one(reader, fair, "sommer", "?lang=en")
    assert (english["SUMMARY"], english["SUMMARY"].params["LANGUAGE"]) == ("Summer party", "en")
    assert english["CATEGORIES"].cats == ["Rural areas"]
    assert one(reader, fair, "winter", "?lang=en")["SUMMARY"].params["LANGUAGE"] == "de"


@pytest.mark.parametrize(
    ("lang", "origin"),
    [
        ("de", 'Quelle: Kunst & "Karten"; Lizenz unbekannt'),
        ("en", 'Source: Kunst & "Karten"; licence unknown'),
    ],
)
def test_a_licence_that_nobody_stated_is_told_in_words(
    registry: Registry, lang: str, origin: str
) -> None:
    registry.add_hub("karte", {"de": 'Kunst & "Karten"'})
    registry.say("karte", {"fest": {"type": "Event", **EVENTS["winter"]}})
    (event,) = events(registry.app().test_client(), f"/events.ics?lang={lang}").values()
    assert event["DESCRIPTION"] == origin


def test_no_line_of_a_calendar_is_longer_than_allowed(reader: FlaskClient) -> None:
    lines = reader.get("/events.ics").data.split(b"\r\n")
    assert max(len(line) for line in lines) == 75
    assert b"\n" not in b"".join(lines)
    for line in lines:
        line.decode()  # no character is cut


def test_a_calendar_is_the_same_after_reading_and_writing(reader: FlaskClient) -> None:
    read = icalendar.Calendar.from_ical(reader.get("/events.ics").data)
    again = icalendar.Calendar.from_ical(read.to_ical())
    assert again == read
    assert len(list(again.walk("VEVENT"))) == len(EVENTS) - 1


def test_an_empty_calendar_is_a_calendar(reader: FlaskClient) -> None:
    read = icalendar.Calendar.from_ical(reader.get("/events.ics?q=nichts").data)
    assert list(read.walk("VEVENT")) == []
    assert len(read.subcomponents) == 1  # RFC 5545, 3.6: at least one


@pytest.mark.parametrize(
    "query", ["?place=Weißwasser", "?topic=rural-areas", "?q=sommerfest", "?when=past"]
)
def test_a_calendar_holds_exactly_the_filter(
    reader: FlaskClient, fair: Registry, query: str
) -> None:
    found = events(reader, f"/events.ics{query}").values()
    assert [str(event["SUMMARY"]) for event in found] == ["Sommerfest"]


def test_a_uid_stays_and_a_change_has_a_later_stamp(registry: Registry) -> None:
    said = {"type": "Event", "name": {"de": "Treffen"}, "startDate": "2026-12-05T15:00:00+01:00"}
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    registry.say("atlas", {"a": said})
    client = registry.app().test_client()
    (before,) = events(client, "/events.ics").items()
    registry.say("atlas", {"a": {**said, "eventStatus": "cancelled"}})
    (after,) = events(client, "/events.ics").items()
    assert before[0] == after[0]
    assert before[1]["DTSTAMP"].dt < after[1]["DTSTAMP"].dt == after[1]["LAST-MODIFIED"].dt
    assert before[1]["SEQUENCE"] < after[1]["SEQUENCE"]
    assert after[1]["STATUS"] == "CANCELLED"


def test_only_events_have_a_calendar(reader: FlaskClient) -> None:
    assert reader.get("/actors.ics").status_code == 406
    by_type = reader.get("/events", headers={"Accept": "text/calendar"})
    assert by_type.content_type == "text/calendar; charset=utf-8"
    assert by_type.data.startswith(b"BEGIN:VCALENDAR")


@pytest.mark.parametrize("address", ["/events.ics", "/events.atom", "/new.atom", "/events.csv"])
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_who_has_it_already_is_told_so(reader: FlaskClient, address: str, encoding: str) -> None:
    headers = {"Accept-Encoding": encoding}
    first = reader.get(address, headers=headers)
    assert first.data
    known = {**headers, "If-None-Match": first.headers["ETag"]}
    for _ in range(2):  # the second time from what is kept
        second = reader.get(address, headers=known)
        assert (second.status_code, second.data) == (304, b"")
    other = reader.get(f"{address}?when=past", headers=known)
    assert (other.status_code, other.data != first.data) == (200, True)


def test_one_event_goes_into_a_calendar_from_its_page(reader: FlaskClient, fair: Registry) -> None:
    page = reader.get(f"/events/{fair.entity_of('atlas', 'sommer')}?lang=en")
    (link_to,) = BeautifulSoup(page.text, "html.parser").select("main a[href*='.ics']")
    assert link_to.text == "Add to calendar (iCal)"
    alone = events(reader, link_to["href"])
    assert alone == {
        uid: event
        for uid, event in events(reader, "/events.ics?lang=en").items()
        if event["SUMMARY"] == "Summer party"
    }
    for other in ("monat", "haus"):
        other_page = reader.get(f"/id/{fair.entity_of('atlas', other)}", follow_redirects=True)
        assert other_page.status_code == 200
        assert ".ics" not in other_page.text
    elsewhere = reader.get(f"/events/{fair.entity_of('atlas', 'haus')}.ics", follow_redirects=True)
    assert elsewhere.request.path.startswith("/actors/")
    assert reader.get("/events/nichts.ics", follow_redirects=True).status_code == 404


def read_feed(client: FlaskClient, address: str) -> feedparser.FeedParserDict:
    response = client.get(address)
    assert response.status_code == 200
    assert response.content_type == "application/atom+xml; charset=utf-8"
    read = feedparser.parse(response.data)
    assert (read.bozo, read.version) == (False, "atom10")
    return read


def link(of: feedparser.FeedParserDict, rel: str) -> str:
    (found,) = [one.href for one in of.links if one.rel == rel]
    return str(found)


def test_a_feed_tells_what_is_new_and_leads_to_its_page(
    reader: FlaskClient, fair: Registry
) -> None:
    read = read_feed(reader, "/actors.atom")
    (entry,) = read.entries
    assert (read.feed.title, read.feed.author) == ("Akteure – Musterverbund", "Musterverbund")
    assert entry.id == fair.iris.entity(fair.entity_of("atlas", "haus"))
    assert entry.title == "Haus & <b>Hof</b>"
    assert entry.title_detail.type == "text/plain"
    assert [(tag.label, tag.term.rsplit("/", 1)[1]) for tag in entry.tags] == [
        ("Ländlicher Raum", "rural-areas")
    ]
    assert entry.author_detail.name == "Sozialatlas"
    assert link(entry, "license") == "http://dcat-ap.de/def/licenses/cc-by/4.0"
    page = reader.get(link(entry, "alternate").removeprefix(BASE))
    assert page.status_code == 200
    assert link(read.feed, "self") == f"{BASE}/actors.atom?lang=de"


def test_the_time_of_an_entry_is_that_of_its_release(registry: Registry) -> None:
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    registry.say("atlas", {"a": {"type": "Actor", "name": {"de": "Alt"}}})
    first = registry.now
    registry.say("atlas", {"b": {"type": "Project", "name": {"de": "Neu"}}})
    second = registry.now
    registry.say("atlas", {"a": {"type": "Actor", "name": {"de": "Alt, umbenannt"}}})
    third = registry.now
    client = registry.app().test_client()
    read = read_feed(client, "/new.atom")
    assert [
        (entry.title, moment(entry.published), moment(entry.updated)) for entry in read.entries
    ] == [("Alt, umbenannt", first, third), ("Neu", second, second)]
    assert moment(read.feed.updated) == third
    assert [entry.title for entry in read_feed(client, "/projects.atom").entries] == ["Neu"]


def moment(written: str) -> datetime:
    return datetime.strptime(written, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def test_pages_of_a_feed_lead_to_every_entry_once(reader: FlaskClient) -> None:
    address, seen, own = "/new.atom?size=4&lang=en", [], set()
    while address:
        read = read_feed(reader, address)
        seen += [entry.id for entry in read.entries]
        own.add(read.feed.id)
        address = next((one.href for one in read.feed.links if one.rel == "next"), "")
        address = address.removeprefix(BASE)
    assert len(seen) == len(set(seen)) == len(EVENTS) + 1
    assert own == {f"{BASE}/new.atom?lang=en"}
    assert reader.get("/new.atom?page=2").status_code == 404


def test_a_feed_keeps_its_filter_in_all_its_links(reader: FlaskClient) -> None:
    read = read_feed(reader, "/events.atom?topic=rural-areas&place=Weißwasser&lang=en")
    assert [entry.title for entry in read.entries] == ["Summer party"]
    again = read_feed(reader, link(read.feed, "self").removeprefix(BASE))
    assert again.feed.id == read.feed.id
    assert [entry.id for entry in again.entries] == [entry.id for entry in read.entries]
    page = reader.get(link(read.feed, "alternate").removeprefix(BASE))
    shown = BeautifulSoup(page.text, "html.parser").select(".hits h3 a")
    assert [one.text for one in shown] == ["Summer party"]
    assert [e.title for e in read_feed(reader, "/new.atom?topic=rural-areas&q=hof").entries]


def test_an_empty_feed_is_a_feed(registry: Registry) -> None:
    read = read_feed(registry.app().test_client(), "/new.atom")
    assert (read.entries, read.feed.updated) == ([], "1970-01-01T00:00:00Z")


@pytest.mark.parametrize(
    "address", ["/events", "/events?when=past&topic=rural-areas", "/actors", "/projects", "/"]
)
@pytest.mark.parametrize("tag", ["de", "en"])
def test_pages_offer_what_can_be_subscribed_in_their_language(
    reader: FlaskClient, address: str, tag: str
) -> None:
    headers = {"Accept": "text/html", "Accept-Language": tag}
    html = reader.get(address, headers=headers)
    page = BeautifulSoup(html.text, "html.parser")
    kinds = {"application/atom+xml", *({"text/calendar"} if "events" in address else ())}
    offered = [one for one in page.select("link[rel=alternate][type]") if one["type"] in kinds]
    assert {one["type"] for one in offered} == kinds
    visible = {one["href"] for one in page.select("main a")}
    for one in offered:
        assert one["href"] in visible
        assert one["title"]
        answer = reader.get(one["href"])
        assert answer.data
        assert answer.mimetype == one["type"]
        assert answer.headers["Content-Language"] == tag


def test_the_calendar_of_a_page_holds_what_the_page_shows(reader: FlaskClient) -> None:
    html = reader.get("/events?size=200", headers={"Accept": "text/html", "Accept-Language": "de"})
    page = BeautifulSoup(html.text, "html.parser")
    shown = {one.text for one in page.select(".hits h3 a")}
    found = events(reader, page.select_one("link[type='text/calendar']")["href"]).values()
    assert {str(event["SUMMARY"]) for event in found} == shown - {"Irgendwann im Mai"}


def test_words_of_hubs_break_out_of_neither_form(registry: Registry) -> None:
    evil = "x\r\nEND:VEVENT\u2028]]></title><script>&amp;"
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    registry.say(
        "atlas",
        {"a": {"type": "Event", "name": {"de": evil}, "startDate": "2026-12-05T15:00:00+01:00"}},
    )
    client = registry.app().test_client()
    (event,) = events(client, "/events.ics").values()
    assert "END:VEVENT" in event["SUMMARY"]
    (entry,) = read_feed(client, "/events.atom").entries
    assert "</title><script>" in entry.title
