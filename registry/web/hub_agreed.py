"""What was agreed with the sources of a hub, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from registry.store.entities import Resource
from registry.store.hubs import Source, key_of
from registry.web.frame import language, t
from registry.web.hub_report import every
from registry.web.language import moment
from vocab.licences import licence_name

_FORMAT_NAMES: Final = {"verbund": "JSON-LD", "jsonl": "JSON Lines", "geojson": "GeoJSON"}


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was agreed with one source, in lines."""

    key: str
    url: str
    lines: list[str]


def agreed_with(
    published: Resource | None, sources: Sequence[Source]
) -> tuple[list[Agreed], list[str]]:
    """What was agreed with each source, as the release shows it, and when it was last checked.

    Of several sources, what is the same for all is told once, as the second of the two.
    """
    now = {source.id: source for source in sources}
    described = published.document.get("sources", ()) if published else ()
    lines = {one["id"]: _lines(one, now.get(one["id"])) for one in described}
    several = len(lines) > 1
    same = [
        line
        for line in next(iter(lines.values()), [])
        if several and all(line in others for others in lines.values())
    ]
    each = [
        Agreed(
            key=key_of(one["id"]),
            url=one["url"],
            lines=[line for line in lines[one["id"]] if line not in same],
        )
        for one in described
    ]
    return each, same


def _lines(source: Mapping[str, Any], now: Source | None) -> list[str]:
    step, unit = every(source.get("every_s"))
    name = _FORMAT_NAMES.get(source["format"], str(source["format"]).upper())
    licence = licence_name(source["licence"])
    lines: list[str] = [
        *([t("hub.source_paused")] if now and now.state == "paused" else []),
        t(f"hub.every_{unit}", format=name, n=step),
        t("hub.licence", licence=licence) if licence else t("entity.licence_unknown"),
    ]
    if source.get("minimum"):
        lines.append(t("hub.minimum", n=source["minimum"]))
    if now and now.last_checked_at:
        lines.append(t("hub.checked", at=moment(now.last_checked_at, language())))
    return lines
