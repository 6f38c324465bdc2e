"""What we let pass as a text, language tag or IRI, every parser and format takes."""

import json
import re

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse, serialize

from tests.documents import TRICKY, UNFIT, fit_texts, iris, wild_texts
from vocab.iris import HTTP_IRI, is_absolute_iri, is_http_iri
from vocab.strings import LANGUAGE_TAG, clean_id, clean_language, clean_text

SIGNS = "ab:/?#[]@!$&'()*+,;=%2F9 .~ä\ufdd0\ue000\ufffe🌻\U0001ffff\U000e0001^`{}|\\\"<>-_\n"


def parsed(line: str) -> int:
    return len(list(parse(line.encode(), format=RdfFormat.N_QUADS)))


@settings(max_examples=500, deadline=None)
@given(
    st.builds(
        str.__add__,
        st.sampled_from(
            ["", "http://", "https://a.example", "https://a.example/", "http://a.b:8", "urn:", "a:"]
        ),
        st.text(SIGNS, max_size=10),
    )
    | iris()
)
def test_every_iri_that_we_take_a_parser_takes(text: str) -> None:
    if is_http_iri(text):
        assert is_absolute_iri(text)
    if is_absolute_iri(text):
        assert parsed(f"<{text}> <{text}> <{text}> <{text}> .\n") == 1


@settings(deadline=None)
@given(iris())
def test_usual_web_addresses_are_taken(iri: str) -> None:
    assert is_http_iri(iri)


@pytest.mark.parametrize(
    "iri",
    ["urn:isbn:0000", "tag:a.example,2026:x", "mailto:info@a.example", "file:///srv/x", "oai:a:1"],
)
def test_other_absolute_iris_are_no_web_addresses(iri: str) -> None:
    assert is_absolute_iri(iri)
    assert not is_http_iri(iri)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "a",
            "/id/1",
            "//a.example/",
            "http:",
            "http://",
            "https:///x",
            "http:a",
            "https://#x",
        ),
        *("https://bank.example@evil.example/", "https://u:p@a.example/", "https://a.example:x/"),
        *("https://a.example:8a/", "https://a.example:123456/"),
        *("https://a.example/ ", " https://a.example/", "https://a.example/\n", "javascript://%0a"),
        *("https://a.example/%", "https://a.example/%G0", "https://a.example/[x]", "http://a{b}/"),
    ],
)
def test_what_is_no_web_address_is_told(text: str) -> None:
    assert not is_http_iri(text)


@settings(deadline=None)
@given(iris() | st.text(SIGNS, max_size=12).map("https://{}".format))
def test_the_pattern_means_the_same_in_json_schema(text: str) -> None:
    validator = jsonschema_rs.validator_for({"pattern": HTTP_IRI})
    assert validator.is_valid(text) == is_http_iri(text)


@settings(max_examples=300, deadline=None)
@given(st.from_regex(LANGUAGE_TAG) | st.text("abdex1-_Z é", max_size=14))
def test_every_language_tag_that_we_write_a_parser_takes(tag: str) -> None:
    cleaned = clean_language(tag)
    assert re.fullmatch(LANGUAGE_TAG, cleaned)
    assert clean_language(cleaned) == cleaned
    assert parsed(f'<urn:a> <urn:b> "x"@{cleaned} .\n') == 1


@pytest.mark.parametrize(
    ("tag", "cleaned"),
    [("de", "de"), ("DE_at", "de-at"), (" hsb ", "hsb"), ("deutsch", "und"), ("", "und")],
)
def test_language_tags_are_lower_case_or_unknown(tag: str, cleaned: str) -> None:
    assert clean_language(tag) == cleaned


@settings(max_examples=300, deadline=None)
@given(wild_texts())
def test_clean_texts_go_through_xml_and_json(text: str) -> None:
    """RDF/XML cannot hold most controls, databases no NUL, and UTF-8 no half surrogate pair."""
    cleaned = clean_text(text + "\ud800")
    assert clean_text(cleaned) == cleaned
    assert json.loads(json.dumps(cleaned, ensure_ascii=False).encode()) == cleaned
    term = NamedNode("https://a.example/p")
    xml = serialize([Triple(term, term, Literal(cleaned))], format=RdfFormat.RDF_XML)
    (read,) = parse(xml, format=RdfFormat.RDF_XML)
    assert read.object.value == cleaned


def test_what_is_fit_stays_and_what_is_unfit_goes() -> None:
    assert (
        clean_text(f"a{TRICKY.replace(chr(0x301), '')}b") == f"a{TRICKY.replace(chr(0x301), '')}b"
    )
    assert set(clean_text(f"a{UNFIT}b")) == {"a", "\n", "b"}


@settings(deadline=None)
@given(fit_texts())
def test_generated_texts_are_clean(text: str) -> None:
    assert text
    assert clean_text(text) == text


def test_ids_are_stripped_and_cleaned_only() -> None:
    assert clean_id(" a\x00\u200eb\n") == "ab"
    assert clean_id("Ku\u0308che") == "Ku\u0308che"
