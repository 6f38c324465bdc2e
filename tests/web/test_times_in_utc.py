"""What a hub gives in UTC is shown by the registry's clock, on every page; files keep it."""

from collections.abc import Iterator
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from tests.web.conftest import Registry

# The registry's clock stands at Sunday, 22 November 2026, 6:10 UTC (tests/web/conftest.py).
SAID: dict[str, dict[str, str]] = {
    "nacht": {"startDate": "2026-12-31T23:30:00Z", "endDate": "2027-01-01T01:00:00Z"},
    "sommer": {"startDate": "2027-07-01T22:00:00+00:00", "endDate": "2027-07-02T21:59:00+00:00"},
    "fern": {"startDate": "2026-12-31T22:30:00-05:00"},
    "ende": {"startDate": "9999-12-31T23:30:00Z"},
    "ueber": {"startDate": "2026-11-22T21:00:00Z", "endDate": "2026-11-22T23:30:00Z"},
}


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    made = Registry(tmp_path_factory.mktemp("night"))
    made.add_hub("atlas", {"de": "Sozialatlas"})
    events: dict[str, Any] = {
        key: {"type": "Event", "name": {"de": key}, **said} for key, said in SAID.items()
    }
    projects = {
        # Already begun by the registry's clock, or not yet, though the day in UTC is another.
        "begonnen": {"type": "Project", "name": {"de": "begonnen"}, "starts": "2026-11-23"},
    }
    made.say("atlas", {**events, **projects}, modified="2026-12-31T23:30:00Z")
    yield made
    made.close()


@pytest.fixture
def reader(night: Registry) -> FlaskClient:
    return night.app().test_client()


def look(client: FlaskClient, address: str) -> BeautifulSoup:
    response = client.get(address, headers={"Accept": "text/html", "Accept-Language": "de"})
    assert response.status_code == 200
    return BeautifulSoup(response.text, "html.parser")


def words(text: str) -> str:
    return " ".join(text.split())


def test_a_list_has_the_event_under_the_day_and_month_here(reader: FlaskClient) -> None:
    page = look(reader, "/events")
    found = {
        row.h3.a.text: (section.h2.text, words(row.time.text))
        for section in page.select("section:has(> ol.hits)")
        for row in section.select("li.when")
    }
    assert found["nacht"] == ("Januar 2027", "1Fr. 00:30 Uhr")
    assert found["sommer"] == ("Juli 2027", "2Fr. 00:00 Uhr")
    assert found["fern"] == ("Dezember 2026", "31Do. 22:30 Uhr")


@pytest.mark.parametrize(
    ("event", "period"),
    [
        ("nacht", "1. Januar 2027, 00:30–02:00 Uhr"),
        ("sommer", "2. Juli 2027, 00:00–23:59 Uhr"),
        ("fern", "31. Dezember 2026, 22:30 Uhr"),
        ("ueber", "22. November 2026, 22:00 Uhr – 23. November 2026, 00:30 Uhr"),
        ("ende", "31. Dezember 9999, 23:30 Uhr"),
    ],
)
def test_the_page_of_an_event_says_the_same(
    night: Registry, reader: FlaskClient, event: str, period: str
) -> None:
    page = look(reader, f"/events/{night.entity_of('atlas', event)}")
    assert period in words(page.main.text)


def test_an_end_on_the_next_day_here_is_told_as_a_day(reader: FlaskClient) -> None:
    (row,) = [row for row in look(reader, "/events").select("li.when") if row.h3.a.text == "ueber"]
    assert "bis 23. November 2026" in words(row.text)


def test_other_lists_and_dates_of_change_say_the_same(night: Registry, reader: FlaskClient) -> None:
    rows = look(reader, "/").select("li.when")
    assert "1Jan. 2027 00:30 Uhr" in [words(row.time.text) for row in rows]
    record = look(reader, f"/records/{night.record_of('atlas', 'nacht')}")
    assert "1. Januar 2027, 00:30 Uhr" in words(record.main.text)


def test_a_day_has_come_as_soon_as_it_has_here(night: Registry) -> None:
    path = f"/projects/{night.entity_of('atlas', 'begonnen')}"
    before = night.now
    try:
        night.now = before.replace(day=22, hour=22, minute=59)
        assert "ab 23. November 2026" in look(night.app().test_client(), path).text
        night.now = before.replace(day=22, hour=23, minute=1)
        assert "seit 23. November 2026" in look(night.app().test_client(), path).text
    finally:
        night.now = before


def test_calendars_and_data_stay_in_utc(night: Registry, reader: FlaskClient) -> None:
    path = f"/events/{night.entity_of('atlas', 'nacht')}"
    calendar = reader.get(f"{path}.ics").text
    assert "DTSTART:20261231T233000Z" in calendar
    assert "DTEND:20270101T010000Z" in calendar
    assert "2026-12-31T23:30:00" in reader.get(f"{path}.json").text
