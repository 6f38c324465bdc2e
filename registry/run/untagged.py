"""Whether a source says in which language its texts are: told of the source, not of each record."""

from typing import Final

from sqlalchemy import Connection

from harvester.source import Source
from registry.store import records
from schemas.rules import finding
from vocab.types import Finding

RULES: Final = ("language.assumed", "language.undetermined")


def language_findings(conn: Connection, source: Source) -> list[Finding]:
    """How many texts of all that the source says have no language, if any.

    Counted over the records: a run maps those alone that are new to it, and a natural person, of
    whom nothing is kept, in every run.
    """
    number = records.untagged(conn, source.id)
    if not number:
        return []
    if source.language:
        return [finding("language.assumed", value=number, language=source.language)]
    return [finding("language.undetermined", value=number)]
