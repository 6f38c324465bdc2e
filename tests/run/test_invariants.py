"""The harvest invariants of the design, each by somebody who tries to break it."""

from collections.abc import Callable
from typing import Any

import pytest

from registry.run.publish import publish_removal
from registry.store import records, releases

Thing = Callable[..., dict[str, Any]]


@pytest.fixture(autouse=True)
def ten_things(registry, site, thing: Thing) -> None:
    """Every test begins with ten published records."""
    site.says(*(thing(n) for n in range(10)))
    registry.add()
    assert registry.harvest().counts["added"] == 10


# 1: only a run that proves that it saw everything may mark records missing


def test_what_a_whole_run_does_not_meet_is_removed(registry, site, thing: Thing) -> None:
    site.says(*(thing(n) for n in range(9)))
    report = registry.harvest()
    assert (report.state, report.counts["removed"], report.counts["unchanged"]) == (
        "published",
        1,
        9,
    )
    assert registry.states()["https://musterhub.example/9"] == "gone"


def test_an_empty_answer_proves_nothing(registry, site) -> None:
    site.says()
    report = registry.harvest()
    assert (report.state, report.explanation["code"]) == ("held", "run.empty")
    assert len(registry.live()) == 10
    # No operator's word makes an empty answer a proof; a hub goes by `hub remove`.
    assert registry.harvest(accept=True).state == "held"


def test_a_declared_total_that_is_not_met_removes_nothing(registry, site, thing: Thing) -> None:
    site.says(*(thing(n) for n in range(9)), total=10)
    report = registry.harvest()
    assert report.counts.get("removed", 0) == 0
    assert len(registry.live()) == 10


def test_a_row_that_cannot_be_told_apart_removes_nothing(registry, site, thing: Thing) -> None:
    site.says(*(thing(n) for n in range(8)), {"name": "Ohne Kennung"})
    report = registry.harvest()
    assert (report.counts["rejected"], report.counts.get("removed", 0)) == (1, 0)
    assert len(registry.live()) == 10
    assert (None, "record.id.missing") in registry.findings()


def test_a_page_that_breaks_off_publishes_nothing(registry, site, thing: Thing) -> None:
    site.says(*(thing(n) for n in range(5)), thing(77))
    site.broken.add("/data")
    assert registry.harvest().state == "failed"
    assert len(registry.live()) == 10


def test_a_missing_second_page_publishes_nothing(registry, site, thing: Thing) -> None:
    site.says(*(thing(n) for n in range(5)), next="/page2")
    report = registry.harvest()
    assert report.state == "failed"
    assert len(registry.live()) == 10


def test_pages_that_go_in_a_circle_end_the_run(registry, site, thing: Thing) -> None:
    site.says(thing(1), next="/page2")
    site.says(thing(2), path="/page2", next="/data")
    report = registry.harvest()
    assert (report.state, report.explanation["code"]) == ("failed", "page.repeated")
    site.says(thing(1), next="/a")
    site.says(thing(2), path="/a", next="/b")
    site.pages["/b"] = site.pages["/a"] | {"next": "/c"}
    site.pages["/c"] = site.pages["/b"]
    assert registry.harvest().explanation["code"] == "page.repeated"
    assert len(registry.live()) == 10


def test_a_run_over_several_pages_counts_as_one(registry, site, thing: Thing) -> None:
    site.says(*(thing(n) for n in range(5)), next="/page2")
    site.says(*(thing(n) for n in range(5, 12)), path="/page2")
    report = registry.harvest()
    assert (report.counts["added"], report.counts["unchanged"]) == (2, 10)


# 3: mass removal is held


def test_mass_removal_is_held_until_a_person_accepts_it(registry, site, thing: Thing) -> None:
    site.says(*(thing(n) for n in range(4)), thing(50))
    report = registry.harvest()
    assert (report.state, report.explanation["code"]) == ("held", "run.mass-removal")
    assert "verbund harvest musterhub/data --accept-removals" in report.explanation["en"]
    assert report.explanation["command"] == "verbund harvest musterhub/data --accept-removals"
    assert registry.local_ids(registry.runs()[0].proof["examples"]) == {
        f"https://musterhub.example/{n}" for n in range(4, 10)
    }
    assert "https://musterhub.example/50" not in registry.live()
    assert len(registry.live()) == 10
    # Held again however often the same page comes: it must not pass as "unchanged".
    assert registry.harvest().state == "held"
    accepted = registry.harvest(accept=True)
    assert (accepted.counts["removed"], accepted.counts["added"], len(registry.live())) == (6, 1, 5)


