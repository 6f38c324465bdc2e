"""Source fields that nobody reads, counted by path; a source that invents names ends in a sum."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from vocab.strings import without_controls

MOST_PATHS: Final = 100
REST: Final = "…"
"""Stands for all paths beyond the first hundred."""

_LONGEST_PATH: Final = 200


class UnreadFields:
    """Counts paths of source fields, at most `MOST_PATHS` of them by name."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def add(self, paths: Iterable[str]) -> None:
        """Count the unread paths of one record."""
        for path in paths:
            # Names are strangers' texts as well, and a database may refuse what stands in them.
            name = without_controls(path[: _LONGEST_PATH + 1])
            name = name if len(name) <= _LONGEST_PATH else f"{name[:_LONGEST_PATH]}{REST}"
            known = name in self._counts or len(self._counts) < MOST_PATHS
            self._counts[name if known else REST] += 1

    def counts(self) -> dict[str, int]:
        """Path -> number of records, sorted by path."""
        return dict(sorted(self._counts.items()))
