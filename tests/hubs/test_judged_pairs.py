"""Pairs of real records, judged by reading both, held against what linking makes of the real hubs.

The data is read in place; the judged pairs are keys, verdicts and reasons without any value of it.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench.pairs import EACH, JUDGED
from bench.real import ROOT, prepare
from registry.instance import Instance, initialise, open_instance
from registry.run.endings import Report
from registry.run.harvest import harvest
from registry.run.hubs import add_hub
from registry.settings import load_settings
from registry.store import entities, findings, hubs, records, releases
from vocab.properties import KINDS

pytestmark = pytest.mark.slow

CAME_APART = {("2e55o2kg53orokpv", "ouykvgayjtnsbyge"), ("2e55o2kg53orokpv", "v6l5fr72q4uhp45n")}
"""One thing that is two since more hubs speak of it; the page on real hubs says why."""

VERDICTS = ("same", "different", "unsure")
PAGE = ROOT / "docs" / "real-hubs.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class Real:
    """A registry of the real hubs, harvested once, with what that run reported and found.

    `found` is counted before any other test harvests again: findings on a run as a whole may go.
    """

    instance: Instance
    reports: list[Report]
    found: dict[str, tuple[int, ...]]  # errors, warnings, notes of each hub

    def entity_of(self, record_id: str) -> str | None:
        """The entity that a live record belongs to; None if there is no such record."""
        with self.instance.store.read() as conn:
            rows = records.stored(conn, [record_id])
        return rows[0].entity_id if rows and rows[0].removed_at is None else None


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def judged() -> list[dict[str, str]]:
    with JUDGED.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def real(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Real]:
    shared = shared_data.resolve()
    home = tmp_path_factory.mktemp("real")
    settings = load_settings({"VERBUND_HOME": str(home), "VERBUND_OFFLINE": "yes"})
    settings = replace(settings, file_roots=(shared,))
    initialise(settings)
    with open_instance(settings) as instance:
        for folder in prepare(home / "manifests", f"{shared.as_uri()}/"):
            add_hub(instance, folder, now())
        reports = harvest(instance, sources_of(instance), now)
        hub_ids = {report.source_id.split("/")[0] for report in reports}
        found = {hub: _counted(instance, hub) for hub in hub_ids}
        yield Real(instance=instance, reports=reports, found=found)


def sources_of(instance: Instance) -> list[str]:
    with instance.store.read() as conn:
        return [source.id for source in hubs.sources(conn)]


def published(instance: Instance) -> dict[str, dict[str, object]]:
    """Every live entity's document by id."""
    with instance.store.read() as conn:
        live = entities.iterate(conn, kinds=KINDS, states=["live"])
        return {one.id: one.document for one in live}


def documented() -> dict[str, tuple[int, ...]]:
    """The rows of numbers in the page on real hubs, by their first cell; its first row counts."""
    rows: dict[str, tuple[int, ...]] = {}
    for line in PAGE.read_text("utf-8").splitlines():
        name, *cells = (cell.strip() for cell in line.strip("|").split("|"))
        if line.startswith("|") and all(re.fullmatch(r"\d+", cell) for cell in cells):
            rows.setdefault(name, tuple(map(int, cells)))
    return rows


def test_as_many_merged_pairs_as_separate_ones_are_judged_each_once(
    judged: list[dict[str, str]],
) -> None:
    assert [pair["state"] for pair in judged] == ["merged"] * EACH + ["apart"] * EACH
    assert len({(pair["a"], pair["b"]) for pair in judged}) == len(judged)
    for pair in judged:
        assert pair["a"] < pair["b"]
        assert pair["verdict"] in VERDICTS
        assert pair["reason"]


def test_every_real_source_is_published(real: Real) -> None:
    assert {report.source_id: report.state for report in real.reports} == dict.fromkeys(
        sources_of(real.instance), "published"
    )


