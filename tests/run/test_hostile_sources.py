"""One source or record that misbehaves costs itself, and neither the others nor the registry."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from harvester.mapping import Mapper
from registry.run.harvest import harvest
from registry.run.hubs import add_hub
from registry.run.record_findings import MOST_FINDINGS
from registry.run.unread import MOST_PATHS, REST
from registry.store import findings

Thing = Callable[..., dict[str, Any]]
OURS = "musterhub/data"
NINE = "https://musterhub.example/9"


@pytest.fixture(autouse=True)
def ten_things(registry, site, thing: Thing) -> None:
    site.says(*(thing(n) for n in range(10)))
    registry.add()
    assert registry.harvest().counts["added"] == 10


# what a hub may say of itself


def test_a_hub_that_dates_its_changes_ahead_does_not_have_the_last_word(
    registry, site, thing: Thing
) -> None:
    same = "https://register.example/1"

    def says(homepage: str, modified: str, number: int) -> dict[str, Any]:
        said = thing(1, web=homepage, same=same, changed=modified)
        return {**said, "name": "Werkhof", "id": f"id-{number}"}

    site.says(says("https://now.example/", "2026-11-22", 1), path="/now")
    site.says(says("https://ahead.example/", "2200-12-31", 2), path="/ahead")
    for hub in ("now", "ahead"):
        registry.add(hub, f"/{hub}")
        registry.edit_manifest("[source.map]", '[source.map]\nmodified = "changed"', hub)
        assert registry.harvest(f"{hub}/data").counts["added"] == 1
    [merged] = [one for one in registry.live().values() if one["name"] == {"de": "Werkhof"}]
    assert merged["homepage"] == "https://now.example/"
    assert ("id-2", "modified.ahead") in registry.findings("ahead/data")
    assert ("id-1", "modified.ahead") not in registry.findings("now/data")


# what a run may take


def test_a_source_without_an_end_is_given_up_after_its_time(registry, site, thing: Thing) -> None:
    for number in range(100):
        site.says(thing(number), path=f"/{number}", next=f"/{number + 1}")
    registry.add(path="/0", source="limits = { max_seconds = 60 }")

    def clock() -> Any:
        registry.now += timedelta(seconds=1)
        return registry.now

    [report] = harvest(registry.instance, [OURS], clock)
    assert (report.state, report.explanation["code"]) == ("failed", "run.too-long")
    assert "limits.max_seconds" in report.explanation["de"]
    assert "limits.max_seconds" in report.explanation["en"]
    assert 1 < len(site.asked) < 100
    assert len(registry.live()) == 10


def test_rows_that_are_no_records_count_against_the_limit_too(registry, site) -> None:
    site.pages["/data"] = {"items": ["nichts"] * 30}
    registry.edit_manifest("[source.options]", "limits = { max_records = 20 }\n[source.options]")
    report = registry.harvest()
    assert (report.state, report.explanation["code"]) == ("failed", "records.too-many")


def test_rows_that_are_left_out_count_against_the_limit_too(registry, site, thing: Thing) -> None:
    site.says(*(thing(n) for n in range(30)))
    registry.edit_manifest("[source.options]", "limits = { max_records = 20 }\n[source.options]")
    registry.edit_manifest("[source.map]", "[source.map]\nwhere = \"name == 'niemand'\"")
    assert registry.harvest().explanation["code"] == "records.too-many"


# 5: one record fails alone


@pytest.mark.parametrize(
    "page", ["https://x.example/\x85a", "https://x.example/%zz", "http://a.example/#a#b"]
)
def test_a_page_that_is_no_address_fails_nothing_else(
    registry, site, thing: Thing, page: str
) -> None:
    registry.edit_manifest("[source.map]", '[source.map]\npage = "page"')
    site.says(*(thing(n) for n in range(9)), thing(9, page=page), thing(10))
    assert registry.harvest().state == "published"
    assert "https://musterhub.example/10" in registry.live()


def test_a_record_that_cannot_be_linked_is_refused_and_its_last_good_form_stays(
    registry, site, thing: Thing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of ours that the data of one record bring out."""
    from registry.run import usable

    read = usable.features_of

    def fault(record_id: str, source_id: str, local_id: str, *more: Any) -> Any:
        if local_id == NINE:
            raise ZeroDivisionError
        return read(record_id, source_id, local_id, *more)

    monkeypatch.setattr(usable, "features_of", fault)
    site.says(thing(0, name="Neuer Name"), *(thing(n) for n in range(1, 9)), thing(9, name="Böse"))
    report = registry.harvest()
    assert (report.state, report.counts["rejected"]) == ("published", 1)
    assert (NINE, "record.unusable") in registry.findings()
    assert registry.live()[NINE]["name"] == {"de": "Verein Nummer 9"}
    assert registry.live()["https://musterhub.example/0"]["name"] == {"de": "Neuer Name"}


