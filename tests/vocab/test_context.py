"""The JSON-LD context is in step with the table, and reads documents as the table means them."""

import json
from typing import Any

from pyld import jsonld

from vocab.concepts import schemes
from vocab.context import CONTEXT_PATH, build_context, context_text, main
from vocab.properties import ENTITY_TYPES, NODE_TYPES, PROPERTIES, Range
from vocab.terms import PREFIXES, expand

CONTEXT: dict[str, Any] = json.loads(CONTEXT_PATH.read_text("utf-8"))["@context"]


def expanded(**properties: Any) -> dict[str, Any]:
    """A document as JSON-LD expands it, without its id."""
    document = {"@context": CONTEXT, "id": "https://hub.example/1", **properties}
    (node,) = jsonld.expand(document)
    del node["@id"]
    return dict(node)


def test_the_committed_context_is_made_from_the_table() -> None:
    """Run `make vocabulary` where this fails."""
    assert CONTEXT_PATH.read_text("utf-8") == context_text()


def test_the_command_writes_the_context(monkeypatch: Any, tmp_path: Any) -> None:
    monkeypatch.setattr("vocab.context.CONTEXT_PATH", tmp_path / "context.jsonld")
    main()
    assert json.loads((tmp_path / "context.jsonld").read_text("utf-8")) == build_context()


def test_every_class_and_property_has_a_term() -> None:
    classes = {entity.type: entity.iri for entity in ENTITY_TYPES.values()} | NODE_TYPES
    for word, iri in classes.items():
        assert expanded(type=word) == {"@type": [expand(iri)]}
    for prop in PROPERTIES:
        value: Any = {"de": "x"} if prop.range is Range.TEXT else "https://a.example/"
        assert list(expanded(**{prop.name: value})) == [expand(prop.iri)], prop.name


def test_no_word_means_two_things() -> None:
    words = [
        *("id", "type"),
        *PREFIXES,
        *(entity.type for entity in ENTITY_TYPES.values()),
        *NODE_TYPES,
        *(prop.name for prop in PROPERTIES),
    ]
    assert len(words) == len(set(words)) == len(CONTEXT) - 1, "and @version"


def test_notations_are_concepts_whatever_else_they_are() -> None:
    """`funding` and `network` are notations, and words for other things too."""
    for prop in PROPERTIES:
        if prop.scheme is None:
            continue
        for concept in schemes()[prop.scheme].concepts.values():
            (value,) = expanded(**{prop.name: concept.notation})[expand(prop.iri)]
            assert value == {"@id": concept.iri}
        for word in set(CONTEXT) - {"@version", prop.name}:
            (value,) = expanded(**{prop.name: word})[expand(prop.iri)]
            assert value == {"@id": f"https://w3id.org/verbund/{prop.scheme}/{word}"}


def test_no_notation_is_the_name_of_its_own_property() -> None:
    """The one word that the context of a property's values keeps."""
    for prop in PROPERTIES:
        if prop.scheme:
            assert prop.name not in schemes()[prop.scheme].concepts


def test_a_date_may_say_its_own_type() -> None:
    year = expanded(foundingDate={"@value": "2003", "@type": "xsd:gYear"})
    assert year[expand("schema:foundingDate")] == [{"@value": "2003", "@type": expand("xsd:gYear")}]
    day = expanded(foundingDate="2003-05-01")
    assert day[expand("schema:foundingDate")] == [
        {"@value": "2003-05-01", "@type": expand("xsd:date")}
    ]


def test_lists_stay_lists_when_documents_are_compacted() -> None:
    """One topic comes back as a list, one status as a word."""
    document = {
        "id": "https://hub.example/1",
        "type": "Actor",
        "name": {"de": "Küche"},
        "alternateName": {"de": ["K"]},
        "topic": ["care"],
        "status": "active",
        "address": [{"id": "https://hub.example/1#a", "type": "Address", "postCode": "02943"}],
        "memberOf": ["https://hub.example/2"],
        "foundingDate": "2003-05-01",
    }
    again = jsonld.compact(jsonld.expand({"@context": CONTEXT, **document}), CONTEXT)
    again.pop("@context")
    concepts = {"topic": ["care"], "status": "active"}
    assert {k: v for k, v in again.items() if k not in concepts} == {
        k: v for k, v in document.items() if k not in concepts
    }