def test_five_may_always_go(registry, site, thing: Thing) -> None:
    site.says(*(thing(n) for n in range(5)))
    assert registry.harvest().counts["removed"] == 5


def test_an_absolute_limit_holds_too(registry, site, thing: Thing) -> None:
    registry.add(source="limits = { max_removed = 1 }")
    site.says(*(thing(n) for n in range(8)))
    assert registry.harvest().explanation["code"] == "run.mass-removal"


def test_falling_below_the_declared_minimum_is_held(registry, site, thing: Thing) -> None:
    registry.add(source="minimum = 9")
    site.says(*(thing(n) for n in range(8)))
    assert registry.harvest().explanation["code"] == "run.below-minimum"
    assert len(registry.live()) == 10


# 5: a failed record keeps its last good version and counts as present


def test_a_record_that_turned_bad_keeps_its_last_good_version(registry, site, thing: Thing) -> None:
    bad = thing(3, name="")
    site.says(*(thing(n) for n in range(10) if n != 3), bad)
    report = registry.harvest()
    assert (report.counts["rejected"], report.counts.get("removed", 0)) == (1, 0)
    assert registry.live()["https://musterhub.example/3"]["name"] == {"de": "Verein Nummer 3"}
    assert ("https://musterhub.example/3", "name.required") in registry.findings()
    # Still bad, still there: nothing is done twice.
    site.validators = False
    again = registry.harvest()
    assert (again.state, again.counts["rejected"], again.counts["unchanged"]) == ("unchanged", 1, 9)
    site.says(*(thing(n) for n in range(10)))
    assert registry.harvest().counts.get("rejected", 0) == 0
    assert ("https://musterhub.example/3", "name.required") not in registry.findings()


def test_a_record_that_never_was_good_is_forgotten_when_it_is_no_longer_there(
    registry, site, thing: Thing
) -> None:
    site.says(*(thing(n) for n in range(10)), thing(11, name=""))
    assert registry.harvest().counts["rejected"] == 1
    site.says(*(thing(n) for n in range(10)))
    registry.harvest()
    assert not {rule for id_, rule in registry.findings() if id_ == "https://musterhub.example/11"}


# 7: the same content is the same hash


def test_an_unchanged_hub_costs_one_question(registry, site) -> None:
    asked = len(site.asked)
    report = registry.harvest()
    assert (report.state, report.counts["unchanged"], report.release) == ("unchanged", 10, None)
    [(path, tag)] = site.asked[asked:]
    assert path == "/data"
    assert tag


def test_a_report_does_not_shrink_because_nothing_is_new(registry, site, thing: Thing) -> None:
    before = registry.findings()
    assert (None, "language.assumed") in before
    registry.harvest()
    assert registry.findings() == before
    site.says(*(thing(n, retrieved="heute") for n in range(10)))
    registry.harvest()
    assert registry.findings() == before


def test_a_hub_without_validators_is_compared_by_its_bytes(registry, site) -> None:
    site.validators = False
    for _ in range(2):
        assert registry.harvest().state == "unchanged"


def test_volatile_fields_and_order_change_nothing(registry, site, thing: Thing) -> None:
    site.says(*(thing(n, retrieved="heute") for n in reversed(range(10))))
    report = registry.harvest()
    assert (report.state, report.counts["unchanged"], report.release) == ("unchanged", 10, None)


def test_another_mapping_is_applied_without_asking_the_hub(registry, site) -> None:
    with registry.instance.store.read() as conn:
        before = releases.latest(conn).number
    asked = len(site.asked)
    registry.edit_manifest('language = "de"', 'language = "en"')
    report = registry.harvest()
    # The hub answered "not modified", so there was nothing to read but our own raw forms.
    assert [bool(tag) for _, tag in site.asked[asked:]] == [True]
    assert report.counts["changed"] == 10
    assert registry.live()["https://musterhub.example/3"]["name"] == {"en": "Verein Nummer 3"}
    assert report.release == before + 1


