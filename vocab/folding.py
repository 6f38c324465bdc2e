"""One folding of text for linking and search alike, so that both agree on what reads the same."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

# NFKD leaves these whole: they carry no combining mark.
_WHOLE: Final = str.maketrans(
    {
        "ß": "ss",
        "ł": "l",
        "đ": "d",
        "ø": "o",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ð": "d",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
        "&": " und ",
    }
)
_UMLAUTS: Final = (("ä", "a"), ("ö", "o"), ("ü", "u"))
_DIGRAPHS: Final = ("ae", "oe", "ue")
_WORD: Final = re.compile(r"[^\W_]+")
_LAST_MARK: Final = 0x1E94A  # of Unicode 14 and 15
_MARKS: Final = re.compile(
    "["
    + "".join(chr(c) for c in range(0x300, _LAST_MARK + 1) if unicodedata.combining(chr(c)))
    + "]"
)
_SMALL_WORDS: Final = bytes(
    ord(chr(c).lower()) if c < 0x80 and chr(c).isalnum() else ord(" ") for c in range(0x100)
)
"""For `bytes.translate` of ASCII: small letters, and a space for what is no letter or digit."""

_SHORT: Final = 80


def fold(text: str) -> str:
    """Lower case without marks; ä = ae = a, ö = oe = o, ü = ue = u, ß = ss, ě = e, ł = l, & = und.

    Words are parted by one space. Idempotent, and the same for a query and for what it should find.
    """
    # Names, towns and labels come again and again, descriptions do not.
    return _fold_short(text) if len(text) <= _SHORT else _fold(text)


def _fold(text: str) -> str:
    bare = _without_marks(text)
    if bare.isascii():
        words = bare.replace("&", " und ").encode().translate(_SMALL_WORDS).decode().split()
    else:
        words = _WORD.findall(bare)
    folded = " ".join(words)
    for digraph in _DIGRAPHS:
        while digraph in folded:
            folded = folded.replace(digraph, digraph[0])
    return folded


def _without_marks(text: str) -> str:
    """Small letters without marks; of ASCII as it comes."""
    if text.isascii():
        return text
    # Most texts are German: three plain replacements leave them ASCII, many times as quickly.
    lowered = text.casefold()
    for umlaut, vowel in _UMLAUTS:
        lowered = lowered.replace(umlaut, vowel)
    if lowered.isascii():
        return lowered
    lowered = unicodedata.normalize("NFKC", lowered).casefold().translate(_WHOLE)
    return _MARKS.sub("", unicodedata.normalize("NFKD", lowered))


_fold_short = lru_cache(maxsize=1 << 16)(_fold)
