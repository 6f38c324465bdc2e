"""What was wrong with each record the last time it was processed."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeAlias

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Row,
    Select,
    bindparam,
    delete,
    func,
    literal_column,
    select,
    union_all,
)

from registry.store.bulk import insert_rows, portions
from registry.store.tables import findings, records, runs, sources
from vocab.types import Finding

_MOST_OF_A_RUN: Final = 1_000
_ASKED: Final = (8, 32, 100)
"""Groups in one statement, filled up; SQLite joins 500 at most."""

_GROUPED: Final = ("source_id", "severity", "rule", "path")

Group: TypeAlias = tuple[str, str, str]
"""Source id, severity, rule."""

AtPath: TypeAlias = tuple[str, str, str, str]
"""Source id, severity, rule, path."""

_TOLD: Final = ("rule", "severity", "path", "value", "fix")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFinding:
    """A finding with the record (None: the run as a whole) and the run it was made in."""

    source_id: str
    local_id: str | None
    run_id: int
    finding: Finding


def replace_findings(
    connection: Connection,
    source_id: str,
    run_id: int,
    by_local_id: Mapping[str | None, Iterable[Finding]],
    *,
    but: Iterable[str] = (),
) -> None:
    """Put these findings in place of those that the same records had; none clears them.

    The key None stands for the run as a whole, whose findings replace those of the run before.
    Findings of the rules in `but` stay: they are somebody else's to replace.
    """
    _forget(connection, source_id, by_local_id, list(but))
    rows = (
        _row(finding, source_id, local_id, run_id)
        for local_id, found in by_local_id.items()
        for finding in found
    )
    insert_rows(connection, findings, rows)


def renew_findings(
    connection: Connection,
    source_id: str,
    run_id: int,
    by_local_id: Mapping[str, Iterable[Finding]],
    rules: Iterable[str],
) -> None:
    """Put findings of these rules in place of those that the records had of them.

    Where a record had the same ones, nothing is written: they still name the run that made them.
    """
    of_rules = list(rules)
    for portion in portions(by_local_id):
        about = (
            findings.c.source_id == source_id,
            findings.c.local_id.in_(portion),
            findings.c.rule.in_(of_rules),
        )
        before: dict[str, list[dict[str, Any]]] = {}
        for row in connection.execute(
            select(findings).where(*about).order_by(findings.c.id)
        ).mappings():
            before.setdefault(row["local_id"], []).append({name: row[name] for name in _TOLD})
        rows = {id_: [_row(f, source_id, id_, run_id) for f in by_local_id[id_]] for id_ in portion}
        other = [
            id_
            for id_, new in rows.items()
            if [{name: row[name] for name in _TOLD} for row in new] != before.get(id_, [])
        ]
        if other:
            connection.execute(delete(findings).where(*about, findings.c.local_id.in_(other)))
            insert_rows(connection, findings, (row for id_ in other for row in rows[id_]))


def add_to_source(
    connection: Connection,
    source_id: str,
    run_id: int,
    found: Iterable[Finding],
    *,
    in_place_of: Iterable[str] = (),
) -> None:
    """Put what a run found wrong with the source as a whole beside what the last good run did.

    Nothing is told twice. Findings of bad runs go, and those of the rules `in_place_of`.
    """
    drop_of_bad_runs(connection, source_id)
    about = (findings.c.source_id == source_id, findings.c.local_id.is_(None))
    connection.execute(delete(findings).where(*about, findings.c.rule.in_(list(in_place_of))))
    columns = (findings.c.rule, findings.c.path, findings.c.value)
    told = {tuple(row) for row in connection.execute(select(*columns).where(*about))}
    rows = (_row(one, source_id, None, run_id) for one in found)
    fresh = [row for row in rows if (row["rule"], row["path"], row["value"]) not in told]
    insert_rows(connection, findings, fresh)


def drop_of_bad_runs(connection: Connection, source_id: str) -> None:
    """Drop what runs that failed or were held found wrong with the source as a whole."""
    bad = select(runs.c.id).where(
        runs.c.source_id == source_id, runs.c.state.in_(("failed", "held"))
    )
    connection.execute(
        delete(findings).where(
            findings.c.source_id == source_id,
            findings.c.local_id.is_(None),
            findings.c.run_id.in_(bad),
        )
    )


def replace_linking_findings(
    connection: Connection, by_record: Mapping[str, Iterable[Finding]], rules: Iterable[str]
) -> None:
    """Put findings of these rules, which linking makes, in place of those the records had of them.

    They name the run in which the record's content last changed.
    """
    linking = list(rules)
    for portion in portions(by_record):
        about = connection.execute(
            select(records.c.id, records.c.source_id, records.c.local_id, records.c.run_id).where(
                records.c.id.in_(portion)
            )
        ).all()
        for source_id, local_ids in _grouped(
            (row.source_id, row.local_id) for row in about
        ).items():
            connection.execute(
                delete(findings).where(
                    findings.c.source_id == source_id,
                    findings.c.local_id.in_(local_ids),
                    findings.c.rule.in_(linking),
                )
            )
        insert_rows(
            connection,
            findings,
            (
                _row(found, row.source_id, row.local_id, row.run_id)
                for row in about
                for found in by_record[row.id]
            ),
        )


def findings_of(
    connection: Connection,
    source_id: str,
    *,
    local_ids: Iterable[str] | None = None,
    limit: int = 1000,
    offset: int = 0,
) -> list[StoredFinding]:
    """A source's findings in the order they were made; all, or those of at most 1000 records."""
    wanted = select(findings).where(findings.c.source_id == source_id)
    if local_ids is not None:
        wanted = wanted.where(findings.c.local_id.in_(list(local_ids)))
    rows = connection.execute(wanted.order_by(findings.c.id).limit(limit).offset(offset))
    return [_stored(row) for row in rows.mappings()]


