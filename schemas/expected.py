"""What a property expects, in words for people: used by shapes and by findings alike."""

from collections.abc import Mapping
from typing import Final

from schemas.limits import longest
from vocab.concepts import scheme
from vocab.properties import Property, Range

Words = Mapping[str, str]
"""The same in German and English: {"de": …, "en": …}."""

_BY_RANGE: Final[dict[Range, tuple[str, str]]] = {
    Range.TEXT: (
        "ein Text mit Sprachangabe, höchstens {limit} Zeichen",
        "a text with its language, at most {limit} characters",
    ),
    Range.STRING: (
        "eine Zeichenkette, höchstens {limit} Zeichen",
        "a string of at most {limit} characters",
    ),
    Range.IRI: (
        "eine Webadresse, die mit https:// oder http:// beginnt",
        "a web address that begins with https:// or http://",
    ),
    Range.DATE: (
        "ein Tag, ein Monat oder ein Jahr: 2021-10-07, 2021-10, 2021",
        "a day, a month or a year: 2021-10-07, 2021-10, 2021",
    ),
    Range.DATETIME: (
        "ein Zeitpunkt mit Abstand zur Weltzeit (2021-10-07T17:00:00+02:00) oder ein ganzer Tag",
        "a time with its offset from UTC (2021-10-07T17:00:00+02:00), or a whole day",
    ),
    Range.BOOLEAN: ("true oder false", "true or false"),
    Range.DECIMAL: (
        "ein Betrag mit Dezimalpunkt, etwa 25000.00",
        "an amount with a decimal point, such as 25000.00",
    ),
    Range.WKT: (
        "ein Punkt in Grad, Länge zuerst: POINT(14.6 51.5)",
        "a point in degrees, longitude first: POINT(14.6 51.5)",
    ),
    Range.CONCEPT: ("ein Begriff der Liste »{list_de}«", "a concept of the list “{list_en}”"),
    Range.REFERENCE: (
        "der Verweis auf einen Eintrag, oder ein Name",
        "a reference to an entry, or a name",
    ),
    Range.NODE: ("ein Objekt der Art {nodes}", "an object of the type {nodes}"),
}

_STRINGS: Final[dict[str, tuple[str, str]]] = {
    "language": ("ein Sprachkürzel wie de, en oder hsb", "a language tag such as de, en or hsb"),
    "inLanguage": ("ein Sprachkürzel wie de, en oder hsb", "a language tag such as de, en or hsb"),
    "adminUnitL1": (
        "ein Landeskürzel aus zwei Großbuchstaben wie DE",
        "a country code of two capital letters such as DE",
    ),
    "currency": (
        "ein Währungskürzel aus drei Großbuchstaben wie EUR",
        "a currency code of three capital letters such as EUR",
    ),
    "postCode": ("eine Postleitzahl als Text wie 02943", "a postcode as text, such as 02943"),
    "email": ("die Adresse eines Funktionspostfachs", "the address of a role mailbox"),
    "telephone": ("eine Telefonnummer", "a telephone number"),
}


def expected(prop: Property) -> Words:
    """What one value of a property must be, as a noun phrase in both languages."""
    de, en = _STRINGS.get(prop.name, _BY_RANGE[prop.range])
    labels = scheme(prop.scheme).labels if prop.scheme else {"de": "", "en": ""}
    parts = {
        "limit": longest(prop),
        "list_de": labels["de"],
        "list_en": labels["en"],
        "nodes": ", ".join(prop.nodes),
    }
    return {"de": de.format(**parts), "en": en.format(**parts)}
