"""Licences by their entry in the list of DCAT-AP.de."""

import pytest

from vocab.licences import licence_name, listed, meant_by

LIST = "http://dcat-ap.de/def/licenses/"


@pytest.mark.parametrize(
    ("address", "entry", "name"),
    [
        (LIST + "dl-by-de/2.0", LIST + "dl-by-de/2.0", "dl-de/by-2-0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", LIST + "cc-zero", "CC0"),
        ("http://creativecommons.org/licenses/by/4.0", LIST + "cc-by/4.0", "CC BY 4.0"),
        ("https://dcat-ap.de/def/licenses/odbl/", LIST + "odbl", "ODbL"),
        (LIST + "cc-bye/4.0", "", LIST + "cc-bye/4.0"),
        ("https://a.example/terms", "", "https://a.example/terms"),
        ("unknown", "", ""),
    ],
)
def test_an_address_means_an_entry_and_has_a_short_name(
    address: str, entry: str, name: str
) -> None:
    assert listed(address) == entry
    assert licence_name(address) == name


@pytest.mark.parametrize(
    ("name", "entries"),
    [
        ("CC0", ["cc-zero"]),
        ("CC-BY-4.0", ["cc-by/4.0"]),
        ("odbl", ["odbl"]),
        ("dl-de/by-2-0", ["dl-by-de/2.0"]),
        ("frei", []),
        ("", []),
    ],
)
def test_a_name_means_the_entries_that_bear_it(name: str, entries: list[str]) -> None:
    assert meant_by(name) == [LIST + entry for entry in entries]
