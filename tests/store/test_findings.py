from typing import Any

from sqlalchemy import select

from registry.store import findings, records, runs
from registry.store.engine import Store
from registry.store.tables import findings as table
from vocab.types import Finding

SOURCE = "north/actors"


def _finding(rule: str, **other: Any) -> Finding:
    fields: dict[str, Any] = {
        "severity": "warning",
        "path": "/homepage",
        "value": "north.example",
        "fix": {"de": "Mit https:// beginnen", "en": "Begin with https://"},
    }
    return Finding(rule=rule, **{**fields, **other})


def _rules(connection: Any, **which: Any) -> list[tuple[str | None, str]]:
    found = findings.findings_of(connection, SOURCE, **which)
    return [(one.local_id, one.finding.rule) for one in found]


def test_a_finding_comes_back_as_it_was_made(store: Store, federation: Any) -> None:
    run = federation.begin(federation.add(SOURCE))
    finding = _finding("iri_scheme")
    with store.write() as connection:
        findings.replace_findings(connection, SOURCE, run.id, {"1": [finding]})
        assert findings.findings_of(connection, SOURCE) == [
            findings.StoredFinding(source_id=SOURCE, local_id="1", run_id=run.id, finding=finding)
        ]


def test_findings_of_a_record_processed_again_are_replaced_those_of_others_stay(
    store: Store, federation: Any, clock: Any
) -> None:
    run = federation.begin(federation.add(SOURCE))
    with store.write() as connection:
        findings.replace_findings(
            connection,
            SOURCE,
            run.id,
            {"1": [_finding("a"), _finding("b")], "2": [_finding("c")], None: [_finding("d")]},
        )
        runs.finish_run(connection, run.id, "published", now=clock.now, counts={})
    run = federation.begin(SOURCE)
    with store.write() as connection:
        findings.replace_findings(connection, SOURCE, run.id, {"1": [_finding("e")], "2": []})
        assert _rules(connection) == [(None, "d"), ("1", "e")]
        findings.replace_findings(connection, SOURCE, run.id, {None: []})
        assert _rules(connection) == [("1", "e")]


def test_findings_are_read_by_record_and_by_page(store: Store, federation: Any) -> None:
    run = federation.begin(federation.add(SOURCE))
    with store.write() as connection:
        findings.replace_findings(
            connection,
            SOURCE,
            run.id,
            {"1": [_finding("a"), _finding("b")], "2": [_finding("c")]},
        )
        assert _rules(connection, local_ids=["2", "3"]) == [("2", "c")]
        assert _rules(connection, limit=1, offset=1) == [("1", "b")]


def test_findings_of_a_hub_are_counted_by_rule(store: Store, federation: Any) -> None:
    for source_id in (SOURCE, "north/events", "south/actors"):
        run = federation.begin(federation.add(source_id))
        with store.write() as connection:
            findings.replace_findings(
                connection,
                source_id,
                run.id,
                {str(n): [_finding("iri_scheme")] for n in range(3)}
                | {"9": [_finding("no_name", severity="error")]},
            )
    with store.read() as connection:
        assert findings.finding_counts(connection, "north") == {
            (SOURCE, "warning", "iri_scheme"): 3,
            (SOURCE, "error", "no_name"): 1,
            ("north/events", "warning", "iri_scheme"): 3,
            ("north/events", "error", "no_name"): 1,
        }


def test_characters_that_a_database_cannot_keep_are_shown_as_such(
    store: Store, federation: Any
) -> None:
    run = federation.begin(federation.add(SOURCE))
    with store.write() as connection:
        hostile = _finding("control", value="a\0b\ud800c", path="/na\0me")
        findings.replace_findings(connection, SOURCE, run.id, {"1": [hostile]})
        [kept] = findings.findings_of(connection, SOURCE)
    assert (kept.finding.value, kept.finding.path) == ("a\ufffdb?c", "/na\ufffdme")


def test_findings_of_a_removed_record_go_those_of_its_namesake_elsewhere_stay(
    store: Store, federation: Any, clock: Any
) -> None:
    for source_id in (SOURCE, "south/actors"):
        federation.say(federation.add(source_id), {"1": "Eins", "2": "Zwei"})
        run = federation.begin(source_id)
        with store.write() as connection:
            of_both = {"1": [_finding("a")], "2": [_finding("b")]}
            findings.replace_findings(connection, source_id, run.id, of_both)
    with store.write() as connection:
        records.mark_removed(connection, [federation.id(SOURCE, "1")], clock.now)
        assert _rules(connection) == [("2", "b")]
        assert len(findings.findings_of(connection, "south/actors")) == 2


