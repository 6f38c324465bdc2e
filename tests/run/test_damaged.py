"""Objects that were damaged on the way, and sources that cannot be read for a while."""

from collections.abc import Callable
from typing import Any

import pytest

from registry.run.hubs import add_hub
from registry.store import records

Thing = Callable[..., dict[str, Any]]
OURS = "musterhub/data"
MANIFEST = """
[hub]
id = "musterhub"
name = {{ de = "Musterhub" }}
contact = "daten@musterhub.example"

[[source]]
id = "data"
iri = "https://musterhub.example/data"
url = "{url}"
licence = "unknown"
format = "csv"
language = "de"
[source.options]
encoding = "utf-8"
delimiter = ";"
[source.map]
kind = "Art || 'actor'"
id = "Nr"
name = "Name"
homepage = "Web"
"""
GOOD = tuple(f"{n};Verein {n};https://v{n}.example/" for n in range(1, 6))
DAMAGED = {
    "too short": "6;Verein 6",
    "too long": "6;Verein 6;;Leipzig",
    "bad signs": "6;Verein \xff;",
}
MENDED = {"too short": "6;Verein 6;", "too long": "6;Verein 6;", "bad signs": "6;Verein \ufffd;"}


def csv(*rows: str) -> bytes:
    return "\n".join(("Nr;Name;Web", *rows, "")).encode("utf-8").replace(b"\xc3\xbf", b"\xff")


@pytest.fixture
def hub(registry, site) -> Any:
    """A hub with a CSV file of five good rows, harvested once."""
    folder = registry.folder("musterhub")
    folder.mkdir()
    (folder / "hub.toml").write_text(MANIFEST.format(url=site.url()), "utf-8")
    add_hub(registry.instance, folder, registry.now)
    site.pages["/data"] = csv(*GOOD)
    assert registry.harvest().counts["added"] == 5
    return registry


def problems(registry) -> set[str | None]:
    return {id_ for id_, rule in registry.findings() if rule in ("row.bad", "encoding.bad")}


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_mended_row_is_taken_in(hub, site, damage: str) -> None:
    site.pages["/data"] = csv(*GOOD, DAMAGED[damage])
    report = hub.harvest()
    assert (report.counts["rejected"], problems(hub)) == (1, {"6"})
    site.pages["/data"] = csv(*GOOD, DAMAGED[damage], "")
    again = hub.harvest()
    assert (again.state, again.counts["rejected"], problems(hub)) == ("unchanged", 1, {"6"})
    site.pages["/data"] = csv(*GOOD, MENDED[damage])
    mended = hub.harvest()
    assert (mended.counts["added"], mended.counts.get("rejected", 0)) == (1, 0)
    assert problems(hub) == set()
    assert "6" in hub.live()


def test_a_good_row_that_is_damaged_keeps_its_last_good_form(hub, site) -> None:
    site.pages["/data"] = csv(GOOD[0] + ";Leipzig", *GOOD[1:])
    report = hub.harvest()
    assert (report.counts["rejected"], report.counts["unchanged"]) == (1, 4)
    assert problems(hub) == {"1"}
    assert "1" in hub.live()
    site.pages["/data"] = csv(*GOOD)
    assert hub.harvest().counts.get("rejected", 0) == 0
    assert problems(hub) == set()


