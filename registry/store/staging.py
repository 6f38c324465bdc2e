"""What a run brings, kept apart until one transaction takes it over."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    case,
    delete,
    exists,
    literal,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from registry.errors import LeaseLost
from registry.store.bulk import insert_rows, portions
from registry.store.hubs import forget_pages
from registry.store.tables import findings, records, runs, staged
from vocab.properties import Kind
from vocab.types import Document

_COMPARED = ("document_hash", "kind", "licence", "page_url")
_CONTENT = (
    "local_id",
    "kind",
    "raw",
    "raw_hash",
    "processing_version",
    "document",
    "document_hash",
    "licence",
    "modified_at",
    "page_url",
    "untagged",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedRecord:
    """A new or changed form of a record. `document` None: refused, the findings say why."""

    record_id: str
    local_id: str
    kind: Kind
    raw: bytes
    raw_hash: str
    processing_version: str
    document: Document | None
    document_hash: str | None
    licence: str
    modified_at: str | None = None
    page_url: str | None = None
    untagged: int = 0  # texts whose language the hub does not say


@dataclass(frozen=True, slots=True, kw_only=True)
class Promotion:
    """What taking a run over meant, as sorted record ids, each in one of the four."""

    added: tuple[str, ...]  # new, good for the first time, or back after removal
    changed: tuple[str, ...]
    same: tuple[str, ...]  # another raw form or processing version, yet the same content
    refused: tuple[str, ...]  # the last good form, if there is one, stays


def stage(connection: Connection, run_id: int, rows: Iterable[StagedRecord]) -> None:
    """Keep forms for `promote`. Of two with the same record id the first stays."""
    names = [field.name for field in fields(StagedRecord)]
    insert_rows(
        connection,
        staged,
        ({"run_id": run_id} | {name: getattr(row, name) for name in names} for row in rows),
    )


def promote(connection: Connection, run_id: int, now: datetime) -> Promotion:
    """Take over what the run staged; what was staged remains until `drop_run_scratch`.

    Content is document, kind, licence and page; the date that the hub gives is not, as many hubs
    renew it daily. Where content is the same, `run_id`, `generated_at` and `modified_at` stay.
    Raises `LeaseLost` when the run is not running.
    """
    source_id = connection.scalar(
        select(runs.c.source_id)
        .where(runs.c.id == run_id, runs.c.state == "running")
        .with_for_update()
    )
    if source_id is None:
        raise LeaseLost.of(run_id)
    promotion = _compare(connection, run_id)
    _take_over(connection, run_id, source_id, now)
    return promotion


def drop_never_good(
    connection: Connection, source_id: str, record_ids: Iterable[str], *, by_run: int
) -> None:
    """Forget those of the source's records that never had a good form, with their findings.

    What `by_run` found of them stays: it tells why not even the refusal is kept.
    """
    for portion in portions(record_ids):
        never_good = (
            records.c.source_id == source_id,
            records.c.id.in_(portion),
            records.c.document.is_(None),
        )
        local_ids = select(records.c.local_id).where(*never_good)
        connection.execute(
            delete(findings).where(
                findings.c.source_id == source_id,
                findings.c.local_id.in_(local_ids),
                findings.c.run_id != by_run,
            )
        )
        connection.execute(delete(records).where(*never_good))


def drop_refused(connection: Connection, source_id: str) -> None:
    """Forget all that was refused of a source, and what was found wrong with the rest of it."""
    connection.execute(delete(findings).where(findings.c.source_id == source_id))
    connection.execute(
        delete(records).where(
            records.c.source_id == source_id,
            records.c.document.is_(None),
            records.c.first_release.is_(None),
        )
    )


def drop_run_scratch(connection: Connection, run_id: int) -> None:
    """Drop what the run staged."""
    connection.execute(delete(staged).where(staged.c.run_id == run_id))


def give_back(connection: Connection, run_id: int, source_id: str) -> None:
    """Drop what a run staged that comes to nothing, and have what it looked at read again.

    The findings of its records are those of the forms that are dropped; the next run reads the
    source's pages, whether or not they are new, maps these records and finds what holds.
    """
    of_run = (findings.c.source_id == source_id, findings.c.run_id == run_id)
    touched = or_(
        exists().where(staged.c.run_id == run_id),
        exists().where(*of_run, findings.c.local_id.is_not(None)),
    )
    if connection.scalar(select(touched)):
        forget_pages(connection, source_id)
    # Whatever kept the run from being taken over may keep this from being noted: it must end.
    with suppress(DBAPIError), connection.begin_nested():
        _map_again(connection, run_id, source_id)
    drop_run_scratch(connection, run_id)


def _map_again(connection: Connection, run_id: int, source_id: str) -> None:
    of_run = (findings.c.source_id == source_id, findings.c.run_id == run_id)
    for found in (
        records.c.id.in_(select(staged.c.record_id).where(staged.c.run_id == run_id)),
        records.c.local_id.in_(select(findings.c.local_id).where(*of_run)),
    ):
        # A release that is being made may hold some of them; to wait for it could be a deadlock.
        free = select(records.c.id).where(records.c.source_id == source_id, found)
        free = free.with_for_update(skip_locked=True)
        connection.execute(
            update(records).where(records.c.id.in_(free)).values(processing_version="")
        )


def _compare(connection: Connection, run_id: int) -> Promotion:
    group = case(
        (staged.c.document.is_(None), "refused"),
        (or_(records.c.document.is_(None), records.c.removed_at.is_not(None)), "added"),
        (_differs(staged.c), "changed"),
        else_="same",
    )
    rows = connection.execute(
        select(staged.c.record_id, group)
        .select_from(staged.outerjoin(records, records.c.id == staged.c.record_id))
        .where(staged.c.run_id == run_id)
        .order_by(staged.c.record_id)
    )
    groups: dict[str, list[str]] = {field.name: [] for field in fields(Promotion)}
    for record_id, name in rows:
        groups[name].append(record_id)
    return Promotion(**{name: tuple(ids) for name, ids in groups.items()})


def _take_over(connection: Connection, run_id: int, source_id: str, now: datetime) -> None:
    insert = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert
    added = {"source_id": source_id, "run_id": run_id, "generated_at": now}
    always = ("raw", "raw_hash", "processing_version", "untagged")

    refused = _staged(run_id, {**added, "rejected_at": now}).where(staged.c.document.is_(None))
    statement = insert(records).from_select(refused.selected_columns.keys(), refused)
    new = {name: statement.excluded[name] for name in (*always, "rejected_at")}
    connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=new))

    good = _staged(run_id, added).where(staged.c.document.is_not(None))
    statement = insert(records).from_select(good.selected_columns.keys(), good)
    differs = or_(records.c.removed_at.is_not(None), _differs(statement.excluded))
    content = {
        name: case((differs, statement.excluded[name]), else_=records.c[name])
        for name in (*_CONTENT, "run_id", "generated_at")
    }
    new = {
        **content,
        **{name: statement.excluded[name] for name in always},
        "rejected_at": null(),
        "removed_at": null(),
    }
    connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=new))


def _staged(run_id: int, constants: Mapping[str, Any]) -> Select[Any]:
    """What the run staged, in the columns of `records`."""
    return select(
        staged.c.record_id.label("id"),
        *(staged.c[name] for name in _CONTENT),
        *(literal(v, records.c[name].type).label(name) for name, v in constants.items()),
    ).where(staged.c.run_id == run_id)


def _differs(new: Any) -> ColumnElement[bool]:
    """Whether the content of a record is another than that of the new form."""
    return or_(*(records.c[name].is_distinct_from(new[name]) for name in _COMPARED))
