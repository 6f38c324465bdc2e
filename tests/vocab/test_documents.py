"""The canonical form of documents, and documents placed at their IRIs."""

import copy
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.documents import any_documents, examples, wild_texts
from vocab.documents import canonical, canonical_bytes, place
from vocab.properties import KINDS
from vocab.types import Document

BASE = "https://registry.example"
GENERATED = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


def actor(**fields: Any) -> Document:
    return {"id": "17", "type": "Actor", "name": {"de": "Küche"}, **fields}


def project(**fields: Any) -> Document:
    return {"id": "5", "type": "Project", "name": {"de": "Beratung"}, **fields}


def placed(
    document: Document,
    *,
    known: dict[str, str] | None = None,
    base: str = BASE,
    owner: str = "/records/r",
) -> Document:
    return place(document, subject=f"{base}/id/e", owner=base + owner, resolve=(known or {}).get)


def nodes_in(value: Any) -> list[Document]:
    """All nested nodes at any depth."""
    children = (
        value if isinstance(value, list) else value.values() if isinstance(value, dict) else ()
    )
    below = [node for child in children for node in nodes_in(child)]
    return [*below, value] if isinstance(value, dict) and "type" in value else below


def all_examples() -> list[Document]:
    return [document for kind in KINDS for document in examples(kind).values()]


# canonical


@GENERATED
@given(any_documents(texts=wild_texts()))
def test_the_canonical_form_of_a_canonical_document_is_itself(document: Document) -> None:
    once = canonical(document)
    assert canonical(once) == once
    assert json.dumps(canonical(once)) == json.dumps(once), "the order of keys is part of the form"


@GENERATED
@given(any_documents(), st.randoms(use_true_random=False))
def test_order_of_keys_and_values_does_not_matter(document: Document, random: Any) -> None:
    def shuffled(value: Any) -> Any:
        if isinstance(value, dict):
            items = [(key, shuffled(child)) for key, child in value.items()]
            random.shuffle(items)
            return dict(items)
        if isinstance(value, list):
            return random.sample([shuffled(child) for child in value], len(value))
        return value

    assert json.dumps(canonical(shuffled(document))) == json.dumps(canonical(document))


@GENERATED
@given(any_documents(texts=wild_texts()))
def test_canonical_leaves_its_argument_alone(document: Document) -> None:
    before = copy.deepcopy(document)
    canonical(document)
    assert document == before


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  Küche \n", "Küche"),
        ("Ku\u0308che", "Küche"),
        ("K\u202eüc\u2066he\u200f", "Küche"),
        ("K\x00ü\x08che\x7f\ufeff\uffff", "Küche"),
        ("Kü\ud800che\udfff", "Küche"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("u\x00\u0308", "ü"),  # what stands together only after the cleaning is composed too
        ("👩\u200d👩", "👩\u200d👩"),
    ],
)
def test_texts_are_normalised_and_cleaned(written: str, kept: str) -> None:
    assert canonical(actor(name={"de": written}))["name"] == {"de": kept}


def test_language_tags_become_one_per_language() -> None:
    name = {"DE": "Groß", "de": "klein", "en_GB": "x", "not a tag": "y", "@none": " "}
    assert canonical(actor(name=name))["name"] == {"de": "Groß", "en-gb": "x", "und": "y"}
    other = {"DE": ["b", "a"], "de": ["a", "c"]}
    assert canonical(actor(alternateName=other))["alternateName"] == {"de": ["a", "b", "c"]}


def test_empty_values_go() -> None:
    empty = actor(
        description={"de": " "},
        alternateName={"de": [""], "en": []},
        topic=[],
        homepage="",
        address=[{"type": "Address", "postCode": " "}, {}],
        partOf=[{"name": {}}, "", {"id": " "}],
        foundingDate={"@value": "", "@type": "xsd:gYear"},
        status=None,
        sameAs=None,
    )
    assert canonical(empty) == actor()


def test_what_the_table_does_not_hold_goes() -> None:
    more = actor(slogan="x", startDate="2021-10-07T17:00:00Z", **{"@context": "https://x.example/"})
    assert canonical(more) == actor()


