"""A directory's entries are followed to the documents that its members keep, good ones and bad."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from harvester.follow import follower
from registry.instance import initialise, open_instance
from registry.run import following
from registry.run.endings import Report
from registry.run.harvest import harvest, stage_source
from registry.run.hubs import add_hub
from registry.run.lease import Leases
from registry.settings import Settings
from registry.store import hubs, records
from tests.hub_site import Site, serving
from tests.run.conftest import Registry
from tests.run.directory import SOURCE, Directory, profile

ROOT = Path(__file__).parents[2]
BOTH_LANGUAGES = {"de", "en"}


@pytest.fixture(params=["sqlite", "postgresql"])
def registry(
    request: pytest.FixtureRequest, tmp_path: Path, site: Site, settings: Settings
) -> Iterator[Registry]:
    """One on each database, which may read the site under two names."""
    if request.param == "postgresql":
        settings = replace(settings, store_url=request.getfixturevalue("pg_url"))
    hosts = (f"127.0.0.1:{site.port}", f"localhost:{site.port}")
    settings = replace(settings, private_hosts=hosts)
    initialise(settings)
    with open_instance(settings) as instance:
        yield Registry(instance, tmp_path, site)


@pytest.fixture
def directory(registry: Registry, site: Site, tmp_path: Path) -> Directory:
    return Directory(registry, site, tmp_path)


@pytest.fixture
def three(directory: Directory) -> Directory:
    """Three communities whose profiles were read once."""
    directory.lists("ost", "west", "nord")
    for name in ("ost", "west", "nord"):
        directory.keeps(name, profile(f"Netz {name}"))
    assert directory.harvest().counts["added"] == 3
    return directory


# --- what is good --------------------------------------------------------------------------------


def test_an_entry_says_what_its_profile_says(directory: Directory) -> None:
    directory.lists("ost")
    about = profile(
        "Netz Ost", contact={"email": "kontakt@funker.example", "phone": "0172 1234567"}
    )
    about["state"] = {"description": "Freies Netz im Osten."}
    directory.keeps("ost", about)
    report = directory.harvest()
    assert (report.state, report.counts["read"]) == ("published", 1)
    said = directory.registry.live()["ost"]
    assert said["name"] == {"de": "Netz Ost"}
    assert said["homepage"] == "https://funker.example/"
    assert said["description"] == {"de": "Freies Netz im Osten."}
    assert [one["postName"] for one in said["address"]] == ["Musterstadt"]
    assert said["geometry"]["asWKT"] == "POINT(13.74 51.05)"
    assert said["contactPoint"][0]["email"] == "kontakt@funker.example"
    assert directory.told("ost") == []


def test_a_second_run_in_which_nothing_changed_writes_nothing(three: Directory) -> None:
    before = _records(three.registry)
    report = three.harvest()
    assert (report.state, report.counts["unchanged"]) == ("unchanged", 3)
    assert "mapped" not in report.counts
    assert _records(three.registry) == before
    conditional = {path for path, tag in three.site.asked if tag}
    assert conditional == {"/p/ost", "/p/west", "/p/nord"}


def test_a_profile_without_validators_is_known_again_by_its_bytes(three: Directory) -> None:
    three.site.validators = False
    assert three.harvest().state == "unchanged"
    report = three.harvest()
    assert (report.state, "mapped" in report.counts) == ("unchanged", False)


def test_profiles_change_though_the_directory_does_not(three: Directory) -> None:
    """The site would answer 304 for the directory's page, as for any other."""
    three.keeps("west", profile("Netz Abendland"))
    report = three.harvest()
    assert (report.counts["changed"], report.counts["unchanged"]) == (1, 2)
    assert three.names() == {"ost": "Netz ost", "west": "Netz Abendland", "nord": "Netz nord"}


def test_an_entry_that_the_directory_drops_is_removed_with_what_was_known_of_it(
    three: Directory,
) -> None:
    three.lists("ost", "west")
    report = three.harvest()
    assert report.counts["removed"] == 1
    assert set(three.names()) == {"ost", "west"}
    assert set(_state(three.registry)) == {"ost", "west"}


def test_an_entry_without_an_address_is_what_the_directory_says(three: Directory) -> None:
    three.lists("ost", "west", nord="")
    assert three.harvest().counts["changed"] == 1
    assert three.names()["nord"] == "Funker nord"
    assert three.told("nord") == []


