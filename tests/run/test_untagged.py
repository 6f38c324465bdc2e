"""That texts do not say their language is told of all records, whatever a run had to read anew."""

from collections.abc import Callable
from typing import Any

import pytest

from registry.store import findings

Thing = Callable[..., dict[str, Any]]


def told(registry: Any) -> dict[str, int]:
    """The rules about languages, each with the number of texts."""
    with registry.instance.store.read() as conn:
        found = findings.findings_of(conn, "musterhub/data")
    return {
        one.finding.rule: int(one.finding.value)
        for one in found
        if one.finding.rule.startswith("language.")
    }


@pytest.fixture(autouse=True)
def with_a_person(registry, site, thing: Thing) -> None:
    """Ten things with a name each, and a natural person, of whom nothing is kept."""
    site.says(*(thing(n) for n in range(10)), thing(99, natural=True))
    registry.add()
    registry.edit_manifest('carriedBy = "carrier"', 'carriedBy = "carrier"\nperson = "natural"')
    assert registry.harvest().counts["added"] == 10


def test_a_second_reading_finds_the_same(registry, site, thing: Thing) -> None:
    assert told(registry) == {"language.assumed": 10}
    site.says(thing(99, natural=True), *(thing(n) for n in reversed(range(10))))
    report = registry.harvest()
    assert (report.state, report.counts["mapped"]) == ("unchanged", 1)  # the person, each time
    assert told(registry) == {"language.assumed": 10}


def test_it_counts_all_records_where_one_changed(registry, site, thing: Thing) -> None:
    site.says(*(thing(n) for n in range(9)), thing(9, text="Ein Verein für alle."))
    registry.harvest()
    assert told(registry) == {"language.assumed": 11}
    site.says(*(thing(n) for n in range(9)))
    registry.harvest()
    assert told(registry) == {"language.assumed": 9}


def test_it_goes_when_the_last_text_says_its_language(registry, site, thing: Thing) -> None:
    for number in (5, 10):
        said = [thing(n, name={"de": f"Verein {n}"}) for n in range(number)]
        site.says(*said, *(thing(n) for n in range(number, 10)))
        registry.harvest()
        assert told(registry) == ({"language.assumed": 10 - number} if number < 10 else {})


def test_a_failure_says_nothing_of_it(registry, site) -> None:
    site.failing["/data"] = 404
    assert registry.harvest().state == "failed"
    assert told(registry) == {"language.assumed": 10}


def test_another_language_in_the_manifest_is_told_without_asking_the_hub(registry, site) -> None:
    registry.edit_manifest('language = "de"\n', "")
    registry.harvest()
    assert told(registry) == {"language.undetermined": 10}