def test_examples_are_the_first_of_each_rule_of_all_sources_of_a_hub(
    store: Store, federation: Any
) -> None:
    first = federation.begin(federation.add(SOURCE))
    second = federation.begin(federation.add("north/events"))
    other = federation.begin(federation.add("south/actors"))
    with store.write() as connection:
        many = {f"{n:02}": [_finding("a")] for n in range(9)}
        findings.replace_findings(connection, SOURCE, first.id, {**many, "x": [_finding("b")]})
        findings.replace_findings(connection, "north/events", second.id, {"e": [_finding("b")]})
        findings.replace_findings(connection, "south/actors", other.id, {"s": [_finding("a")]})
        counts = findings.finding_counts(connection, "north")
        found = findings.finding_examples(connection, counts, each=2)
    assert [(one.local_id, one.finding.rule) for one in found] == [
        ("00", "a"), ("01", "a"), ("x", "b"), ("e", "b"),
    ]  # fmt: skip


def test_examples_of_any_number_of_paths_are_the_first_of_each(
    store: Store, federation: Any
) -> None:
    """More paths than one statement asks for; sources that say the same share one portion."""
    first = federation.begin(federation.add(SOURCE))
    second = federation.begin(federation.add("north/events"))
    paths = [f"/p{n:03}" for n in range(120)]
    with store.write() as connection:
        lacking = [_finding("missing", path=path) for path in paths]
        other = _finding("other", path="/p000")
        ours = {id_: [*lacking, other] for id_ in ("1", "2", "3")}
        findings.replace_findings(connection, SOURCE, first.id, ours)
        theirs = {"4": [*lacking, _finding("missing", path="/theirs")]}
        findings.replace_findings(connection, "north/events", second.id, theirs)
        counts = findings.path_counts(connection, "north", ["missing"])
        assert counts == {
            **{(SOURCE, "warning", "missing", path): 3 for path in paths},
            **{("north/events", "warning", "missing", path): 1 for path in (*paths, "/theirs")},
        }
        found = findings.finding_examples(connection, counts, each=2)
        of_run = findings.path_counts(connection, "north", ["missing"], second.id)
        in_run = findings.finding_examples(connection, of_run, each=2, run_id=second.id)
    shown = sorted((one.finding.path, one.local_id) for one in found)
    assert shown == sorted([*((path, id_) for path in paths for id_ in "12"), ("/theirs", "4")])
    assert [one.local_id for one in in_run] == ["4"] * 121


def test_findings_of_rules_that_are_somebody_elses_stay(store: Store, federation: Any) -> None:
    run = federation.begin(federation.add(SOURCE))
    with store.write() as connection:
        both = [_finding("linking"), _finding("reading")]
        findings.replace_findings(connection, SOURCE, run.id, {"1": both, "2": both})
        findings.replace_findings(
            connection, SOURCE, run.id, {"1": [_finding("new")]}, but=["linking"]
        )
        assert sorted(_rules(connection)) == [
            ("1", "linking"),
            ("1", "new"),
            ("2", "linking"),
            ("2", "reading"),
        ]


def test_findings_that_are_the_same_again_are_not_written_again(
    store: Store, federation: Any, clock: Any
) -> None:
    """They keep naming the run that made them; others of the record are left alone."""
    first = federation.begin(federation.add(SOURCE))
    with store.write() as connection:
        found = {str(n): [_finding("read"), _finding("follow")] for n in (1, 2, 3)}
        findings.replace_findings(connection, SOURCE, first.id, found)
        runs.finish_run(connection, first.id, "published", now=clock.now, counts={})
    second = federation.begin(SOURCE)
    with store.write() as connection:
        renewed = {
            "1": [_finding("follow")],
            "2": [_finding("follow", value="\0south.example")],
            "3": [],
            "4": [_finding("follow")],
        }
        findings.renew_findings(connection, SOURCE, second.id, renewed, ["follow"])
        before = _ids(connection)
        findings.renew_findings(connection, SOURCE, second.id, renewed, ["follow"])
        assert _ids(connection) == before, "a NUL, which no database keeps, is no difference"
        assert _runs_of(connection) == {
            ("1", "read"): first.id,
            ("1", "follow"): first.id,
            ("2", "read"): first.id,
            ("2", "follow"): second.id,
            ("3", "read"): first.id,
            ("4", "follow"): second.id,
        }


def _runs_of(connection: Any) -> dict[tuple[str | None, str], int]:
    found = findings.findings_of(connection, SOURCE)
    return {(one.local_id, one.finding.rule): one.run_id for one in found}


def _ids(connection: Any) -> set[int]:
    return set(connection.scalars(select(table.c.id)))
