"""One way of a server's graph from a release to another: requests that each take the state on."""

from collections.abc import Iterable
from typing import Final, Self

from registry.errors import RegistryError
from registry.project.remote.server import GraphRefuses, Server
from registry.project.remote.state import Marker, Operation, State, Unclear


class GraphBeingWritten(RegistryError):
    """Another host brings the graph to a release; wait for it."""

    status = 503
    code = "graph_being_written"
    retry_after_s = 5

    @classmethod
    def to(cls, state: State | Unclear | None) -> Self:
        """The error for the state that was found."""
        release = state.release if isinstance(state, State) else 0
        return cls(
            f"Ein anderer Host schreibt Freigabe {release} in den Graphen auf dem Server.",
            f"Another host is writing release {release} to the graph on the server.",
        )


REQUEST_BYTES: Final = 1 << 20
"""What one request holds at most, unless the server wants less."""


class Writing:
    """Gathers operations and sends them behind their fence; `finish` completes the state.

    What fits into one request is sent as one: a server whose requests are transactions then has no
    state between the releases at all.
    """

    def __init__(
        self, server: Server, marker: Marker, before: State | Unclear | None, first: State
    ) -> None:
        """From the state `before` on; `first` is the one that the first request leads to."""
        self._server = server
        self._marker = marker
        self._held = before
        self._next = first
        self._waiting: list[Operation] = []
        self._bytes = 0
        self.request_bytes = REQUEST_BYTES

    def do(self, operations: Iterable[Operation]) -> None:
        """Do these, now or with the next ones.

        Raises:
            GraphUnreachable, GraphRefuses: some of it may be done.
        """
        for operation in operations:
            size = len(operation(""))
            if self._waiting and self._bytes + size > self.request_bytes:
                self.flush()
            self._waiting.append(operation)
            self._bytes += size

    def flush(self) -> None:
        """Have done all that was asked for so far. Raises as `do`."""
        self._send(self._take(), last=False)

    def finish(self) -> None:
        """Do the rest and complete the state. Raises as `do`."""
        self._send(self._take(), last=True)

    def begin_empty(self) -> None:
        """Empty the whole dataset, by the one operation that is quick at it.

        No fence can stand before that: where it comes late, the graph is on its way afterwards and
        is loaded anew.

        Raises:
            GraphUnreachable, GraphRefuses: it may be done.
        """
        self._server.update(f"DROP ALL;\n{self._marker.put(self._next)}")
        self._held, self._next = self._next, self._next.next()

    def require_ours(self) -> State:
        """The state, which is the one that this writing has put there.

        Raises:
            GraphBeingWritten: it is another's; nothing was done since it came.
        """
        found = self._marker.read(self._server)
        if not isinstance(found, State) or found != self._held:
            raise GraphBeingWritten.to(found)
        return found

    def withdraw(self) -> None:
        """Take the state away, as if this writing had never begun."""
        if isinstance(self._held, State):
            self._server.update(self._marker.removal(self._held))

    def _take(self) -> list[Operation]:
        taken, self._waiting, self._bytes = self._waiting, [], 0
        return taken

    def _send(self, operations: list[Operation], *, last: bool) -> None:
        to, fence = self._next, self._marker.fence(self._next)
        parts = [self._marker.exchange(self._held, to), *(each(fence) for each in operations)]
        if last:
            parts.append(self._marker.exchange(to, to.completed()))
        try:
            self._server.update(";\n".join(parts))
        except GraphRefuses:
            # Virtuoso does not take what compiles to more than 10,000 lines of SQL.
            if len(operations) < 2 or self._marker.read(self._server) != self._held:
                raise
            half = len(operations) // 2
            self.request_bytes = max(1, self.request_bytes // 2)
            self._send(operations[:half], last=False)
            self._send(operations[half:], last=last)
            return
        self._held, self._next = to.completed() if last else to, to.next()
