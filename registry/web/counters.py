"""Counters of requests in memory that stay small, however many addresses ask."""

import threading
import time
from typing import Final

from limits.storage import Storage

MOST_COUNTERS: Final = 50_000
"""About 20 MB. Beyond it the oldest window is forgotten, so who asks from a million addresses is
counted less well, and nobody else is refused."""


class BoundedCounters(Storage):
    """Counters of one limit for `limits`: all windows are equally long, so the oldest ends first.

    The library's own memory storage walks over all of its counters a hundred times a second in a
    thread that it starts again and again, and knows no bound.
    """

    STORAGE_SCHEME = None

    def __init__(self, most: int = MOST_COUNTERS) -> None:
        super().__init__()
        self._most = most
        self._lock = threading.Lock()
        self._windows: dict[str, tuple[int, float]] = {}  # count and end, in the order of the ends

    def __len__(self) -> int:
        return len(self._windows)

    @property
    def base_exceptions(self) -> type[Exception]:
        """Nothing in memory fails."""
        return MemoryError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count in the key's window, or begin a new one."""
        now = time.time()
        with self._lock:
            count, end = self._windows.get(key, (0, 0.0))
            if end > now:
                self._windows[key] = (count + amount, end)
                return count + amount
            self._windows.pop(key, None)
            self._forget(now)
            self._windows[key] = (amount, now + expiry)
            return amount

    def get(self, key: str) -> int:
        """The count of the key's window."""
        count, end = self._windows.get(key, (0, 0.0))
        return count if end > time.time() else 0

    def get_expiry(self, key: str) -> float:
        """When the key's window ends."""
        return self._windows.get(key, (0, time.time()))[1]

    def check(self) -> bool:
        """Memory answers."""
        return True

    def reset(self) -> int:
        """Forget everything."""
        with self._lock:
            count = len(self._windows)
            self._windows.clear()
            return count

    def clear(self, key: str) -> None:
        """Forget one window."""
        with self._lock:
            self._windows.pop(key, None)

    def _forget(self, now: float) -> None:
        """Drop what has ended, and the oldest where there are too many."""
        while self._windows:
            oldest = next(iter(self._windows))
            if self._windows[oldest][1] > now and len(self._windows) < self._most:
                return
            del self._windows[oldest]
