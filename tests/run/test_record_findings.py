"""Of a record with many findings those are told that reject it."""

from registry.run.record_findings import MOST_FINDINGS, most_telling
from schemas.rules import finding
from vocab.types import Finding


def warnings(count: int) -> list[Finding]:
    return [finding("subject.unmapped", value=str(n), class_iri="x") for n in range(count)]


def test_as_many_as_may_be_told_stay_in_their_order() -> None:
    found = [*warnings(MOST_FINDINGS - 1), finding("record.id.missing")]
    assert most_telling(found) == found


def test_what_rejects_the_record_comes_first_and_the_rest_is_counted() -> None:
    told = most_telling([*warnings(300), finding("record.id.missing")])
    assert len(told) == MOST_FINDINGS
    assert told[0].rule == "record.id.missing"
    assert told[-1].rule == "record.more-findings"
    # Of 301 ninety-nine are told; the hundredth is the count of the others.
    assert "202 more" in told[-1].fix["en"]


def test_what_was_left_out_before_stays_counted() -> None:
    before = finding("record.more-findings", count=4900)
    told = most_telling([*warnings(100), before])
    assert len(told) == MOST_FINDINGS
    assert [one.rule for one in told].count("record.more-findings") == 2
    assert before in told
