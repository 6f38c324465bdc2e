"""May a run mark records as gone? Decided by what it can prove and how much it would remove."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from harvester.source import Limits

FEW: Final = 5
"""So many may always go: in a small hub two of three projects end in one week."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one run saw of a source."""

    complete: bool  # every page read to its end, no row unreadable
    read: int  # records met, refused ones included
    live_before: int
    missing: int  # live before, not met now


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """Whether missing records go, and if the run is held, why: {"code", "de", "en"}.

    Its "command" is the one by which a person lets it through.
    """

    remove: bool
    held: Mapping[str, Any] | None = None


def rule(seen: Seen, *, source_id: str, minimum: int, limits: Limits, accepted: bool) -> Ruling:
    """Decide by harvest invariants 1 and 3; `accepted`: the operator says that it is right so."""
    if seen.complete and seen.read == 0 and seen.live_before:
        return Ruling(remove=False, held=_empty(seen, source_id))
    if not seen.complete:
        return Ruling(remove=False)
    if accepted:
        return Ruling(remove=True)
    if seen.read < minimum:
        return Ruling(remove=False, held=_below(seen, source_id, minimum))
    share = 100 * seen.missing / seen.live_before if seen.live_before else 0
    too_many = share > limits.max_removed_percent and seen.missing > FEW
    if too_many or 0 <= limits.max_removed < seen.missing:
        return Ruling(remove=False, held=_mass_removal(seen, source_id, share))
    return Ruling(remove=True)


def _command(source_id: str) -> str:
    return f"verbund harvest {source_id} --accept-removals"


def _empty(seen: Seen, source_id: str) -> dict[str, str]:
    return {
        "code": "run.empty",
        "command": f"verbund hub remove {source_id.split('/')[0]}",
        "de": f"Die Quelle war leer, bisher hatte sie {seen.live_before} Einträge. Eine leere "
        "Antwort beweist nichts, darum bleibt alles veröffentlicht. Bitte die Quelle prüfen. "
        f"Soll der Hub ganz gehen: »verbund hub remove {source_id.split('/')[0]}«.",
        "en": f"The source was empty, before it had {seen.live_before} records. An empty answer "
        "proves nothing, so everything stays published. Please check the source. If the hub is "
        "to go for good: "
        f"`verbund hub remove {source_id.split('/')[0]}`.",
    }


def _below(seen: Seen, source_id: str, minimum: int) -> dict[str, str]:
    return {
        "code": "run.below-minimum",
        "command": _command(source_id),
        "de": f"Gelesene Einträge: {seen.read}; das Manifest erwartet mindestens {minimum}. "
        f"Nichts wurde veröffentlicht. Ist das richtig so: »{_command(source_id)}«, und minimum "
        "im Manifest senken.",
        "en": f"Records read: {seen.read}; the manifest expects at least {minimum}. "
        f"Nothing was published. If that is right: `{_command(source_id)}`, and lower minimum in "
        "the manifest.",
    }


def _mass_removal(seen: Seen, source_id: str, share: float) -> dict[str, str]:
    return {
        "code": "run.mass-removal",
        "command": _command(source_id),
        "de": f"{seen.missing} von {seen.live_before} Einträgen ({share:.0f} %) fehlen. So viel "
        "verschwindet selten mit Absicht, darum wurde nichts veröffentlicht. Ist es richtig so: "
        f"»{_command(source_id)}«.",
        "en": f"{seen.missing} of {seen.live_before} records ({share:.0f} %) are missing. So many "
        "rarely vanish on purpose, so nothing was published. If it is right: "
        f"`{_command(source_id)}`.",
    }
