from datetime import datetime
from typing import Any

import pytest

from registry.store import findings, records, runs, staging
from registry.store.engine import Store
from vocab.types import Finding

SOURCE = "north/actors"


@pytest.fixture(autouse=True)
def source(federation: Any) -> None:
    federation.add(SOURCE)


def _known(store: Store) -> dict[str, records.Known]:
    with store.read() as connection:
        known = {one.record_id: one for one in records.index_of(connection, SOURCE, "v1")}
        return {row.local_id: known[row.id] for row in records.stored(connection, known)}


def test_new_records_are_taken_over(federation: Any, clock: Any, records_of: Any) -> None:
    promotion = federation.say(SOURCE, {"1": "Erster", "2": "Zweiter"})
    ids = sorted(federation.id(SOURCE, local) for local in "12")
    assert promotion == staging.Promotion(added=tuple(ids), changed=(), same=(), refused=())
    stored = {record.local_id: record for record in records_of(*ids)}
    first = stored["1"]
    assert first.document == {"type": "Actor", "name": {"de": "Erster"}}
    assert (first.source_id, first.hub_id, first.run_number) == (SOURCE, "north", 1)
    assert (first.generated_at, first.removed_at, first.rejected_at) == (clock.now, None, None)


def test_changed_content_names_the_run_that_brought_it(
    federation: Any, clock: Any, records_of: Any
) -> None:
    federation.say(SOURCE, {"1": "Alt", "2": "Bleibt"})
    later = clock.forward(days=1)
    promotion = federation.say(SOURCE, {"1": "Neu", "2": "Bleibt"})
    one, two = federation.id(SOURCE, "1"), federation.id(SOURCE, "2")
    assert (promotion.changed, promotion.same) == ((one,), (two,))
    stored = {record.id: record for record in records_of(one, two)}
    assert (stored[one].run_number, stored[one].generated_at) == (2, later)
    assert stored[one].document == {"type": "Actor", "name": {"de": "Neu"}}
    assert (stored[two].run_number, stored[two].generated_at) == (1, later.replace(day=29))


def _again(federation: Any, store: Store, **other: Any) -> staging.Promotion:
    """A run that brings record 1 with the same document and something else about it."""
    run = federation.begin(SOURCE)
    form = federation.form(SOURCE, "1", "Titel", **other)
    with store.flip() as connection:
        staging.stage(connection, run.id, [form])
        promotion = staging.promote(connection, run.id, federation.clock.now)
        runs.finish_run(connection, run.id, "published", now=federation.clock.now, counts={})
    return promotion


def test_another_raw_form_of_the_same_content_is_kept_but_is_no_change(
    federation: Any, store: Store, clock: Any, records_of: Any
) -> None:
    federation.say(SOURCE, {"1": "Titel"})
    clock.forward(days=1)
    promotion = _again(
        federation,
        store,
        raw=b"reformatted",
        raw_hash="another",
        processing_version="v2",
        modified_at="2026-03-30",
    )
    one = federation.id(SOURCE, "1")
    assert promotion.same == (one,)
    [stored] = records_of(one)
    assert (stored.run_number, stored.modified_at) == (1, None)
    assert (stored.raw_hash, stored.processing_version) == ("another", "v2")
    with store.read() as connection:
        assert list(records.raw_forms(connection, [one])) == [(one, b"reformatted")]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("licence", "https://licence.example/by"),
        ("kind", "project"),
        ("page_url", "https://north.example/1"),
    ],
)
def test_licence_kind_and_page_are_content_too(
    federation: Any, store: Store, records_of: Any, field: str, value: str
) -> None:
    federation.say(SOURCE, {"1": "Titel"})
    promotion = _again(federation, store, **{field: value})
    one = federation.id(SOURCE, "1")
    assert promotion.changed == (one,)
    [stored] = records_of(one)
    assert (getattr(stored, field), stored.run_number) == (value, 2)


