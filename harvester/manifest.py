"""Reads a hub's manifest: `hub.toml` and the tables beside it."""

import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from harvester.errors import HarvestError
from harvester.formats import FORMATS
from harvester.manifest_follow import read_follow
from harvester.manifest_map import MapReader
from harvester.prefixes import Prefixes
from harvester.source import (
    Hub,
    Limits,
    Manifest,
    Source,
    SourceMap,
    processing_version,
)
from harvester.toml_sections import Problems, Section, similar
from schemas.check import check_manifest
from vocab.licences import LICENCES, meant_by
from vocab.types import Finding

__all__ = [
    "Hub",
    "Limits",
    "Manifest",
    "ManifestError",
    "Source",
    "SourceMap",
    "load_manifest",
    "processing_version",
]

FILE_NAME: Final = "hub.toml"
_ID: Final = r"[a-z0-9][a-z0-9-]{0,38}[a-z0-9]"
_ID_FORM: Final = "a-z, 0-9, -; 2-40"
_IRI: Final = r"https?://[^\s<>\"{}|\\^`]+"
_PARSED_WHOLE: Final = frozenset({"geojson", "json", "rdf", "verbund"})
"""Formats that need several times the size of a page as memory; others are read by the line."""

_EVERY: Final = re.compile(r"(\d{1,4})(s|m|h|d)")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class ManifestError(HarvestError):
    """A manifest cannot be used; `problems` says all that is wrong, where, and how to mend it."""

    def __init__(self, folder: Path, problems: tuple[Finding, ...]) -> None:
        self.problems = problems
        path = folder / FILE_NAME
        super().__init__(
            "manifest",
            de=f"Das Manifest {path} ist nicht brauchbar:\n{_listed(problems, 'de')}",
            en=f"The manifest {path} cannot be used:\n{_listed(problems, 'en')}",
        )


def _listed(problems: tuple[Finding, ...], language: str) -> str:
    return "\n".join(f"- {p.path or FILE_NAME}: {p.fix[language]}" for p in problems)