def test_profiles_are_mapped_anew_when_the_manifest_reads_them_otherwise(three: Directory) -> None:
    """Also one that is dead meanwhile: what it said is stored."""
    three.site.failing["/p/nord"] = 410
    three.edit_manifest('"profile.url"', "\"'https://neu.example/'\"")
    assert three.harvest().counts["changed"] == 3
    said = three.registry.live()
    assert {one["homepage"] for one in said.values()} == {"https://neu.example/"}
    assert said["nord"]["name"] == {"de": "Netz nord"}
    three.site.failing.clear()
    assert three.harvest().state == "unchanged"


def test_the_manifest_of_freifunk_reads_profiles_in_the_form_of_the_freifunk_api(
    directory: Directory, site: Site
) -> None:
    """Every field of one that holds all the form knows is read or ignored by name."""
    text = (ROOT / "tests/hubs/real/freifunk/hub.toml").read_text("utf-8")
    address = "file:///shared-data/hubs/freifunk-directory/directory.json"
    assert address in text
    folder = directory.registry.folder("freifunk")
    folder.mkdir()
    text = text.replace(address, site.url("/directory")).replace("minimum = 280", "minimum = 1")
    (folder / "hub.toml").write_text(text, "utf-8")
    add_hub(directory.registry.instance, folder, directory.registry.now)
    directory.lists("muster stadt", "anderswo")
    directory.keeps(
        "muster%20stadt",
        {
            "api": "0.5.0",
            "name": "Freifunk Musterstadt",
            "nameShort": "FFMU",
            "url": "https://muster.example",
            "metacommunity": "Freifunk Musterland",
            "location": {
                "city": "Dresden",
                "country": "DE",
                "lat": 51.05,
                "lon": 13.74,
                "address": {"Name": "Werk", "Street": "Musterweg 2", "Zipcode": "01067"},
                "geoCode": "14612000",
            },
            "contact": {"email": "kontakt@muster.example", "matrix": "#muster:muster.example"},
            "state": {"nodes": 12, "lastchange": "2026-11-20T10:00:00Z", "focus": ["public"]},
            "techDetails": {"routing": ["batman-adv"], "updatemode": ["manual"]},
            "nodeMaps": [{"url": "https://muster.example/map"}],
            "feeds": [{"name": "Blog", "url": "https://muster.example/feed"}],
            "support": {"club": {"name": "Muster e. V."}},
            "timeline": [{"timestamp": "2026-01-01"}],
        },
    )
    report = directory.registry.harvest("freifunk/communities")
    assert report.counts["added"] == 2
    said = directory.registry.live()
    assert said["anderswo"]["name"] == {"de": "Freifunk anderswo"}
    ours = said["muster-stadt"]
    assert ours["name"] == {"de": "Freifunk Musterstadt"}
    assert ours["homepage"] == "https://muster.example"
    (address_said,) = ours["address"]
    assert (address_said["postName"], address_said["postCode"]) == ("Dresden", "01067")
    assert ours["contactPoint"][0]["email"] == "kontakt@muster.example"
    assert ours["memberOf"][0]["name"] == {"de": "Freifunk Musterland"}
    assert directory.registry.runs("freifunk/communities")[0].unread == {}


# --- what is bad ---------------------------------------------------------------------------------


def _dead(directory: Directory) -> None:
    directory.site.failing["/p/west"] = 404


def _broken(directory: Directory) -> None:
    directory.keeps("west", profile("Netz Neuland"))
    directory.site.broken.add("/p/west")


def _no_json(directory: Directory) -> None:
    directory.keeps("west", b"<html>Domain zu verkaufen</html>")


def _a_list(directory: Directory) -> None:
    directory.keeps("west", [profile("Eins"), profile("Zwei")])


def _no_utf8(directory: Directory) -> None:
    directory.keeps("west", b'{"name": "Netz S\xfcd"}')


def _deep(directory: Directory) -> None:
    directory.keeps("west", b'{"a": ' + b"[" * 5000 + b"]" * 5000 + b"}")


def _large(directory: Directory) -> None:
    directory.keeps("west", profile("Netz West", more="x" * 2**20))


def _looping(directory: Directory) -> None:
    directory.site.redirects["/p/west"] = "/q/west"
    directory.site.redirects["/q/west"] = "/p/west"


def _to_the_directory(directory: Directory) -> None:
    directory.site.redirects["/p/west"] = "/directory"


