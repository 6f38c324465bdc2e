"""Which mail addresses are a public office's by the words they are made of.

A closed list names the offices: »…amt« alone would be a surname's ending, too.
"""

import tomllib
from collections.abc import Collection, Iterable
from functools import cache
from pathlib import Path
from typing import Final

from vocab.folding import fold
from vocab.places import places

_WORDS: Final = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
_OFFICES: Final = frozenset(map(fold, _WORDS["offices"]))


def names_office(parts: Iterable[str], name: Collection[str], *, own: bool) -> bool:
    """Whether the parts of a mailbox's name that are no role name a public office, and no more.

    `name` are the folded words of the actor's names, `own` whether the mailbox is at its domain.
    Elsewhere, or beside a town, the office must stand in the actor's name, and so must the town.
    """
    words = set(map(fold, parts))
    offices = words & _OFFICES
    towns = words - offices
    if not offices or not towns <= _towns() & set(name):
        return False
    return offices <= set(name) or (own and not towns)


@cache
def _towns() -> frozenset[str]:
    """The folded names of municipalities, those of one word."""
    return frozenset(fold(name) for place in places().values() for name in place.labels.values())
