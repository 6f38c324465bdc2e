"""Several numbers in one field are told apart, and a single one that is only grouped is not."""

import json
from typing import Any

import pytest

from harvester.formats.source_object import SourceObject
from harvester.mapping import Mapped, Mapper
from harvester.telephones import separate
from tests.harvester.conftest import MakeSource

MAP = """format = "json"
[source.map]
kind = "'actor'"
id = "nr"
name = "'Musterhaus'"
contactPoint = { map = { email = "mail", telephone = "phone" } }
"""


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("0351 123456 / 0351 654321", ["0351 123456", "0351 654321"]),
        ("0351 123456\n0176 1234567\n", ["0351 123456", "0176 1234567"]),
        ("0351 123456   +49 351 654321", ["0351 123456", "+49 351 654321"]),
        ("Tel. 0351 123456 oder Mobil: 0176 1234567", ["Tel. 0351 123456", "0176 1234567"]),
        ("0351/123456; 0351/654321, 0351/111111", ["0351/123456", "0351/654321", "0351/111111"]),
        ("(0351) 123456 (0341) 654321", ["(0351) 123456", "(0341) 654321"]),
        ("0351 / 0123456", ["0351 / 0123456"]),
        ("+49 (0) 351 1234567", ["+49 (0) 351 1234567"]),
        ("020 7946 0018", ["020 7946 0018"]),
        ("0351 2786887-10", ["0351 2786887-10"]),
        ("", [""]),
        ("0351 123456 " * 1000, ["0351 123456 ".strip() + " 0351 123456" * 999]),
    ],
)
def test_numbers_are_told_apart(text: str, numbers: list[str]) -> None:
    assert separate(text) == numbers


def mapped(make_source: MakeSource, data: dict[str, Any]) -> Mapped:
    return Mapper(make_source(MAP)).map(SourceObject(data={"nr": "1", **data}, position="1"))


def telephones(result: Mapped) -> list[str]:
    assert result.document is not None
    return [one["telephone"] for one in result.document.get("contactPoint", ())]


def test_each_number_is_judged_by_itself(make_source: MakeSource) -> None:
    result = mapped(make_source, {"phone": "0351 123456 / 0176 5550000"})
    assert telephones(result) == ["0351 123456"]
    assert "5550000" not in json.dumps([result.raw, result.document])
    (told,) = (f for f in result.findings if f.rule == "telephone.dropped")
    assert "Festnetznummer" in told.fix["de"]
    assert "landline" in told.fix["en"]
    again = mapped(make_source, result.raw or {})
    assert (again.document, again.raw) == (result.document, result.raw)


@pytest.mark.parametrize(
    "phone",
    ["0176 5550000 / 0351 123456", "0176 5550000, 0176 5551111", "0351 1234567 0351 12345678"],
)
def test_what_is_stored_reads_the_same_again(make_source: MakeSource, phone: str) -> None:
    result = mapped(make_source, {"phone": phone})
    assert "555" not in json.dumps([result.raw, result.document])
    again = mapped(make_source, result.raw or {})
    assert (again.document, again.raw) == (result.document, result.raw)


def test_no_number_stays_beside_a_persons_mailbox(make_source: MakeSource) -> None:
    result = mapped(
        make_source, {"mail": "erika.muster@mail.example", "phone": "0351 123456, 0351 654321"}
    )
    assert telephones(result) == []
    assert "123456" not in json.dumps(result.raw)


def test_beside_a_role_mailbox_all_numbers_stay(make_source: MakeSource) -> None:
    result = mapped(
        make_source, {"mail": "info@muster.example", "phone": "0351 123456, 0176 654321"}
    )
    assert telephones(result) == ["0351 123456", "0176 654321"]
    assert [f.rule for f in result.findings] == ["telephone.several"]


@pytest.mark.parametrize(
    ("more", "kept"),
    [
        ({}, ["0351 123456"]),
        ({"phone": "0176 1234567"}, []),
        ({"head": "Erika Muster"}, []),  # it may be hers
    ],
)
def test_beside_an_offices_mailbox_a_number_stays_that_is_nobodys(
    make_source: MakeSource, more: dict[str, str], kept: list[str]
) -> None:
    source = make_source(MAP + 'contact_person = "head"\n')
    said = {"nr": "1", "mail": "ordnungsamt@stadt.example", "phone": "0351 123456", **more}
    result = Mapper(source).map(SourceObject(data=said, position="1"))
    assert result.document is not None
    (contact,) = result.document["contactPoint"]
    assert contact["email"] == "ordnungsamt@stadt.example"
    assert [contact[name] for name in ("telephone",) if name in contact] == kept
