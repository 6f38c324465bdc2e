"""Where values stand, and the account of what nobody looks at."""

import pytest

from harvester.accounting import Accounting
from harvester.expressions import ExpressionError, JsonExpression
from harvester.prefixes import Prefixes
from harvester.rdf_paths import RdfExpression

PREFIXES = Prefixes({"ld": "http://city.example/Model/"})


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("a.b.c", {("a", "b", "c")}),
        ('"Street Address"', {("Street Address",)}),
        ("a[].b", {("a", "b")}),
        ("a[0].b", {("a", "b")}),
        ("a || b", {("a",), ("b",)}),
        ("names[?contains(types, 'x')].value", {("names", "types"), ("names", "value")}),
        ("a[?x == 'y'] | [0].b", {("a", "x"), ("a", "b")}),
        ("a.[b, c]", {("a", "b"), ("a", "c")}),
        ("a.{x: b}.x", {("a", "b")}),
        ("*.c[]", {("*", "c")}),
        ("items(@)[].d", {("*", "d")}),
        ("sort_by(a, &b)[0].c", {("a", "b"), ("a", "c")}),
        ("length(a)", set()),
        ("'text'", set()),
        ("`true`", set()),
        ("@", {()}),
        ("!hidden", {("hidden",)}),
    ],
)
def test_what_an_expression_reads(text: str, paths: set[tuple[str, ...]]) -> None:
    expression = JsonExpression(text)
    assert expression.gives | expression.looks_at >= paths
    assert {p for p in expression.gives | expression.looks_at if p not in paths} <= {
        ("a", "b", "x")
    }
    assert expression.constant is (not paths)


def test_values_are_flat_and_never_empty() -> None:
    data = {"a": [["x ", ""], None, {"b": []}, 0, False], "n": {"m": " "}}
    assert [v.raw for v in JsonExpression("a").values(data)] == ["x", {"b": []}, 0, False]
    assert JsonExpression("n.m").values(data) == []
    assert JsonExpression("a.b.c").values(data) == []


def test_a_function_that_meets_another_type_finds_nothing() -> None:
    assert JsonExpression("starts_with(a, 'x')").values({"a": 3}) == []


def test_members_of_a_keyed_object_carry_their_key() -> None:
    found = JsonExpression("items(@)").objects({"A": {"x": 1}, "B": 2})
    assert found == [{"@key": "A", "x": 1}, {"@key": "B", "@value": 2}]


@pytest.mark.parametrize("text", ["", "a.", "Street Address", "Gründung", "a[?", "nix(a)("])
def test_a_broken_expression_says_so(text: str) -> None:
    with pytest.raises(ExpressionError):
        JsonExpression(text)


def test_a_column_title_in_an_expression_is_helped() -> None:
    with pytest.raises(ExpressionError, match="""'"Street Address"'"""):
        JsonExpression("Street Address")


def test_rdf_paths_follow_links_and_keep_languages() -> None:
    node = {
        "@id": "http://city.example/1",
        "@type": ["ld:Verein"],
        "rdfs:label": [{"@value": "Haus", "@language": "de"}, {"@value": "  "}],
        "ld:hasAddress": [{"@id": "http://city.example/a", "ld:street": [{"@value": "Weg"}]}],
    }

    def values(text: str) -> list[tuple[object, str | None]]:
        return [tuple(v) for v in RdfExpression(text, PREFIXES).values(node)]

    assert values("rdfs:label") == [("Haus", "de")]
    assert values("<http://www.w3.org/2000/01/rdf-schema#label>") == [("Haus", "de")]
    assert values("ld:hasAddress/ld:street") == [("Weg", None)]
    assert values("ld:hasAddress") == [("http://city.example/a", None)]
    assert values("@type") == [("ld:Verein", None)]
    assert values("'actor'") == [("actor", None)]
    assert values("ld:missing/ld:street") == []


@pytest.mark.parametrize("text", ["nope:label", "label", "ld:a//ld:b", "", "@graph", "ld:a ld:b"])
def test_a_broken_path_says_so(text: str) -> None:
    with pytest.raises(ExpressionError):
        RdfExpression(text, PREFIXES)


def test_unread_fields_are_named_once_with_lists_marked() -> None:
    accounting = Accounting(frozenset({("name",), ("places", "zip")}), ["internal_*", "logo"], ".")
    data = {
        "name": {"de": "x"},
        "places": [{"zip": "1", "floor": 2}, {"floor": 3, "empty": ""}],
        "internal_id": 7,
        "logo": {"url": "x"},
        "tags": ["a", "b"],
        "none": None,
    }
    assert accounting.unread(data) == ("places[].floor", "tags[]")
    assert accounting.without_ignored(data).keys() == {"name", "places", "tags", "none"}


def test_ignoring_part_of_a_mapped_field_keeps_what_is_mapped() -> None:
    accounting = Accounting(frozenset({("a", "b")}), ["a"], ".")
    assert accounting.without_ignored({"a": {"b": 1, "c": 2}}) == {"a": {"b": 1}}


def test_rdf_links_count_unless_their_node_is_read() -> None:
    read = frozenset({("ld:hasAddress", "@id"), ("rdfs:label",)})
    accounting = Accounting(read, [], "/")
    node = {
        "@id": "x",
        "rdfs:label": [{"@value": "x"}],
        "ld:hasAddress": [{"@id": "a"}],
        "ld:tag": [{"@id": "b"}],
        "ld:contact": [{"ld:name": [{"@value": "y"}]}],
    }
    assert accounting.unread(node) == ("ld:contact/ld:name", "ld:tag")
