"""Reads `[source.map]` and `[source.options]` of a manifest and compiles them."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from harvester.expressions import Constant, Expression, ExpressionError, JsonExpression
from harvester.fields import Field, FieldMap
from harvester.formats import FORMATS
from harvester.formats.options import OPTION_FORMS, Option
from harvester.prefixes import Prefixes
from harvester.rdf_paths import RdfExpression
from harvester.source import SourceMap
from harvester.tables import Table, TableError, read_table, table_of
from harvester.toml_sections import Problems, Section, nearest, similar
from harvester.transforms import TRANSFORMS, Apply, TransformError, compile_transform
from vocab.concepts import scheme
from vocab.properties import KINDS, NODE_TYPES, Property, Range, properties_of

FIELD_KEYS: Final = ("at", "via", "table", "const", "lang", "lang_at", "each", "map")
RECORD_KEYS: Final = ("kind", "id", "modified", "page", "where", "skip", "person", "contact_person")
"""Keys of `[source.map]` that speak of the record, not of a property."""

_REFERENCE: Final = ("Agent",)
_ONE_FIELD: Final = {
    "de": 'ein Feld, nicht mehrere; mehrere Ausdrücke nimmt at = ["…", "…"]',
    "en": 'one field, not several; several expressions go into at = ["…", "…"]',
}


class MapReader:
    """Compiles the mapping of one source; what is wrong goes to `problems`."""

    def __init__(
        self, format_name: str, prefixes: Prefixes, folder: Path, problems: Problems
    ) -> None:
        self._format = FORMATS.get(format_name)
        self._prefixes = prefixes
        self._folder = folder
        self._problems = problems
        self.tables_read: dict[str, Mapping[str, tuple[str, ...]]] = {}

    def options(self, section: Section) -> dict[str, Any]:
        """The format's options, each checked against its form."""
        options: dict[str, Any] = {}
        for name, option in (self._format.options if self._format else {}).items():
            value = section.raw(name)
            if value is None:
                if option.required:
                    self._problems.add(
                        "manifest.required",
                        section.where(name),
                        field=name,
                        description=option.form.says,
                    )
                continue
            if not option.form.fits(value):
                section.wrong(name, value, option.form.says)
                continue
            options[name] = self._compiled(option, value, section.where(name))
        if self._format is not None:
            section.finish()
        return options

    def _compiled(self, option: Option, value: Any, path: str) -> Any:
        if option.form is OPTION_FORMS["expression"]:
            return self._expression(value, path, JsonExpression)
        if option.form is OPTION_FORMS["expressions"]:
            texts = value if isinstance(value, list) else [value]
            return tuple(self._expression(text, path, JsonExpression) for text in texts)
        if option.form is OPTION_FORMS["names"]:
            return frozenset(name for text in value if (name := self._name(text, path)))
        return value

    def _name(self, text: str, path: str) -> str | None:
        try:
            return self._prefixes.compact(self._prefixes.expand(text))
        except KeyError:
            reason = {"de": f"Präfix von {text} fehlt", "en": f"the prefix of {text} is missing"}
            self._problems.add("manifest.expression", path, text, field=text, reason=reason)
            return None

    def read(self, source: Section) -> SourceMap | None:
        """The compiled mapping; None for a format that needs none."""
        section = source.section("map")
        if self._format is None:
            return None  # which of the keys are right depends on the format
        if self._format.expressions is None:
            section.finish()
            return None
        record = {key: section.raw(key) for key in RECORD_KEYS}
        given_id = record["id"] if record["id"] is not None else self._default_id()
        for key in ("kind", "name"):
            if section.raw(key) is None:
                self._problems.add("manifest.mapping", section.where(key), field=key)
        if record["kind"] in KINDS:
            self._problems.add("manifest.kind-field", section.where("kind"), kind=record["kind"])
        if given_id is None:
            self._problems.add("manifest.mapping", section.where("id"), field="id")
        data = source.raw("map")
        rest = {
            k: v
            for k, v in (data if isinstance(data, dict) else {}).items()
            if k not in RECORD_KEYS
        }
        return SourceMap(
            kind=self._single(record["kind"], section.where("kind")) or Field(),
            id=self._single(given_id, section.where("id")) or Field(),
            modified=self._single(record["modified"], section.where("modified")),
            page=self._single(record["page"], section.where("page")),
            where=self._single(record["where"], section.where("where")),
            skip=self._single(record["skip"], section.where("skip")),
            person=self._single(record["person"], section.where("person")),
            contact_person=self._single(record["contact_person"], section.where("contact_person")),
            fields=self._fields(rest, KINDS, section.path),
        )

    def field(self, given: Any, path: str) -> Field | None:
        """One field outside of the mapping, written as in it; None where none is given."""
        return self._single(given, path)

    def _default_id(self) -> str | None:
        return "@id" if self._format is not None and self._format.expressions == "rdf" else None

    def _single(self, given: Any, path: str) -> Field | None:
        ways = self._ways(given, path, None) if given is not None else ()
        if len(ways) > 1:
            self._problems.add("manifest.value", path, given, field=path, description=_ONE_FIELD)
        return ways[0] if ways else None

    def _fields(self, data: Mapping[str, Any], owners: tuple[str, ...], path: str) -> FieldMap:
        """Fields by property; `address.postCode` and its like are gathered into one nested node."""
        fields: dict[str, tuple[Field, ...]] = {}
        dotted: dict[str, dict[str, Any]] = {}
        for key, given in data.items():
            first, dot, rest = key.partition(".")
            here = f"{path}.{key}"
            prop = _property(owners, first)
            if prop is None and not (first in ("type", "id") and not dot and owners != KINDS):
                self._unknown(first, owners, here)
            elif dot and prop is not None:
                dotted.setdefault(first, {})[rest] = given
            else:
                fields[first] = fields.get(first, ()) + self._ways(given, here, prop)
        for name, nested in dotted.items():
            prop = _property(owners, name)
            below = _below(prop) if prop else ()
            if not below:
                self._problems.add(
                    "manifest.property",
                    f"{path}.{name}",
                    name,
                    field=next(iter(nested)),
                    allowed=name,
                )
                continue
            node = Field(nested=self._fields(nested, below, f"{path}.{name}"))
            fields[name] = (*fields.get(name, ()), node)
        return fields

    def _ways(self, given: Any, path: str, prop: Property | None) -> tuple[Field, ...]:
        if isinstance(given, list) and not all(isinstance(entry, str) for entry in given):
            return tuple(way for entry in given for way in self._ways(entry, path, prop))
        if isinstance(given, str | list):
            given = {"at": given}
        if not isinstance(given, dict):
            self._problems.add(
                "manifest.value", path, given, field=path, description='"…", { at = "…" }, [ … ]'
            )
            return ()
        section = Section(given, path, self._problems)
        field = self._field(section, prop)
        section.finish()
        return (field,)

    def _field(self, section: Section, prop: Property | None) -> Field:
        nested = section.raw("map")
        fields: FieldMap | None = None
        if nested is not None:
            below = _below(prop) if prop else ()
            if not below or not isinstance(nested, dict):
                section.wrong(
                    "map",
                    nested,
                    {"de": "nur bei verschachtelten Knoten", "en": "nested nodes only"},
                )
            else:
                fields = self._fields(nested, below, section.where("map"))
        at = [self._expression(text, section.where("at")) for text in section.texts("at")]
        const = section.raw("const")
        if const is not None:
            at.append(Constant(const))
        if not at and fields is None:
            section.problems.add(
                "manifest.required", section.where("at"), field="at", description='at = "…"'
            )
        each, lang_at = section.text("each"), section.text("lang_at")
        table = self._table(section)
        if prop is not None and prop.range is Range.CONCEPT:
            self._check_concepts(prop, table, const, section)
        return Field(
            at=tuple(at),
            via=tuple(
                step for text in section.texts("via") if (step := self._transform(text, section))
            ),
            table=table,
            lang=section.text(
                "lang", pattern=r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", form="de, en, hsb"
            ),
            lang_at=self._expression(lang_at, section.where("lang_at")) if lang_at else None,
            each=self._expression(each, section.where("each")) if each else None,
            nested=fields,
        )

    def _transform(self, text: str, section: Section) -> Apply | None:
        name = re.split(r"\(", text)[0].strip()
        path = section.where("via")
        if name not in TRANSFORMS:
            self._problems.add(
                "manifest.transform", path, text, transform=name, allowed=similar(name, TRANSFORMS)
            )
            return None
        try:
            return compile_transform(text)
        except TransformError as error:
            self._problems.add("manifest.expression", path, text, field="via", reason=error)
            return None

    def _table(self, section: Section) -> Table | None:
        given = section.raw("table")
        path = section.where("table")
        if given is None:
            return None
        if isinstance(given, dict):
            pairs = {
                k: tuple(v if isinstance(v, list) else [v] if v else []) for k, v in given.items()
            }
            return table_of(section.path, pairs)
        try:
            file = (self._folder / str(given)).resolve()
            if not file.is_relative_to(self._folder.resolve()):
                raise TableError("outside of the manifest's folder")
            table = read_table(file)
        except TableError as error:
            self._problems.add("manifest.table", path, given, table=given, reason=error)
            return None
        self.tables_read[table.name] = table.entries
        return table

    def _check_concepts(
        self, prop: Property, table: Table | None, const: Any, section: Section
    ) -> None:
        """Words that no scheme holds are better found here than in every record."""
        words = {word for ours in table.entries.values() for word in ours} if table else set()
        words |= {str(word) for word in (const if isinstance(const, list) else [const]) if word}
        known = scheme(prop.scheme or "").notations
        for word in sorted(words - set(known)):
            if "://" not in word:
                self._problems.add(
                    "manifest.table", section.path, word,
                    table=table.name if table else "const",
                    reason=_no_such_code(word, prop.scheme or "", known),
                )  # fmt: skip

    def _expression(
        self, text: str, path: str, kind: type[JsonExpression] | None = None
    ) -> Expression:
        try:
            if kind is None and self._format is not None and self._format.expressions == "rdf":
                return RdfExpression(text, self._prefixes)
            return JsonExpression(text)
        except ExpressionError as error:
            self._problems.add("manifest.expression", path, text, field=path, reason=error)
            return Constant(None)

    def _unknown(self, name: str, owners: tuple[str, ...], path: str) -> None:
        known = {p for owner in owners for p in properties_of(owner)}
        known |= set(RECORD_KEYS) if owners == KINDS else {"type"}
        self._problems.add(
            "manifest.property", path, name, field=name, allowed=similar(name, known)
        )


def _property(owners: tuple[str, ...], name: str) -> Property | None:
    return next((p for owner in owners if (p := properties_of(owner).get(name))), None)


def _below(prop: Property) -> tuple[str, ...]:
    """What a nested node of a property may carry."""
    if prop.range is Range.NODE:
        return tuple(node for node in prop.nodes if node in NODE_TYPES)
    return _REFERENCE if prop.range is Range.REFERENCE else ()


def _no_such_code(word: str, scheme_name: str, known: Iterable[str]) -> dict[str, str]:
    """What may have been meant, in both languages."""
    near = nearest(word, known)
    meant = (" / ".join(f"»{code}«" for code in near), " / ".join(f"“{code}”" for code in near))
    return {
        "de": f"»{word}« gibt es in {scheme_name} nicht; "
        + (f"gemeint {meant[0]}?" if near else f"die Codes stehen unter /vocab: {scheme_name}"),
        "en": f"there is no “{word}” in {scheme_name}; "
        + (f"did you mean {meant[1]}?" if near else f"the codes are at /vocab: {scheme_name}"),
    }
