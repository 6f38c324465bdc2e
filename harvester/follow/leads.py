"""What is known of an entry's document: where it is, and what came of asking for it."""

from dataclasses import dataclass
from typing import Any

from harvester.fetch import Validators
from harvester.follow.reasons import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """The address of one entry's document; `host` is what is asked for one at a time."""

    key: str  # the entry's id
    url: str
    host: str
    validators: Validators | None = None  # given where an unchanged document need not come again


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document that was read; `content` None: the server says that it is the same as before."""

    content: dict[str, Any] | None
    sha256: str  # of its bytes; empty where there is no content
    validators: Validators


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A document that could not be read."""

    reason: Reason
    unanswered: bool = False  # the server itself, not this one document of it


Answer = Document | Unread | None
"""None: it was not asked for, as the time for that was over."""