def test_keys_stand_in_the_order_of_the_table() -> None:
    document = {"topic": ["care"], "name": {"en": "x", "de": "y"}, "type": "Actor", "id": "1"}
    assert list(canonical(document)) == ["id", "type", "name", "topic"]
    assert list(canonical(document)["name"]) == ["de", "en"]


def test_values_of_lists_are_a_sorted_set() -> None:
    addresses = [{"type": "Address", "postCode": code} for code in ("02", "01", "02 ")]
    document = canonical(actor(topic=["work", "care", "work"], address=addresses))
    assert document["topic"] == ["care", "work"]
    assert [address["postCode"] for address in document["address"]] == ["01", "02"]


def test_our_concepts_are_notations_and_others_stay() -> None:
    ours, foreign = "https://w3id.org/verbund/topics/care", "http://metadata.un.org/sdg/1"
    assert canonical(actor(topic=[ours, foreign, "care"]))["topic"] == ["care", foreign]


def test_dates_of_the_usual_type_are_strings() -> None:
    usual = {"@value": "2003-05-01", "@type": "http://www.w3.org/2001/XMLSchema#date"}
    year = {"@value": "2003", "@type": "http://www.w3.org/2001/XMLSchema#gYear"}
    assert canonical(actor(foundingDate=usual))["foundingDate"] == "2003-05-01"
    assert canonical(actor(foundingDate=year))["foundingDate"] == {
        "@value": "2003",
        "@type": "xsd:gYear",
    }


def test_references_have_one_form() -> None:
    name = {"de": "Träger"}
    given = [{"id": "a"}, "a", {"id": " b", "name": name}, {"name": name}]
    assert canonical(project(carriedBy=given))["carriedBy"] == [
        "a",
        {"id": "b", "name": name},
        {"name": name},
    ]


def test_a_published_agent_is_a_reference_again() -> None:
    """Its own IRI was made up, so it is no id of an actor; one that a hub writes itself is."""
    made_up, name = f"{BASE}/id/e#carriedBy-0123abcd", {"de": "Träger"}
    agent = {"id": made_up, "type": "Agent", "name": name}
    told = agent | {"sameAs": ["https://hub.example/b", "https://hub.example/a"]}
    given = [agent, told, agent | {"id": "https://hub.example/c"}]
    assert canonical(project(carriedBy=given))["carriedBy"] == [
        {"id": "https://hub.example/a", "name": name},
        {"id": "https://hub.example/c", "name": name},
        {"name": name},
    ]


def test_ids_are_not_normalised() -> None:
    """Another Unicode form is another id at the hub, and another address on the web."""
    assert canonical(actor() | {"id": "Ku\u0308che"})["id"] == "Ku\u0308che"


@pytest.mark.parametrize("wrong", [{}, {"type": "Thing"}, {"type": ["schema:Event"]}, {"type": 3}])
def test_a_document_of_no_kind_of_ours_is_refused(wrong: Document) -> None:
    with pytest.raises(ValueError, match="Actor, Project, Event"):
        canonical(wrong)
    with pytest.raises(ValueError, match="Actor, Project, Event"):
        placed(wrong)


def test_bytes_do_not_depend_on_the_order_of_keys() -> None:
    assert canonical_bytes({"b": ["ü"], "a": 1}) == '{"a":1,"b":["ü"]}'.encode()


# place


def test_classes_follow_kind_and_actor_type() -> None:
    types = placed(actor(actorType=["network", "public-administration"]))["type"]
    assert types == [
        "Actor",
        "schema:Organization",
        "m8g:PublicOrganisation",
        "org:OrganizationalCollaboration",
    ]
    assert placed(project())["type"] == ["Project", "schema:Project"]
    assert placed({"type": ["schema:NGO", "Actor"], "name": {"de": "A"}})["type"] == [
        "Actor",
        "schema:Organization",
        "schema:NGO",
    ]


