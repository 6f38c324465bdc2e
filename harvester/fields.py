"""How a manifest says where each property comes from, compiled."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from harvester.expressions import Expression, Path, Paths
from harvester.notes import Notes
from harvester.tables import Table
from harvester.transforms import Apply
from harvester.values import Fields, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One way in which a property gets its values.

    `at` expressions are read in their order, then go through `via` and `table`. With `each`, all of
    that happens for each entry that `each` finds. With `nested`, each entry becomes a nested node.
    """

    at: tuple[Expression, ...] = ()
    via: tuple[Apply, ...] = ()
    table: Table | None = None
    lang: str | None = None
    lang_at: Expression | None = None
    each: Expression | None = None
    nested: "FieldMap | None" = None

    def values(self, data: object, notes: Notes) -> list[Value]:
        """What the field gives for one source object."""
        if self.each is None:
            return self._of_entry(data, notes)
        entries = self.each.objects(data)
        return [value for entry in entries for value in self._of_entry(entry, notes)]

    def _of_entry(self, data: object, notes: Notes) -> list[Value]:
        if self.nested is not None:
            node = read_fields(self.nested, data, notes)
            return [Value(node)] if node else []
        values: list[Value] = []
        for expression in self.at:
            values += expression.values(data)
        if not values:
            return []
        for transform in self.via:
            values = transform(values, notes)
        if self.table is not None:
            values = [ours for value in values for ours in _look_up(value, self.table, notes)]
        lang = self.lang
        if self.lang_at is not None:
            said = self.lang_at.values(data)
            lang = str(said[0].raw) if said else lang
        return values if lang is None else [Value(v.raw, v.lang or lang) for v in values]

    def finds(self, data: object) -> list[object]:
        """What stands where the field looks, before its transforms and its table."""
        entries = [data] if self.each is None else self.each.objects(data)
        return [v.raw for entry in entries for way in self.at for v in way.values(entry)]

    @property
    def constant(self) -> bool:
        """Whether the field says the same of every object."""
        return self.each is None and self.nested is None and all(e.constant for e in self.at)

    def reads(self) -> Paths:
        """All source paths that the field looks at."""
        expressions = [*self.at, *([self.lang_at] if self.lang_at else [])]
        found = {path for e in expressions for path in e.gives | e.looks_at}
        if self.nested is not None:
            found |= {path for field in _fields_of(self.nested) for path in field.reads()}
        return self._below_each(found) | (self.each.looks_at if self.each else frozenset())

    def gives(self) -> Paths:
        """The source paths that the field's own values stand at."""
        return self._below_each({path for e in self.at for path in e.gives})

    def _below_each(self, found: set[Path]) -> Paths:
        starts = (self.each.gives or {()}) if self.each else {()}
        return frozenset((*start, *path) for start in starts for path in found)


FieldMap: TypeAlias = Mapping[str, tuple[Field, ...]]


def read_fields(fields: FieldMap, data: object, notes: Notes) -> Fields:
    """The values of every property; empty when only constants would be left of a nested node."""
    found = Fields()
    said = False
    outer = notes.path
    for name, ways in fields.items():
        notes.path = f"{outer}/{name}"
        for way in ways:
            if values := way.values(data, notes):
                found[name] = [*found[name], *values] if name in found else values
                said = said or not way.constant
    notes.path = outer
    return found if said else Fields()


def paths_of(fields: FieldMap) -> frozenset[Path]:
    """All source paths that a set of fields looks at."""
    return frozenset(path for field in _fields_of(fields) for path in field.reads())


def _fields_of(fields: FieldMap) -> list[Field]:
    return [field for ways in fields.values() for field in ways]


def _look_up(value: Value, table: Table, notes: Notes) -> list[Value]:
    local = str(value.raw)
    ours = table.look_up(local)
    if ours is None:
        notes.add("category.unmapped", local, category=local, table=table.name)
        return []
    return [Value(word, value.lang) for word in ours]
