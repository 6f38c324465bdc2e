"""Objects of one page that speak of one thing become one object."""

import json
from typing import Any

import pytest

from harvester.formats import FORMATS, SourceObject
from harvester.manifest import Source
from tests.harvester.conftest import MakeSource
from tests.harvester.hub_folders import page_of

JSON = """format = "json"
[source.options]
group = "owner"
[source.map]
kind = "'actor'"
id = '"@key"'
name = '"@key"'
"""
CSV = JSON.replace('"json"', '"csv"')


def objects(source: Source, body: str) -> list[SourceObject]:
    found = FORMATS[source.format].objects(page_of(body.encode()), source)
    return [one for one in found if isinstance(one, SourceObject)]


def test_one_owner_spelled_with_other_spaces_is_one_object(make_source: MakeSource) -> None:
    rows = [{"owner": "A  e. V. ", "n": 1}, {"owner": "B", "n": 2}, {"owner": "A e. V.", "n": 3}]
    found = [one.data for one in objects(make_source(JSON), json.dumps(rows))]
    assert found == [
        {"@key": "A e. V.", "entries": [rows[0], rows[2]]},
        {"@key": "B", "entries": [rows[1]]},
    ]


def test_the_order_of_the_page_does_not_show_in_a_group(make_source: MakeSource) -> None:
    """Else every new order would be a change."""
    rows = [{"owner": "A", "n": n} for n in range(9)]
    forth, back = (objects(make_source(JSON), json.dumps(rows[::step]))[0].data for step in (1, -1))
    assert forth == back


@pytest.mark.parametrize("owner", [None, "", [], {}])
def test_objects_without_an_owner_stay_alone(make_source: MakeSource, owner: Any) -> None:
    rows = [{"owner": owner, "n": 1}, {"owner": owner, "n": 2}]
    found = [one.data for one in objects(make_source(JSON), json.dumps(rows))]
    assert found == [{"entries": [row]} for row in rows]


def test_a_damaged_member_damages_its_group(make_source: MakeSource) -> None:
    """What stands in it is not known, so the group keeps its last good version."""
    found = objects(make_source(CSV), "owner,n\nA,1\nA,2,3\nB,1\n")
    assert [(one.data["@key"], one.problem is not None) for one in found] == [
        ("A", True),
        ("B", False),
    ]
