"""Which store is in force and which release it holds: one small file, replaced in one step."""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final, Self

from registry.project.snapshots import write_atomically

MARKER: Final = "STORE.json"


@dataclass(frozen=True, slots=True)
class Marker:
    """The store's directory, its last complete release, a count of contents, and if it is whole."""

    store: str
    release: int
    revision: int
    complete: bool

    def loaded(self, release: int) -> Self:
        """After a rebuild into a store of its own."""
        revision = self.revision + 1
        return replace(
            self, store=f"store-{revision}", release=release, revision=revision, complete=True
        )

    def begun(self) -> Self:
        """On the way to the next release; until then the content is a mixture."""
        return replace(self, complete=False)

    def applied(self, release: int) -> Self:
        """Arrived there."""
        return replace(self, release=release, revision=self.revision + 1, complete=True)


def read_marker(folder: Path) -> Marker | None:
    """The marker of the graph below `folder`, or None where there is no graph yet."""
    try:
        text = (folder / MARKER).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    return Marker(**json.loads(text))


def write_marker(folder: Path, marker: Marker) -> None:
    """Put the marker in force; a crash leaves the old one or this one."""
    write_atomically(folder / MARKER, json.dumps(asdict(marker)).encode())
