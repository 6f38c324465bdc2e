"""Names as evidence: equal, compatible, or two things that only sound alike."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Final

from rapidfuzz.distance import Levenshtein
from rigour.names import extract_org_types, remove_org_types

from vocab.folding import fold
from vocab.types import Document

# A word that makes another organisation of the same name: a school's friends are not the school.
_OTHER_BODY: Final = (
    "forderverein", "forderkreis", "freundeskreis", "freunde", "stiftung", "verlag", "betriebsrat",
    "ortsgruppe", "kreisverband", "landesverband", "bundesverband", "ortsverband", "jugend",
    "akademie", "institut", "zentrum", "service", "holding", "aussenstelle", "filiale", "tochter",
)  # fmt: skip
_FILLERS: Final = frozenset(
    {"der", "die", "das", "des", "den", "und", "fur", "fuer", "in", "im", "am", "the", "of"}
)
_SIMILAR: Final = 0.9
MOST_NAMES: Final = 20


@dataclass(frozen=True, slots=True)
class Name:
    """A name without its legal form, folded; and the legal forms that it named."""

    text: str
    forms: frozenset[str]


@lru_cache(maxsize=50_000)
def read_name(raw: str) -> Name:
    """The folded name with its legal forms set aside as evidence of their own."""
    forms = frozenset(code for _, code in extract_org_types(raw))
    bare = fold(remove_org_types(raw))
    return Name(bare or fold(raw), forms)


def names_of(document: Document, *, others: bool = True) -> tuple[Name, ...]:
    """The names of a document in all languages; `others`: alternate and legal names too.

    No more than MOST_NAMES, the first ones: each is compared with each of another record.
    """
    keys = ("name", "legalName", "alternateName") if others else ("name", "legalName")
    raw = (text for key in keys for text in _texts(document.get(key)))
    return tuple(islice(dict.fromkeys(read_name(text) for text in raw), MOST_NAMES))


def equal(a: Name, b: Name) -> bool:
    """The same words and no two legal forms: a gGmbH is not the e. V. of the same name."""
    return a.text == b.text and not _forms_differ(a, b)


def compatible(left: Iterable[Name], right: Iterable[Name]) -> bool:
    """Could both be names of one thing? Asked when an identifier says so; no evidence by itself."""
    rights = tuple(right)
    return any(_compatible(a, b) for a in left for b in rights)


@lru_cache(maxsize=100_000)
def _compatible(a: Name, b: Name) -> bool:
    if _forms_differ(a, b):
        return False
    if a.text == b.text:
        return True
    words_a, words_b = set(a.text.split()) - _FILLERS, set(b.text.split()) - _FILLERS
    apart = words_a ^ words_b
    if any(mark in word for word in apart for mark in _OTHER_BODY):
        return False
    if {w for w in apart if w.isdigit()}:
        return False
    if words_a and words_b and (words_a <= words_b or words_b <= words_a):
        return True
    return (
        Levenshtein.normalized_similarity(a.text, b.text) >= _SIMILAR
        or _initials(a.text) == b.text
        or _initials(b.text) == a.text
    )


def _forms_differ(a: Name, b: Name) -> bool:
    return bool(a.forms and b.forms and not (a.forms & b.forms))


def _initials(text: str) -> str:
    return "".join(word[0] for word in text.split() if word not in _FILLERS)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for texts in value.values():
            yield from [texts] if isinstance(texts, str) else texts
