"""A mistyped id leads on, where one slip explains it."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from registry.web.mistyped import meant

BROWSER = {"Accept": "text/html", "Accept-Language": "de"}
SLIPS = {
    "one sign wrong": lambda id_: ("b" if id_[7] != "b" else "c").join((id_[:7], id_[8:])),
    "the last sign wrong": lambda id_: id_[:-1] + ("b" if id_[-1] != "b" else "c"),
    "one missing": lambda id_: id_[:3] + id_[4:],
    "one too many": lambda id_: id_[:5] + "7" + id_[5:],
    "capitals": str.upper,
}


@pytest.mark.parametrize("slip", SLIPS)
@pytest.mark.parametrize("path", ["/id/", "/actors/"])
def test_one_slip_leads_to_what_was_meant(
    client: FlaskClient, ids: dict[str, str], slip: str, path: str
) -> None:
    response = client.get(path + SLIPS[slip](ids["werkhof"]), headers=BROWSER)
    assert response.status_code == 404
    assert "Sehr ähnliche Adresse" in response.text
    assert f'href="/actors/{ids["werkhof"]}"' in response.text


def test_swapped_neighbours_are_found() -> None:
    assert "abcdefghijklmnop" in meant("abdcefghijklmnop")
    assert "abcdefghijklmnop" not in meant("bacdefghijklmnpo")


@pytest.mark.parametrize("typed", ["", "x", "a" * 15, "a" * 16, "a" * 17, "a" * 2_000, "ä" * 16])
def test_no_more_ids_are_looked_for_than_one_slip_allows(typed: str) -> None:
    found = meant(typed)
    assert len(found) <= 16 * 32 + 16
    assert typed not in found
    assert {len(one) for one in found} <= {16}


def test_programs_and_those_far_off_get_the_plain_word(
    client: FlaskClient, ids: dict[str, str], filled: Any
) -> None:
    wrong = SLIPS["one missing"](ids["werkhof"])
    assert "near" not in client.get(f"/id/{wrong}").text
    assert "Sehr ähnliche" not in client.get("/id/nirgendwo", headers=BROWSER).text
