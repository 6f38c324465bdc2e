"""Whatever a hub sends, mapping one object ends in a record or a finding, never in an exception."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvester.formats import SourceObject
from harvester.manifest import load_manifest
from harvester.mapping import Mapper
from vocab.properties import PROPERTIES

_MANIFEST = """
[hub]
id = "fuzz"
name = "Fuzz"

[[source]]
id = "own"
url = "https://fuzz.example/own"
licence = "unknown"
format = "verbund"

[[source]]
id = "json"
url = "https://fuzz.example/json"
licence = "unknown"
format = "json"
ignore = ["offers.*"]

[source.map]
kind = { at = ["kind", "'actor'"], via = ["first"] }
id = "id"
where = "!hidden"
person = "person"
modified = "modified"
page = "page"
name = { at = ["name", "title"], via = ["strip", "unique", "longest"], lang_at = "lang" }
description = { at = "text", via = ["html_to_text"] }
homepage = { at = "url", via = ["url"] }
address = [
  { at = "address", via = ["address"] },
  { each = "places", map = { postCode = "zip", adminUnitL1 = { at = "land", via = ["country"] } } },
]
"geometry.asWKT" = { at = ["lon", "lat"], via = ["point"] }
"contactPoint.email" = "mail"
"contactPoint.telephone" = "phone"
foundingDate = { at = "founded", via = ["date"] }
carriedBy = { each = "carrier", map = { id = "id", name = "name" } }
topic = { at = "topic", via = ["split(,)"], table = { x = "housing" } }
identifier = { each = "ids", map = { notation = "@", schemaAgency = "'X'" } }
"""

_WORDS = [
    "a@b.example",
    "info@fuzz.example",
    "+49 351 0000000",
    "<script>x</script>",
    "&amp;amp;",
    "&lt;b&gt;",
    "javascript:x",
    "www.fuzz.example",
    "2021-02-31",
    "24.12.2021 18:00",
    "POINT(1 2)",
    "\x00",
    "\ud800",
    "…" * 400,
    "0" * 300,
    "1e999",
    "http://[",
    "Straße 1, 04999 Ort",
    "de",
    "Actor",
    "Person",
    "DE00 0000 0000 0000 0000 00",
]
_KEYS = [
    "id",
    "@id",
    "type",
    "@type",
    "kind",
    "name",
    "title",
    "text",
    "url",
    "address",
    "places",
    "zip",
    "land",
    "mail",
    "phone",
    "founded",
    "carrier",
    "topic",
    "ids",
    "lang",
    "modified",
    "page",
    "@value",
    "@language",
    "lon",
    "lat",
    "offers",
    "email",
    "telephone",
    "person",
    *(p.name for p in PROPERTIES),
]

_scalars = (
    st.sampled_from(_WORDS)
    | st.text(max_size=30)
    | st.integers()
    | st.floats(allow_nan=False)
    | st.booleans()
    | st.none()
)
_values = st.recursive(
    _scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=4)
    ),
    max_leaves=12,
)
_objects = st.dictionaries(st.sampled_from(_KEYS) | st.text(max_size=5), _values, max_size=10)


@pytest.fixture(scope="module")
def mappers(tmp_path_factory: pytest.TempPathFactory) -> tuple[Mapper, ...]:
    folder: Path = tmp_path_factory.mktemp("fuzz")
    (folder / "hub.toml").write_text(_MANIFEST, "utf-8")
    return tuple(Mapper(source) for source in load_manifest(folder).sources)


@settings(max_examples=100, deadline=None)
@given(data=_objects, kind=st.sampled_from(["Actor", "Project", "Event", None]))
def test_any_object_becomes_a_record_or_a_finding(
    mappers: tuple[Mapper, ...], data: dict, kind: str | None
) -> None:
    """No exception, and what is stored maps to the same document again."""
    for mapper in mappers:
        if kind is not None:
            data = {**data, "type": kind, "kind": kind.lower(), "id": "x"}
        mapped = mapper.map(SourceObject(data=data, position="record 1"))
        assert (
            mapped.document or mapped.skipped or any(f.severity == "error" for f in mapped.findings)
        )
        if mapped.document is not None:
            assert mapped.raw is not None
            json.dumps([mapped.document, mapped.raw], ensure_ascii=False).encode()
            again = mapper.map(SourceObject(data=mapped.raw, position="record 1"))
            assert again.document == mapped.document
            assert again.raw == mapped.raw
