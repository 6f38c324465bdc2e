"""Queries to a server's graph, each answered from one release that is known."""

import time
from collections.abc import Callable, Sequence
from typing import Final

from registry.project.remote.layout import Layout, marker_of, read_back
from registry.project.remote.server import Server
from registry.project.remote.state import State

_WAIT_S: Final = 1.0
_LOOK_EVERY_S: Final = 0.05
_ATTEMPTS: Final = 3


class GraphMoving(Exception):
    """The graph went on to another release during every attempt, or is being loaded."""


class ServerReader:
    """Asks queries and tells of which release the last answer is; not shared between threads."""

    def __init__(self, server: Server, base: str, plain: Callable[[str, bool], str]) -> None:
        """`plain` writes a query anew, for a server that hides constants or not (layout.py)."""
        self._server = server
        self._base = base
        self._plain = plain
        self._marker = marker_of(base)
        self._layout: Layout | None = None
        self._state: State | None = None

    @property
    def release(self) -> int | None:
        """The release of the last answer, or None where the graph was never seen complete."""
        return self._state.release if self._state else None

    def query(
        self,
        text: str,
        accept: str,
        *,
        max_bytes: int,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        names_graphs: bool = False,
    ) -> bytes:
        """The whole answer, all of it from the release that `release` then names.

        `names_graphs`: the text says itself, by FROM, which graphs are asked.

        Raises:
            GraphMoving: ask again.
            GraphUnreachable, GraphRefuses, AnswerCut, GraphNotUsable: as Server and Layout.
        """
        chosen = default_graphs or named_graphs or names_graphs
        for _ in range(_ATTEMPTS):
            before = self._state or self._complete()
            self._layout = self._layout or Layout.of(self._server, self._base)
            body = self._server.query(
                self._plain(text, self._layout.hides_constants),
                accept,
                max_bytes=max_bytes,
                default_graphs=default_graphs if chosen else self._layout.default_graphs,
                named_graphs=named_graphs,
            )
            # A token never comes back: what stood there before and after stood there all the time.
            if self._marker.read(self._server) == before:
                return read_back(body)
            # What was found out of a graph that changed meanwhile may be wrong.
            self._state = self._layout = None
        raise GraphMoving

    def _complete(self) -> State:
        until = time.monotonic() + _WAIT_S
        while True:
            state = self._marker.read(self._server)
            if isinstance(state, State) and state.complete:
                self._state = state
                return state
            if time.monotonic() >= until:
                raise GraphMoving
            time.sleep(_LOOK_EVERY_S)