def load_manifest(folder: Path) -> Manifest:
    """The manifest of a folder; raises ManifestError with everything that is wrong with it."""
    problems = Problems()
    try:
        data = tomllib.loads((folder / FILE_NAME).read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        problems.add("manifest.bad", "", reason=error)
        raise ManifestError(folder, tuple(problems.found)) from error
    root = Section(data, "", problems)
    hub = _hub(root.section("hub"))
    sources = _sources(root, hub, folder)
    root.finish()
    # The published schema has the last word, and some advice.
    by_schema = check_manifest(data)
    wrong = problems.found or [f for f in by_schema if f.severity == "error"]
    if wrong:
        raise ManifestError(folder, tuple(wrong))
    return Manifest(folder=folder, hub=hub, sources=sources, advice=tuple(by_schema))


def _hub(section: Section) -> Hub:
    name = section.by_language("name", required="name = { de = …, en = … }")
    first = name.get("de") or next(iter(name.values()), "")
    hub = Hub(
        id=section.text("id", required=_ID_FORM, pattern=_ID, form=_ID_FORM) or "",
        name=name,
        homepage=section.text("homepage", pattern=_IRI, form="https://…"),
        contact=section.text(
            "contact", pattern=rf"{_IRI}|[^@\s]+@[^@\s]+", form="info@…, https://…"
        ),
        publisher=section.text("publisher") or first,
        priority=section.number("priority", 50, 0, 100),
        description=section.by_language("description"),
    )
    section.finish()
    return hub


def _sources(root: Section, hub: Hub, folder: Path) -> tuple[Source, ...]:
    tables = root.raw("source")
    if not isinstance(tables, list) or not tables:
        root.problems.add(
            "manifest.required", "source", field="[[source]]", description="[[source]]"
        )
        return ()
    sources: list[Source] = []
    for number, table in enumerate(tables):
        path = f"source[{number}]"
        if not isinstance(table, dict):
            root.problems.add("manifest.value", path, field="source", description="[[source]]")
            continue
        source = _source(Section(table, path, root.problems), hub, folder, table)
        for name, taken in (
            ("id", {s.key for s in sources}),
            ("iri", {s.iri for s in sources}),
        ):
            value = source.key if name == "id" else source.iri
            if value and value in taken:
                root.problems.add(
                    "manifest.duplicate-source", f"{path}.{name}", field=name, duplicate=value
                )
        sources.append(source)
    return tuple(sources)


def _source(section: Section, hub: Hub, folder: Path, table: dict[str, Any]) -> Source:
    problems = section.problems
    key = section.text("id", required=_ID_FORM, pattern=_ID, form=_ID_FORM) or ""
    url = _url(section, folder)
    iri = section.text("iri", pattern=_IRI, form="https://…") or (
        url if url.startswith("http") else ""
    )
    if not iri and "iri" not in table:
        problems.add("manifest.iri", section.where("iri"))
    format_name = section.text("format", required=", ".join(FORMATS)) or ""
    if format_name and format_name not in FORMATS:
        section.wrong("format", format_name, similar(format_name, FORMATS))
    options = section.section("options")
    prefixes = _prefixes(options)
    reader = MapReader(format_name, prefixes, folder, problems)
    source_map = reader.read(section)
    source = Source(
        hub_id=hub.id,
        key=key,
        iri=iri,
        url=url,
        licence=_licence(section),
        format=format_name,
        language=section.text(
            "language", pattern=r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", form="de, en, hsb"
        ),
        zone=_zone(section),
        every_s=_every(section),
        minimum=section.number("minimum", 0, 0, 10**9),
        own_ids=section.texts("own_ids"),
        options=reader.options(options),
        limits=_limits(section.section("limits"), format_name),
        ignore=section.texts("ignore"),
        prefixes=prefixes,
        map=source_map,
        follow=read_follow(section, reader, source_map),
        definition={**table, "tables": reader.tables_read},
    )
    section.finish()
    return source


def _url(section: Section, folder: Path) -> str:
    """The address to fetch; a relative one is a file below the manifest's folder."""
    text = section.text("url", required="https://…, file:///…, export.json")
    if text is None:
        return ""
    scheme = urlsplit(text).scheme
    if scheme in ("http", "https", "file"):
        return text
    path = (folder / text).resolve()
    if scheme or not path.is_relative_to(folder.resolve()):
        section.wrong("url", text, "https://…, file:///…, export.json")
        return ""
    return path.as_uri()


def _licence(section: Section) -> str:
    given = section.raw("licence")
    if isinstance(given, str) and not re.fullmatch(rf"unknown|{_IRI}", given):
        meant = " / ".join(meant_by(given)) or f"{LICENCES}/cc-by/4.0, …/cc-zero, …/odbl"
        about = {
            "de": f'eine Adresse aus der Liste {LICENCES}, etwa {meant}; sonst "unknown"',
            "en": f'an address of the list {LICENCES}, such as {meant}; else "unknown"',
        }
        section.wrong("licence", given, about)
        return "unknown"
    text = section.text(
        "licence",
        required='licence = "http://dcat-ap.de/def/licenses/…" (unknown: licence = "unknown")',
    )
    return text or "unknown"


def _zone(section: Section) -> ZoneInfo:
    name = section.text("timezone") or "Europe/Berlin"
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        section.wrong("timezone", name, "Europe/Berlin")
        return ZoneInfo("Europe/Berlin")


def _every(section: Section) -> int:
    text = section.text("every", pattern=_EVERY.pattern, form="30s, 10m, 24h, 7d") or "24h"
    match = _EVERY.fullmatch(text)
    seconds = int(match[1]) * _SECONDS[match[2]] if match else 0
    if seconds == 0:
        section.wrong("every", text, "30s, 10m, 24h, 7d")
    return seconds


def _limits(section: Section, format_name: str) -> Limits:
    default = Limits()
    if format_name in _PARSED_WHOLE:
        default = replace(default, max_decoded_bytes=default.max_page_bytes)
    limits = Limits(
        max_page_bytes=section.number("max_page_bytes", default.max_page_bytes, 1, 2**40),
        max_decoded_bytes=section.number("max_decoded_bytes", default.max_decoded_bytes, 1, 2**40),
        max_pages=section.number("max_pages", default.max_pages, 1, 10**7),
        max_records=section.number("max_records", default.max_records, 1, 10**8),
        max_document_bytes=section.number(
            "max_document_bytes", default.max_document_bytes, 1, 2**30
        ),
        max_seconds=section.number("max_seconds", default.max_seconds, 1, 7 * 86400),
        max_removed_percent=section.number(
            "max_removed_percent", default.max_removed_percent, 0, 100
        ),
        max_removed=section.number("max_removed", -1, 0, 10**8),
    )
    section.finish()
    return limits


def _prefixes(options: Section) -> Prefixes:
    given = options.raw("prefixes")
    if given is None:
        return Prefixes({})
    if not isinstance(given, dict) or not all(
        isinstance(iri, str) and iri for iri in given.values()
    ):
        options.wrong("prefixes", given, '{ ld = "http://…/" }')
        return Prefixes({})
    return Prefixes(given)
