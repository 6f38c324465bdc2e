"""The page of events: by month and day, what is on, what was called off, what belongs together."""

from collections.abc import Iterator
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from flask.testing import FlaskClient

from tests.web.conftest import ADDRESS, Registry

# The registry's clock stands at Sunday, 22 November 2026, 6:10 UTC (tests/web/conftest.py).
SAID: dict[str, dict[str, Any]] = {
    "schau": {
        "name": {"de": "Ausstellung"},
        "startDate": "2026-10-02T10:00:00+02:00",
        "endDate": "2027-01-10T18:00:00+01:00",
    },
    "heute": {"name": {"de": "Heute Abend"}, "startDate": "2026-11-22T19:30:00+01:00"},
    "gespraech": {
        "name": {"de": "Gespräch"},
        "startDate": "2026-11-23T00:00:00+01:00",
        "endDate": "2026-11-23T01:00:00+01:00",
        "attendanceMode": "online",
        "eventStatus": "rescheduled",
    },
    "werkzeug": {
        "name": {"de": "Werkzeugtag"},
        "startDate": "2026-11-28T10:00:00+01:00",
        "eventStatus": "cancelled",
        "attendanceMode": "offline",
        "location": [{"type": "Place", "name": {"de": "Werkhof"}, "address": [ADDRESS]}],
        "inLanguage": ["de", "hsb"],
        "isAccessibleForFree": True,
        "organizer": ["haus", {"name": {"de": "Freundeskreis"}}],
    },
    "silvester": {
        "name": {"de": "Silvester"},
        "startDate": {"@value": "2026-12-31", "@type": "xsd:date"},
        "endDate": {"@value": "2027-01-01", "@type": "xsd:date"},
    },
    "mai": {
        "name": {"de": "Im Mai"},
        "startDate": {"@value": "2027-05", "@type": "xsd:gYearMonth"},
    },
    **{
        f"abend{month}": {
            "name": {"de": f"Reparierabend {month}"},
            "startDate": f"2026-{month}-04T17:00:00+01:00",
            "series": {"type": "EventSeries", "name": {"de": "Reparierabende"}},
            "organizer": ["haus"],
        }
        for month in ("01", "02", "12")
    },
    "fremd": {
        "name": {"de": "Auch ein Reparierabend"},
        "startDate": "2026-12-04T18:00:00+01:00",
        "series": {"type": "EventSeries", "name": {"de": "Reparierabende"}},
        "organizer": ["andere"],
    },
    "einzeln": {
        "name": {"de": "Auftakt"},
        "startDate": "2026-12-07T18:00:00+01:00",
        "series": {"type": "EventSeries", "name": {"de": "Eben begonnen"}},
    },
}


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A registry with a season of events."""
    made = Registry(tmp_path_factory.mktemp("season"))
    made.add_hub("atlas", {"de": "Sozialatlas"})
    actors = {"haus": "Werkhof Neißebogen e. V.", "andere": "Dorfmobil Beispieltal"}
    made.say(
        "atlas",
        {
            **{key: {"type": "Actor", "name": {"de": name}} for key, name in actors.items()},
            **{key: {"type": "Event", **said} for key, said in SAID.items()},
        },
    )
    yield made
    made.close()


@pytest.fixture
def reader(season: Registry) -> FlaskClient:
    """A client of it."""
    return season.app().test_client()


def look(client: FlaskClient, address: str, tag: str = "de") -> BeautifulSoup:
    response = client.get(address, headers={"Accept": "text/html", "Accept-Language": tag})
    assert response.status_code == 200
    return BeautifulSoup(response.text, "html.parser")


def months(page: BeautifulSoup) -> list[tuple[str, list[tuple[str, str]]]]:
    """Each heading with the day and the name of what stands below it."""
    return [
        (
            section.h2.text,
            [(row.b.text if row.b else "", row.h3.a.text) for row in section.select("li.when")],
        )
        for section in page.select("section:has(> ol.hits)")
    ]


def row_of(page: BeautifulSoup, name: str) -> Tag:
    (found,) = [row for row in page.select("li.when") if row.h3.a.text == name]
    return found


def words(tag: Tag) -> str:
    return " ".join(tag.get_text(" ").split())


def test_events_stand_under_their_month_and_day(reader: FlaskClient) -> None:
    assert months(look(reader, "/events")) == [
        ("Läuft bereits", [("2", "Ausstellung")]),
        (
            "November 2026",
            [("22", "Heute Abend"), ("23", "Gespräch"), ("28", "Werkzeugtag")],
        ),
        (
            "Dezember 2026",
            [
                ("4", "Reparierabend 12"),
                ("4", "Auch ein Reparierabend"),
                ("7", "Auftakt"),
                ("31", "Silvester"),
            ],
        ),
        ("Ohne Tag", [("", "Im Mai")]),
    ]
    assert [heading for heading, _ in months(look(reader, "/events?when=past"))] == [
        "Februar 2026",
        "Januar 2026",
    ]
    english = [heading for heading, _ in months(look(reader, "/events", "en"))]
    assert english == ["Already under way", "November 2026", "December 2026", "Without a day"]


def test_a_day_says_weekday_and_clock_and_until_when(reader: FlaskClient) -> None:
    page = look(reader, "/events")
    assert words(row_of(page, "Gespräch").time) == "23 Mo. 00:00 Uhr"
    assert "bis 01:00 Uhr" in words(row_of(page, "Gespräch"))
    assert words(row_of(page, "Ausstellung").time) == "2 Okt. 2026 10:00 Uhr"
    assert "bis 10. Januar 2027" in words(row_of(page, "Ausstellung"))
    assert words(row_of(page, "Silvester").time) == "31 Do."
    assert "bis 1. Januar 2027" in words(row_of(page, "Silvester"))
    assert "Mai 2027" in words(row_of(page, "Im Mai"))
    english = look(reader, "/events", "en")
    assert words(row_of(english, "Gespräch").time) == "23 Mon 00:00"


def test_a_row_says_what_one_has_to_know_before_going_there(reader: FlaskClient) -> None:
    row = row_of(look(reader, "/events"), "Werkzeugtag")
    assert row.select_one(".kind").text == "Weißwasser · Vor Ort"
    assert row.select_one(".badge.stop").text == "Abgesagt"
    facts = words(row)
    assert "Werkhof Neißebogen e. V., Freundeskreis · kostenfrei" in facts
    assert "Deutsch, Obersorbisch" in facts
    moved = row_of(look(reader, "/events"), "Gespräch")
    assert moved.select_one(".badge.warn").text == "Auf neuen Termin verlegt"
    assert row_of(look(reader, "/events"), "Heute Abend").select_one(".badge") is None


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("when=week", ["Ausstellung", "Heute Abend"]),
        ("when=month", ["Ausstellung", "Heute Abend", "Gespräch", "Werkzeugtag"]),
        ("attendance=online", ["Gespräch"]),
        ("attendance=online&attendance=offline", ["Gespräch", "Werkzeugtag"]),
        ("language=hsb", ["Werkzeugtag"]),
        ("free=1", ["Werkzeugtag"]),
    ],
)
def test_filters_of_events(reader: FlaskClient, query: str, found: list[str]) -> None:
    page = look(reader, f"/events?{query}")
    assert [row.h3.a.text for row in page.select("li.when")] == found


def test_filters_are_offered_with_numbers_and_kept(reader: FlaskClient) -> None:
    page = look(reader, "/events?attendance=online")
    boxes = {
        (box["name"], box["value"]): (words(box.parent), box.has_attr("checked"))
        for box in page.select(".facets input[type=checkbox]")
        if box["name"] in ("attendance", "language", "free")
    }
    assert boxes == {
        ("attendance", "online"): ("Im Netz 1", True),
        ("attendance", "offline"): ("Vor Ort 1", False),
    }
    free = look(reader, "/events?free=1&lang=en")
    chips = [words(chip) for chip in free.select("ul.chips[aria-label='Filters in force'] a")]
    assert chips == ["Remove filter: free of charge ✕"]
    assert free.select_one("input[name=free]").has_attr("checked")
    for name in ("attendance", "language", "free"):
        assert not look(reader, "/actors").select(f"input[name={name}]")


def test_a_series_leads_to_all_its_events_and_to_no_other_of_that_name(
    reader: FlaskClient,
) -> None:
    page = look(reader, "/events")
    chip = row_of(page, "Reparierabend 12").select_one("a.chip")
    assert words(chip) == "Reparierabende: Reihe, 3 Termine"
    series = look(reader, chip["href"])
    assert [row.h3.a.text for row in series.select("li.when")] == [
        "Reparierabend 01",
        "Reparierabend 02",
        "Reparierabend 12",
    ]
    chips = [words(one) for one in series.select("ul.chips[aria-label='Gesetzte Filter'] a")]
    assert "Filter entfernen: Reihe: Reparierabende ✕" in chips
    assert series.select_one(".lead").text == "3 Termine der Reihe »Reparierabende«"
    assert series.select("li.when a.chip") == []
    assert series.select_one(".facets input[name=series]")["value"] == "Reparierabende"
    either = look(reader, "/events?series=REPARIERABENDE&when=all")
    assert len(either.select("li.when")) == 4
    for alone in ("Auftakt", "Auch ein Reparierabend"):
        assert row_of(page, alone).select_one("a.chip") is None


def test_the_page_of_an_event_shows_the_others_of_its_series(
    reader: FlaskClient, season: Registry
) -> None:
    page = look(reader, f"/events/{season.entity_of('atlas', 'abend02')}")
    section = page.select_one("section[aria-labelledby=h-series]")
    assert section.h2.text == "Weitere Termine der Reihe"
    names = [row.h3.a.text for row in section.select("li.when")]
    assert names == ["Reparierabend 12", "Reparierabend 01"]
    for alone in ("einzeln", "heute"):
        other = look(reader, f"/events/{season.entity_of('atlas', alone)}")
        assert other.select("section[aria-labelledby=h-series]") == []


def test_a_list_in_another_order_has_no_months(reader: FlaskClient) -> None:
    page = look(reader, "/events?sort=name")
    assert len(page.select("ol.hits")) == 1
    assert words(row_of(page, "Gespräch").time) == "23 Nov. 2026 00:00 Uhr"
    assert page.select("h2[id^=m]") == []


def test_every_address_of_the_page_keeps_what_was_asked(reader: FlaskClient) -> None:
    page = look(reader, "/events?series=Reparierabende&when=all&lang=en")
    for link in page.select("a[href^='/events.'], link[href^='/events.']"):
        assert "series=Reparierabende" in link["href"]
        answer = reader.get(link["href"])
        assert (answer.status_code, bool(answer.data)) == (200, True)