# 8: a hub speaks only for its own records


def test_a_hub_cannot_speak_for_another_hubs_records(registry, site, thing: Thing) -> None:
    site.says(*(thing(n) for n in range(10)), {"id": "https://fremd.example/1", "name": "Gekapert"})
    report = registry.harvest()
    assert report.counts["rejected"] == 1
    assert ("https://fremd.example/1", "record.foreign-id") in registry.findings()
    site.says(thing(1, name="Andere Angabe"), path="/zwei")
    registry.add("zweithub", "/zwei")
    registry.harvest("zweithub/data")
    assert registry.live()["https://musterhub.example/1"]["name"] == {"de": "Verein Nummer 1"}


def test_an_id_that_comes_twice_counts_once(registry, site, thing: Thing) -> None:
    site.says(*(thing(n) for n in range(10)), thing(4, name="Doppelt"), thing(5))
    registry.harvest()
    assert registry.live()["https://musterhub.example/4"]["name"] == {"de": "Verein Nummer 4"}
    assert (None, "record.duplicate-id") in registry.findings()


# 10: hostile input


def test_what_a_manifest_says_cannot_open_private_addresses(registry, site) -> None:
    settings = registry.instance.settings
    object.__setattr__(settings, "private_hosts", ())
    report = registry.harvest()
    assert report.state == "failed"
    assert "VERBUND_PRIVATE_HOSTS" in report.explanation["en"]
    assert len(registry.live()) == 10


def test_hostile_values_are_stored_clean_or_refused(registry, site, thing: Thing) -> None:
    site.says(
        *(thing(n) for n in range(8)),
        thing(8, web="javascript:alert(1)", text="<script>alert(1)</script><b>Guten Tag</b>"),
        thing(9, name="A\u202eB\x00C" + "\ud800"),
    )
    registry.harvest()
    eight = registry.live()["https://musterhub.example/8"]
    assert "homepage" not in eight
    assert eight["description"] == {"de": "Guten Tag"}
    name = registry.live()["https://musterhub.example/9"]["name"]["de"]
    assert not set(name) & {"\u202e", "\x00", "\ud800"}


# 11: personal data


def test_a_persons_mail_address_reaches_neither_page_nor_raw_form(
    registry, site, thing: Thing
) -> None:
    site.says(
        *(thing(n) for n in range(8)),
        thing(8, web="https://verein8.example/", mail="info@verein8.example"),
        thing(
            9,
            mail="erika.muster@freemail.example",
            text="Rufen Sie Erika an: erika.muster@freemail.example",
        ),
    )
    registry.harvest()
    assert (
        registry.live()["https://musterhub.example/8"]["contactPoint"][0]["email"]
        == "info@verein8.example"
    )
    assert ("https://musterhub.example/9", "contact.personal-dropped") in registry.findings()
    with registry.instance.store.read() as conn:
        everything = b"".join(raw for _, raw in records.raw_forms(conn, records.live_ids(conn)))
        documents = str([row.document for row in records.stored(conn, records.live_ids(conn))])
    assert b"info@verein8.example" in everything
    assert b"erika.muster" not in everything
    assert "erika.muster" not in documents


def test_what_was_left_out_stays_in_the_report_when_raw_forms_are_mapped_anew(
    registry, site, thing: Thing
) -> None:
    site.says(*(thing(n) for n in range(9)), thing(9, mail="erika.muster@freemail.example"))
    registry.harvest()
    registry.edit_manifest('language = "de"', 'language = "en"')
    assert registry.harvest().counts["changed"] == 10
    assert ("https://musterhub.example/9", "contact.personal-dropped") in registry.findings()


# a hub that leaves


def test_a_removed_hub_leaves_tombstones(registry, site) -> None:
    publish_removal(registry.instance, "musterhub", registry.now)
    assert registry.live() == {}
    assert set(registry.states().values()) == {"gone"}
    assert len(registry.states()) == 10
