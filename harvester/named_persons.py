"""Takes names out of source objects that are read only to know whether a person is named at all."""

from collections.abc import Iterable
from typing import Any, Final

from harvester.expressions import Path, Paths
from harvester.fields import paths_of
from harvester.notes import Notes
from harvester.personal import MASK
from harvester.source import SourceMap

_KEPT_WORDS: Final = ("@type", "@language")


class NamedPersons:
    """What a mapping's `contact_person` finds, and what stays of it in the stored form.

    A person's name stands in texts and in IRIs. What another field reads as well stays as it is.
    """

    def __init__(self, mapping: SourceMap | None) -> None:
        self._way = mapping.contact_person if mapping else None
        others = _paths_besides(mapping) if mapping else frozenset()
        given = self._way.gives() if self._way else frozenset()
        found = {_without_last_words(path) for path in given}
        self._names = [path for path in found if not _touches(path, others)]
        self._around = {path[:length] for path in self._names for length in range(1, len(path))}
        self._links = [path for path in self._around if not _touches(path, others)]

    @property
    def asked_after(self) -> bool:
        """Whether the mapping says where persons are named."""
        return self._way is not None

    def named(self, data: dict[str, Any], notes: Notes) -> bool:
        """Whether an object, or the stored form of one, names a person."""
        if self._way is None:
            return False
        if any(value.raw is not False for value in self._way.values(data, notes)):
            return True
        # A transform may pass a name, yet not the mask that stands for it.
        return MASK in map(str, self._way.finds(data))

    def out_of(self, data: dict[str, Any], *, named: bool) -> dict[str, Any]:
        """The object without these names: masks in their place if somebody is `named` by them."""
        clean: dict[str, Any] = self._without(data, (), named) if self._names else data
        return clean

    def _without(self, node: Any, path: Path, named: bool) -> Any:
        if isinstance(node, list):
            return [self._without(entry, path, named) for entry in node]
        if not isinstance(node, dict):
            return node
        return {name: self._entry(name, entry, path, named) for name, entry in node.items()}

    def _entry(self, name: str, entry: Any, path: Path, named: bool) -> Any:
        below = (*path, name)
        if _is_among(below, self._names):
            return _masked(entry) if named or not entry else []
        if name == "@id" and _is_among(path, self._links):
            return MASK
        return self._without(entry, below, named) if _is_among(below, self._around) else entry


def _paths_besides(mapping: SourceMap) -> Paths:
    ways = [way for way in mapping.of_record() if way is not mapping.contact_person]
    return paths_of(mapping.fields) | {path for way in ways for path in way.reads()}


def _without_last_words(path: Path) -> Path:
    """The field that `@id` and its like at the end of a path belong to."""
    while path and path[-1].startswith("@"):
        path = path[:-1]
    return path


def _touches(path: Path, others: Paths) -> bool:
    """Whether another field reads what stands at a path, something in it, or all around it."""
    return any(_alike(path, other) for other in others)


def _is_among(path: Path, paths: Iterable[Path]) -> bool:
    return any(len(path) == len(other) and _alike(path, other) for other in paths)


def _alike(path: Path, other: Path) -> bool:
    """Whether two paths are the same as far as both go; `*` is any name."""
    return all(a == b or "*" in (a, b) for a, b in zip(path, other, strict=False))


def _masked(value: Any) -> Any:
    """The same make of lists and objects, with a mask for each name, so that the same is found."""
    if isinstance(value, dict):
        return {k: v if k in _KEPT_WORDS else _masked(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_masked(entry) for entry in value]
    return value if value is None or isinstance(value, bool) or value == "" else MASK
