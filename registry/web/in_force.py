"""Which releases are in force: asked a few times a second, not at every request."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, TypeVar

from registry.errors import RegistryError
from registry.store import releases

if TYPE_CHECKING:
    from registry.project.search import SearchIndex
    from registry.store.engine import Store

ASKED_EVERY_S: Final = 0.25
_OLDEST_S: Final = 1.0  # what was found longer ago counts for nothing
_NEVER: Final = float("-inf")

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Releases:
    """The release of the store, and that of the search index, which may be behind.

    `set_hash` is that of the store's: after a database was restored, numbers mean other contents.
    """

    store: int
    index: int
    set_hash: bytes = b""


def look_at(store: "Store", search: "SearchIndex") -> Callable[[], Releases]:
    """The way to see which releases these two hold."""

    def look() -> Releases:
        with store.read() as connection:
            latest = releases.latest(connection)
        return Releases(
            store=latest.number if latest else 0,
            index=search.release(),
            set_hash=latest.set_hash if latest else b"",
        )

    return look


class InForce:
    """Knows the releases by `look`, which is called at most once in `every_s`, by one thread."""

    def __init__(self, look: Callable[[], Releases], *, every_s: float = ASKED_EVERY_S) -> None:
        self._look = look
        self._every_s = every_s
        self._looking = threading.Lock()
        self._found: tuple[Releases | None, float] = (None, _NEVER)
        self._told_at = _NEVER
        self._made: tuple[Releases | None, dict[str, tuple[object, Any]]] = (None, {})

    def now(self) -> Releases | None:
        """The releases in force, or None where that cannot be known at once."""
        known, at = self._found
        if at <= self._told_at:
            known = None
        age_s = monotonic() - at
        if at > self._told_at and age_s < self._every_s:
            return known
        if self._looking.acquire(blocking=False):
            try:
                return self._ask()
            finally:
                self._looking.release()
        # Another thread asks; where that takes long, nobody waits for it.
        return known if age_s < _OLDEST_S else None

    def saw(self, release: int) -> None:
        """Somebody was told of this release: where it is new here, look before the next answer.

        A look that began before counts for nothing, even if it ends later.
        """
        known, _ = self._found
        if known and release > min(known.store, known.index):
            self._told_at = monotonic()

    def once(self, key: str, make: Callable[[], T], of: object = None) -> T:
        """What `make` gives, made once while the releases, and what it is made `of`, stay the same.

        Of each key only the last is kept. What is read from a transaction that may be older than
        the release in force is made `of` the release that the transaction sees.
        """
        releases = self.now()
        if releases is None:
            return make()
        made_from, made = self._made
        if made_from != releases:
            made = {}
            self._made = (releases, made)
        kept = made.get(key)
        if kept is None or kept[0] != of:
            kept = made[key] = (of, make())
        found: T = kept[1]  # and not what another thread has put under the key meanwhile
        return found

    def _ask(self) -> Releases | None:
        asked_at = monotonic()
        known = None
        try:
            known = self._look()
        except (RegistryError, OSError, ValueError):  # the view says what is wrong, if it is asked
            return None
        finally:
            self._found = (known, asked_at)
        return known
