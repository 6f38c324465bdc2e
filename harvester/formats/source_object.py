"""What a format makes of a page: source objects, one for each thing that the hub describes."""

from dataclasses import dataclass
from typing import Any

from vocab.types import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceObject:
    """One thing as the hub delivers it.

    `data` is JSON: for CSV the cells by column title; for RDF `@id`, `@type` and, by prefixed
    predicate, lists of values. `position` tells a person where: `row 12`, a subject's
    IRI. `problem` is set where the object was damaged on the way, yet its id may still be read.
    """

    data: dict[str, Any]
    position: str
    problem: Finding | None = None
