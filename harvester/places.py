"""Countries, postcodes, streets and points as hubs write them, read without guessing."""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Final

from babel import Locale
from babel.core import get_global

_MORE_COUNTRIES: Final = {
    "d": "DE", "brd": "DE", "ger": "DE", "bundesrepublik": "DE",
    "bundesrepublik deutschland": "DE", "federal republic of germany": "DE", "allemagne": "DE",
    "niemcy": "DE", "německo": "DE", "a": "AT", "f": "FR", "pl.": "PL", "uk": "GB", "u.k.": "GB",
    "great britain": "GB", "großbritannien": "GB", "england": "GB", "scotland": "GB",
    "wales": "GB", "northern ireland": "GB", "schottland": "GB", "usa": "US", "u.s.a.": "US",
    "u.s.": "US", "united states of america": "US", "czech republic": "CZ",
    "tschechische republik": "CZ", "česko": "CZ", "polska": "PL", "holland": "NL",
    "österreich": "AT", "oesterreich": "AT", "schweiz": "CH", "suisse": "CH",
    "slovak republic": "SK",
}  # fmt: skip
_LONGEST_LINE: Final = 300

# House numbers: 14, 14a, 14 A, 2-4, 12/14, 5 - 7b, 3 + 4; of more digits it is something else.
_NUMBER: Final = (
    r"\d{1,4}(?: ?[a-zA-Z](?![a-zA-Z]))?(?: ?[-–/+] ?\d{1,4}(?: ?[a-zA-Z](?![a-zA-Z]))?){0,3}"
)
_NUMBER_LAST: Final = re.compile(rf"(?<=[^\W\d_.]|[.)]) ({_NUMBER})$")
_NUMBER_FIRST: Final = re.compile(rf"^({_NUMBER}) (?=[^\W\d_]{{3}})")
_TOWN: Final = re.compile(r"(?:(?:D|DE)[- ])?(\d{5}) ([^\W\d_].*)")
_TOWN_OF_FOUR: Final = re.compile(r"(?:(?:D|DE)[- ])?(\d{4}) ([^\W\d_].*)")
"""Elsewhere, or where a spreadsheet took a zero away."""

_STREET_WORD: Final = re.compile(
    r"(?:stra(?:ß|ss)e|str\.|weg|platz|allee|gasse|ring|markt|ufer|damm|chaussee|hof|park|siedlung|berg|steig)$",
    re.IGNORECASE,
)
_OF_A_SPREADSHEET: Final = re.compile(r"\d{3,5}\.0")
_GERMAN_POSTCODE: Final = re.compile(r"(?:D|DE)[- ](\d{4,5})")
_FOUR_DIGITS: Final = re.compile(r"\d{4}")
_POSTCODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 -]{1,10}[A-Za-z0-9]")
_WKT_POINT: Final = re.compile(
    r"(?:SRID=4326;|<[^<>]{1,80}(?:CRS84|4326)>)?\s*POINT\s*\(\s*(\S{1,30})\s+(\S{1,30})\s*\)",
    re.IGNORECASE,
)


@cache
def _country_names() -> Mapping[str, str]:
    """Country names in German, English and some more languages, and three-letter codes."""
    names: dict[str, str] = {}
    for language in ("cs", "pl", "fr", "en", "de"):
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha():
                names[name.casefold()] = code
    for alias, codes in get_global("territory_aliases").items():
        if len(alias) == 3 and alias.isalpha() and len(codes) == 1:
            names[alias.casefold()] = codes[0]
    return names | _MORE_COUNTRIES


@cache
def _country_codes() -> frozenset[str]:
    unreal = {"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"}
    codes = (str(code) for code in Locale("en").territories)
    return frozenset(c for c in codes if len(c) == 2 and c.isalpha()) - unreal


