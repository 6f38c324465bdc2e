"""The JSON Schemas: what they take, what they refuse, and that two engines read them alike."""

import json
from functools import cache

import jsonschema
import jsonschema_rs
import pytest

from schemas.build import FOLDER, build
from schemas.check import check
from schemas.rules import RULES
from tests.schemas.samples import bare, full, wrong_documents
from vocab.properties import ENTITY_TYPES, KINDS

WRONG = list(wrong_documents())


@cache
def schema(name):
    return json.loads((FOLDER / f"{name}.schema.json").read_text("utf-8"))


@cache
def engines(kind):
    return (
        jsonschema.Draft202012Validator(schema(kind)),
        jsonschema_rs.Draft202012Validator(schema(kind)),
    )


def error_paths(engine, document):
    """Where an engine finds errors; the two libraries name the path differently."""
    return {
        tuple(getattr(error, "instance_path", None) or getattr(error, "absolute_path", ()))
        for error in engine.iter_errors(document)
    }


@pytest.mark.parametrize("name", [*KINDS, "hub"])
def test_a_schema_is_valid_by_the_metaschema(name):
    jsonschema.Draft202012Validator.check_schema(schema(name))
    jsonschema_rs.meta.validate(schema(name))


@pytest.mark.parametrize("name", build())
def test_the_committed_file_is_what_the_table_makes(name):
    """A change of the table without `python -m schemas.build` shows here."""
    assert (FOLDER / name).read_text("utf-8") == build()[name]


@pytest.mark.parametrize("kind", KINDS)
def test_a_full_and_a_bare_document_are_valid(kind):
    entity = ENTITY_TYPES[kind]
    for document in (full(kind), bare(kind), bare(kind) | {"type": [entity.type, *entity.also]}):
        for engine in engines(kind):
            assert list(engine.iter_errors(document)) == []


def test_every_fault_is_refused_by_both_engines_at_the_same_places():
    """What Python's engine and Rust's engine hold against a document does not differ."""
    differing = []
    for wrong in WRONG:
        python, rust = (error_paths(engine, wrong.document) for engine in engines(wrong.kind))
        if not python or python != rust:
            differing.append((wrong.label, python, rust))
    assert differing == []


def test_every_fault_becomes_one_error_with_its_rule_and_place():
    """One fault gives one error, which names the rule and points into the property."""
    surprising = []
    for wrong in WRONG:
        errors = [f for f in check(wrong.document, wrong.kind) if f.severity == "error"]
        said = [(f.rule, f.path.startswith(wrong.pointer)) for f in errors]
        if said != [(wrong.rule, True)]:
            surprising.append((wrong.label, [(f.rule, f.path) for f in errors]))
    assert surprising == []


def test_every_rule_for_a_fault_of_form_is_met_by_some_fault():
    """A rule that no wrong document meets is dead, or its fault is not tested."""
    met = {wrong.rule for wrong in WRONG}
    forms = {rule for rule in RULES if rule.endswith(".form") and rule != "value.form"}
    assert forms - met == set()
