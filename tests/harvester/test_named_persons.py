"""Names that are read only to know whether a person is named do not stay in the stored form."""

import pytest

from harvester.formats import SourceObject
from harvester.mapping import Mapped, Mapper
from harvester.personal import MASK
from tests.harvester.conftest import MakeSource

JSON = """format = "json"
[source.map]
kind = "'actor'"
id = "id"
name = "name"
"contactPoint.telephone" = "telefon"
"""
RDF = """format = "rdf"
[source.options]
classes = ["ex:Club"]
prefixes = { ex = "https://muster.example/m#" }
[source.map]
kind = "'actor'"
name = "rdfs:label"
"contactPoint.telephone" = "ex:telefon"
"""


def map_twice(make_source: MakeSource, manifest: str, data: dict) -> Mapped:
    """What an object becomes; its stored form must become the same."""
    mapper = Mapper(make_source(manifest))
    first = mapper.map(SourceObject(data=data, position="record 1"))
    assert first.raw is not None
    again = mapper.map(SourceObject(data=first.raw, position=""))
    assert (again.document, again.raw) == (first.document, first.raw)
    return first


@pytest.mark.parametrize(
    ("contact_person", "given", "stored", "named"),
    [
        ('"who"', {"who": "Erika Muster"}, {"who": MASK}, True),
        ('"who"', {"who": ""}, {"who": ""}, False),
        ('"who"', {"who": ["Erika", "Max"]}, {"who": [MASK, MASK]}, True),
        ('"who"', {"who": {"first": "Erika", "nr": 7}}, {"who": {"first": MASK, "nr": MASK}}, True),
        (
            "\"staff[?role=='head'].name\"",
            {"staff": [{"role": "head", "name": "Erika"}, {"role": "x", "name": "Max"}]},
            {"staff": [{"role": "head", "name": MASK}, {"role": "x", "name": MASK}]},
            True,
        ),
        ('{ at = "who", via = ["keep(^Frau)"] }', {"who": "Frau Muster"}, {"who": MASK}, True),
        ('{ at = "who", via = ["keep(^Frau)"] }', {"who": "Team Nord"}, {"who": []}, False),
        ('{ at = "n", each = "staff" }', {"staff": [{"n": "E"}]}, {"staff": [{"n": MASK}]}, True),
        ('"values(staff)[].n"', {"staff": {"a": {"n": "E"}}}, {"staff": {"a": {"n": MASK}}}, True),
    ],
)
def test_only_that_somebody_is_named_stays(
    make_source: MakeSource, contact_person: str, given: dict, stored: dict, named: bool
) -> None:
    """And a telephone number beside a name goes, now and whenever it is mapped again."""
    data = {"id": "1", "name": "Musterverein", "telefon": "0351 1000002", **given}
    mapped = map_twice(make_source, JSON + f"contact_person = {contact_person}\n", data)
    assert mapped.raw == {**data, **stored, "telefon": MASK if named else data["telefon"]}
    assert mapped.document is not None
    assert ("contactPoint" in mapped.document) is not named


def test_what_another_field_reads_stays(make_source: MakeSource) -> None:
    data = {"id": "1", "name": "Musterverein", "who": {"name": "Erika Muster", "org": "Dach"}}
    extra = 'contact_person = "who.name"\nalternateName = "who.org"\n'
    mapped = map_twice(make_source, JSON + extra, data)
    assert mapped.raw == {**data, "who": {"name": MASK, "org": "Dach"}}
    mapped = map_twice(make_source, JSON + 'contact_person = "name"\n', data)
    assert mapped.raw == data


@pytest.mark.parametrize("path", ["ex:who", "ex:who/@id", "ex:who/rdfs:label"])
def test_neither_does_an_iri_with_a_name_in_it(make_source: MakeSource, path: str) -> None:
    data = {
        "@id": "https://muster.example/1",
        "@type": ["ex:Club"],
        "rdfs:label": [{"@value": "Musterverein"}],
        "ex:telefon": [{"@value": "0351 1000002"}],
        "ex:who": [
            {"@id": "https://muster.example/Erika_Muster", "rdfs:label": [{"@value": "Erika"}]}
        ],
    }
    mapped = map_twice(make_source, RDF + f'contact_person = "{path}"\n', data)
    assert "Erika" not in str(mapped.raw)
    assert mapped.document is not None
    assert "contactPoint" not in mapped.document
