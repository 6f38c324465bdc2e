"""What a mapping makes of single objects, where the hub folders do not show it."""

import pytest

from harvester.formats import SourceObject
from harvester.mapping import Mapped, Mapper
from schemas.rules import finding
from tests.harvester.conftest import MakeSource

MAP = """[source.map]
kind = { at = ["kind", "'actor'"], via = ["first"] }
id = "id"
name = "name"
"""


def map_one(make_source: MakeSource, extra: str, data: dict, *, head: str = "") -> Mapped:
    source = make_source(f'format = "json"\n{head}\n{MAP}{extra}')
    return Mapper(source).map(
        SourceObject(data={"id": "1", "name": "N"} | data, position="record 1")
    )


def rules(mapped: Mapped) -> list[str]:
    return sorted(finding.rule for finding in mapped.findings)


def test_one_value_too_many_is_reported_and_the_first_counts(make_source: MakeSource) -> None:
    mapped = map_one(
        make_source, 'homepage = "u"\n', {"u": ["https://a.example", "https://b.example"]}
    )
    assert mapped.document is not None
    assert mapped.document["homepage"] == "https://a.example"
    assert rules(mapped) == ["value.extra"]
    assert mapped.findings[0].path == "/homepage"


def test_texts_without_a_tag_are_counted_not_reported_one_by_one(make_source: MakeSource) -> None:
    said = map_one(
        make_source,
        'description = { at = "d", lang = "hsb" }\n',
        {"d": "x"},
        head='language = "de"',
    )
    assert said.document is not None
    assert said.document["name"] == {"de": "N"}
    assert said.document["description"] == {"hsb": "x"}
    assert said.untagged == 1
    assert rules(said) == []
    unsaid = map_one(make_source, "", {})
    assert unsaid.document is not None
    assert unsaid.document["name"] == {"und": "N"}


def test_objects_that_are_not_ours_are_skipped_without_a_word(make_source: MakeSource) -> None:
    for extra, data, skipped in (
        ("where = \"region == 'Saxony'\"\n", {"region": "Saxony"}, False),
        ("where = \"region == 'Saxony'\"\n", {"region": "Bavaria"}, True),
        ('where = "places[?x]"\n', {"places": []}, True),
        ('where = { at = "tags", via = ["keep(^sozial)"] }\n', {"tags": ["soziales"]}, False),
        ('skip = "draft"\n', {"draft": True}, True),
        ('skip = "draft"\n', {"draft": False}, False),
    ):
        mapped = map_one(make_source, extra, data)
        assert mapped.skipped is skipped
        assert (mapped.document is None) is skipped
        assert mapped.findings == ()


def test_a_person_is_refused_and_nothing_of_it_is_stored(make_source: MakeSource) -> None:
    mapped = map_one(make_source, 'person = "natural"\n', {"natural": True, "name": "Erika Muster"})
    assert rules(mapped) == ["actor.person"]
    assert (mapped.local_id, mapped.document, mapped.raw) == ("1", None, None)


def test_a_node_of_constants_alone_is_left_out(make_source: MakeSource) -> None:
    extra = '"address.adminUnitL1" = "\'DE\'"\n"address.postCode" = "zip"\n'
    empty, full = map_one(make_source, extra, {}), map_one(make_source, extra, {"zip": 4999})
    assert empty.document is not None
    assert "address" not in empty.document
    assert full.document is not None
    assert full.document["address"] == [
        {"type": "Address", "postCode": "04999", "adminUnitL1": "DE"}
    ]
    assert rules(full) == ["postcode.mended"]


def test_a_node_without_what_it_needs_is_dropped_with_a_finding(make_source: MakeSource) -> None:
    mapped = map_one(
        make_source,
        'identifier = { map = { notation = "nr", schemaAgency = "reg" } }\n',
        {"nr": "1"},
    )
    assert mapped.document is not None
    assert "identifier" not in mapped.document
    assert rules(mapped) == ["value.form"]


def test_a_bare_text_becomes_the_main_field_of_a_node(make_source: MakeSource) -> None:
    extra = 'startDate = "start"\nlocation = "venue"\norganizer = "by"\n'
    mapped = map_one(
        make_source, extra, {"kind": "event", "start": "7.10.2021", "venue": "Haus", "by": "a1"}
    )
    assert mapped.document is not None
    assert mapped.document["location"] == [{"type": "Place", "name": {"und": "Haus"}}]
    assert mapped.document["organizer"] == ["a1"]


