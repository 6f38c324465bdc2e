"""The JSON Schema of a hub's manifest, and a check of manifests in a data steward's words."""

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from jsonschema_rs import Draft202012Validator, ValidationError, ValidationErrorKind

from schemas.json_schema import DIALECT, Schema
from schemas.manifest_settings import (
    NEEDED,
    RECORD_KEYS,
    SETTINGS,
    UNMAPPED_FORMATS,
    Setting,
)
from schemas.rules import finding
from vocab.licences import listed
from vocab.properties import KINDS, properties_of
from vocab.strings import is_unfit, without_controls
from vocab.terms import SCHEMES_BASE
from vocab.types import Finding

_FIELDS: Final = tuple(dict.fromkeys(name for kind in KINDS for name in properties_of(kind)))


def hub_schema() -> Schema:
    """The schema of hub.toml as a JSON document.

    Titles and descriptions are English; `x-de` holds the German ones.
    """
    below = f"^(?:{'|'.join(_FIELDS)})(?:\\..+)?$"
    return {
        "$schema": DIALECT,
        "$id": f"{SCHEMES_BASE}schemas/hub.schema.json",
        "title": "Manifest of a hub",
        "x-de": {"title": "Manifest eines Hubs"},
        "type": "object",
        "properties": {
            "hub": _table("hub"),
            "source": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/source"}},
        },
        "required": ["hub", "source"],
        "additionalProperties": False,
        "$defs": {
            "source": _table("source"),
            "limits": _table("limits"),
            "follow": _table("follow"),
            "map": {
                "type": "object",
                "properties": {key: {"$ref": "#/$defs/field"} for key in RECORD_KEYS},
                "patternProperties": {below: {"$ref": "#/$defs/field"}},
                "additionalProperties": False,
            },
            "field": {
                "type": ["string", "array", "object"],
                "minLength": 1,
                "minItems": 1,
                "items": {"$ref": "#/$defs/field"},
                **{k: v for k, v in _table("field").items() if k != "type"},
            },
        },
    }


def check_manifest(manifest: Mapping[str, Any]) -> list[Finding]:
    """Every problem of a manifest (hub.toml, parsed); paths are written as `source[0].licence`."""
    errors = list(_validator().iter_errors(dict(manifest)))
    found = [f for error in errors for f in _explain(error)]
    sources = manifest.get("source")
    tables = sources if isinstance(sources, list) else []
    for number, source in enumerate(tables):
        if isinstance(source, dict):
            found += _of_a_source(source, f"source[{number}]")
    for key in ("id", "iri"):
        found += _duplicates(tables, key)
    return [*found, *_unseen(manifest, [])]


def _unseen(value: Any, steps: list[str | int]) -> Iterator[Finding]:
    """Every text with characters that XML cannot hold or that deceive, or with none to be seen."""
    if isinstance(value, str):
        blank = value and not value.isspace() and not without_controls(value)
        if blank or is_unfit(value):
            yield finding("manifest.characters", path=_dotted(steps), value=value)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _unseen(key, [*steps, key])
            yield from _unseen(inner, [*steps, key])
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _unseen(inner, [*steps, number])


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(hub_schema())


def _table(name: str) -> Schema:
    return {
        "type": "object",
        "properties": {key: _described(setting) for key, setting in SETTINGS[name].items()},
        **({"required": list(NEEDED[name])} if name in NEEDED else {}),
        "additionalProperties": False,
    }


def _described(setting: Setting) -> Schema:
    return {
        "title": setting.title["en"],
        "description": setting.about["en"],
        "x-de": {"title": setting.title["de"], "description": setting.about["de"]},
        **setting.schema,
    }


def _explain(error: ValidationError) -> Iterator[Finding]:
    steps: list[str | int] = list(error.instance_path)
    table = _table_at(steps)
    match error.kind:
        case ValidationErrorKind.AdditionalProperties(unexpected=unexpected):
            known = tuple(SETTINGS.get(table, _FIELDS if table == "map" else ("hub", "source")))
            rule = "manifest.property" if table == "map" else "manifest.unknown"
            for key in sorted(unexpected):
                near = ", ".join(get_close_matches(key, known, 3, 0.6) or known)
                yield finding(rule, path=_dotted([*steps, key]), field=key, allowed=near)
        case ValidationErrorKind.Required(property=key):
            setting = SETTINGS.get(table, {}).get(key)
            about = setting.about if setting else f"[{key}]"
            path = _dotted([*steps, key])
            yield finding("manifest.required", path=path, field=key, description=about)
        case _:
            path, setting = _dotted(steps), _setting_at(steps)
            yield finding(
                "manifest.value",
                path=path,
                value=error.instance,
                field=path or "hub.toml",
                description=setting.about if setting else "[hub], [[source]]",
            )


def _table_at(steps: Sequence[str | int]) -> str:
    """Which table of the manifest a path leads to, such as hub, source or field; or none."""
    match [step for step in steps if isinstance(step, str)]:
        case ["hub"] | ["source"] as names:
            return names[0]
        case ["source", "limits" | "map" | "follow" as name]:
            return name
        case ["source", "follow", "url"]:
            return "field"
        case ["source", "map", *_, "map"]:
            return ""
        case ["source", "map", *_]:
            return "field"
    return ""


def _setting_at(steps: Sequence[str | int]) -> Setting | None:
    """The innermost setting on a path, whose purpose then tells what belongs there."""
    for end in range(len(steps), 0, -1):
        settings = SETTINGS.get(_table_at(steps[: end - 1]), {})
        if setting := settings.get(str(steps[end - 1])):
            return setting
    return None


def _dotted(steps: Sequence[str | int]) -> str:
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    return text.removeprefix(".")


def _of_a_source(source: Mapping[str, Any], path: str) -> Iterator[Finding]:
    """What the form of a single setting does not show."""
    url = source.get("url")
    if "iri" not in source and isinstance(url, str) and not re.match("https?://", url):
        yield finding("manifest.iri", path=f"{path}.iri", value=url)
    licence = source.get("licence")
    if licence == "unknown":
        yield finding("manifest.licence-unknown", path=f"{path}.licence", value="unknown")
    elif isinstance(licence, str) and "://" in licence and not listed(licence):
        yield finding("manifest.licence-unlisted", path=f"{path}.licence", value=licence)
    if not source.get("minimum"):
        yield finding("manifest.no-minimum", path=f"{path}.minimum")
    if isinstance(zone := source.get("timezone"), str) and not _is_zone(zone):
        about = SETTINGS["source"]["timezone"].about
        where = f"{path}.timezone"
        yield finding("manifest.value", path=where, value=zone, field=where, description=about)
    if source.get("format") not in UNMAPPED_FORMATS:
        given = source.get("map", {})
        needed = ("kind", "name") if source.get("format") == "rdf" else ("kind", "id", "name")
        for key in needed:
            if isinstance(given, dict) and key not in given:
                yield finding("manifest.mapping", path=f"{path}.map.{key}", field=key)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _duplicates(tables: Sequence[Any], key: str) -> Iterator[Finding]:
    seen: set[str] = set()
    for number, source in enumerate(tables):
        value = source.get(key) if isinstance(source, dict) else None
        if key == "iri" and value is None and isinstance(source, dict):
            value = source.get("url")
        if isinstance(value, str):
            if value in seen:
                path = f"source[{number}].{key}"
                yield finding(
                    "manifest.duplicate-source", path=path, value=value, field=key, duplicate=value
                )
            seen.add(value)
