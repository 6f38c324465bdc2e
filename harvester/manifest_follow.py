"""Reads `[source.follow]` of a manifest: where the entries of a directory lead to."""

from typing import Final

from harvester.fields import Field
from harvester.formats import FORMATS
from harvester.manifest_map import MapReader
from harvester.source import Follow, SourceMap
from harvester.toml_sections import Section

_OF_THE_ENTRY: Final = ("id", "where", "skip")
"""What decides whether there is a record, and which: it must not hang on a document far away."""

_UNDER: Final = r"[A-Za-z][A-Za-z0-9_-]*"


def read_follow(source: Section, reader: MapReader, mapping: SourceMap | None) -> Follow | None:
    """How the source's entries are followed; None where they are not, or not as written."""
    if source.raw("follow") is None:
        return None
    section = source.section("follow")
    format_name = str(source.raw("format"))
    if format_name in FORMATS and FORMATS[format_name].expressions != "json":
        able = ", ".join(name for name, one in FORMATS.items() if one.expressions == "json")
        section.problems.add("manifest.follow-format", section.path, format_name, formats=able)
    if section.raw("url") is None:
        section.problems.add(
            "manifest.required", section.where("url"), field="url", description='url = "…"'
        )
    url = reader.field(section.raw("url"), section.where("url"))
    under = section.text("under", required='under = "profile"', pattern=_UNDER, form="profile")
    section.finish()
    if url is None or under is None:
        return None
    ways = {f"map.{name}": getattr(mapping, name, None) for name in _OF_THE_ENTRY}
    for name, way in {**ways, "follow.url": url}.items():
        if way is not None and _looks_into(way, under):
            section.problems.add(
                "manifest.follow-entry", source.where(name), field=name, under=under
            )
    return Follow(url=url, under=under)


def _looks_into(way: Field, under: str) -> bool:
    return any(path[:1] in ((), ("*",), (under,)) for path in way.reads())
