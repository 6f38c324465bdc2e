"""Checks documents; problems are findings with a rule, a place and a fix, never exceptions."""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from itertools import islice
from typing import Final

from jsonschema_rs import Draft202012Validator, ValidationError

from schemas.complete import WHERE, completeness, missing
from schemas.dates import today_utc
from schemas.explain import explain
from schemas.json_schema import kind_schema
from schemas.manifest import check_manifest
from schemas.plausible import implausible
from schemas.rules import finding
from vocab.properties import Kind
from vocab.types import Document, Finding

__all__ = ["check", "check_manifest", "completeness"]

_MOST_ERRORS: Final = 100
"""Errors that are reported of one document: enough to mend it, few enough to store."""

_DEEPEST: Final = 250


def check(document: Document, kind: Kind, *, today: date | None = None) -> list[Finding]:
    """Every problem of one document in canonical form: errors of form first, then warnings.

    Without an error the document validates against `schemas/{kind}.schema.json`. What has the wrong
    form is not judged further, the other values are. `today` is the day that future dates are
    measured by.
    """
    if not isinstance(document, dict):
        return [finding("document.invalid", value=document, keyword="type")]
    try:
        errors = _errors(document, kind)
    except UnicodeEncodeError:  # half a character (a lone surrogate), which JSON can escape
        return [finding("text.control", value=document)]
    except ValueError:  # the engine gives up on what is nested more deeply than this
        return [finding("document.too-deep", limit=_DEEPEST)]
    if not errors:
        return _odd(document, kind, today)
    found = [f for error in errors for f in explain(error, document, kind)]
    if len(errors) == _MOST_ERRORS:  # what else is broken is not known, so nothing counts as sound
        return list(_one_per_path(found))
    broken = {_property(f.path) for f in found}
    sound = {name: value for name, value in document.items() if name not in broken}
    told = broken | {"place"} if broken & WHERE else broken
    odd = (f for f in _odd(sound, kind, today) if _property(f.path) not in told)
    return [*_one_per_path(found), *odd]


def _odd(document: Document, kind: Kind, today: date | None) -> list[Finding]:
    """What is missing or contradicts the world in a document without errors."""
    return [*missing(document, kind), *implausible(document, kind, today or today_utc())]


def _one_per_path(found: Iterable[Finding]) -> Iterator[Finding]:
    """A value that breaks several keywords is reported once, by the first of them."""
    seen: set[str] = set()
    for f in found:
        if f.path not in seen:
            seen.add(f.path)
            yield f


def _errors(document: Document, kind: Kind) -> list[ValidationError]:
    validator = _validator(kind)
    # is_valid stops at the first error and makes no messages: most documents need no more.
    if validator.is_valid(document):
        return []
    return list(islice(validator.iter_errors(document), _MOST_ERRORS))


@cache
def _validator(kind: Kind) -> Draft202012Validator:
    return Draft202012Validator(kind_schema(kind))


def _property(path: str) -> str:
    """The property of the document that a JSON pointer leads into."""
    return path.split("/")[1] if path else ""