def without_entry(connection: Connection, source_id: str) -> list[StoredFinding]:
    """A source's findings that name no local id, in the order they were made; 1000 at most."""
    rows = connection.execute(
        select(findings)
        .where(findings.c.source_id == source_id, findings.c.local_id.is_(None))
        .order_by(findings.c.id)
        .limit(_MOST_OF_A_RUN)
    )
    return [_stored(row) for row in rows.mappings()]


def finding_counts(
    connection: Connection, hub_id: str, run_id: int | None = None
) -> dict[Group, int]:
    """How often each group occurs among a hub's findings, or one run's."""
    return {row[:3]: row[3] for row in map(tuple, _counted(connection, hub_id, run_id))}


def path_counts(
    connection: Connection, hub_id: str, rules: Iterable[str], run_id: int | None = None
) -> dict[AtPath, int]:
    """The same by path, of these rules."""
    of_rules = findings.c.rule.in_(list(rules))
    rows = _counted(connection, hub_id, run_id, findings.c.path, where=[of_rules])
    return {row[:4]: row[4] for row in map(tuple, rows)}


def finding_examples(
    connection: Connection,
    groups: Iterable[Group | AtPath],
    *,
    each: int,
    run_id: int | None = None,
) -> list[StoredFinding]:
    """The first findings of each of these groups, or of one run's, at most `each`.

    `groups` are the keys of `finding_counts` or `path_counts`; those of several sources that are
    otherwise alike count as one. Numbering all findings of a hub to take the first of each took
    most of the time of its page; asked for group by group, an index gives them.
    """
    ids: dict[int, tuple[str, ...]] = {}  # with the group, whatever its source
    for portion in portions(groups, _ASKED[-1]):
        size = next(size for size in _ASKED if size >= len(portion))
        asked: list[tuple[str, ...]] = [*portion, *[portion[-1]] * (size - len(portion))]
        given: dict[str, Any] = {"each": each, "run_id": run_id} if run_id else {"each": each}
        for n, group in enumerate(asked):
            given |= {f"{name}{n}": value for name, value in zip(_GROUPED, group, strict=False)}
        firsts = _firsts(size, len(portion[0]), run_id is not None)
        ids |= {row.id: asked[row.n][1:] for row in connection.execute(firsts, given)}
    shown: Counter[tuple[str, ...]] = Counter()
    chosen = []
    for id_, group in sorted(ids.items()):
        if shown[group] < each:  # of several sources the first come first
            shown[group] += 1
            chosen.append(id_)
    wanted = (select(findings).where(findings.c.id.in_(few)) for few in portions(chosen))
    rows = {row["id"]: row for each_ in wanted for row in connection.execute(each_).mappings()}
    return [_stored(rows[id_]) for id_ in chosen]