def test_an_object_that_mapping_fails_on_removes_nothing(
    registry, site, thing: Thing, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Mapper.map

    def fault(self: Mapper, found: Any) -> Any:
        if found.data["id"] == NINE:
            raise RecursionError
        return read(self, found)

    monkeypatch.setattr(Mapper, "map", fault)
    site.says(thing(0, name="Neuer Name"), *(thing(n) for n in range(1, 8)), thing(9, name="Böse"))
    report = registry.harvest()
    assert (report.state, report.counts["rejected"]) == ("published", 1)
    assert (None, "record.unusable") in registry.findings()
    assert len(registry.live()) == 10


@pytest.mark.parametrize("bad", ["a\x00b", "a\ud800b", "x" * 501, "a\nb"])
def test_an_id_that_no_database_takes_fails_nothing_else(
    registry, site, thing: Thing, bad: str
) -> None:
    site.says(*(thing(n) for n in range(10)), {"id": bad, "name": "Seltsam"}, thing(11))
    report = registry.harvest()
    assert report.state == "published"
    assert "https://musterhub.example/11" in registry.live()


# growth


def test_field_names_without_end_are_counted_together(registry, site, thing: Thing) -> None:
    site.says(*(thing(n, **{f"feld{n}_{m}": 1 for m in range(50)}) for n in range(10)))
    registry.harvest()
    unread = registry.runs()[0].unread
    assert len(unread) == MOST_PATHS + 1
    assert unread[REST] == 500 - MOST_PATHS


def test_field_names_are_counted_without_what_no_database_takes(
    registry, site, thing: Thing
) -> None:
    site.says(*(thing(n, **{"fe\0ld\u202e": 1}) for n in range(10)))
    registry.harvest()
    assert registry.runs()[0].unread == {"feld": 10}


def test_an_id_with_half_an_address_is_no_defect(registry, site, thing: Thing) -> None:
    site.says(*(thing(n) for n in range(10)), {"id": "https://[musterhub.example/", "name": "Y"})
    registry.harvest()
    assert "record.unusable" not in {rule for _, rule in registry.findings()}


def test_a_record_has_a_hundred_findings_at_most(registry, site, thing: Thing) -> None:
    addresses = [f"javascript:{n}" for n in range(400)]
    site.says(*(thing(n) for n in range(9)), thing(9, same=addresses, name=""))
    registry.harvest()
    with registry.instance.store.read() as conn:
        rules = [f.finding.rule for f in findings.findings_of(conn, OURS, local_ids=[NINE])]
    assert len(rules) <= MOST_FINDINGS
    assert "name.required" in rules


# 8: whose ids a hub may use


def without_own_ids(registry, hub: str = "zweithub") -> None:
    registry.edit_manifest(f'own_ids = ["https://{hub}.example/"]\n', "", hub)
    add_hub(registry.instance, registry.folder(hub), registry.now)


@pytest.mark.parametrize(
    ("id_", "owner"),
    [
        ("https://musterhub.example/1", "musterhub"),
        ("http://www.Musterhub.example/1", "musterhub"),
        ("https://verbund.example/id/abc", "verbund.example"),
    ],
)
def test_without_own_ids_a_hub_still_cannot_use_ids_of_another_or_ours(
    registry, site, id_: str, owner: str
) -> None:
    site.says({"id": id_, "name": "Gekapert"}, {"id": "7", "name": "Eigenes"}, path="/zwei")
    registry.add("zweithub", "/zwei")
    without_own_ids(registry)
    report = registry.harvest("zweithub/data")
    assert (report.counts["rejected"], report.counts["added"]) == (1, 1)
    with registry.instance.store.read() as conn:
        found = findings.findings_of(conn, "zweithub/data", local_ids=[id_])
    [told] = [one.finding for one in found if one.finding.rule == "record.foreign-id"]
    assert f"gehört zu {owner}" in told.fix["de"]
    assert registry.live()["https://musterhub.example/1"]["name"] == {"de": "Verein Nummer 1"}


def test_without_own_ids_a_hub_uses_its_own_hosts_and_those_of_nobody(registry, site) -> None:
    ids = ["https://zweithub.example/1", "https://niemand.example/1", "urn:x:1", "17"]
    site.says(*({"id": one, "name": f"Eigenes {one}"} for one in ids), path="/zwei")
    registry.add("zweithub", "/zwei")
    without_own_ids(registry)
    report = registry.harvest("zweithub/data")
    assert (report.counts["added"], report.counts.get("rejected", 0)) == (4, 0)


def test_what_another_hub_claims_takes_no_hub_its_own_host(registry, site) -> None:
    registry.add("zweithub", "/zwei")
    registry.edit_manifest(
        'https://zweithub.example/"]', 'https://musterhub.example/"]', "zweithub"
    )
    add_hub(registry.instance, registry.folder("zweithub"), registry.now)
    registry.edit_manifest('language = "de"', 'language = "en"')
    assert registry.harvest().counts["changed"] == 10


def test_an_id_below_a_prefix_that_another_hub_claims_is_refused(registry, site, thing) -> None:
    """Many share one host; the beginning that a hub names there is its own."""
    registry.edit_manifest(
        'own_ids = ["https://musterhub.example/"]',
        'own_ids = ["https://musterhub.example/", "https://shared.example/one/"]',
    )
    add_hub(registry.instance, registry.folder("musterhub"), registry.now)
    ids = ["https://shared.example/one/1", "https://shared.example/two/1"]
    site.says(*({"id": one, "name": "Verein"} for one in ids), path="/zwei")
    registry.add("zweithub", "/zwei")
    without_own_ids(registry)
    registry.harvest("zweithub/data")
    assert ids[0] not in registry.live()
    assert ids[1] in registry.live()
