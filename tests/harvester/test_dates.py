"""Days and times in the notations of many hubs."""

from zoneinfo import ZoneInfo

import pytest

from harvester.dates import read_moment

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("given", "precision", "text"),
    [
        ("2021-10-07", "day", "2021-10-07"),
        ("20211007", "day", "2021-10-07"),
        ("24.12.2021", "day", "2021-12-24"),
        ("Fr., 24.12.2021", "day", "2021-12-24"),
        ("7. Oktober 2021", "day", "2021-10-07"),
        ("1. März 2020", "day", "2020-03-01"),
        ("March 1, 2020", "day", "2020-03-01"),
        ("31/12/2021", "day", "2021-12-31"),
        ("2017-11-15T18:00:00.000+01:00", "time", "2017-11-15T18:00:00+01:00"),
        ("2021-10-07T15:00:00Z", "time", "2021-10-07T15:00:00Z"),
        ("20211007T150000Z", "time", "2021-10-07T15:00:00Z"),
        ("07.10.2021, 17:00 Uhr", "time", "2021-10-07T17:00:00+02:00"),
        ("07.01.2021 17 Uhr", "time", "2021-01-07T17:00:00+01:00"),
        ("2021-10-07 17:00 CEST", "time", "2021-10-07T17:00:00+02:00"),
        ("Thu, 07 Oct 2021 15:00:00 GMT", "time", "2021-10-07T15:00:00Z"),
        (1633618800, "time", "2021-10-07T15:00:00Z"),
        (1633618800000, "time", "2021-10-07T15:00:00Z"),
        (1992, "year", "1992"),
        ("1991", "year", "1991"),
        ("2020-05", "month", "2020-05"),
        ("05/2020", "month", "2020-05"),
        ("Mai 2020", "month", "2020-05"),
        ("2024-02-29", "day", "2024-02-29"),
    ],
)
def test_notations_are_understood(given: object, precision: str, text: str) -> None:
    moment = read_moment(given, BERLIN)
    assert moment is not None
    assert (moment.precision, moment.text) == (precision, text)


@pytest.mark.parametrize(
    "given",
    [
        "",
        "demnächst",
        "31.02.2021",
        "2023-02-29",
        "03/04/2021",
        "24.12.21",
        "0000-00-00",
        "99999999",
        "2021-10-07T25:00",
        "7. Foober 2021",
        "12",
        True,
        12,
        10**20,
        float("inf"),
        float("nan"),
        None,
        "9" * 5000,
    ],
    ids=repr,
)
def test_what_is_not_certain_is_not_guessed(given: object) -> None:
    assert read_moment(given, BERLIN) is None


def test_a_time_without_offset_is_of_the_source_and_says_so() -> None:
    """Summer and winter differ, and the hour that comes twice is marked."""
    winter = read_moment("2021-01-07T12:00", BERLIN)
    twice = read_moment("2021-10-31T02:30", BERLIN)
    assert winter is not None
    assert winter.zone_assumed
    assert not winter.ambiguous
    assert twice is not None
    assert twice.ambiguous
