"""The fast template writes what JSON-LD processors read: the same statements, in canonical form."""

import json
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from pyld import jsonld
from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    parse,
    serialize,
)

from tests.documents import any_documents, examples, wild_texts
from vocab.context import CONTEXT_PATH
from vocab.documents import canonical, place
from vocab.nquads import iri, lang_literal, literal, to_nquads, triple
from vocab.properties import KINDS
from vocab.types import Document

CONTEXT_IRI = "https://registry.example/context.jsonld"
CONTEXT = json.loads(CONTEXT_PATH.read_text("utf-8"))
SUBJECT = "https://registry.example/id/abcdefghijklmnop"
GRAPH = "https://registry.example/records/abcdefghijklmnop"


def placed(document: Document) -> Document:
    """The document as the registry publishes it, every second reference being known."""

    def resolve(reference: str) -> str | None:
        known = len(reference) % 2
        return f"https://registry.example/id/{len(reference):016}" if known else None

    return place(document, subject=SUBJECT, owner=GRAPH, resolve=resolve)


def load(url: str, options: dict[str, Any]) -> dict[str, Any]:
    """A document loader that has our context and reaches nothing else."""
    if url != CONTEXT_IRI:
        raise AssertionError(f"a document asked for {url}")
    return {
        "contentType": "application/ld+json",
        "contextUrl": None,
        "documentUrl": url,
        "document": CONTEXT,
    }


def by_pyld(document: Document) -> list[str]:
    """The statements that PyLD reads, written by pyoxigraph: PyLD's N-Quads are not canonical."""
    options = {"documentLoader": load}
    dataset = jsonld.to_rdf({"@context": CONTEXT_IRI, **document}, options)
    assert set(dataset) == {"@default"}
    return written(
        Quad(node(t["subject"]), node(t["predicate"]), node(t["object"]), DefaultGraph())
        for t in dataset["@default"]
    )


def node(term: dict[str, str]) -> Any:
    if term["type"] == "literal":
        if "language" in term:
            return Literal(term["value"], language=term["language"])
        return Literal(term["value"], datatype=NamedNode(term["datatype"]))
    return (
        BlankNode(term["value"][2:]) if term["type"] == "blank node" else NamedNode(term["value"])
    )


def by_oxigraph(document: Document) -> list[str]:
    """The statements that pyoxigraph's JSON-LD parser reads."""
    text = json.dumps({**CONTEXT, **document})
    return written(parse(text.encode(), format=RdfFormat.JSON_LD))


def written(quads: Iterable[Quad]) -> list[str]:
    text = serialize(quads, format=RdfFormat.N_QUADS).decode()
    return sorted({f"{line}\n" for line in text.split("\n") if line})


@pytest.mark.parametrize("name", [name for kind in KINDS for name in examples(kind)])
def test_examples_say_the_same_to_every_reader(name: str) -> None:
    (document,) = (examples(kind)[name] for kind in KINDS if name in examples(kind))
    published = placed(canonical(document))
    lines = to_nquads(published, None)
    assert sorted(lines) == by_pyld(published)
    assert sorted(lines) == by_oxigraph(published)


@pytest.mark.slow
@settings(max_examples=1000, deadline=None, suppress_health_check=list(HealthCheck))
@given(any_documents(texts=wild_texts()))
def test_any_document_says_the_same_to_every_reader(document: Document) -> None:
    """Every property, language, escape and Unicode plane, without the cleaning that hubs get."""
    published = placed(document)
    lines = to_nquads(published, None)
    assert len(lines) == len(set(lines))
    assert sorted(lines) == by_pyld(published)
    assert sorted(lines) == by_oxigraph(published)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(any_documents(texts=wild_texts(), full=True))
def test_documents_with_every_property_say_the_same(document: Document) -> None:
    published = placed(document)
    assert sorted(to_nquads(published, None)) == by_pyld(published) == by_oxigraph(published)


def test_lines_stand_in_the_graph_that_is_asked_for() -> None:
    published = placed({"id": "1", "type": "Project", "name": {"de": "Küche"}})
    in_graph = to_nquads(published, GRAPH)
    assert {
        str(quad.graph_name) for quad in parse("".join(in_graph).encode(), format=RdfFormat.N_QUADS)
    } == {f"<{GRAPH}>"}
    assert [line.replace(f" <{GRAPH}> .", " .") for line in in_graph] == to_nquads(published, None)


def test_a_node_below_two_others_is_described_once() -> None:
    """A funder that is only named, of a project and of its grant, is one node."""
    named = [{"name": {"de": "Musterstiftung"}}]
    grant = {"type": "MonetaryGrant", "name": {"de": "Anschub"}, "funder": named}
    document = {"type": "Project", "name": {"de": "P"}, "funder": named, "funding": [grant]}
    lines = to_nquads(placed(document), None)
    assert len(lines) == len(set(lines))
    assert sum('"Musterstiftung"@de' in line for line in lines) == 1


def test_keys_outside_the_table_say_nothing() -> None:
    published = placed({"type": "Actor", "name": {"de": "A"}})
    assert to_nquads({**published, "slogan": "x", "@context": {}}, None) == to_nquads(
        published, None
    )


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("plain Ä 🌻", '"plain Ä 🌻"'),
        ('a"b\\c', r'"a\"b\\c"'),
        ("\b\t\n\f\r", r'"\b\t\n\f\r"'),
        ("\x00\x0b\x1f\x7f", r'"\u0000\u000B\u001F\u007F"'),
        ("\ufffe\uffff", r'"\uFFFE\uFFFF"'),
        ("\x80\u2028", '"\x80\u2028"'),
    ],
)
def test_literals_are_escaped_as_canonical_nquads_ask(text: str, term: str) -> None:
    """RDF 1.2 N-Quads, section 4: ECHAR for seven signs, UCHAR for what XML 1.1 does not have."""
    assert literal(text) == term


def test_terms_for_statements_outside_documents() -> None:
    assert triple("https://a.example/", "https://p.example/", iri("urn:x:1")) == (
        "<https://a.example/> <https://p.example/> <urn:x:1> .\n"
    )
    assert triple("https://a.example/", "https://p.example/", lang_literal("Ä", "DE"), GRAPH) == (
        f'<https://a.example/> <https://p.example/> "Ä"@de <{GRAPH}> .\n'
    )
    day = "http://www.w3.org/2001/XMLSchema#date"
    assert literal("2021-10-07", day) == f'"2021-10-07"^^<{day}>'
    assert literal("x", "http://www.w3.org/2001/XMLSchema#string") == '"x"'


@pytest.mark.parametrize(
    "change",
    [
        {"id": "no iri"},
        {"id": "/id/relative"},
        {"homepage": "https://a.example/a b"},
        {"homepage": "https://a.example/<script>"},
        {"homepage": "https://a.example/%zz"},
        {"homepage": "https://a.example/\n> <x> <y"},
        {"topic": ["Not a notation"]},
        {"topic": ["care> <x"]},
        {"name": {"de en": "x"}},
        {"name": {"de> .": "x"}},
        {"name": {"de": "\ud800"}},
        {"type": ["Actor", "unknown:Thing"]},
        {"type": ["Thing"]},
        {"foundingDate": {"@value": "2021", "@type": "unknown:year"}},
    ],
)
def test_what_no_parser_would_take_is_refused(change: Document) -> None:
    """One bad line would make a store refuse the whole release."""
    published = placed({"type": "Actor", "name": {"de": "A"}})
    with pytest.raises(ValueError):
        to_nquads({**published, **change}, None)