def test_dates_say_what_was_assumed(make_source: MakeSource) -> None:
    extra = 'startDate = "start"\nendDate = "end"\n'
    mapped = map_one(
        make_source,
        extra,
        {"kind": "event", "start": "2021-10-07T17:00", "end": "2021-10-31 02:30"},
    )
    assert mapped.document is not None
    assert mapped.document["startDate"] == "2021-10-07T17:00:00+02:00"
    assert rules(mapped) == ["time.ambiguous", "timezone.assumed"]
    year = map_one(make_source, extra, {"kind": "event", "start": "2021"})
    assert rules(year) == ["value.bad-date"]


def test_ids_that_are_none(make_source: MakeSource) -> None:
    for bad in ("", "  ", None, 1.5, True, [], {}, "x" * 501, "a\nb"):
        mapped = map_one(make_source, "", {"id": bad})
        assert mapped.local_id is None
        assert rules(mapped) == ["record.id.missing"]
    assert map_one(make_source, "", {"id": 0}).local_id == "0"
    assert map_one(make_source, "", {"id": "x" * 500}).local_id == "x" * 500


def test_a_damaged_object_is_rejected_under_its_own_id(make_source: MakeSource) -> None:
    """It still counts as present, so its last good version stays."""
    from schemas.rules import finding

    source = make_source(f'format = "json"\n{MAP}')
    problem = finding("row.bad", path="row 3", row=3, reason="x")
    mapped = Mapper(source).map(
        SourceObject(data={"id": "7", "name": "N"}, position="row 3", problem=problem)
    )
    assert (mapped.local_id, mapped.document) == ("7", None)
    assert rules(mapped) == ["row.bad"]


def test_a_web_address_with_a_mail_address_in_it_goes(make_source: MakeSource) -> None:
    mapped = map_one(
        make_source, 'homepage = "u"\n', {"u": "https://x.example/?mail=erika@muster.example"}
    )
    assert mapped.document is not None
    assert "homepage" not in mapped.document
    assert "erika" not in str(mapped.raw)


def test_ignored_fields_are_not_part_of_the_raw_form(make_source: MakeSource) -> None:
    mapped = map_one(
        make_source, "", {"exported_at": "2026", "tags": ["a"]}, head='ignore = ["exported_*"]'
    )
    assert mapped.raw == {"id": "1", "name": "N", "tags": ["a"]}
    assert mapped.unread == ("tags[]",)


def test_an_own_document_with_a_foreign_context_is_rejected(make_source: MakeSource) -> None:
    source = make_source('format = "verbund"\n')
    data = {"@context": "https://schema.org/", "id": "1", "type": "Actor", "name": {"de": "N"}}
    mapped = Mapper(source).map(SourceObject(data=data, position="record 1"))
    assert mapped.document is None
    assert rules(mapped) == ["document.remote-context"]


def test_an_object_where_a_reference_is_expected_refers_by_its_id(make_source: MakeSource) -> None:
    """And one where a node is expected is a finding: only an expression can say what is in it."""
    extra = 'organizer = "by"\naddress = "at"\nidentifier = "nr"\n'
    said = {
        "kind": "event",
        "by": [{"id": "a1", "name": "Verein"}, {"@id": "https://x.example/a"}, {"name": "N"}],
        "at": {"postCode": "04999", "type": "Address"},
        "nr": {"notation": "1"},
    }
    mapped = map_one(make_source, extra, said)
    assert mapped.document is not None
    assert mapped.document["organizer"] == ["a1", "https://x.example/a"]
    assert "address" not in mapped.document
    assert [(f.rule, f.path) for f in mapped.findings] == [
        ("value.form", "/address/fullAddress"),
        ("value.form", "/identifier"),
    ]


def test_an_id_that_documents_may_not_have_rejects_its_record(make_source: MakeSource) -> None:
    """It still tells which record is meant, so the record counts as present."""
    mapped = map_one(make_source, "", {"id": "VR 12"})
    assert (mapped.local_id, mapped.document) == ("VR 12", None)
    assert rules(mapped) == ["id.form"]