def test_a_damaged_row_is_not_taken_for_good_when_the_rules_change(
    hub, site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then all is mapped anew from what is kept, if the hub has nothing new."""
    site.pages["/data"] = csv(*GOOD, DAMAGED["too long"])
    hub.harvest()
    monkeypatch.setattr("registry.run.harvest.processing_version", lambda *_: "another")
    report = hub.harvest()
    assert hub.runs()[0].proof["unchanged"]
    assert report.counts["mapped"] == 5
    assert (report.counts["read"], report.counts["rejected"]) == (6, 1)
    assert "6" not in hub.live()
    assert problems(hub) == {"6"}
    with hub.instance.store.read() as conn:
        assert records.tally(conn, OURS, "another").known == 6


def test_an_outage_hides_no_mistakes(registry, site, thing: Thing) -> None:
    nameless = {key: value for key, value in thing(11).items() if key != "id"}
    site.says(*(thing(n) for n in range(10)), thing(4), nameless)
    registry.add()
    first = registry.harvest()
    wrong = {(None, "record.duplicate-id"), (None, "record.id.missing")}
    assert wrong <= registry.findings()
    site.broken.add("/data")
    site.pages["/data"]["note"] = "so that it must be read"
    assert registry.harvest().state == "failed"
    assert wrong <= registry.findings()
    site.broken.clear()
    del site.pages["/data"]["note"]
    again = registry.harvest()
    assert again.state == "unchanged"
    assert registry.runs()[0].proof["unchanged"]
    assert {n: again.counts[n] for n in ("read", "rejected")} == {
        n: first.counts[n] for n in ("read", "rejected")
    }
    assert wrong <= registry.findings()


def test_what_a_held_run_found_stands_beside_what_is_in_force(registry, site, thing: Thing) -> None:
    nameless = {key: value for key, value in thing(11).items() if key != "id"}
    site.says(*(thing(n) for n in range(10)), nameless)
    registry.add()
    registry.harvest()
    site.says(thing(1), thing(2), thing(1))
    assert registry.harvest().state == "held"
    told = [rule for id_, rule in registry.findings() if id_ is None]
    assert {"record.id.missing", "record.duplicate-id"} <= set(told)
    site.says(*(thing(n) for n in range(10)), nameless)
    assert registry.harvest().counts["rejected"] == 1
    assert (None, "record.duplicate-id") not in registry.findings()
    assert (None, "record.id.missing") in registry.findings()


@pytest.mark.parametrize("validators", [True, False])
def test_what_a_held_run_found_wrong_with_entries_goes_with_it(
    registry, site, thing: Thing, validators: bool
) -> None:
    """And what was wrong before, and is still, is told again."""
    site.validators = validators
    good = [thing(n) for n in range(8)]
    site.says(*good, thing(8, name=""), thing(1))
    registry.add()
    registry.harvest()
    before = registry.findings()
    nameless = "https://musterhub.example/2"
    assert ("https://musterhub.example/8", "name.required") in before
    site.says(thing(1), thing(2, name=""), thing(8))
    assert registry.harvest().state == "held"
    assert (nameless, "name.required") in registry.findings()
    site.says(*good, thing(8, name=""), thing(1))
    report = registry.harvest()
    assert (report.state, report.counts["rejected"]) == ("unchanged", 1)
    assert registry.findings() == before


def test_what_is_mapped_anew_leaves_what_was_wrong_with_the_page(
    registry, site, thing: Thing, monkeypatch: pytest.MonkeyPatch
) -> None:
    nameless = {key: value for key, value in thing(11).items() if key != "id"}
    site.says(*(thing(n) for n in range(10)), thing(4), nameless)
    registry.add()
    registry.harvest()
    before = registry.findings()
    monkeypatch.setattr("registry.run.harvest.processing_version", lambda *_: "another")
    report = registry.harvest()
    assert (report.counts["mapped"], report.counts["rejected"]) == (10, 1)
    assert registry.findings() == before


def nameless(thing: Thing, number: int) -> dict[str, Any]:
    return {key: value for key, value in thing(number).items() if key != "id"}


def test_entries_that_a_held_run_alone_met_go_with_it(registry, site, thing: Thing) -> None:
    good = [thing(n) for n in range(10)]
    site.says(*good)
    registry.add()
    registry.harvest()
    bad = (thing(21, name=""), nameless(thing, 22), thing(23, mail="info@a.example"))
    site.says(thing(1), *bad[:1], bad[2])
    assert registry.harvest().state == "held"
    site.says(*good)
    for _ in range(2):
        report = registry.harvest()
        assert (report.counts["read"], report.counts.get("rejected", 0)) == (10, 0)
    assert {id_ for id_, _ in registry.findings() if id_} <= {thing(n)["id"] for n in range(10)}


def test_a_damaged_row_keeps_its_reason_after_a_held_run(hub, site) -> None:
    hub.edit_manifest('language = "de"', 'language = "de"\nminimum = 4')
    site.pages["/data"] = csv(*GOOD, DAMAGED["too long"])
    hub.harvest()
    site.pages["/data"] = csv(GOOD[0], MENDED["too long"])
    assert hub.harvest().state == "held"
    site.pages["/data"] = csv(*GOOD, DAMAGED["too long"])
    for _ in range(2):
        assert hub.harvest().counts["rejected"] == 1
        assert problems(hub) == {"6"}


def test_what_cannot_be_told_from_what_is_kept_is_told_after_a_held_run(
    registry, site, thing: Thing
) -> None:
    dropped = (thing(1)["id"], "contact.personal-dropped")
    good = [thing(n, **({"mail": "erika.muster@a.example"} if n == 1 else {})) for n in range(10)]
    site.says(*good)
    registry.add()
    registry.harvest()
    assert dropped in registry.findings()
    site.says(thing(1), thing(2, mail="max.muster@a.example"))
    assert registry.harvest().state == "held"
    site.says(*good)
    registry.harvest()
    told = {found for found in registry.findings() if found[1] == "contact.personal-dropped"}
    assert told == {dropped}


def test_a_run_after_a_failed_one_counts_only_what_is_there(registry, site, thing: Thing) -> None:
    pages = {f"/data?page={n}": [thing(n * 10 + m) for m in range(10)] for n in (1, 2)}

    def says(first: list[dict[str, Any]], *, broken: bool) -> None:
        site.says(*first, next=site.url("/data?page=2"))
        site.says(*pages["/data?page=2"], path="/data?page=2")
        (site.broken.add if broken else site.broken.discard)("/data?page=2")

    says(pages["/data?page=1"], broken=False)
    registry.add()
    registry.harvest()
    says([*pages["/data?page=1"], nameless(thing, 77)], broken=True)
    assert registry.harvest().state == "failed"
    says(pages["/data?page=1"], broken=False)
    report = registry.harvest()
    assert (report.counts["read"], report.counts.get("rejected", 0)) == (20, 0)
    assert {rule for id_, rule in registry.findings() if id_ is None} <= {"language.assumed"}