def _inside(directory: Directory) -> None:
    directory.site.redirects["/p/west"] = "http://127.0.0.1:1/p/west"


BAD = {
    "dead": (_dead, "404"),
    "broken off": (_broken, "damaged"),
    "no JSON": (_no_json, "no JSON"),
    "a list": (_a_list, "no JSON object"),
    "not UTF-8": (_no_utf8, "no JSON"),
    "too deep": (_deep, "no JSON"),
    "too large": (_large, "too large"),
    "redirects in a circle": (_looping, "circle"),
    "redirects to the directory": (_to_the_directory, "back to the directory"),
    "redirects inside": (_inside, "public internet"),
}


@pytest.mark.parametrize("how", BAD)
def test_a_bad_profile_is_a_finding_and_takes_nothing_away(three: Directory, how: str) -> None:
    spoil, why = BAD[how]
    spoil(three)
    three.keeps("ost", profile("Netz Morgenland"))
    report = three.harvest()
    assert (report.state, report.counts["changed"]) == ("published", 1)
    assert three.names() == {"ost": "Netz Morgenland", "west": "Netz west", "nord": "Netz nord"}
    found = three.only("west")
    assert (found.rule, found.severity, found.path) == ("follow.unread", "warning", "profile")
    assert found.value == three.site.url("/p/west")
    assert why in found.fix["en"] and found.fix.keys() == BOTH_LANGUAGES
    assert three.told("ost") == three.told("nord") == []


@pytest.mark.parametrize("how", BAD)
def test_an_entry_whose_profile_was_never_read_is_published_all_the_same(
    directory: Directory, how: str
) -> None:
    directory.lists("ost", "west")
    directory.keeps("ost", profile("Netz Ost"))
    directory.keeps("west", profile("Netz West"))
    BAD[how][0](directory)
    assert directory.harvest().counts["added"] == 2
    assert directory.names() == {"ost": "Netz Ost", "west": "Funker west"}
    assert directory.only("west").rule == "follow.unread"
    assert directory.harvest().state == "unchanged"


