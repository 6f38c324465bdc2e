"""Countries, postcodes, addresses and points as hubs write them."""

import pytest

from harvester.places import (
    country_code,
    point,
    read_point,
    read_postcode,
    split_address,
    split_street,
)


@pytest.mark.parametrize(
    "text",
    [
        "DE",
        "de",
        "Deutschland",
        "Germany",
        "GERMANY",
        "BRD",
        "Bundesrepublik Deutschland",
        "DEU",
        "GER",
        "D",
        "Federal Republic of Germany",
        " deutschland ",
        "Niemcy",
        "Německo",
        "http://publications.europa.eu/resource/authority/country/DEU",
    ],
)
def test_germany_in_many_spellings(text: str) -> None:
    assert country_code(text) == "DE"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Österreich", "AT"),
        ("Tschechien", "CZ"),
        ("Czech Republic", "CZ"),
        ("Polen", "PL"),
        ("UK", "GB"),
        ("England", "GB"),
        ("USA", "US"),
        ("Schweiz", "CH"),
        ("Atlantis", None),
        ("", None),
        ("EU", None),
        ("ZZ", None),
    ],
)
def test_other_countries(text: str, code: str | None) -> None:
    assert country_code(text) == code


@pytest.mark.parametrize(
    ("raw", "country", "expected"),
    [
        ("04157", "DE", ("04157", False)),
        (4157, "DE", ("04157", True)),
        ("4157.0", "DE", ("04157", True)),
        ("4157", "AT", ("4157", False)),
        ("4157", None, ("4157", False)),
        ("D-04157", None, ("04157", False)),
        ("LE1 5EW", "GB", ("LE1 5EW", False)),
        ("unbekannt, bei Leipzig", "DE", (None, False)),
        ("", "DE", (None, False)),
    ],
)
def test_postcodes(raw: object, country: str | None, expected: tuple[str | None, bool]) -> None:
    """A lost zero is restored for Germany only."""
    assert read_postcode(raw, country) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Otto-Adam-Straße 14", ("Otto-Adam-Straße", "14")),
        ("Musterstr. 12a", ("Musterstr.", "12a")),
        ("Musterstr. 12 A", ("Musterstr.", "12A")),
        ("Dorotheenplatz 2-4", ("Dorotheenplatz", "2-4")),
        ("Weg 5 – 7b", ("Weg", "5–7b")),
        ("Straße des 17. Juni 135", ("Straße des 17. Juni", "135")),
        ("2-4 Silver Walk", ("Silver Walk", "2-4")),
        ("Am Markt", None),
        ("Straße des 17. Juni", None),
        ("Lange Straße 5 Hinterhaus", None),
        ("04157", None),
        ("", None),
    ],
)
def test_streets(text: str, expected: tuple[str, str] | None) -> None:
    assert split_street(text) == expected


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "Otto-Adam-Straße 14, 04157 Leipzig",
            {
                "thoroughfare": "Otto-Adam-Straße",
                "locatorDesignator": "14",
                "postCode": "04157",
                "postName": "Leipzig",
            },
        ),
        (
            "Haus der Muster\nMusterweg 2\nD-02943 Weißwasser/O.L.\nDeutschland",
            {
                "thoroughfare": "Musterweg",
                "locatorDesignator": "2",
                "postCode": "02943",
                "postName": "Weißwasser/O.L.",
                "adminUnitL1": "DE",
            },
        ),
        (
            "04157 Leipzig, Musterweg 2",
            {
                "thoroughfare": "Musterweg",
                "locatorDesignator": "2",
                "postCode": "04157",
                "postName": "Leipzig",
            },
        ),
        (
            "Mathildenstraße, 04277 Leipzig",
            {"thoroughfare": "Mathildenstraße", "postCode": "04277", "postName": "Leipzig"},
        ),
        ("04277 Leipzig", {"postCode": "04277", "postName": "Leipzig"}),
        (
            "Gut Muster, im Hof, 04668 Grimma",
            {"postCode": "04668", "postName": "Grimma", "thoroughfare": "im Hof"},
        ),
        (
            "Feldweg 3, 2763 Zittau",
            {
                "thoroughfare": "Feldweg",
                "locatorDesignator": "3",
                "postCode": "2763",
                "postName": "Zittau",
            },
        ),
        (
            "2004 Silver Walk, 04157 Leipzig",
            {
                "thoroughfare": "Silver Walk",
                "locatorDesignator": "2004",
                "postCode": "04157",
                "postName": "Leipzig",
            },
        ),
        ("irgendwo im Wald", {}),
        ("2004 gegründet", {}),
        ("Weg 1, 04157 Leipzig und Weg 2, 04277 Leipzig", {}),
    ],
)
def test_whole_addresses(text: str, parts: dict[str, str]) -> None:
    """The full line always stays; what does not read like an address is not guessed at."""
    address = split_address(text)
    assert address.pop("fullAddress") == ", ".join(text.splitlines())
    assert address == parts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Point(12.375 51.3705)", "POINT(12.375 51.3705)"),
        ("POINT (12.3750 51.3705)", "POINT(12.375 51.3705)"),
        ("<http://www.opengis.net/def/crs/OGC/1.3/CRS84> POINT(14.6 51.5)", "POINT(14.6 51.5)"),
        ("SRID=4326;POINT(-0.1 51.50000001)", "POINT(-0.1 51.5)"),
        ("POINT(190 51)", None),
        ("POINT(12,3 51,3)", "POINT(12.3 51.3)"),
        ("LINESTRING(0 0, 1 1)", None),
        ("POINT(NaN 1)", None),
        ("12.3 51.3", None),
    ],
)
def test_points(text: str, expected: str | None) -> None:
    assert read_point(text) == expected


def test_a_point_has_longitude_first() -> None:
    assert point(12.375, "51.3705") == "POINT(12.375 51.3705)"
    assert point("x", 1) is None
    assert point(12, 91) is None
    assert point("1e400", 1) is None
