"""Findings name the column or field of the source that a property comes from."""

from harvester.origins import Origins
from schemas.rules import finding
from tests.harvester.conftest import MakeSource

MAP = """[source.map]
kind = "'actor'"
id = "Nr"
name = '"Name des Vereins"'
"address.postCode" = "PLZ"
topic = { at = "tags[].code" }
status = { const = "active" }
"""


def test_findings_name_the_column_of_a_table(make_source: MakeSource) -> None:
    origins = Origins(make_source(f'format = "csv"\n{MAP}'))
    name, place, none = origins.told(
        (
            finding("name.required", path="/name"),
            finding("postcode.bad", path="/address/0/postCode"),
            finding("postcode.bad", path="/status"),
        )
    )
    assert name.fix["de"].endswith("(Spalte der Quelle: »Name des Vereins«)")
    assert name.fix["en"].endswith("(column of the source: “Name des Vereins”)")
    assert place.fix["de"].endswith("»PLZ«)")
    assert "Quelle:" not in none.fix["de"]


def test_findings_name_the_field_of_other_formats(make_source: MakeSource) -> None:
    origins = Origins(make_source(f'format = "json"\n{MAP}'))
    (topic,) = origins.told([finding("postcode.bad", path="/topic/3")])
    assert topic.fix["de"].endswith("(Feld der Quelle: »tags.code«)")


def test_without_a_mapping_findings_stay_as_they_are(make_source: MakeSource) -> None:
    found = finding("name.required", path="/name")
    assert Origins(make_source('format = "verbund"\n')).told([found]) == [found]
