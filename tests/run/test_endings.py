"""How runs end: what is given back, what is noted, and that one run takes nothing from another."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text

from registry.run.harvest import harvest, publish, stage_source
from registry.run.hubs import add_hub, source_ids
from registry.run.lease import Leases
from registry.run.publish import publish_removal
from registry.store import findings, hubs, releases, runs
from registry.store.tables import staged

Thing = Callable[..., dict[str, Any]]
OURS = "musterhub/data"


@pytest.fixture(autouse=True)
def ten_things(registry, site, thing: Thing) -> None:
    site.says(*(thing(n) for n in range(10)))
    registry.add()
    registry.harvest()


@pytest.fixture
def other(registry, site) -> str:
    """A second hub, harvested once."""
    site.says({"id": "https://zweithub.example/1", "name": "Nachbarin"}, path="/zwei")
    registry.add("zweithub", "/zwei")
    assert registry.harvest("zweithub/data").state == "published"
    return "zweithub/data"


def scratch(registry) -> int:
    with registry.instance.store.read() as conn:
        return conn.scalar(select(func.count()).select_from(staged)) or 0


def lease(registry, source_id: str = OURS) -> Any:
    with registry.instance.store.read() as conn:
        return hubs.source(conn, source_id).lease_until


def due_in(registry, source_id: str = OURS) -> timedelta:
    with registry.instance.store.read() as conn:
        return hubs.source(conn, source_id).next_due_at - registry.now


def latest(registry) -> int:
    with registry.instance.store.read() as conn:
        return releases.latest(conn).number


class Between:
    """Stages sources, lets a test do something, then publishes."""

    def __init__(self, registry) -> None:
        self.registry = registry
        registry.now += timedelta(minutes=10)
        self.leases = Leases(registry.instance.store, registry.clock)

    def stage(self, *source_ids: str) -> "Between":
        self.staged = [
            stage_source(self.registry.instance, id_, self.registry.clock, self.leases)
            for id_ in source_ids
        ]
        return self

    def publish(self) -> dict[str, str]:
        reports = publish(self.registry.instance, self.staged, self.registry.clock, self.leases)
        return {report.source_id: report.state for report in reports}


# between staging and publishing


def test_a_run_that_lost_its_lease_takes_nothing_from_the_others(
    registry, site, thing: Thing, other: str
) -> None:
    site.says(*(thing(n, name="Neu") for n in range(10)))
    site.says({"id": "https://zweithub.example/1", "name": "Umbenannt"}, path="/zwei")
    between = Between(registry).stage(OURS, other)
    registry.now += timedelta(hours=1)
    with registry.instance.store.write() as conn:
        hubs_run = runs.latest_run(conn, other)
        runs.heartbeat(conn, hubs_run.id, now=registry.now, lease_s=600)
        assert [run.source_id for run in runs.reap(conn, registry.now)] == [OURS]
    before = latest(registry)
    assert between.publish() == {OURS: "abandoned", other: "published"}
    assert latest(registry) == before + 1
    assert registry.live()["https://zweithub.example/1"]["name"] == {"de": "Umbenannt"}
    assert registry.live()["https://musterhub.example/3"]["name"] == {"de": "Verein Nummer 3"}
    assert scratch(registry) == 0


def test_a_hub_that_is_removed_while_it_is_read_stays_removed(
    registry, site, thing: Thing, other: str
) -> None:
    site.says(*(thing(n, name="Neu") for n in range(12)))
    between = Between(registry).stage(OURS)
    publish_removal(registry.instance, "musterhub", registry.now)
    before = latest(registry)
    assert between.publish() == {OURS: "abandoned"}
    assert latest(registry) == before
    assert list(registry.live()) == ["https://zweithub.example/1"]
    assert scratch(registry) == 0
    assert lease(registry) is None


def test_a_source_that_is_paused_while_it_is_read_publishes_nothing(
    registry, site, thing: Thing
) -> None:
    site.says(*(thing(n, name="Neu") for n in range(10)))
    between = Between(registry).stage(OURS)
    with registry.instance.store.write() as conn:
        hubs.set_source_state(conn, OURS, "paused")
    assert between.publish() == {OURS: "abandoned"}
    assert registry.live()["https://musterhub.example/3"]["name"] == {"de": "Verein Nummer 3"}
    # By hand, and knowing that it is paused, a person may.
    assert registry.harvest().state == "published"


def test_two_sources_of_one_hub_are_published_in_one_release(registry, site, thing: Thing) -> None:
    folder = registry.folder("musterhub")
    manifest = folder / "hub.toml"
    first = manifest.read_text("utf-8")
    second = first[first.index("[[source]]") :].replace('id = "data"', 'id = "more"', 1)
    second = second.replace("/data", "/more")
    manifest.write_text(f"{first}\n{second}", "utf-8")
    site.says(thing(77), path="/more")
    site.says(*(thing(n, name="Neu") for n in range(10)))
    add_hub(registry.instance, folder, registry.now)
    before = latest(registry)
    assert Between(registry).stage(OURS, "musterhub/more").publish() == {
        OURS: "published",
        "musterhub/more": "published",
    }
    assert latest(registry) == before + 1
    assert {run.number for run in registry.runs()} | {
        run.number for run in registry.runs("musterhub/more")
    } == {1, 2, 3}
    assert len(registry.live()) == 11


def test_a_run_that_cannot_be_taken_over_fails_alone(registry, site, thing: Thing, other) -> None:
    with registry.instance.store.write() as conn:
        conn.execute(
            text(
                "CREATE TRIGGER fault BEFORE UPDATE ON records"
                " WHEN NEW.source_id = 'musterhub/data' BEGIN SELECT RAISE(ABORT, 'fault'); END"
            )
        )
    site.says(*(thing(n, name="Neu") for n in range(10)))
    site.says({"id": "https://zweithub.example/1", "name": "Umbenannt"}, path="/zwei")
    assert Between(registry).stage(OURS, other).publish() == {OURS: "failed", other: "published"}
    assert registry.runs()[0].explanation["code"] == "run.defect"
    assert registry.runs(other)[0].counts["changed"] == 1
    assert (scratch(registry), lease(registry)) == (0, None)


def test_runs_that_wait_for_publishing_keep_their_leases(
    registry, site, thing: Thing, other: str
) -> None:
    """Reading the second hub takes longer than a lease; the first one's run is still published."""
    site.says(*(thing(n, name="Neu") for n in range(10)))
    site.says(
        *({"id": f"https://zweithub.example/{n}", "name": "X"} for n in range(9)), path="/zwei"
    )

    def slow_clock() -> datetime:
        registry.now += timedelta(seconds=20)
        return registry.now

    def reap(_source: str, _count: int) -> None:
        with registry.instance.store.write() as conn:
            assert runs.reap(conn, registry.now) == []

    reports = harvest(registry.instance, [OURS, other], slow_clock, lease_s=200, progress=reap)
    assert [report.state for report in reports] == ["published", "published"]


