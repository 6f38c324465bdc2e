"""The kinds of problem that the interfaces answer with, for the developers' page."""

from typing import Final

from registry.errors import BadRequest, Busy, Gone, NotAcceptable, NotFound, RegistryError
from registry.sparql.errors import (
    DeadlineExceeded,
    OutOfMemory,
    QuerySyntaxError,
    QueryTooComplex,
    ResultTooLarge,
)
from registry.web.limits import TooManyRequests

_KINDS: Final[tuple[type[RegistryError], ...]] = (
    BadRequest, QuerySyntaxError, NotFound, NotAcceptable, Gone, OutOfMemory, ResultTooLarge,
    QueryTooComplex, TooManyRequests, Busy, DeadlineExceeded,
)  # fmt: skip

PROBLEM_KINDS: Final = tuple(
    (kind.code.replace("_", "-"), kind.status, kind.title) for kind in _KINDS
)
"""(end of `type`, status, title by language)."""
