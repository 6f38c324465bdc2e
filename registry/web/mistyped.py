"""What a mistyped id may have been meant to be."""

import string
from typing import Final

_SIGNS: Final = string.ascii_lowercase + "234567"  # base32 (RFC 4648, 6), lower case
_LENGTH: Final = 16


def meant(typed: str) -> set[str]:
    """All ids that become `typed` by one slip: a sign wrong, missing or too many, or two swapped.

    About 500 ids, or none where `typed` is too long or too short for one slip.
    """
    text = typed.lower()
    around = [(text[:place], text[place:]) for place in range(len(text) + 1)]
    if len(text) == _LENGTH:
        wrong = {a + sign + b[1:] for a, b in around if b for sign in _SIGNS}
        swapped = {a + b[1] + b[0] + b[2:] for a, b in around if len(b) > 1}
        return (wrong | swapped | {text}) - {typed}
    if len(text) == _LENGTH - 1:
        return {a + sign + b for a, b in around for sign in _SIGNS}
    return {a + b[1:] for a, b in around if b} if len(text) == _LENGTH + 1 else set()
