"""The addresses of what we publish: SQL keeps ids, IRIs are made on the way out."""

from dataclasses import dataclass
from typing import Final

ENTITY_PATH: Final = "/id/"
"""A stored reference to another entity is this path and its id.

The base IRI comes in front on the way out.
"""


@dataclass(frozen=True, slots=True)
class Iris:
    """IRIs below one base, which has no final slash; it is set once, at `init`."""

    base: str

    def entity(self, entity_id: str) -> str:
        """The IRI of an actor, project or event, whatever its kind."""
        return f"{self.base}{ENTITY_PATH}{entity_id}"

    def record(self, record_id: str) -> str:
        """The IRI of one record; also the name of the graph that holds what it says."""
        return f"{self.base}/records/{record_id}"

    def hub(self, hub_id: str) -> str:
        """The IRI of a hub."""
        return f"{self.base}/hubs/{hub_id}"

    def run(self, run_id: str) -> str:
        """The IRI of a run, from its path `hubs/{hub}/runs/{number}`."""
        return f"{self.base}/{run_id}"

    def resource(self, kind: str, resource_id: str) -> str:
        """The IRI of one published resource, of whatever kind."""
        if kind == "hub":
            return self.hub(resource_id)
        return self.run(resource_id) if kind == "run" else self.entity(resource_id)

    def absolute(self, reference: str) -> str | None:
        """A stored reference as IRI: our own path gets the base, a foreign IRI stays, else None."""
        if reference.startswith(ENTITY_PATH):
            return self.base + reference
        return reference if reference.startswith(("http://", "https://")) else None
