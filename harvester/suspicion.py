"""Whether a text or an object may hold a contact at all: quick, since hardly any does.

Each answer errs towards "it may": `harvester.personal` then looks closely.
"""

import re
from functools import lru_cache
from typing import Any, Final

from harvester.texts import has_half_characters
from schemas.disguises import hides_at_sign, undisguised

_SUSPECT: Final = re.compile(r"@|[\[({]\s?(?:at|ät)|\d(?:\D{0,4}\d){4}", re.IGNORECASE)
"""What a text without any contact hardly ever has: an at sign, or five digits close together."""

_SHORTEST: Final = 5
"""Characters of the shortest contact, and the fewest digits of a telephone number."""

_SIGNS: Final = frozenset(b"0123456789@([{") | frozenset(range(0xD9, 0x100))
"""What a contact is told by in UTF-8. From 0xD9 on first bytes of digits that are not ASCII."""

_NO_SIGNS: Final = bytes(sorted(set(range(0x100)) - _SIGNS))
_ADDRESS_ALONE: Final = re.compile(r"https?://\S+", re.IGNORECASE)
IN_QUERY: Final = re.compile(
    r"[?&;]([\w.-]{0,40})=(?:tel:)?((?:\+|%2B|0)[1-9](?:(?:%20|[+()./-]){0,3}\d){6,14})(?!\d)",
    re.IGNORECASE,
)
"""A telephone number in the query of a web address, and the name that it stands under."""
_PLAIN_NUMBER: Final = re.compile(r"[\d.,\s-]+|point\s?\([\d.\s-]+\)", re.IGNORECASE)
_SPACED_MOBILE: Final = re.compile(r"(?=.*\d[\s-])\s*0\s?1\s?[567](?:[\s-]{0,3}\d){7,10}\s*")
_TELEPHONE_KEY: Final = re.compile(r"tel|phone|fon|fax|mobil|handy|rufnummer", re.IGNORECASE)


def suspect(text: str) -> bool:
    """Whether a text may hold a mail address, a telephone or an account number."""
    if len(text) < _SHORTEST or text.isalpha():
        return False
    if hides_at_sign(text):
        return True
    # Taking all else out of the bytes is several times as quick as the pattern.
    signs = text.encode(errors="replace").translate(None, _NO_SIGNS)
    if not signs:
        return False
    if signs.isdigit():
        if len(signs) < _SHORTEST:
            return False
        # A web address is no telephone number, whatever its digits, but its query may hold one.
        if _ADDRESS_ALONE.fullmatch(text):
            return IN_QUERY.search(text) is not None
    if _SUSPECT.search(text):
        return True
    # Signs that only stand for digits, such as circled ones, are digits to the close look.
    return not signs.isascii() and _SUSPECT.search(undisguised(text)) is not None


def is_plain_number(text: str) -> bool:
    """Whether a text is no more than a number, a date, a code or a point.

    One that is spaced like a mobile number is more.
    """
    if _PLAIN_NUMBER.fullmatch(text) is None:
        return False
    return _SPACED_MOBILE.fullmatch(text if text.isascii() else undisguised(text)) is None


@lru_cache(maxsize=256)
def tells_of_telephones(key: str) -> bool:
    """Whether the name of a field says that telephone numbers stand in it."""
    return _TELEPHONE_KEY.search(key) is not None


def key_of_words(key: str, node: dict[str, Any]) -> str:
    """What `@value` and `@id` of a node below `key` count as standing under: RDF's predicate."""
    return key if "@value" in node or "@id" in node else ""


def may_need_scrubbing(data: Any) -> bool:
    """Whether `harvester.personal.scrub` might change anything in a source object."""
    # A list that grows while it is walked: calls for every value would cost more than the looking.
    waiting = [("", data)]
    for key, node in waiting:
        if isinstance(node, str):
            if not node.isalpha() and _needs_scrubbing(node, key):
                return True
        elif isinstance(node, dict):
            of_words = key_of_words(key, node)
            for name, entry in node.items():
                if odd_name(name):
                    return True
                waiting.append((of_words if name.startswith("@") else name, entry))
        elif isinstance(node, list):
            waiting += [(key, entry) for entry in node]
        elif isinstance(node, int) and not isinstance(node, bool) and tells_of_telephones(key):
            return True
    return False


@lru_cache(maxsize=4096)
def odd_name(name: str) -> bool:
    """Whether the name of a field may have to be cleaned; few are new."""
    if name.startswith("@") and name[1:].isalpha():
        return False  # a word of JSON-LD
    return odd(name) and not is_plain_number(name)


def odd(text: str) -> bool:
    """Whether a text may hold a contact, behind entities too, or is to be mended first."""
    return suspect(text) or "&" in text or has_half_characters(text)


def _needs_scrubbing(text: str, key: str) -> bool:
    if text.isdigit():
        return len(text) >= _SHORTEST and tells_of_telephones(key)
    if not odd(text):
        return False
    return tells_of_telephones(key) or not is_plain_number(text)
