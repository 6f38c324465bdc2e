"""The encodings of text that hubs use; Python knows more, and not all of those are harmless."""

import codecs
from typing import Final

_NAMES: Final = (
    {"ascii", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"}
    | {"utf-32", "utf-32-le", "utf-32-be", "koi8-r", "koi8-u"}
    | {f"iso8859-{number}" for number in range(1, 17)}
    | {f"cp{number}" for number in (437, 850, 852, 858, 866, *range(1250, 1259))}
    | {f"mac-{name}" for name in ("roman", "latin2", "cyrillic", "greek", "turkish", "iceland")}
)
"""By Python's names. Not punycode (quadratic), unicode_escape, utf-7 or what is no text (zip)."""


def text_encoding(name: str) -> str | None:
    """Python's name of an encoding that a page may have, or None."""
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError):  # ValueError: a NUL or a letter that no name has
        return None
    return found if found in _NAMES else None
