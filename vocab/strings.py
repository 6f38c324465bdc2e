"""Strings from hubs made fit for every place that they reach: SQL, XML, N-Quads, a page."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

UNKNOWN_LANGUAGE: Final = "und"
"""The tag of a text whose language nobody states (BCP 47, ISO 639-2)."""

LANGUAGE_TAG: Final = (
    "^[a-z]{2,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?"
    "(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))?(?:-t(?:-[a-z]{2,3})?-t0(?:-[a-z0-9]{3,8})+)?"
    "(?:-x(?:-[a-z0-9]{1,8})+)?$"
)
"""A lower-case language tag: language, script, region, one variant, private use (RFC 5646, 2.1).

And `en-t-de-t0-deepl`: English that a machine made from German (RFC 6497).
"""

_LANGUAGE_TAG: Final = re.compile(LANGUAGE_TAG)

# PostgreSQL takes no NUL, XML 1.0 none of the other controls and no U+FFFE, nothing encodes a lone
# surrogate, and bidirectional controls make a text look like another one.
_UNFIT: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
    "\ud800-\udfff\ufeff\ufffe\uffff]"
)
_KEPT: Final = "\n\r\t\u200c\u200d\u200e\u200f"
_UNWANTED: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_LINE_END: Final = re.compile("\r\n?|\x85|\u2028|\u2029")


def is_unfit(text: str) -> bool:
    """Whether a text holds characters that no database or XML takes, or that turn its order."""
    return not text.isprintable() and _UNFIT.search(text) is not None


def clean_text(text: str) -> str:
    """The text in Unicode form NFC, stripped, with `\\n` line ends and without unfit characters."""
    if not text.isprintable():  # what is unfit or ends a line is never printable
        text = _LINE_END.sub("\n", _UNFIT.sub("", text))
    return unicodedata.normalize("NFC", text).strip()


def clean_id(text: str) -> str:
    """An id or IRI, stripped and without unfit characters; another Unicode form is another id."""
    if not text.isprintable():
        text = _LINE_END.sub("\n", _UNFIT.sub("", text))
    return text.strip()


@lru_cache(maxsize=1024)
def clean_language(tag: str) -> str:
    """The language tag in lower case, `und` for one that is none."""
    tag = tag.strip().lower().replace("_", "-")
    return tag if _LANGUAGE_TAG.fullmatch(tag) else UNKNOWN_LANGUAGE


def without_controls(text: str) -> str:
    """The text without control, private and unassigned characters; line ends and tabs stay.

    Format characters go as well, such as those that turn the order of letters round or that stand
    for nothing; joiners and direction marks stay beside what can be seen: some scripts need them.
    """
    if text.isprintable():
        return text
    kept = "".join(c for c in text if c in _KEPT or unicodedata.category(c) not in _UNWANTED)
    return kept if kept.strip(_KEPT + " ") else ""
