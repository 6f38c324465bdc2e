"""Which release a server's graph holds, told by one literal that only ever changes as a whole.

Every update begins by exchanging it for another one, and all that follows in the same request is
done only while that other one stands there (the *fence*). So a request of a writer that was taken
for dead changes nothing, however late it arrives, and readers can tell whether the graph was one
and the same from before their query until after it.
"""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Self

from registry.project.remote.server import Server
from vocab.terms import GRAPH_STATE

NO_LINEAGE: Final = "-"


_WRITTEN: Final = re.compile(
    r"(complete|writing) ([0-9]{1,18}) ([0-9a-f]{16}) ([0-9]{1,18}) ([0-9a-f]{16}|-)"
)


@dataclass(frozen=True, slots=True)
class State:
    """What the graph is: complete, or on its way; the token is another one with every writing.

    `steps` counts the requests of a writing, so that others see that it goes on. `lineage` begins
    like the release's set hash: after a database was restored, numbers mean other contents.
    """

    complete: bool
    release: int
    token: str
    lineage: str = NO_LINEAGE
    steps: int = 0

    @classmethod
    def writing(cls, release: int, lineage: str = NO_LINEAGE) -> Self:
        """The first state on the way to a release."""
        return cls(False, release, secrets.token_hex(8), lineage)

    @classmethod
    def read(cls, text: str) -> Self | None:
        """From the literal; None where it is none of ours."""
        found = _WRITTEN.fullmatch(text)
        if found is None:
            return None
        word, release, token, steps, lineage = found.groups()
        return cls(word == "complete", int(release), token, lineage, int(steps))

    def __str__(self) -> str:
        word = "complete" if self.complete else "writing"
        return f"{word} {self.release} {self.token} {self.steps} {self.lineage}"

    def next(self) -> Self:
        """One request further."""
        return replace(self, steps=self.steps + 1)

    def completed(self) -> Self:
        """Arrived."""
        return replace(self, complete=True)


class Unclear:
    """There are several states, or one that is none of ours: what the graph holds is not known."""


class Marker:
    """The place of the state in a server's graph: a named graph with one statement."""

    def __init__(self, iri: str) -> None:
        self.iri = iri

    @property
    def pattern(self) -> str:
        """The one statement, whatever the state, without its graph."""
        return f"<{self.iri}> <{GRAPH_STATE}> ?state"

    def read(self, server: Server) -> State | Unclear | None:
        """The present state, or None where there is none yet.

        Raises:
            GraphUnreachable, GraphRefuses: as `Server.query`.
        """
        found = server.rows(f"SELECT ?state WHERE {{ {self._holds('?state')} }}")
        if not found:
            return None
        state = State.read(found[0].get("state", "")) if len(found) == 1 else None
        return state or Unclear()

    def exchange(self, old: State | Unclear | None, new: State) -> str:
        """The operation that puts the new state in place of the old one, where that is there."""
        put = self._holds(f'"{new}"')
        if isinstance(old, Unclear):
            any_state = self._holds("?any")
            return f"DELETE {{ {any_state} }} WHERE {{ {any_state} }};\nINSERT DATA {{ {put} }}"
        if old is None:
            return f"INSERT {{ {put} }} WHERE {{ FILTER NOT EXISTS {{ {self._holds('?any')} }} }}"
        was = self._holds(f'"{old}"')
        return f"DELETE {{ {was} }} INSERT {{ {put} }} WHERE {{ {was} }}"

    def put(self, state: State) -> str:
        """The operation that sets a state where there is none."""
        return f"INSERT DATA {{ {self.fence(state)} }}"

    def removal(self, state: State) -> str:
        """The operation that takes this state away."""
        return f"DELETE WHERE {{ {self.fence(state)} }}"

    def fence(self, state: State) -> str:
        """The pattern that matches while this state is there."""
        return self._holds(f'"{state}"')

    def _holds(self, state: str) -> str:
        return f"GRAPH <{self.iri}> {{ <{self.iri}> <{GRAPH_STATE}> {state} }}"


Operation = Callable[[str], str]
"""One operation of an update, given the fence."""
