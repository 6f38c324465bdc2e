"""Persons are refused and nothing of them is kept, yet every run tells how many there are."""

from collections.abc import Callable
from typing import Any

import pytest

from registry.run.publish import publish_removal
from registry.store import records, refusals

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
    assert ((THIRD, "actor.person") in registry.findings(), known(registry)) == (True, 2)
    again = registry.harvest()
    assert (again.state, THIRD in registry.live()) == ("unchanged", False)
    assert (again.counts["read"], again.counts["rejected"], known(registry)) == (11, 2, 2)
    site.says(*(thing(n) for n in range(10) if n != 3), thing(98, natural=True))
    registry.harvest()
    assert ((THIRD, "actor.person") in registry.findings(), known(registry)) == (False, 1)


def test_a_refused_entry_that_turns_out_to_be_a_person_is_told_as_one(
    registry, site, thing: Thing
) -> None:
    site.says(*(thing(n) for n in range(10)), thing(11, name=""))
    assert registry.harvest().counts["rejected"] == 1
    site.says(*(thing(n) for n in range(10)), thing(11, natural=True))
    for _ in range(2):
        report = registry.harvest()
        assert (report.counts["read"], report.counts["rejected"], known(registry)) == (11, 1, 1)
        assert ("https://musterhub.example/11", "actor.person") in registry.findings()


def test_a_person_whose_record_could_not_be_taken_away_is_still_told(
    registry, site, thing: Thing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run that met them did not see the whole source, so it removed nothing."""
    without_id = {key: value for key, value in thing(7).items() if key != "id"}
    site.says(*(thing(n, natural=n == 3) for n in range(10)), without_id)
    for version in ("", "", "another"):
        if version:
            monkeypatch.setattr("registry.run.harvest.processing_version", lambda *_: "another")
        report = registry.harvest()
        assert report.counts["rejected"] == 2
        assert (THIRD, "actor.person") in registry.findings()


def test_what_comes_back_in_a_bad_form_is_refused_and_then_forgotten(
    registry, site, thing: Thing
) -> None:
    others = [thing(n) for n in range(10) if n != 3]
    site.says(*others)
    assert registry.harvest().counts["removed"] == 1
    site.says(*others, thing(3, name=""))
    report = registry.harvest()
    assert (report.counts["read"], report.counts["rejected"], known(registry)) == (10, 1, 1)
    again = registry.harvest()
    assert (again.counts["read"], again.counts["rejected"], known(registry)) == (10, 1, 1)
    site.says(*others)
    registry.harvest()
    assert ((THIRD, "name.required") in registry.findings(), known(registry)) == (False, 0)
    site.says(*others, thing(3))
    assert registry.harvest().counts["added"] == 1
    assert THIRD in registry.live()


def test_nothing_of_what_was_refused_outlives_its_hub(registry, site, thing: Thing) -> None:
    site.says(*(thing(n) for n in range(10)), thing(11, name=""), thing(98, natural=True))
    registry.harvest()
    publish_removal(registry.instance, "musterhub", registry.now)
    assert (registry.findings(), known(registry)) == (set(), 0)
    with registry.instance.store.read() as conn:
        assert list(records.index_of(conn, OURS, "")) == []


def test_so_many_that_become_persons_that_the_source_may_be_wrong_wait_for_a_word(
    registry, site, thing: Thing
) -> None:
    site.says(*(thing(n, natural=n > 3) for n in range(10)))
    assert registry.harvest().state == "held"
    assert len(registry.live()) == 10