@pytest.mark.parametrize(
    "page", ["https://x.example/\x85a", "https://x.example/%zz", "http://a.example/#a#b"]
)
def test_a_page_that_no_rdf_parser_takes_costs_the_record_no_more_than_its_page(
    make_source: MakeSource, page: str
) -> None:
    mapped = map_one(make_source, 'page = "url"\n', {"url": page})
    assert mapped.document is not None
    assert mapped.page_url is None
    assert rules(mapped) == ["value.bad-iri"]


def test_a_contact_as_an_id_rejects_the_record_and_shows_nowhere(make_source: MakeSource) -> None:
    for contact in ("https://x.example/u/erika@muster.example", "0171 23456789", "erika @ x.de"):
        mapped = map_one(make_source, "", {"id": contact})
        assert rules(mapped) == ["id.contact"]
        assert (mapped.local_id, mapped.document) == (None, None)
        assert "erika" not in str(mapped)
        assert "2345" not in str(mapped)


def test_contacts_are_no_identifiers_whatever_their_register(make_source: MakeSource) -> None:
    way = """identifier = { each = "ids", map = { notation = "n", schemaAgency = "a" } }\n"""
    ids = [
        {"n": "VR 0351 123456", "a": "Amtsgericht Musterstadt"},
        {"n": "erika@muster.example", "a": "VR"},
        {"n": "0171 23456789", "a": "VR"},
        {"n": "VR 7", "a": "erika@muster.example"},
    ]
    mapped = map_one(make_source, way, {"ids": ids})
    assert mapped.document is not None
    assert [node["notation"] for node in mapped.document["identifier"]] == ["VR 0351 123456"]
    assert rules(mapped) == ["contact.personal-dropped"]
    assert "erika" not in str(mapped)
    assert "2345678" not in str(mapped)


def test_contacts_as_names_of_fields_are_masked(make_source: MakeSource) -> None:
    keys = {
        "erika@muster.example": "x",
        "tel 0171 23456789": "y",
        "more": {"a@b.example": {"c": 1}},
    }
    for mapped in (
        map_one(make_source, "", keys),
        map_one(make_source, 'person = "`true`"\n', keys),
    ):
        assert len(mapped.unread) >= 1
        for contact in ("erika", "2345", "a@b"):
            assert contact not in str(mapped)
    assert mapped.raw is None


def test_findings_of_one_object_are_counted_beyond_the_first_hundred(
    make_source: MakeSource,
) -> None:
    """However many there are, an error among the last still rejects the record."""
    way = 'status = "s"\ntopic = "t"\n'
    words = [f"word {n}" for n in range(5_000)]
    mapped = map_one(make_source, way, {"t": words})
    assert mapped.document is not None
    assert len(mapped.findings) == 100
    assert mapped.findings[-1].rule == "record.more-findings"
    assert "4901" in mapped.findings[-1].fix["de"]
    refused = map_one(make_source, way, {"t": words, "id": "two words"})
    assert refused.document is None
    assert "id.form" in rules(refused)


def test_thousands_of_values_are_compared_at_once_and_cut_off(make_source: MakeSource) -> None:
    way = 'memberOf = "m"\nhomepage = "h"\ndescription = "d"\n'
    many = [f"https://x.example/{n}" for n in range(50_000)]
    mapped = map_one(make_source, way, {"m": many + many, "h": many, "d": many})
    assert mapped.document is not None
    assert len(mapped.document["memberOf"]) == 1001  # one more than the schema lets pass
    assert mapped.document["homepage"] == "https://x.example/0"
    assert sorted(set(rules(mapped))) == ["value.extra"]


def test_a_damaged_row_has_no_other_finding(make_source: MakeSource) -> None:
    """Its cells stand below other titles, and what is odd about them would only mislead."""
    source = make_source(f'format = "json"\n{MAP}homepage = "u"\n')
    data = {"id": "1", "name": "N", "u": "no address", "new": "x"}
    problem = finding("row.bad", path="row 2", row=2, reason="3 cells in place of 2")
    mapped = Mapper(source).map(SourceObject(data=data, position="row 2", problem=problem))
    assert (mapped.local_id, mapped.document, mapped.unread) == ("1", None, ())
    assert mapped.findings == (problem,)
