"""The settings of a hub's manifest: their forms; what they are for says manifest_settings.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from schemas.expected import Words
from schemas.patterns import END, IRI, LANGUAGE

Schema = dict[str, Any]

FORMAT_NAMES: Final = ("verbund", "json", "jsonl", "geojson", "csv", "rdf")
UNMAPPED_FORMATS: Final = frozenset({"verbund"})
"""Formats whose documents need no `[source.map]`."""

RECORD_KEYS: Final = (
    "kind", "id", "modified", "page", "where", "skip", "person", "contact_person",
)  # fmt: skip
"""Entries of `[source.map]` that speak of the record; all others are properties."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One key of a table of the manifest."""

    schema: Schema
    title: Words
    about: Words


def _number(lowest: int, highest: int) -> Schema:
    return {"type": "integer", "minimum": lowest, "maximum": highest}


_KEY: Final[Schema] = {"type": "string", "pattern": rf"^[a-z0-9][a-z0-9-]{{0,38}}[a-z0-9]{END}"}
_TEXT: Final[Schema] = {"type": "string", "minLength": 1, "maxLength": 2_000}
_TEXTS: Final[Schema] = {"type": ["string", "array"], "minLength": 1, "items": _TEXT}
_EXPRESSION: Final[Schema] = {"type": "string", "minLength": 1, "maxLength": 50_000}
_EXPRESSIONS: Final[Schema] = {**_TEXTS, "items": _EXPRESSION}
_WEB: Final[Schema] = {"type": "string", "pattern": IRI}
_LANGUAGE: Final[Schema] = {"type": "string", "pattern": LANGUAGE}
_BY_LANGUAGE: Final[Schema] = {
    "if": {"type": "object"},
    "then": {
        "minProperties": 1,
        "propertyNames": {"pattern": f"^[a-z]{{2,3}}{END}"},
        "additionalProperties": _TEXT,
    },
    "else": _TEXT,
}

_FORMS: Final[Mapping[str, Mapping[str, Schema]]] = {
    "hub": {
        "id": _KEY,
        "name": _BY_LANGUAGE,
        "homepage": _WEB,
        "contact": {"type": "string", "pattern": rf"(?:{IRI})|(?:^[^@\s]+@[^@\s]+{END})"},
        "publisher": _TEXT,
        "priority": _number(0, 100),
        "description": _BY_LANGUAGE,
    },
    "source": {
        "id": _KEY,
        "iri": _WEB,
        "url": _TEXT,
        "licence": {"type": "string", "pattern": f"(?:^unknown{END})|(?:{IRI})"},
        "format": {"enum": list(FORMAT_NAMES)},
        "language": _LANGUAGE,
        "timezone": _TEXT,
        "every": {"type": "string", "pattern": f"^[1-9][0-9]{{0,3}}[smhd]{END}"},
        "minimum": _number(0, 10**9),
        "own_ids": _TEXTS,
        "options": {"type": "object"},
        "limits": {"$ref": "#/$defs/limits"},
        "map": {"$ref": "#/$defs/map"},
        "follow": {"$ref": "#/$defs/follow"},
        "ignore": _TEXTS,
    },
    "limits": {
        "max_page_bytes": _number(1, 2**40),
        "max_decoded_bytes": _number(1, 2**40),
        "max_pages": _number(1, 10**7),
        "max_records": _number(1, 10**8),
        "max_document_bytes": _number(1, 2**30),
        "max_seconds": _number(1, 7 * 86400),
        "max_removed_percent": _number(0, 100),
        "max_removed": _number(0, 10**8),
    },
    "follow": {
        "url": {"$ref": "#/$defs/field"},
        "under": {"type": "string", "pattern": f"^[A-Za-z][A-Za-z0-9_-]*{END}"},
    },
    "field": {
        "at": _EXPRESSIONS,
        "via": _EXPRESSIONS,
        "table": {"type": ["string", "object"], "minLength": 1},
        "const": {},
        "lang": _LANGUAGE,
        "lang_at": _EXPRESSION,
        "each": _EXPRESSION,
        "map": {"type": "object", "additionalProperties": {"$ref": "#/$defs/field"}},
    },
}


def _read() -> dict[str, dict[str, Setting]]:
    words = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    return {
        table: {
            name: Setting(
                schema=form,
                title=words[table][name]["title"],
                about={language: words[table][name][language] for language in ("de", "en")},
            )
            for name, form in forms.items()
        }
        for table, forms in _FORMS.items()
    }


SETTINGS: Final[Mapping[str, Mapping[str, Setting]]] = _read()
"""By table of the manifest (`field` is one entry of `[source.map]`) and key."""

NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "hub": ("id", "name"),
    "source": ("id", "url", "licence", "format"),
    "follow": ("url", "under"),
}
"""The keys that a table must have."""
