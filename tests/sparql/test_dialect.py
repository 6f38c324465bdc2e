"""What servers say that do not keep to the letter of SPARQL."""

import json

import pytest

from registry.sparql.dialect import as_truth


@pytest.mark.parametrize(("rows", "truth"), [([{}], True), ([], False)])
def test_a_table_in_place_of_a_truth_value_is_one(rows: list[object], truth: bool) -> None:
    said = {"head": {"vars": ["__ASK_RETVAL"]}, "results": {"bindings": rows}}
    assert json.loads(as_truth(json.dumps(said).encode()))["boolean"] is truth


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "[]",
        "7",
        '{"head": null}',
        '{"head": []}',
        '{"head": {"vars": ["__ASK_RETVAL"]}}',
        '{"head": {"vars": ["__ASK_RETVAL"]}, "results": []}',
    ],
)
def test_what_is_no_truth_value_is_an_error_of_its_own_kind(answer: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        as_truth(answer.encode())
