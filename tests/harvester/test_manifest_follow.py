"""`[source.follow]` of a manifest: what it takes, and what it tells where it cannot be."""

import pytest

from harvester.manifest import ManifestError, processing_version
from harvester.source import reading_version
from tests.harvester.conftest import MakeSource

MAP = """format = "{format}"
[source.follow]
{follow}
[source.map]
kind = "'actor'"
id = {id}
name = "more.name || name"
{map}
"""
GOOD = {"format": "json", "follow": 'url = "link"\nunder = "more"', "id": '"id"', "map": ""}


def text(**other: str) -> str:
    return MAP.format(**{**GOOD, **other})


@pytest.mark.parametrize("format_name", ["json", "jsonl", "geojson", "csv"])
def test_entries_of_every_format_with_fields_can_be_followed(
    make_source: MakeSource, format_name: str
) -> None:
    source = make_source(text(format=format_name))
    assert source.follow is not None
    assert source.follow.under == "more"
    assert source.follow.url.finds({"link": "https://a.example/"}) == ["https://a.example/"]
    assert source.limits.max_document_bytes == 2**20


def test_a_manifest_without_it_follows_nothing(make_source: MakeSource) -> None:
    without = text().replace(f"[source.follow]\n{GOOD['follow']}\n", "")
    assert make_source(without).follow is None


@pytest.mark.parametrize(
    ("other", "rule", "path"),
    [
        ({"follow": 'under = "more"'}, "manifest.required", "follow.url"),
        ({"follow": 'url = "link"'}, "manifest.required", "follow.under"),
        ({"follow": 'url = "link"\nunder = "@more"'}, "manifest.value", "follow.under"),
        ({"follow": 'url = "link"\nunder = "more.of"'}, "manifest.value", "follow.under"),
        ({"follow": 'url = "a b"\nunder = "more"'}, "manifest.expression", "follow.url.at"),
        ({"follow": 'url = ["a", { at = "b" }]\nunder = "more"'}, "manifest.value", "follow.url"),
        (
            {"follow": 'url = "link"\nunder = "more"\nlimit = 3'},
            "manifest.unknown",
            "follow.limit",
        ),
        ({"follow": 'url = "more.link"\nunder = "more"'}, "manifest.follow-entry", "follow.url"),
        ({"id": '"more.id || id"'}, "manifest.follow-entry", "map.id"),
        ({"map": 'where = "more.public"'}, "manifest.follow-entry", "map.where"),
        ({"map": 'skip = "more.nodes[?dead]"'}, "manifest.follow-entry", "map.skip"),
        ({"map": 'skip = "*.private"'}, "manifest.follow-entry", "map.skip"),
        ({"format": "rdf", "id": '"@id"'}, "manifest.follow-format", "follow"),
    ],
)
def test_what_is_wrong_is_told_in_both_languages(
    make_source: MakeSource, other: dict[str, str], rule: str, path: str
) -> None:
    with pytest.raises(ManifestError) as error:
        make_source(text(**other))
    assert (f"source[0].{path}", rule) in {(p.path, p.rule) for p in error.value.problems}
    assert error.value.de != error.value.en


def test_how_entries_are_followed_decides_what_becomes_of_them(make_source: MakeSource) -> None:
    before = make_source(text())
    after = make_source(text(follow='url = "other"\nunder = "more"'))
    assert processing_version(before) != processing_version(after)
    assert reading_version(before) != reading_version(after)
