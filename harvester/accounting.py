"""Which fields of a source are mapped, ignored by name, or nobody's business yet."""

from collections.abc import Iterable, Iterator
from enum import Enum
from fnmatch import fnmatchcase
from typing import Any

from harvester.expressions import Path, Paths
from harvester.suspicion import suspect
from schemas.masking import mask

_BESIDE = ("@id", "@point")
"""What GeoJSON puts beside the fields of a feature: who reads it has read no field."""


class Verdict(Enum):
    """What becomes of a field of the source."""

    READ = "read"
    PARTLY = "partly"  # something below it is read
    IGNORED = "ignored"
    UNREAD = "unread"


class Accounting:
    """Accounts for every field of a source object.

    `separator` joins names in reports and in the patterns of `ignore`: `.` for JSON, `/` for RDF.
    """

    def __init__(self, read: Paths, ignored: Iterable[str], separator: str) -> None:
        if separator == ".":
            read = frozenset(path for path in read if not path or path[-1] not in _BESIDE)
        read = frozenset(path for full in read if (path := without_words(full)) or not full)
        self._read = read
        self._ancestors = {path[:length] for path in read for length in range(len(path))}
        self._wild = [path for path in read if "*" in path]
        self._ignored = [pattern.replace("[]", "") for pattern in ignored]
        self._separator = separator
        self._verdicts: dict[Path, Verdict] = {}
        self._settled = {"@id", "@type"}  # fields that need no look at what is in them

    def verdict(self, path: Path) -> Verdict:
        """What becomes of the field at a path."""
        known = self._verdicts.get(path)
        if known is None:
            known = self._judge(path)
            if len(self._verdicts) < 10_000:  # a keyed object may bring new names without end
                self._verdicts[path] = known
                if len(path) == 1 and known in (Verdict.READ, Verdict.IGNORED):
                    self._settled.add(path[0])
        return known

    def _judge(self, path: Path) -> Verdict:
        if any(path[:length] in self._read for length in range(len(path) + 1)):
            return Verdict.READ
        if any(_fits(path[: len(wild)], wild) for wild in self._wild):
            return Verdict.READ
        if path in self._ancestors or any(_fits(path, wild[: len(path)]) for wild in self._wild):
            return Verdict.PARTLY
        names = [self._separator.join(path[:length]) for length in range(1, len(path) + 1)]
        if any(fnmatchcase(name, pattern) for name in names for pattern in self._ignored):
            return Verdict.IGNORED
        return Verdict.UNREAD

    def unread(self, data: dict[str, Any]) -> tuple[str, ...]:
        """The fields of an object that hold something and are neither read nor ignored, sorted.

        List entries are written as `[]`: `offers[].price`.
        """
        rest = {name: entry for name, entry in data.items() if name not in self._settled}
        # A name may be a contact itself, where a hub keys its objects by them.
        return tuple(sorted({_shown(name) for name in self._unread(rest, (), "")})) if rest else ()

    def _unread(self, node: Any, path: Path, shown: str) -> Iterator[str]:
        if isinstance(node, dict):
            for name, entry in node.items():
                if name.startswith("@") or entry is None or entry == "":
                    continue
                below = (*path, name)
                verdict = self.verdict(below)
                if verdict is Verdict.UNREAD or verdict is Verdict.PARTLY:
                    yield from self._unread(
                        entry, below, f"{shown}{self._separator}{name}" if shown else name
                    )
        elif isinstance(node, list):
            marked = shown if self._separator == "/" else f"{shown}[]"
            for entry in node:
                yield from self._unread(entry, path, marked)
        leaf = not isinstance(node, dict | list) or self._is_rdf_value(node)
        if leaf and path and node not in (None, "") and self.verdict(path) is Verdict.UNREAD:
            yield shown

    def _is_rdf_value(self, node: Any) -> bool:
        return (
            self._separator == "/"
            and isinstance(node, dict)
            and ("@value" in node or "@id" in node)
        )

    def without_ignored(self, node: Any, path: Path = ()) -> Any:
        """The object without what is ignored: the form that is stored and hashed."""
        if not self._ignored:
            return node
        if isinstance(node, dict):
            return {
                name: self.without_ignored(entry, (*path, name))
                for name, entry in node.items()
                if name.startswith("@") or self.verdict((*path, name)) is not Verdict.IGNORED
            }
        if isinstance(node, list):
            return [self.without_ignored(entry, path) for entry in node]
        return node


def _shown(name: str) -> str:
    return mask(name) if suspect(name) else name


def without_words(path: Path) -> Path:
    """A path without the words that begin with `@` (`@id`, `@value`), which are no fields."""
    return tuple(step for step in path if not step.startswith("@"))


def _fits(path: Path, pattern: Path) -> bool:
    return len(path) == len(pattern) and all(
        p in ("*", name) for name, p in zip(path, pattern, strict=True)
    )