def test_references_become_iris_agents_or_nothing() -> None:
    name = {"de": "Träger"}
    known = {"a": f"{BASE}/id/a", "https://hub.example/b": f"{BASE}/id/b"}
    given = [
        "a",
        {"id": "https://hub.example/b", "name": name},  # known: its name is the entity's business
        "https://other.example/c",
        "unknown-d",
        {"id": "unknown-e", "name": name},
        {"id": "https://other.example/f", "name": name},
        {"id": "unknown-g"},
    ]
    *iris, first, second = placed(project(carriedBy=given), known=known)["carriedBy"]
    assert iris == ["https://other.example/c", f"{BASE}/id/a", f"{BASE}/id/b"]
    agents = [{k: v for k, v in agent.items() if k != "id"} for agent in (first, second)]
    plain = {"type": "Agent", "name": name}
    linked = plain | {"sameAs": ["https://other.example/f"]}
    assert agents in ([plain, linked], [linked, plain])
    assert all(agent["id"].startswith(f"{BASE}/records/r#carriedBy-") for agent in (first, second))


def test_a_reference_that_is_no_web_address_is_never_published() -> None:
    given = ["javascript:alert(1)", "urn:x:1", "https://a.example/a b", "https://a@b.example/"]
    assert "carriedBy" not in placed(project(carriedBy=given))


def test_values_that_no_hub_named_stay_out() -> None:
    assert placed(actor(slogan="x", **{"@context": "https://x.example/"})) == placed(actor())


def test_equal_nodes_become_one() -> None:
    address = {"type": "Address", "postCode": "02943"}
    (only,) = placed(actor(address=[address, dict(address)]))["address"]
    assert only["postCode"] == "02943"


def test_the_id_of_a_node_depends_on_its_content_alone() -> None:
    def address_id(document: Document) -> str:
        return placed(document)["address"][0]["id"]

    first = address_id(actor(address=[{"type": "Address", "postCode": "1", "postName": "M"}]))
    prefix, digits = first.split("#address-")
    assert prefix == f"{BASE}/records/r"
    assert len(digits) == 8 and int(digits, 16) >= 0
    turned = {"postName": "M", "postCode": "1", "type": "Address", "id": "_:b0"}
    assert address_id(actor(address=[turned], topic=["care"])) == first
    assert address_id(actor(address=[{"type": "Address", "postCode": "1"}])) != first


def test_the_same_node_below_record_and_entity_has_the_same_fragment() -> None:
    """The link from the merged node to the record's node rests on it."""
    for document in all_examples():
        below_record = nodes_in(placed(canonical(document), owner="/records/r"))[:-1]
        below_entity = nodes_in(placed(canonical(document), owner="/id/e"))[:-1]
        fragments = [[n["id"].split("#")[1] for n in ns] for ns in (below_record, below_entity)]
        assert fragments[0] == fragments[1]


@GENERATED
@given(any_documents())
def test_every_node_has_an_iri_below_the_owner(document: Document) -> None:
    *nested, top = nodes_in(placed(canonical(document)))
    assert top["id"] == f"{BASE}/id/e"
    assert all(node["id"].startswith(f"{BASE}/records/r#") for node in nested)


@GENERATED
@given(any_documents())
def test_placing_what_is_placed_changes_nothing(document: Document) -> None:
    once = placed(canonical(document))
    assert placed(once) == once


@GENERATED
@given(any_documents())
def test_a_published_document_that_is_harvested_is_published_alike(document: Document) -> None:
    once = placed(canonical(document))
    assert placed(canonical(once)) == once


@GENERATED
@given(any_documents())
def test_another_base_changes_every_iri_of_ours(document: Document) -> None:
    known = {"a": "/id/a"}
    here = placed(canonical(document), known={k: BASE + v for k, v in known.items()})
    other = "https://other.example"
    there = placed(canonical(document), known={k: other + v for k, v in known.items()}, base=other)
    assert BASE not in json.dumps(there)
    assert len(nodes_in(here)) == len(nodes_in(there))


@GENERATED
@given(any_documents())
def test_placing_leaves_its_argument_alone(document: Document) -> None:
    before = copy.deepcopy(document)
    placed(document)
    assert document == before
