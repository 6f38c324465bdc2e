"""Entries that were refused and of which nothing is kept but their findings.

Of a natural person nothing is stored, so there is no record that could say so; and what has no
identifier cannot be one.
"""

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    delete,
    exists,
    func,
    or_,
    select,
)

from registry.store.tables import findings, records, runs, sources

NO_ENTRY = ("page.repeated", "record.duplicate-id")
"""Errors without an identifier that are no entry's: of a double the first one counts."""


def refusals(
    *, hub_id: str | None = None, source_id: str | None = None, text: str = ""
) -> Select[tuple[str, str | None, str]]:
    """(source id, local id, place in the source) of each, of a hub, of one source or of all.

    The place is told of those alone that have no local id. `text` is a part of either.
    """
    nameless = findings.c.local_id.is_(None)
    place = case((nameless, findings.c.path), else_="")
    of_hub = select(sources.c.id).where(sources.c.hub_id == hub_id, sources.c.state != "removed")
    tests: list[ColumnElement[bool]] = [
        *([findings.c.source_id.in_(of_hub)] if hub_id else []),
        *([findings.c.source_id == source_id] if source_id else []),
        findings.c.severity == "error",
        ~_of_bad_run(),
        or_(
            and_(nameless, findings.c.rule.not_in(NO_ENTRY)),
            and_(~nameless, ~_has_record()),
        ),
    ]
    if text:
        either = func.coalesce(findings.c.local_id, findings.c.path)
        tests.append(either.icontains(text, autoescape=True))
    # As an expression: for the bare column SQLite walks through all findings of the source, in the
    # order of an index in which it need not sort, instead of looking at the errors alone.
    source = findings.c.source_id.concat("").label("source_id")
    wanted = select(source, findings.c.local_id, place.label("place"))
    return wanted.where(*tests).distinct()


def count(
    connection: Connection,
    *,
    hub_id: str | None = None,
    source_id: str | None = None,
    text: str = "",
) -> int:
    """How many there are of a hub or of one source, with this text."""
    found = refusals(hub_id=hub_id, source_id=source_id, text=text).subquery()
    return int(connection.scalar(select(func.count()).select_from(found)) or 0)


def counts(connection: Connection) -> dict[str, int]:
    """By source, how many there are."""
    found = refusals().subquery()
    rows = connection.execute(select(found.c.source_id, func.count()).group_by(found.c.source_id))
    return {row[0]: int(row[1]) for row in rows}


def forget_unmet(connection: Connection, source_id: str, run_id: int) -> None:
    """Forget those that a run which saw all did not meet: their hub gave them up."""
    connection.execute(
        delete(findings).where(
            findings.c.source_id == source_id,
            findings.c.local_id.is_not(None),
            findings.c.run_id != run_id,
            ~_has_record(),
        )
    )


def _of_bad_run() -> ColumnElement[bool]:
    """What a run that came to nothing says of its own entries is no part of what is in force."""
    return exists().where(
        runs.c.id == findings.c.run_id, runs.c.state.in_(("failed", "held", "abandoned"))
    )


def _has_record() -> ColumnElement[bool]:
    """Whether a record tells of it; one that its hub gave up does not tell of what came back."""
    return exists().where(
        records.c.source_id == findings.c.source_id,
        records.c.local_id == findings.c.local_id,
        records.c.removed_at.is_(None),
    )
