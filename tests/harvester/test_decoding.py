"""JSON is read the same by the quick parser and by the exact one, which knows the odd cases."""

import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.formats import FORMATS, SourceObject
from harvester.formats.decoding import NotReadable, encoding_of, parse_json
from harvester.formats.encodings import text_encoding
from tests.harvester.conftest import MakeSource
from tests.harvester.hub_folders import page_of

_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(1 - 10**17, 10**17)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=10,
)


@given(_values, st.booleans())
def test_json_is_read_as_the_standard_library_reads_it(value: object, escaped: bool) -> None:
    """Down to the type of each number."""
    text = json.dumps(value, ensure_ascii=escaped)
    assert repr(parse_json(text)) == repr(json.loads(text))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("123456789012345678", 123456789012345678),
        ("1234567890123456789", "1234567890123456789"),
        ("-123456789012345678", "-123456789012345678"),
        ("18446744073709551616", "18446744073709551616"),
        ("0.12345678901234567890", 0.12345678901234568),
        ('"\\ud800x"', "\ufffdx"),
        ('"\\ud83d\\ude00"', "\U0001f600"),
        ('{"a": 1, "a": 2}', {"a": 2}),
        ('"1234567890123456789"', "1234567890123456789"),
    ],
)
def test_odd_values_have_one_meaning(text: str, value: object) -> None:
    """A number that no 64 bits hold is an id, and half a character is none."""
    found = parse_json(text)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize("text", ["NaN", "[1,]", "", "{'a': 1}", "\ufeff{}", "-Infinity", "01"])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(NotReadable):
        parse_json(text)


@pytest.mark.parametrize("levels", [64, 65, 100_000])
def test_depth_has_a_limit(levels: int) -> None:
    text = "[" * levels + "]" * levels
    if levels == 64:
        assert parse_json(text) is not None
    else:
        with pytest.raises(NotReadable):
            parse_json(text)


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (
            'format = "json"\n[source.map]\nkind = "\'actor\'"\nid = "id"\nname = "name"\n',
            b'[{"id": 1}]',
        ),
        (
            'format = "rdf"\n[source.options]\nclasses = ["foaf:Agent"]\n'
            'media_type = "text/turtle"\n'
            '[source.map]\nkind = "\'actor\'"\nname = "foaf:name"\n',
            b"<https://muster.example/1> a <http://xmlns.com/foaf/0.1/Agent> .",
        ),
    ],
)
def test_a_page_is_parsed_once_for_all_questions(
    make_source: MakeSource, head: str, body: bytes
) -> None:
    """Its objects are the same however often and in which order they are asked for."""
    source, page = make_source(head), page_of(body)
    reader = FORMATS[source.format]
    assert reader.total(page, source) is None
    first = [found for found in reader.objects(page, source) if isinstance(found, SourceObject)]
    assert reader.next_url(page, source) is None
    assert list(reader.objects(page, source)) == first
    assert len(first) == 1
    assert list(page.made) == [source.id]


def test_a_long_string_costs_little_memory_however_deep_its_document() -> None:
    text = json.dumps([[] for _ in range(100)] + ["x\\" * 1_000_000])
    tracemalloc.start()
    try:
        assert parse_json(text)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 20 * len(text)


OF_LINES = 'format = "jsonl"\n[source.map]\nkind = "\'actor\'"\nid = "id"\nname = "name"\n'


@pytest.mark.parametrize(
    "name", ["punycode", "rot13", "zip", "hex", "idna", "unicode_escape", "utf-7", "mbcs", "a\0b"]
)
def test_an_encoding_that_is_none_of_texts_counts_as_none(
    make_source: MakeSource, name: str
) -> None:
    """Python knows them all; one takes quadratic time, some do not even give text."""
    source = make_source(OF_LINES)
    body = b'{"id": "1", "name": "+AGE-\\u00fc"}\n' * 2_000
    for made in (body, b"x" * 80_000):
        page = page_of(made, charset=name)
        assert encoding_of(page, source) == "utf-8"
        assert all(FORMATS["jsonl"].objects(page, source))
    assert text_encoding(name) is None


@pytest.mark.parametrize(
    ("name", "python"),
    [("ISO-8859-1", "iso8859-1"), ("windows-1252", "cp1252"), ("UTF8", "utf-8"), ("l9", None)],
)
def test_encodings_of_texts_are_known_by_all_their_names(name: str, python: str | None) -> None:
    assert text_encoding(name) == (python or "iso8859-15")
