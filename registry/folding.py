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
_DIGRAPH: Final = re.compile(r"(?<=[aou])e+")
_WORD: Final = re.compile(r"[^\W_]+")
_LAST_MARK: Final = 0x1E94A  # of Unicode 14 and 15
_MARKS: Final = re.compile(
    "["
    + "".join(chr(c) for c in range(0x300, _LAST_MARK + 1) if unicodedata.combining(chr(c)))
    + "]"
)
_SHORT: Final = 80


def fold(text: str) -> str:
    """Lower case without marks; ä = ae = a, ö = oe = o, ü = ue = u, ß = ss, ě = e, ł = l, & = und.

    Words are parted by one space. Idempotent, and the same for a query and for what it should find.
    """
    # Names, towns and labels come again and again, descriptions do not.
    return _fold_short(text) if len(text) <= _SHORT else _fold(text)


def _fold(text: str) -> str:
    if text.isascii():
        bare = text.lower().replace("&", " und ")
    else:
        lowered = unicodedata.normalize("NFKC", text).casefold().translate(_WHOLE)
        bare = _MARKS.sub("", unicodedata.normalize("NFKD", lowered))
    return _DIGRAPH.sub("", " ".join(_WORD.findall(bare)))


_fold_short = lru_cache(maxsize=1 << 16)(_fold)