def _counted(
    connection: Connection,
    hub_id: str,
    run_id: int | None,
    *finer: ColumnElement[str],
    where: Iterable[ColumnElement[bool]] = (),
) -> Iterable[Row[Any]]:
    columns = (*(findings.c[name] for name in _GROUPED[:3]), *finer)
    of_hub = select(sources.c.id).where(sources.c.hub_id == hub_id)
    # A join would have SQLite sort all findings, and a bare run_id read each of the run's: an
    # expression and a list leave it the one index that has everything in the order of the groups.
    of_run = [] if run_id is None else [findings.c.run_id + 0 == run_id]
    return connection.execute(
        select(*columns, func.count())
        .where(findings.c.source_id.in_(of_hub), *of_run, *where)
        .group_by(*columns)
        .order_by(*columns)
    )


@cache
def _firsts(size: int, width: int, of_run: bool) -> CompoundSelect[Any]:
    """The first ids of each of `size` groups, with the place of the group.

    Their `width` columns are parameters: to put this together takes ten times as long as to ask.
    """
    return union_all(*(_first(n, _GROUPED[:width], of_run) for n in range(size)))


def _first(n: int, names: Iterable[str], of_run: bool) -> Select[Any]:
    tests = [findings.c[name] == bindparam(f"{name}{n}") for name in names]
    if of_run:  # as in `_counted`, so that SQLite stays with the index of the group
        tests.append(findings.c.run_id + 0 == bindparam("run_id"))
    wanted = select(findings.c.id).where(*tests).order_by(findings.c.id).limit(bindparam("each"))
    first = wanted.subquery()
    return select(first.c.id, literal_column(str(n)).label("n"))


def _forget(
    connection: Connection, source_id: str, local_ids: Iterable[str | None], but: list[str]
) -> None:
    for portion in portions(local_ids):
        # In two statements: an OR would make the database look at all findings of the source.
        named = [one for one in portion if one is not None]
        which = [findings.c.local_id.in_(named)] if named else []
        which += [findings.c.local_id.is_(None)] if len(named) < len(portion) else []
        for each in which:
            connection.execute(
                delete(findings).where(
                    findings.c.source_id == source_id, each, findings.c.rule.not_in(but)
                )
            )


def _stored(row: Mapping[Any, Any]) -> StoredFinding:
    return StoredFinding(
        source_id=row["source_id"],
        local_id=row["local_id"],
        run_id=row["run_id"],
        finding=Finding(
            rule=row["rule"],
            severity=row["severity"],
            path=row["path"],
            value=row["value"],
            fix=row["fix"],
        ),
    )


def _storable(text: str) -> str:
    """PostgreSQL keeps no NUL and neither database a lone surrogate; hubs send both."""
    if text.isprintable():
        return text  # as nearly all are
    return text.replace("\0", "\ufffd").encode(errors="replace").decode()


def _row(finding: Finding, source_id: str, local_id: str | None, run_id: int) -> dict[str, Any]:
    return {
        "source_id": source_id,
        "local_id": local_id,
        "run_id": run_id,
        "rule": finding.rule,
        "severity": finding.severity,
        "path": _storable(finding.path),
        "value": _storable(finding.value),
        "fix": dict(finding.fix),
    }


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return groups
