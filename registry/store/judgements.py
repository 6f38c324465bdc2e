"""A person's (or rule's) word that two records are the same, different, or unsure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, or_, select

from registry.store.bulk import portions, upsert_rows
from registry.store.tables import judgements

Verdict = Literal["same", "different", "unsure"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One verdict on the records `a` and `b`, `a` being the smaller id."""

    a: str
    b: str
    verdict: Verdict
    reason: str
    author_role: str
    at: datetime


def put_judgement(
    connection: Connection,
    one: str,
    other: str,
    *,
    verdict: Verdict,
    reason: str,
    author_role: str,
    at: datetime,
) -> Judgement:
    """Keep a verdict on two records, in either order, in place of an earlier one.

    Raises `ValueError` when both are the same record.
    """
    if one == other:
        raise ValueError(f"a judgement needs two records, not {one} twice")
    a, b = sorted((one, other))
    new = {"verdict": verdict, "reason": reason, "author_role": author_role, "at": at}
    upsert_rows(connection, judgements, [{"a": a, "b": b, **new}])
    return Judgement(a=a, b=b, verdict=verdict, reason=reason, author_role=author_role, at=at)


def judgements_of(connection: Connection, record_ids: Iterable[str]) -> list[Judgement]:
    """The judgements on at least one of these records, by pair."""
    found: dict[tuple[str, str], Judgement] = {}
    for portion in portions(record_ids):
        either = or_(judgements.c.a.in_(portion), judgements.c.b.in_(portion))
        for row in connection.execute(select(judgements).where(either)).mappings():
            found[row["a"], row["b"]] = Judgement(**row)
    return [found[pair] for pair in sorted(found)]


def judgements_among(connection: Connection, record_ids: Iterable[str]) -> list[Judgement]:
    """The judgements on two of these records, by pair."""
    ids = set(record_ids)
    return [one for one in judgements_of(connection, ids) if one.a in ids and one.b in ids]