# a worker that breaks off


def test_ctrl_c_gives_the_source_back_at_once(registry, site, thing: Thing) -> None:
    site.says(*(thing(n, name="Neu") for n in range(10)))

    def interrupt(_source: str, _count: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        harvest(registry.instance, [OURS], registry.clock, progress=interrupt)
    assert registry.runs()[0].state == "abandoned"
    assert registry.runs()[0].explanation["code"] == "run.stopped"
    assert (scratch(registry), lease(registry)) == (0, None)
    assert registry.harvest().state == "published"


def test_ctrl_c_in_a_later_source_gives_back_those_that_wait(
    registry, site, thing: Thing, other: str
) -> None:
    site.says(*(thing(n, name="Neu") for n in range(10)))

    def interrupt(source: str, _count: int) -> None:
        if source == other:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        harvest(registry.instance, [OURS, other], registry.clock, progress=interrupt)
    assert (scratch(registry), lease(registry), lease(registry, other)) == (0, None, None)


def test_a_run_is_told_in_one_line_of_a_log(registry, site) -> None:
    assert str(registry.harvest()) == f"{OURS}: unchanged: read 10, unchanged 10, rejected 0"
    site.failing["/data"] = 410
    failed = registry.harvest()
    assert failed.explanation is not None
    assert str(failed) == f"{OURS}: failed: {failed.explanation['en']} (fetch.gone)"


def test_a_source_that_another_process_reads_is_reported_busy(registry) -> None:
    with registry.instance.store.write() as conn:
        runs.begin_run(conn, OURS, holder="other", now=registry.now, lease_s=3600)
    report = registry.harvest()
    assert (report.state, report.explanation["code"]) == ("busy", "run.busy")


def test_a_fault_of_the_program_fails_one_source_with_its_scratch_dropped(
    registry, site, thing: Thing
) -> None:
    site.says(*(thing(n, name="Neu") for n in range(10)))

    def fault(_source: str, _count: int) -> None:
        raise ZeroDivisionError

    [report] = harvest(registry.instance, [OURS], registry.clock, progress=fault)
    assert (report.state, report.explanation["code"]) == ("failed", "run.defect")
    assert "ZeroDivisionError" in report.explanation["de"]
    assert (scratch(registry), lease(registry)) == (0, None)


# what is noted, and when the hub is asked again


def test_a_hub_in_trouble_is_asked_ever_more_rarely_up_to_its_timetable(registry, site) -> None:
    registry.add(source='every = "1h"')
    site.failing["/data"] = 500
    waits = []
    for _ in range(6):
        assert registry.harvest().state == "failed"
        waits.append(due_in(registry))
    assert waits == [timedelta(minutes=m) for m in (5, 10, 20, 40, 60, 60)]
    # A week of trouble is one line of the report.
    assert [run.state for run in registry.runs()].count("failed") == 1
    site.failing.clear()
    assert registry.harvest().state == "unchanged"
    assert due_in(registry) == timedelta(hours=1)
    site.failing["/data"] = 500
    registry.harvest()
    assert due_in(registry) == timedelta(minutes=5)


def test_a_held_run_waits_the_same_way_and_says_what_it_saw(registry, site, thing: Thing) -> None:
    registry.add(source='every = "1d"')
    site.says(*(thing(n) for n in range(3)), thing(1, name="Doppelt"))
    for minutes in (5, 10):
        assert registry.harvest().state == "held"
        assert due_in(registry) == timedelta(minutes=minutes)
    assert (None, "record.duplicate-id") in registry.findings()
    assert (scratch(registry), lease(registry)) == (0, None)


def test_a_failed_run_keeps_what_it_found_out_about_the_source(registry, site, thing) -> None:
    site.says(thing(1), {"name": "Ohne Kennung"}, next="/absent")
    assert registry.harvest().state == "failed"
    assert (None, "record.id.missing") in registry.findings()


def test_reading_anew_what_stays_the_same_keeps_the_findings_of_linking(
    registry, site, thing: Thing
) -> None:
    ours = "https://musterhub.example/1"
    site.says(
        *(
            thing(n, **({"same": ["https://zweithub.example/1"]} if n == 1 else {}))
            for n in range(10)
        )
    )
    site.says({"id": "https://zweithub.example/1", "name": "Ganz anderer Name"}, path="/zwei")
    registry.harvest()
    registry.add("zweithub", "/zwei")
    registry.harvest("zweithub/data")
    assert (ours, "sameas.names-differ") in registry.findings()
    registry.edit_manifest('ignore = ["retrieved"]', 'ignore = ["retrieved", "more"]')
    assert registry.harvest().state == "unchanged"
    assert (ours, "sameas.names-differ") in registry.findings()


def test_a_manifest_with_another_iri_stops_before_anything_is_read(registry, site, thing) -> None:
    asked = len(site.asked)
    registry.edit_manifest("https://musterhub.example/data", "https://zweithub.example/data")
    report = registry.harvest()
    assert (report.state, report.explanation["code"]) == ("failed", "manifest.iri-changed")
    assert len(site.asked) == asked
    assert len(registry.live()) == 10


def test_a_source_that_the_manifest_names_again_is_in_use_again(registry) -> None:
    registry.edit_manifest('id = "data"', 'id = "other"')
    registry.edit_manifest("https://musterhub.example/data", "https://musterhub.example/other")
    add_hub(registry.instance, registry.folder("musterhub"), registry.now)

    def states() -> dict[str, str]:
        with registry.instance.store.read() as conn:
            return {source.id: source.state for source in hubs.sources(conn)}

    assert states() == {OURS: "paused", "musterhub/other": "active"}
    # Who names the hub means what it has; the other one can be named, and says what is wrong.
    assert source_ids(registry.instance, "musterhub") == ["musterhub/other"]
    assert source_ids(registry.instance, OURS) == [OURS]
    registry.add()
    assert states() == {OURS: "active", "musterhub/other": "paused"}


def test_findings_of_records_are_replaced_by_their_next_reading(registry, site, thing) -> None:
    site.says(*(thing(n) for n in range(9)), thing(9, name=""))
    registry.harvest()
    assert ("https://musterhub.example/9", "name.required") in registry.findings()
    with registry.instance.store.read() as conn:
        assert findings.finding_counts(conn, "musterhub")
    site.says(*(thing(n) for n in range(10)))
    registry.harvest()
    assert ("https://musterhub.example/9", "name.required") not in registry.findings()
