"""Finished answers, kept while the release that they were made from is in force."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

from werkzeug.http import parse_etags, remove_entity_headers

from registry.web.compression import Header

MOST_BYTES: Final = 64 << 20
"""What all answers that a process keeps may take."""

LARGEST_BYTES: Final = 256 << 10
"""A larger answer is not kept."""

_PROVEN_SHARE: Final = 0.75
_PER_HEADER_BYTES: Final = 120  # of Python's own, beside the value
_PER_ANSWER_BYTES: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer with status 200 as it is sent, or only the headers of the 304 in its place."""

    headers: list[Header]
    unchanged: list[Header]  # of the 304
    etag: str
    body: bytes | None

    @property
    def size(self) -> int:
        """About how many bytes of memory it takes."""
        values = sum(len(value) + _PER_HEADER_BYTES for _, value in self.headers)
        return _PER_ANSWER_BYTES + values + len(self.body or b"")

    def is_known(self, if_none_match: str) -> bool:
        """Whether the client has it already (RFC 9110, 13.1.2: compared weakly)."""
        if not self.etag or not if_none_match:
            return False
        return if_none_match == self.etag or parse_etags(if_none_match).contains_weak(
            self.etag.removeprefix("W/").strip('"')
        )


def answer(status: int, headers: list[Header], body: bytes) -> Answer | None:
    """What is kept of an answer; None of all that is neither 200 nor 304, and of the largest."""
    if status not in (200, 304) or len(body) > LARGEST_BYTES:
        return None
    headers = [header for header in headers if header[0] != "Date"]  # the server's, when it sends
    return Answer(
        headers=headers,
        unchanged=unchanged(headers),
        etag=next((value for name, value in headers if name == "ETag"), ""),
        body=body if status == 200 else None,
    )


def unchanged(headers: list[Header]) -> list[Header]:
    """The headers of the 304 that stands for an answer (RFC 9110, 15.4.5): not what it links to."""
    kept = [header for header in headers if header[0] != "Link"]
    remove_entity_headers(kept)
    return kept


class Shelf:
    """Answers made from the same releases, in no more than `most_bytes`.

    An answer that was asked for again is proven. However many others are asked for, they only push
    out those that are not.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_new = int(most_bytes * (1 - _PROVEN_SHARE))
        self._most_proven = most_bytes - self._most_new
        self._lock = threading.Lock()
        self._of: Hashable = None
        self._new = _Row()
        self._proven = _Row()

    @property
    def size(self) -> int:
        """About how many bytes of memory all of them take."""
        return self._new.size + self._proven.size

    def get(self, key: Hashable, releases: Hashable) -> Answer | None:
        """The answer made from these releases; as soon as others are named, all are dropped."""
        with self._lock:
            self._turn_to(releases)
            found = self._proven.answers.get(key)
            if found:
                self._proven.answers.move_to_end(key)
                return found
            found = self._new.take(key)
            if found:
                self._proven.put(key, found, self._most_proven)
            return found

    def put(self, key: Hashable, releases: Hashable, made: Answer) -> None:
        """Keep this answer, which was made from these releases."""
        with self._lock:
            if releases == self._of:
                self._proven.take(key)
                self._new.put(key, made, self._most_new)

    def _turn_to(self, releases: Hashable) -> None:
        if releases != self._of:
            self._of, self._new, self._proven = releases, _Row(), _Row()


class _Row:
    """Answers by key, the one that waited longest in front."""

    def __init__(self) -> None:
        self.answers: OrderedDict[Hashable, Answer] = OrderedDict()
        self.size = 0

    def take(self, key: Hashable) -> Answer | None:
        found = self.answers.pop(key, None)
        self.size -= found.size if found else 0
        return found

    def put(self, key: Hashable, made: Answer, most_bytes: int) -> None:
        self.take(key)
        self.answers[key] = made
        self.size += made.size
        while self.size > most_bytes:
            self.size -= self.answers.popitem(last=False)[1].size
