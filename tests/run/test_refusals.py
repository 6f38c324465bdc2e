"""Persons are refused and nothing of them is kept, yet every run tells how many there are."""

from collections.abc import Callable
from typing import Any

import pytest

from registry.store import refusals

Thing = Callable[..., dict[str, Any]]
OURS = "musterhub/data"
THIRD = "https://musterhub.example/3"


def known(registry: Any) -> int:
    with registry.instance.store.read() as conn:
        return refusals.count(conn, source_id=OURS)


@pytest.fixture(autouse=True)
def with_two_persons(registry, site, thing: Thing) -> None:
    site.says(*(thing(n) for n in range(10)), *(thing(n, natural=True) for n in (98, 99)))
    registry.add()
    registry.edit_manifest('carriedBy = "carrier"', 'carriedBy = "carrier"\nperson = "natural"')
    first = registry.harvest()
    assert (first.counts["read"], first.counts["rejected"], known(registry)) == (12, 2, 2)


def test_a_run_that_meets_nothing_new_counts_them_too(registry) -> None:
    again = registry.harvest()
    assert registry.runs()[0].proof["unchanged"]
    assert (again.counts["read"], again.counts["rejected"], known(registry)) == (12, 2, 2)


def test_who_is_taken_out_of_the_source_is_forgotten(registry, site, thing: Thing) -> None:
    site.says(*(thing(n) for n in range(10)), thing(98, natural=True))
    assert registry.harvest().counts["rejected"] == 1
    assert known(registry) == 1
    site.says(*(thing(n) for n in range(9)), thing(9, text="Ein Verein für alle."))
    assert registry.harvest().counts["changed"] == 1
    assert known(registry) == 0


def test_a_run_that_cannot_prove_that_it_saw_all_forgets_nobody(
    registry, site, thing: Thing
) -> None:
    without_id = {key: value for key, value in thing(7).items() if key != "id"}
    site.says(*(thing(n) for n in range(10)), without_id)
    assert registry.harvest().counts["rejected"] == 1
    assert known(registry) == 3


def test_what_turns_out_to_be_a_person_is_taken_back(registry, site, thing: Thing) -> None:
    """The last good version of a record stays when a later form is refused, but not a person's."""
    site.says(*(thing(n, natural=n == 3) for n in range(10)), thing(98, natural=True))
    assert THIRD in registry.live()
    report = registry.harvest()
    assert (report.state, report.counts["removed"]) == ("published", 1)
    assert THIRD not in registry.live()
    again = registry.harvest()
    assert (again.state, THIRD in registry.live()) == ("unchanged", False)


def test_so_many_that_become_persons_that_the_source_may_be_wrong_wait_for_a_word(
    registry, site, thing: Thing
) -> None:
    site.says(*(thing(n, natural=n > 3) for n in range(10)))
    assert registry.harvest().state == "held"
    assert len(registry.live()) == 10
