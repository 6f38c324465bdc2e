"""How many of a source's records state each thing that a complete description has."""

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import Connection, and_, func, select

from registry.store.tables import findings, records
from schemas.complete import LACKING, wanted

Completeness = dict[str, list[int]]
"""By property: how many records state it, and of how many that is wanted."""


def completeness(connection: Connection, source_id: str) -> Completeness:
    """How complete a source's published records are, the wanted properties in alphabetical order.

    That is read from the findings and no document is looked at. Where the latest form of a record
    was refused, its findings speak of that one, so such a record is not counted.
    """
    good = and_(
        records.c.source_id == source_id,
        records.c.document.is_not(None),
        records.c.removed_at.is_(None),
        records.c.rejected_at.is_(None),
    )
    kinds = select(records.c.kind, func.count()).where(good).group_by(records.c.kind)
    of: Counter[str] = Counter()
    for kind, number in connection.execute(kinds):
        of.update(dict.fromkeys(wanted(kind), number))
    lacking = (
        select(findings.c.path, func.count())
        .join(records, and_(good, records.c.local_id == findings.c.local_id))
        .where(findings.c.source_id == source_id, findings.c.severity == "warning")
        .where(findings.c.rule.in_(LACKING))
        .group_by(findings.c.path)
    )
    lack = {row[0].removeprefix("/"): row[1] for row in connection.execute(lacking)}
    return {name: [of[name] - lack.get(name, 0), of[name]] for name in sorted(of)}


def together(several: Iterable[Completeness]) -> Completeness:
    """That of several sources as one."""
    stated: Counter[str] = Counter()
    of: Counter[str] = Counter()
    for one in several:
        stated.update({name: pair[0] for name, pair in one.items()})
        of.update({name: pair[1] for name, pair in one.items()})
    return {name: [stated[name], of[name]] for name in sorted(of)}
