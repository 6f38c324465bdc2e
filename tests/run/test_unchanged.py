"""What a run leaves undone because nothing is new must not hide what is."""

from collections.abc import Callable
from typing import Any

import pytest

from registry.run.endings import give_up
from registry.run.harvest import stage_source
from registry.run.lease import Leases, RunStopped
from registry.store import records
from registry.store.hubs import source

Thing = Callable[..., dict[str, Any]]
OURS = "musterhub/data"


def iri(number: int) -> str:
    return f"https://musterhub.example/{number}"


@pytest.fixture(autouse=True)
def ten_things(registry, site, thing: Thing) -> None:
    site.says(*(thing(n) for n in range(10)))
    registry.add()
    assert registry.harvest().counts["added"] == 10


@pytest.fixture(params=["304", "200"])
def _answer(request: pytest.FixtureRequest, site) -> None:
    """How the hub says that nothing is new: by a word, or by sending the same again."""
    site.validators = request.param == "304"


@pytest.fixture
def no_index(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on nobody may read what is known of each record."""

    def read(*_: Any, **__: Any) -> Any:
        pytest.fail("the records were read one by one")

    monkeypatch.setattr(records, "index_of", read)


# counts and findings stay what they were


@pytest.mark.usefixtures("_answer")
def test_an_unchanged_source_is_counted_without_being_walked_through(
    registry, site, thing: Thing, request: pytest.FixtureRequest
) -> None:
    site.says(*(thing(n) for n in range(8)), thing(8, name=""), thing(11, name=""))
    first = registry.harvest()
    assert (first.counts["rejected"], first.counts["removed"]) == (2, 1)
    request.getfixturevalue("no_index")
    for _ in range(2):
        again = registry.harvest()
        assert again.state == "unchanged"
        assert {name: again.counts[name] for name in ("read", "unchanged", "rejected")} == {
            "read": 10,
            "unchanged": 8,
            "rejected": 2,
        }
    proof = registry.runs()[0].proof
    assert {"complete": True, "missing": 0, "live_before": 9}.items() <= proof.items()


@pytest.mark.usefixtures("_answer")
def test_a_refused_record_outlives_runs_that_find_nothing_new(registry, site, thing) -> None:
    site.says(*(thing(n) for n in range(10)), thing(11, name=""))
    registry.harvest()
    registry.harvest()
    assert (iri(11), "name.required") in registry.findings()
    site.says(*(thing(n) for n in range(10)), thing(11))
    assert registry.harvest().counts["added"] == 1
    assert (iri(11), "name.required") not in registry.findings()


@pytest.mark.usefixtures("_answer")
def test_what_is_wrong_with_a_page_is_told_as_long_as_the_page_stays(
    registry, site, thing: Thing
) -> None:
    site.says(*(thing(n) for n in range(10)), thing(4), "nichts")
    registry.harvest()
    wrong = {(None, "record.duplicate-id"), (None, "row.bad")}
    assert wrong <= registry.findings()
    registry.harvest()
    assert wrong <= registry.findings()
    site.says(*(thing(n) for n in range(10)))
    registry.harvest()
    assert not wrong & registry.findings()


def test_what_a_held_run_found_goes_once_the_page_is_what_it_was(registry, site, thing) -> None:
    before = registry.findings()
    site.says(*(thing(n) for n in range(3)), thing(1), thing(2, name="Zwei"))
    assert registry.harvest().state == "held"
    assert (None, "record.duplicate-id") in registry.findings()
    site.says(*(thing(n) for n in range(10)))
    assert registry.harvest().state == "unchanged"
    assert (None, "record.duplicate-id") not in registry.findings()
    assert len(registry.live()) == 10
    assert registry.findings() <= before


def test_an_unchanged_record_that_comes_twice_is_told_by_its_id(registry, site, thing) -> None:
    site.says(*(thing(n) for n in range(10)), thing(4), thing(5, name="Neu"))
    report = registry.harvest()
    assert (report.counts["unchanged"], report.counts["mapped"]) == (10, 1)
    site.says(*(thing(n) for n in range(10)), thing(4))
    registry.harvest()
    assert (None, "record.duplicate-id") in registry.findings()
    assert registry.live()[iri(5)]["name"] == {"de": "Verein Nummer 5"}


# what is new is seen


def test_what_changes_back_is_a_change(registry, site, thing: Thing) -> None:
    for name in ("Neu", "Verein Nummer 3"):
        site.says(*(thing(n, **({"name": name} if n == 3 else {})) for n in range(10)))
        assert registry.harvest().counts["changed"] == 1
        assert registry.live()[iri(3)]["name"] == {"de": name}


def test_what_was_removed_comes_back_in_the_same_words(registry, site, thing: Thing) -> None:
    site.says(*(thing(n) for n in range(9)))
    assert registry.harvest().counts["removed"] == 1
    assert registry.harvest().counts["unchanged"] == 9
    site.says(*(thing(n) for n in range(10)))
    assert registry.harvest().counts["added"] == 1
    assert registry.states()[iri(9)] == "live"


@pytest.mark.parametrize("changed", [1, 2])
def test_of_several_pages_one_is_new(registry, site, thing: Thing, changed: int) -> None:
    site.says(*(thing(n) for n in range(5)), next="/page2")
    site.says(*(thing(n) for n in range(5, 12)), path="/page2")
    assert registry.harvest().counts["added"] == 2
    assert registry.harvest().counts["unchanged"] == 12
    first, second = (
        [thing(n, name="Neu") if n in (0, 6) and page == changed else thing(n) for n in numbers]
        for page, numbers in ((1, range(5)), (2, range(5, 12)))
    )
    site.says(*first, next="/page2")
    site.says(*second, path="/page2")
    report = registry.harvest()
    assert (report.counts["changed"], report.counts["unchanged"]) == (1, 11)
    assert registry.live()[iri(0 if changed == 1 else 6)]["name"] == {"de": "Neu"}


def test_a_run_that_broke_off_before_it_was_published_has_proved_nothing(
    registry, site, thing: Thing
) -> None:
    site.says(*(thing(n) for n in range(9)), thing(9, name="Neu"))
    leases = Leases(registry.instance.store, registry.clock)
    staged = stage_source(registry.instance, OURS, registry.clock, leases)
    give_up(registry.instance, staged.run, registry.clock(), RunStopped())
    assert registry.harvest().counts["changed"] == 1
    assert registry.live()[iri(9)]["name"] == {"de": "Neu"}


# another manifest over the same pages


@pytest.mark.usefixtures("_answer")
def test_what_another_manifest_leaves_out_is_removed_though_the_page_is_the_same(
    registry, site
) -> None:
    registry.edit_manifest("[source.map]", "[source.map]\nwhere = \"name != 'Verein Nummer 3'\"")
    report = registry.harvest()
    assert (report.counts["removed"], report.counts["unchanged"]) == (1, 9)
    assert registry.states()[iri(3)] == "gone"
    assert registry.harvest().counts["unchanged"] == 9


@pytest.mark.usefixtures("_answer")
@pytest.mark.parametrize(
    ("strict", "usual"),
    [
        ("[source.map]\nwhere = \"name == 'Verein Nummer 3'\"", "[source.map]"),
        ("[source.map]\nskip = \"name != 'Verein Nummer 3'\"", "[source.map]"),
        ('id = "no_such_field"', 'id = "id"'),
    ],
    ids=["where", "skip", "id"],
)
def test_what_another_manifest_takes_in_arrives_though_the_page_is_the_same(
    registry, site, strict: str, usual: str
) -> None:
    registry.edit_manifest(usual, strict)
    site.says(*({"id": iri(n), "name": f"Verein Nummer {n}"} for n in range(3, 13)))
    registry.harvest(accept=True)
    registry.edit_manifest(strict, usual)
    report = registry.harvest()
    assert report.counts["read"] == 10
    assert {iri(n) for n in range(3, 13)} <= set(registry.live())
    assert registry.harvest().counts["unchanged"] == 10


@pytest.mark.usefixtures("_answer")
def test_an_ignored_field_that_another_manifest_maps_is_read_though_the_page_is_the_same(
    registry, site, thing: Thing
) -> None:
    registry.edit_manifest("ignore = [", 'ignore = ["short", ')
    site.says(*(thing(n, short=f"VN{n}") for n in range(10)))
    registry.harvest()
    registry.edit_manifest("[source.map]", '[source.map]\nalternateName = "short"')
    assert registry.harvest().counts["changed"] == 10
    assert registry.live()[iri(3)]["alternateName"] == {"de": ["VN3"]}


@pytest.mark.usefixtures("_answer")
def test_another_manifest_that_leaves_much_out_is_held(registry, site) -> None:
    registry.edit_manifest("[source.map]", "[source.map]\nwhere = \"name == 'Verein Nummer 3'\"")
    for _ in range(2):
        report = registry.harvest()
        assert (report.state, report.explanation["code"]) == ("held", "run.mass-removal")
    assert len(registry.live()) == 10


@pytest.mark.usefixtures("_answer")
def test_only_what_another_manifest_would_read_differently_is_read_again(
    registry, site, thing: Thing
) -> None:
    registry.edit_manifest('language = "de"', 'language = "en"')
    site.says(*(thing(n) for n in range(9)), {"name": "Ohne Kennung"})
    # One row cannot be told apart, so the tenth stays, read by the former manifest.
    assert registry.harvest().counts["changed"] == 9
    report = registry.harvest()
    assert (report.counts["changed"], report.counts["unchanged"]) == (1, 9)
    assert registry.live()[iri(9)]["name"] == {"en": "Verein Nummer 9"}
    assert registry.harvest().counts["unchanged"] == 10


def test_a_run_leaves_the_validators_that_the_next_one_asks_with(registry, site) -> None:
    for _ in range(2):
        registry.harvest()
        with registry.instance.store.read() as conn:
            [known] = source(conn, OURS).validators.values()
        assert known["etag"] == site.asked[-1][1]
        assert known["sha256"]
