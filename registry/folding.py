"""One folding of text for linking and search alike, so that both agree on what reads the same."""

import re
import unicodedata
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
_DIGRAPH: Final = re.compile(r"(?<=[aou])e")
_WORD: Final = re.compile(r"[^\W_]+")


def fold(text: str) -> str:
    """Lower case without marks; ä = ae = a, ö = oe = o, ü = ue = u, ß = ss, ě = e, ł = l, & = und.

    Words are parted by one space. Idempotent, and the same for a query and for what it should find.
    """
    lowered = unicodedata.normalize("NFC", text).casefold().translate(_WHOLE)
    bare = "".join(
        c for c in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(c)
    )
    return _DIGRAPH.sub("", " ".join(_WORD.findall(bare)))