@pytest.mark.parametrize("how", ["silent", "slow"])
def test_a_slow_profile_does_not_hold_up_the_others(
    three: Directory, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """Its time is short, and here even shorter."""
    monkeypatch.setattr(follower, "SILENCE_S", 0.5 if how == "silent" else 10.0)
    monkeypatch.setattr(follower, "LONGEST_S", 0.5 if how == "slow" else 20.0)
    three.site.silent.add("/p/west")
    three.keeps("ost", profile("Netz Morgenland"))
    three.keeps("nord", profile("Netz Mitternacht"))
    assert three.harvest().counts["changed"] == 2
    assert three.names()["west"] == "Netz west"
    assert "no answer in time" in three.only("west").fix["en"]


def test_how_large_a_profile_may_be_says_the_manifest(three: Directory) -> None:
    three.keeps("west", profile("Netz Abendland", more="x" * 2_000))
    three.add("max_document_bytes = 1000")
    assert three.harvest().state == "unchanged"
    assert "too large" in three.only("west").fix["en"]
    three.add("max_document_bytes = 5000")
    three.harvest()
    assert (three.names()["west"], three.told("west")) == ("Netz Abendland", [])


def test_a_profile_that_was_refused_is_told_as_such_again_after_it_was_dead(
    three: Directory,
) -> None:
    three.keeps("ost", profile("Netz Ost", kind="Unsinn"))
    for failing, rule in (({}, "unusable"), ({"/p/ost": 404}, "unread"), ({}, "unusable")):
        three.site.failing = dict(failing)
        assert three.harvest().state == "unchanged"
        assert three.only("ost").rule == f"follow.{rule}"


def test_a_record_whose_document_is_stored_under_another_key_stays_until_it_is_back(
    three: Directory,
) -> None:
    """The manifest names the key anew while one of the profiles is dead."""
    three.site.failing["/p/west"] = 404
    three.edit_manifest("profile", "card")
    three.harvest()
    assert three.names() == {"ost": "Netz ost", "west": "Netz west", "nord": "Netz nord"}
    three.site.failing.clear()
    three.keeps("west", profile("Netz Abendland"))
    three.harvest()
    assert three.names()["west"] == "Netz Abendland"


def test_a_run_that_does_not_see_the_whole_directory_forgets_no_profile(three: Directory) -> None:
    """An entry without an id may be any, so what is not met is kept with what is known of it."""
    three.site.pages["/directory"] = {"": three.site.url("/p/x"), "ost": three.site.url("/p/ost")}
    assert three.harvest().counts.get("removed", 0) == 0
    assert set(_state(three.registry)) == {"ost", "west", "nord"}


def test_a_profile_that_is_back_loses_its_finding(three: Directory) -> None:
    _dead(three)
    assert three.harvest().state == "unchanged"
    assert three.only("west").rule == "follow.unread"
    three.site.failing.clear()
    assert three.harvest().state == "unchanged"
    assert three.told("west") == []


def test_a_dead_address_in_place_of_another_one_keeps_what_the_other_said(
    three: Directory,
) -> None:
    three.lists("ost", "nord", west=three.site.url("/moved/west"))
    assert three.harvest().state == "published"  # its page has changed
    assert three.names()["west"] == "Netz west"
    assert three.only("west").value == three.site.url("/moved/west")
    assert three.harvest().state == "unchanged"
    three.site.pages["/moved/west"] = profile("Netz umgezogen")
    three.harvest()
    assert (three.names()["west"], three.told("west")) == ("Netz umgezogen", [])


def test_a_profile_that_several_entries_share_is_none_of_theirs(three: Directory) -> None:
    shared = three.site.url("/p/west")
    three.lists("ost", "west", "nord", mitte=shared, sued=f"{shared}#sued")
    assert three.harvest().counts["added"] == 2
    assert "/p/west" not in three.asked()
    assert [three.only(one).rule for one in ("west", "mitte", "sued")] == ["follow.shared"] * 3
    assert "3" in three.only("mitte").fix["de"]
    names = three.names()
    assert (names["mitte"], names["west"]) == ("Funker mitte", "Netz west")
    three.lists("ost", "west", "nord")
    three.registry.harvest(SOURCE, accept=True)
    assert three.told("west") == []


def test_a_profile_that_would_reject_its_entry_is_left_out(directory: Directory) -> None:
    directory.lists("ost")
    directory.keeps("ost", profile("Netz Ost", kind="Unsinn"))
    assert directory.harvest().counts["added"] == 1
    assert directory.names() == {"ost": "Funker ost"}
    found = directory.only("ost")
    assert (found.rule, found.value) == ("follow.unusable", directory.site.url("/p/ost"))
    assert directory.harvest().state == "unchanged"
    assert directory.only("ost").rule == "follow.unusable"
    directory.keeps("ost", profile("Netz Ost", kind="actor"))
    directory.harvest()
    assert (directory.names(), directory.told("ost")) == ({"ost": "Netz Ost"}, [])


def test_a_profile_that_would_reject_its_entry_leaves_it_what_it_had(three: Directory) -> None:
    three.keeps("ost", profile("Netz Ost", kind="Unsinn"))
    assert three.harvest().state == "unchanged"
    assert three.names()["ost"] == "Netz ost"
    assert three.only("ost").rule == "follow.unusable"
    assert three.harvest().state == "unchanged"


def test_of_what_its_profile_calls_a_person_nothing_is_published(directory: Directory) -> None:
    directory.lists("ost", "west")
    directory.keeps("ost", profile("Netz Ost"))
    directory.keeps("west", profile("Netz West", private=True))
    assert directory.harvest().counts["rejected"] == 1
    assert set(directory.names()) == {"ost"}
    assert ("west", "actor.person") in directory.registry.findings(SOURCE)


def test_a_second_entry_of_the_same_id_is_not_followed(directory: Directory) -> None:
    site = directory.site
    site.pages["/directory"] = (
        f'{{"ost": "{site.url("/p/ost")}", " ost": "{site.url("/p/zwei")}"}}'.encode()
    )
    directory.keeps("ost", profile("Netz Ost"))
    directory.keeps("zwei", profile("Netz Zwei"))
    directory.harvest()
    assert directory.names() == {"ost": "Netz Ost"}
    assert "/p/zwei" not in directory.asked()
    assert (None, "record.duplicate-id") in directory.registry.findings(SOURCE)


# --- what has no end -----------------------------------------------------------------------------


def test_of_a_host_one_profile_is_asked_for_at_a_time(directory: Directory, site: Site) -> None:
    """And of several hosts one each: the site is one under two names, and another beside it."""
    site.slow_s = 0.05
    elsewhere = {f"o{n}": f"http://localhost:{site.port}/p/o{n}" for n in range(4)}
    directory.lists(*(f"w{n}" for n in range(4)), **elsewhere)
    for name in site.pages["/directory"]:
        directory.keeps(name, profile(f"Netz {name}"))
    assert directory.harvest().counts["added"] == 8
    assert site.most_in_all == 2


def test_a_server_that_does_not_answer_is_left_alone_after_three_times(
    three: Directory, site: Site
) -> None:
    many = [f"n{number}" for number in range(20)]
    with serving(Site()) as gone:
        dead = {name: gone.url(f"/p/{name}") for name in many}
    allowed = replace(
        three.registry.instance.settings,
        private_hosts=(*three.registry.instance.settings.private_hosts, f"127.0.0.1:{gone.port}"),
    )
    three.registry.instance = replace(three.registry.instance, settings=allowed)
    three.lists(**dead)
    site.pages["/directory"] |= {
        name: f"http://localhost:{site.port}/p/{name}" for name in ("ost", "west", "nord")
    }
    three.keeps("ost", profile("Netz Morgenland"))
    report = three.harvest()
    assert (report.counts["added"], report.counts["changed"]) == (20, 3)
    assert three.names()["ost"] == "Netz Morgenland", "another host is asked all the same"
    told = [three.only(name).fix["en"] for name in many]
    assert ["no connection" in text for text in told] == [True] * 3 + [False] * 17
    assert all("failed to answer several times" in text for text in told[3:])


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_asks_to_be_left_alone_is_left_alone(three: Directory, status: int) -> None:
    three.lists(*(f"n{number}" for number in range(10)))
    for number in range(10):
        three.site.failing[f"/p/n{number}"] = status
    three.registry.harvest(SOURCE, accept=True)
    assert len(three.asked() - {"/directory", "/p/ost", "/p/west", "/p/nord"}) == 3


@pytest.mark.parametrize("entries", [1_000, pytest.param(10_000, marks=pytest.mark.slow)])
def test_many_entries_at_a_slow_host_end_with_the_runs_time(
    directory: Directory, site: Site, entries: int
) -> None:
    """What was not reached is published from the directory, and the next run begins with it."""
    names = [f"n{number:05}" for number in range(entries)]
    directory.add("max_seconds = 100")
    directory.lists(*names)
    for name in names:
        directory.keeps(name, profile(f"Netz {name}"))
    site.slow_s = 0.4
    begun = directory.registry.now

    def seconds_pass() -> Any:
        """Ten times as fast as in truth."""
        return begun + (time.monotonic() - started) * timedelta(seconds=10)

    asked_before: set[str] = set()
    for _ in range(2):
        site.asked.clear()
        started, begun = time.monotonic(), begun + timedelta(hours=1)
        (report,) = harvest(directory.registry.instance, [SOURCE], seconds_pass)
        assert report.state in ("published", "unchanged"), report.explanation
        assert not directory.asked() & asked_before - {"/directory"}
        asked_before = directory.asked()
        assert 1 < len(asked_before) < 40
        found = directory.only(None)
        assert (found.rule, found.severity) == ("follow.out-of-time", "warning")
        assert "limits.max_seconds" in found.fix["de"] and "80" in found.fix["de"]
    assert len(directory.names()) == entries


def test_more_entries_than_can_be_followed_are_told(
    directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "MOST_FOLLOWED", 2)
    directory.lists("ost", "west", "nord")
    for name in ("ost", "west", "nord"):
        directory.keeps(name, profile(f"Netz {name}"))
    assert directory.harvest().counts["added"] == 3
    assert directory.names() == {"ost": "Netz ost", "west": "Netz west", "nord": "Funker nord"}
    assert directory.only(None).rule == "follow.too-many"


def test_a_worker_that_is_told_to_stop_does_not_wait_for_a_slow_profile(
    directory: Directory, site: Site
) -> None:
    directory.lists("ost")
    directory.keeps("ost", profile("Netz Ost"))
    site.silent.add("/p/ost")
    instance, stopped = directory.registry.instance, threading.Event()
    leases = Leases(instance.store, lambda: datetime.now(UTC), stopped=stopped)
    threading.Timer(0.5, stopped.set).start()
    started = time.monotonic()
    report = stage_source(instance, SOURCE, lambda: datetime.now(UTC), leases)
    assert isinstance(report, Report) and report.state == "abandoned"
    assert time.monotonic() - started < 5


def test_how_far_following_has_come_is_shown(three: Directory) -> None:
    shown: list[tuple[str, int]] = []
    instance = three.registry.instance
    harvest(instance, [SOURCE], three.registry.clock, progress=lambda *told: shown.append(told))
    numbers = [number for source, number in shown if source == SOURCE]
    assert numbers[-1] == 3 and len(set(numbers)) > 1


# --- without a network, and on disk --------------------------------------------------------------


def test_offline_one_finding_says_so_for_all(three: Directory) -> None:
    """What was read before stays; what the operator opened on this machine is asked."""
    three.registry.instance = replace(
        three.registry.instance, settings=replace(three.registry.instance.settings, offline=True)
    )
    away = {f"n{number}": f"https://n{number}.example/p.json" for number in range(5)}
    three.lists("west", "nord", ost="https://ost.example/p.json", **away)
    three.keeps("west", profile("Netz Abendland"))
    assert three.harvest().counts["added"] == 5
    found = three.only(None)
    assert (found.rule, found.severity) == ("follow.offline", "info")
    assert "6 " in found.fix["de"] and "VERBUND_OFFLINE" in found.fix["de"]
    assert all(three.told(name) == [] for name in (*away, "ost", "west", "nord"))
    names = three.names()
    assert (names["ost"], names["west"], names["n0"]) == ("Netz ost", "Netz Abendland", "Funker n0")
    assert three.harvest().state == "unchanged"
    assert three.only(None).rule == "follow.offline"


def test_files_are_followed_to_files_of_their_folder(directory: Directory, tmp_path: Path) -> None:
    shelf, away = tmp_path / "shelf", tmp_path / "away"
    for folder in (shelf, away):
        folder.mkdir()
        (folder / "p.json").write_text(json.dumps(profile(f"Netz {folder.name}")), "utf-8")
    inside = directory.site.url("/p/innen")
    entries = {
        "ost": (shelf / "p.json").as_uri(),
        "west": (away / "p.json").as_uri(),
        "nord": f"{shelf.as_uri()}/../away/p.json",
        "innen": inside,
    }
    (shelf / "directory.json").write_text(json.dumps(entries), "utf-8")
    directory.keeps("innen", profile("Netz Innen"))
    settings = replace(directory.registry.instance.settings, file_roots=(tmp_path,))
    directory.registry.instance = replace(directory.registry.instance, settings=settings)
    directory.add(url=(shelf / "directory.json").as_uri())
    assert directory.harvest().counts["added"] == 4
    assert directory.names() == {
        "ost": "Netz shelf",
        "west": "Funker west",
        "nord": "Funker nord",
        "innen": "Funker innen",
    }
    assert directory.asked() == set(), "a file does not open what is open for hubs inside"
    for name in ("west", "nord"):
        assert "outside of the folder" in directory.only(name).fix["en"]
    assert directory.harvest().state == "unchanged"


# --- what leads astray ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("{site}/directory", "back to the directory"),
        ("{site}/directory#west", "back to the directory"),
        ("file:///etc/passwd", "outside of the folder"),
        ("https://verbund.example/actors/x.json", "into this registry"),
        ("http://verbund.example/", "into this registry"),
        ("http://127.0.0.1:1/p", "not on the public internet"),
        ("http://169.254.169.254/latest/meta-data", "not on the public internet"),
        ("ftp://funker.example/p.json", "not a usable address"),
        ("http://jemand:geheim@funker.example/p.json", "credentials"),
        ("javascript:alert(1)", "not a usable address"),
        ("http://[::1", "not a usable address"),
    ],
)
def test_an_address_that_leads_astray_is_not_asked(
    three: Directory, address: str, why: str
) -> None:
    three.lists("ost", "nord", west=address.format(site=three.site.url("")))
    report = three.harvest()
    assert report.state in ("published", "unchanged")
    assert three.asked() == {"/directory", "/p/ost", "/p/nord"}
    assert why in three.only("west").fix["en"]
    assert three.names()["west"] == "Netz west"


def _records(registry: Registry) -> list[Any]:
    with registry.instance.store.read() as conn:
        ids = list(records.live_ids(conn, SOURCE))
        return [(row.id, row.run_id, row.raw_hash) for row in records.stored(conn, ids)]


def _state(registry: Registry) -> dict[str, Any]:
    with registry.instance.store.read() as conn:
        source = hubs.source(conn, SOURCE)
    assert source is not None
    return dict(source.validators["@documents"])