def test_a_refused_form_leaves_the_last_good_one_in_force(
    federation: Any, store: Store, clock: Any, records_of: Any
) -> None:
    federation.say(SOURCE, {"1": "Gut"})
    refused_at = clock.forward(days=1)
    promotion = federation.say(SOURCE, {"1": None})
    one = federation.id(SOURCE, "1")
    assert promotion == staging.Promotion(added=(), changed=(), same=(), refused=(one,))
    [stored] = records_of(one)
    assert stored.document == {"type": "Actor", "name": {"de": "Gut"}}
    assert (stored.rejected_at, stored.run_number) == (refused_at, 1)
    assert _known(store)["1"].rejected
    assert _known(store)["1"].raw_hash == "raw of None"

    assert federation.say(SOURCE, {"1": "Gut"}).same == (one,)
    assert records_of(one)[0].rejected_at is None


def test_a_record_that_was_never_good_is_known_but_not_live(
    federation: Any, store: Store, records_of: Any
) -> None:
    federation.say(SOURCE, {"1": None})
    one = federation.id(SOURCE, "1")
    assert records_of(one)[0].document is None
    assert _known(store)["1"].rejected
    with store.read() as connection:
        assert list(records.live_ids(connection)) == []
    assert federation.say(SOURCE, {"1": "Endlich"}).added == (one,)


def test_of_two_forms_of_one_record_the_first_stays(
    federation: Any, store: Store, records_of: Any
) -> None:
    run = federation.begin(SOURCE)
    with store.write() as connection:
        staging.stage(connection, run.id, [federation.form(SOURCE, "1", "Erste")])
        staging.stage(connection, run.id, [federation.form(SOURCE, "1", "Zweite")])
        staging.promote(connection, run.id, federation.clock.now)
    [stored] = records_of(federation.id(SOURCE, "1"))
    assert stored.document == {"type": "Actor", "name": {"de": "Erste"}}


def test_only_a_record_that_was_never_good_is_forgotten_and_its_findings_with_it(
    federation: Any, store: Store
) -> None:
    federation.say(SOURCE, {"good": "a", "bad": None, "still bad": None})
    problem = Finding(rule="no_name", severity="error", path="/name", value="", fix={"en": "x"})
    run = federation.begin(SOURCE)
    with store.write() as connection:
        findings.replace_findings(
            connection, SOURCE, run.id, {"bad": [problem], "still bad": [problem]}
        )
        unmet = [federation.id(SOURCE, local) for local in ("good", "bad")]
        staging.drop_never_good(connection, SOURCE, unmet, by_run=0)
        left = findings.findings_of(connection, SOURCE)
    assert [one.local_id for one in left] == ["still bad"]
    assert sorted(_known(store)) == ["good", "still bad"]


def test_a_removed_record_that_comes_back_counts_as_added(
    federation: Any, store: Store, clock: Any, records_of: Any
) -> None:
    federation.say(SOURCE, {"1": "Titel"})
    one = federation.id(SOURCE, "1")
    with store.write() as connection:
        records.set_first_release(connection, [one], 4)
        records.mark_removed(connection, [one], clock.forward(days=1))
    assert _known(store) == {}
    back: datetime = clock.forward(days=1)
    assert federation.say(SOURCE, {"1": "Titel"}).added == (one,)
    [stored] = records_of(one)
    assert (stored.removed_at, stored.run_number, stored.generated_at) == (None, 2, back)
    assert stored.first_release == 4


def test_a_rolled_back_promotion_changes_nothing(
    federation: Any, store: Store, records_of: Any
) -> None:
    federation.say(SOURCE, {"1": "Alt"})
    run = federation.begin(SOURCE)
    with pytest.raises(RuntimeError), store.flip() as connection:
        staging.stage(connection, run.id, [federation.form(SOURCE, "1", "Neu")])
        staging.promote(connection, run.id, federation.clock.now)
        raise RuntimeError
    [stored] = records_of(federation.id(SOURCE, "1"))
    assert stored.document == {"type": "Actor", "name": {"de": "Alt"}}


def test_more_records_than_one_batch_are_taken_over(federation: Any, store: Store) -> None:
    titles = {str(number): f"Verein {number}" for number in range(5_200)}
    promotion = federation.say(SOURCE, titles)
    assert len(promotion.added) == 5_200
    assert list(promotion.added) == sorted(federation.id(SOURCE, local) for local in titles)
    with store.read() as connection:
        stored = records.stored(connection, promotion.added)
        assert list(records.live_ids(connection, SOURCE)) == list(promotion.added)
    assert {one.local_id: one.document["name"]["de"] for one in stored if one.document} == titles