def test_judged_records_are_in_the_registry_under_their_keys(
    real: Real, judged: list[dict[str, str]]
) -> None:
    with real.instance.store.read() as conn:
        rows = records.stored(conn, [pair[side] for pair in judged for side in "ab"])
    found = {row.id: (row.source_id, row.local_id) for row in rows if row.removed_at is None}
    for pair in judged:
        for side in "ab":
            named = (pair[f"source_{side}"], pair[f"local_id_{side}"])
            assert found.get(pair[side]) == named


def test_no_pair_judged_different_is_merged(real: Real, judged: list[dict[str, str]]) -> None:
    different = [(p["a"], p["b"]) for p in judged if p["verdict"] == "different"]
    assert different
    assert [(a, b) for a, b in different if real.entity_of(a) == real.entity_of(b)] == []


def test_no_other_merged_pair_judged_the_same_has_come_apart(
    real: Real, judged: list[dict[str, str]]
) -> None:
    same = [
        (pair["a"], pair["b"])
        for pair in judged
        if (pair["state"], pair["verdict"]) == ("merged", "same")
    ]
    assert same
    apart = {(a, b) for a, b in same if real.entity_of(a) != real.entity_of(b)}
    assert apart == CAME_APART


@pytest.mark.parametrize("anew", [False, True], ids=["pages known", "pages read anew"])
def test_a_second_harvest_of_the_real_hubs_changes_nothing(real: Real, anew: bool) -> None:
    instance, sources = real.instance, sources_of(real.instance)
    before = published(instance)
    with instance.store.write() as conn:
        release = releases.latest(conn)
        for source in sources if anew else ():
            # Without its validators every page counts as new, and each record is compared.
            hubs.touch_source(
                conn, source, checked_at=now(), ok=True, next_due_at=None, validators={}
            )
    reports = harvest(instance, sources, now)
    assert {(report.state, report.release) for report in reports} == {("unchanged", None)}
    with instance.store.read() as conn:
        assert releases.latest(conn) == release
    assert published(instance) == before


def test_the_page_on_real_hubs_tells_what_came_in(real: Real) -> None:
    told = documented()
    came: dict[str, Counter[str]] = {}
    for report in real.reports:
        came.setdefault(report.source_id.split("/")[0], Counter()).update(report.counts or {})
    assert {hub: told.get(hub) for hub in came} == {
        hub: tuple(counts[one] for one in ("read", "added", "rejected", "skipped"))
        for hub, counts in came.items()
    }


def test_the_page_on_real_hubs_tells_what_was_found(real: Real) -> None:
    row = re.compile(r"\| ([a-z-]+) \| (\d+) \| (\d+) \| (\d+) \|$", re.M)
    told = {
        name: tuple(map(int, numbers)) for name, *numbers in row.findall(PAGE.read_text("utf-8"))
    }
    assert {hub: told.get(hub) for hub in real.found} == real.found


def _counted(instance: Instance, hub: str) -> tuple[int, ...]:
    """Errors, warnings and notes of a hub."""
    counted: Counter[str] = Counter()
    with instance.store.read() as conn:
        for (_, severity, _), count in findings.finding_counts(conn, hub).items():
            counted[severity] += count
    return tuple(counted[severity] for severity in ("error", "warning", "info"))


def test_the_page_on_real_hubs_tells_how_many_entities_were_merged(real: Real) -> None:
    told = documented()
    hubs_of: list[list[str]] = []
    with real.instance.store.read() as conn:
        for one in entities.iterate(conn, kinds=KINDS, states=["live"]):
            hubs_of.append([record["hub"] for record in one.document["records"]])
    assert told["live"] == (len(hubs_of),)
    assert told["with records of several hubs"] == (sum(len(set(of)) > 1 for of in hubs_of),)
    inside = sum(len(of) > 1 and len(set(of)) == 1 for of in hubs_of)
    assert told["with several records of one hub"] == (inside,)


def test_the_page_on_real_hubs_tells_the_verdicts(judged: list[dict[str, str]]) -> None:
    told = documented()
    tally = Counter((pair["state"], pair["verdict"]) for pair in judged)
    for state in ("merged", "apart"):
        assert told[state] == tuple(tally[state, verdict] for verdict in VERDICTS)
