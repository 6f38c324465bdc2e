"""Schemas and shapes over generated documents: right ones pass both, broken ones neither."""

import logging
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.check import check
from tests.documents import any_documents, documents, examples
from tests.schemas.judging import is_about, published, read, violations
from tests.schemas.samples import wrong_documents
from tests.schemas.test_json_schema import engines, error_paths
from vocab.documents import canonical
from vocab.properties import ENTITY_TYPES, KINDS

WRONG = tuple(wrong_documents())

# Nothing is timed; documents of every property are large for Hypothesis' taste.
generously = settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def kind_of(document):
    types = document["type"] if isinstance(document["type"], list) else [document["type"]]
    return next(kind for kind in KINDS if ENTITY_TYPES[kind].type in types)


def broken_documents():
    """Generated documents in each of which one property has been broken."""
    return st.one_of(
        *(
            st.builds(
                _break, documents(kind), st.sampled_from([w for w in WRONG if w.kind == kind])
            )
            for kind in KINDS
        )
    )


def _break(document, wrong):
    step = wrong.pointer.split("/")[1]
    rest = {name: value for name, value in document.items() if name != step}
    said = {step: wrong.document[step]} if step in wrong.document else {}
    return replace(wrong, document=rest | said)


def some_of(strategy):
    """What Hypothesis makes of a strategy, as a list, for a judge that is slow to start."""
    made = []

    @generously
    @given(strategy)
    def collect(one):
        made.append(one)

    collect()
    return made


@pytest.fixture(autouse=True)
def _quiet_rdflib():
    """rdflib logs every ill-typed literal, and these tests are about little else."""
    logger = logging.getLogger("rdflib.term")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    yield
    logger.setLevel(level)


@pytest.mark.parametrize("kind", KINDS)
def test_every_example_is_right_by_both_engines_and_the_shapes(kind):
    """As handed in, as canonical form, and as published."""
    found = examples(kind)
    assert found
    for document in (*found.values(), *map(canonical, found.values())):
        assert [f for f in check(document, kind) if f.severity == "error"] == []
        assert all(engine.is_valid(document) for engine in engines(kind))
    assert violations(published(found.values())) == {}


@pytest.mark.slow
@generously
@given(any_documents())
def test_a_generated_document_is_right_by_both_engines(document):
    kind = kind_of(document)
    for form in (document, canonical(document)):
        assert [error_paths(engine, form) for engine in engines(kind)] == [set(), set()]
        assert [f for f in check(form, kind) if f.severity == "error"] == []


@pytest.mark.slow
def test_generated_documents_conform_as_published():
    made = some_of(any_documents())
    found = violations(published(made))
    assert [(made[int(number)], shapes) for number, shapes in found.items()] == []


@pytest.mark.slow
@generously
@given(broken_documents())
def test_a_broken_document_is_refused_by_both_engines_at_the_same_places(wrong):
    python, rust = (error_paths(engine, wrong.document) for engine in engines(wrong.kind))
    assert python
    assert python == rust
    said = {f.rule for f in check(wrong.document, wrong.kind) if f.severity == "error"}
    assert said == {wrong.rule}


@pytest.mark.slow
def test_broken_documents_are_refused_by_the_shapes_too():
    """As far as RDF shows the fault; test_shapes.py names what it does not show."""
    wrongs = [wrong for wrong in some_of(broken_documents()) if wrong.in_rdf]
    assert len(wrongs) > 100
    found = violations(read(wrongs))
    missed = [
        (wrong, found.get(str(number)))
        for number, wrong in enumerate(wrongs)
        if not any(is_about(shape, wrong) for shape in found.get(str(number), ()))
    ]
    assert missed == []