def country_code(text: str) -> str | None:
    """The two letters of ISO 3166-1 for a country's code or name, or None."""
    if text in _country_codes():
        return text
    tidy = " ".join(text.split()).rsplit("/", 1)[-1]  # …/authority/country/DEU
    if tidy.upper() in _country_codes():
        return tidy.upper()
    return _country_names().get(tidy.casefold())


def read_postcode(raw: Any, country: str | None) -> tuple[str | None, bool]:
    """A postcode as text, and whether a leading zero was restored (Germany only, four digits).

    None where it is none. A spreadsheet's 4157.0 and a leading `D-` are understood.
    """
    text = " ".join(str(raw).split())
    if len(text) == 5 and text.isascii() and text.isdigit():  # as nearly all are
        return text, False
    if _OF_A_SPREADSHEET.fullmatch(text):
        text = text[:-2]
    german = _GERMAN_POSTCODE.fullmatch(text)
    if german:
        text, country = german[1], country or "DE"
    if country == "DE" and _FOUR_DIGITS.fullmatch(text):
        return "0" + text, True
    return (text, False) if _POSTCODE.fullmatch(text) else (None, False)


def split_street(text: str) -> tuple[str, str] | None:
    """Street and house number of `Otto-Adam-Straße 14` or `2-4 Silver Walk`, or None."""
    line = " ".join(text.split())[:_LONGEST_LINE]
    if match := _NUMBER_LAST.search(line):
        return line[: match.start()].rstrip(" ,"), match[1].replace(" ", "")
    if match := _NUMBER_FIRST.match(line):
        return line[match.end() :], match[1].replace(" ", "")
    return None


def split_address(text: str) -> dict[str, str]:
    """The parts of a whole address, `fullAddress` always among them.

    `Otto-Adam-Straße 14, 04157 Leipzig`, also on several lines, with an addressee before and a
    country after. Where it does not read so, only what is certain is given.
    """
    full = ", ".join(
        " ".join(line.split()).strip(" ,") for line in text.splitlines() if line.strip(" ,")
    )
    address = {"fullAddress": full}
    parts = [
        part.strip() for part in re.split(r"[,;|•]| - | – ", full[:_LONGEST_LINE]) if part.strip()
    ]
    country = country_code(parts[-1]) if len(parts) > 1 and len(parts[-1]) > 3 else None
    if country:
        address["adminUnitL1"] = country
        parts = parts[:-1]
    towns = [(i, match) for i, part in enumerate(parts) if (match := _TOWN.fullmatch(part))]
    if not towns and len(parts) > 1 and (match := _TOWN_OF_FOUR.fullmatch(parts[-1])):
        towns = [(len(parts) - 1, match)]
    if len(towns) != 1:
        return address
    index, town = towns[0]
    address |= {"postCode": town[1], "postName": town[2].strip()}
    # "04157 Leipzig, Otto-Adam-Straße 14" has the street behind the town.
    line = parts[index - 1] if index else parts[1] if len(parts) == 2 else ""
    street = split_street(line)
    if street:
        address |= {"thoroughfare": street[0], "locatorDesignator": street[1]}
    elif _STREET_WORD.search(line):
        address["thoroughfare"] = line
    return address


def read_point(text: str) -> str | None:
    """`POINT(lon lat)` from WKT in any case, or None."""
    match = _WKT_POINT.fullmatch(text.strip()[:200])
    return point(match[1], match[2]) if match else None


def point(longitude: Any, latitude: Any) -> str | None:
    """`POINT(lon lat)` in degrees (WGS 84, seven decimals), or None outside of the globe."""
    try:
        lon, lat = (Decimal(str(n).strip().replace(",", ".")) for n in (longitude, latitude))
    except InvalidOperation:
        return None
    if not (lon.is_finite() and lat.is_finite() and abs(lon) <= 180 and abs(lat) <= 90):
        return None
    return f"POINT({_degrees(lon)} {_degrees(lat)})"


def _degrees(number: Decimal) -> str:
    text = f"{number:.7f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
