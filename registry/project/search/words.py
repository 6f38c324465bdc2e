"""Which words a query asks for, and by which further words a name or an address is found."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

from vocab.folding import fold

MAX_WORDS: Final = 12

_GERMAN: Final = (
    "der die das dem den des ein eine einem einen einer eines und oder in im an am auf aus bei beim"
    " mit nach von vom vor zu zum zur für über unter um durch ohne bis"
)
_ENGLISH: Final = "the a an and or of in on at to by for from with near without"
FUNCTION_WORDS: Final = frozenset(fold(f"{_GERMAN} {_ENGLISH}").split())
"""Words of a closed class that tell nothing of what is looked for."""

_SHOWN: Final = ("thoroughfare", "locatorDesignator", "postCode", "postName", "fullAddress")
_STREET: Final = re.compile(r"(.*)(strasse|str)")  # as folding leaves them


def asked_words(text: str) -> list[str]:
    """The folded words of a query; function words only where there are no others."""
    words = fold(text).split()
    return ([word for word in words if word not in FUNCTION_WORDS] or words)[:MAX_WORDS]


def joined(text: str) -> str:
    """The words of a folded text, each with the next one: `repaircafe` of »repair cafe«."""
    return " ".join(first + second for first, second in pairwise(text.split()))


def address_words(addresses: Iterable[Mapping[str, Any]]) -> str:
    """Streets, numbers, postcodes and towns of addresses, each once, a street however written."""
    given = (" ".join(node[key] for key in _SHOWN if key in node) for node in addresses)
    return " ".join(map(_spellings, given))


@lru_cache(maxsize=1 << 14)  # events are held at the same places again and again
def _spellings(line: str) -> str:
    """The words of a line; those of a street joined and apart, in full and abbreviated."""
    words = fold(line).split()
    found = dict.fromkeys(words)
    for before, word in pairwise(["", *words]):
        match = _STREET.fullmatch(word)
        if match:
            name = match[1] or before
            found |= dict.fromkeys((name, "strasse", "str", f"{name}strasse", f"{name}str"))
    return " ".join(filter(None, found))
