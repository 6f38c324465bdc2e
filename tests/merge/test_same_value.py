"""Which values are one that is only written otherwise."""

from typing import Any

import pytest

from registry.merge.same_value import given_way, says_same
from vocab.properties import properties_of


def point(words: str) -> dict[str, str]:
    return {"type": "Geometry", "asWKT": f"POINT({words})"}


def street(name: str, house: str) -> list[dict[str, str]]:
    return [{"type": "Address", "thoroughfare": name, "locatorDesignator": house}]


@pytest.mark.parametrize(
    ("name", "one", "other", "same"),
    [
        ("name", "Werkhof e. V.", "Werkhof e.V.", True),
        ("name", "Werkhof - Neiße", "Werkhof Neiße", True),
        ("name", "WERKHOF e. V.", "Werkhof e. V.", False),
        ("name", "Werkhof 1-3", "Werkhof 13", False),
        ("address", street("Karl-Marx-Str.", "4"), street("Karl-Marx-Str", "4"), True),
        ("address", street("Hauptstraße", "1/3"), street("Hauptstraße", "13"), False),
        ("geometry", point("12.37 51.34"), point("12.374 51.338"), True),
        ("geometry", point("12.374 51.3"), point("12.37 51.338"), True),
        ("geometry", point("12.376 51.34"), point("12.37 51.34"), True),  # cut off
        ("geometry", point("12.39 51.34"), point("12.374 51.34"), False),
        ("geometry", point("12 51"), point("-12 51"), False),
        ("homepage", "https://a-b.example/", "https://ab.example/", False),
        ("foundingDate", "2021-10", "202110", False),
    ],
)
def test_a_spelling_is_no_other_value(name: str, one: Any, other: Any, same: bool) -> None:
    prop = properties_of("actor")[name]
    assert says_same(prop, one, other) is says_same(prop, other, one) is same


def test_only_what_says_something_else_has_given_way() -> None:
    merged = {"name": {"de": "Werkhof e. V.", "en": "Yard"}, "homepage": "https://a.example/"}
    names = {
        "property": "name",
        "language": "de",
        "lost": [
            {"record_id": "r1", "value": "Werkhof e.V."},
            {"record_id": "r2", "value": "Werkhaus e. V."},
        ],
    }
    pages = {
        "property": "homepage",
        "language": None,
        "lost": [{"record_id": "r3", "value": "https://b.example/"}],
    }
    assert [claim["record_id"] for claim in given_way("actor", names, merged)] == ["r2"]
    assert [claim["record_id"] for claim in given_way("actor", pages, merged)] == ["r3"]
