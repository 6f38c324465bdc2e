"""Which media type answers which query."""

import pytest

from registry.sparql.forms import QueryForm, media_types, negotiate

JSON = "application/sparql-results+json"
XML = "application/sparql-results+xml"
BINDINGS = [QueryForm.SELECT, QueryForm.ASK]
GRAPHS = [QueryForm.CONSTRUCT, QueryForm.DESCRIBE]


@pytest.mark.parametrize("accept", [None, "", "  ", "*/*", "application/*;q=0.5, */*;q=0.1"])
@pytest.mark.parametrize("form", BINDINGS)
def test_bindings_without_wishes_are_json(form: QueryForm, accept: str | None) -> None:
    assert negotiate(form, accept) == JSON


@pytest.mark.parametrize("accept", [None, "", "*/*", "text/*", "*/*;q=0.1"])
@pytest.mark.parametrize("form", GRAPHS)
def test_graphs_without_wishes_are_turtle(form: QueryForm, accept: str | None) -> None:
    assert negotiate(form, accept) == "text/turtle"


@pytest.mark.parametrize("form", QueryForm)
def test_every_offered_type_can_be_asked_for(form: QueryForm) -> None:
    for media_type in media_types(form):
        assert negotiate(form, media_type.upper()) == media_type


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("text/csv;q=0.4, application/sparql-results+xml;q=0.9", XML),
        (f"{JSON};q=0, */*", XML),
        ("application/*, text/csv;q=0.9", JSON),
        ("text/*", "text/csv"),
        ("text/html, */*;q=0.1", JSON),
        ("application/json", "application/json"),
        (f"application/json, {JSON}", JSON),
        ("text/csv; charset=utf-8; q=1.0", "text/csv"),
        ("text/csv;q=1,,", "text/csv"),
        ("text/tab-separated-values, text/csv;q=0.999", "text/tab-separated-values"),
        ("text/turtle", None),
        ("text/html", None),
        ("text/csv;q=0", None),
        ("text/csv;q=nan", None),
        ("*/*;q=0", None),
        ("nonsense", None),
    ],
)
def test_weights_and_ranges_decide(accept: str, chosen: str | None) -> None:
    assert negotiate(QueryForm.SELECT, accept) == chosen


def test_a_type_of_the_other_kind_is_not_acceptable() -> None:
    assert negotiate(QueryForm.CONSTRUCT, JSON) is None
    assert negotiate(QueryForm.DESCRIBE, "application/ld+json") == "application/ld+json"
