"""What stands behind the pages: registries with every state that a page can tell of."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from registry.store import hubs, records, runs
from schemas.complete import missing
from schemas.rules import finding
from tests.web.conftest import ATLAS, BOERSE, Registry
from tests.web.faces.pages import Site
from vocab.properties import Kind

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_FAR_AWAY: Final = "203.0.113.5"
_TEXT: Final = (
    "Ein Haus für alle, die im Ort etwas anfangen wollen: mit Küche, Saal, Werkstatt und Garten, "
    "getragen von einem Verein, offen an sechs Tagen in der Woche und kostenlos für alle, die "
    "in der Gegend wohnen, arbeiten oder zu Besuch sind."
)
_MANY: Final = 45
"""Three pages of a list."""


class Limited:
    """An application whose only client comes from far away and has used up what it may ask."""

    def __init__(self, app: "WSGIApplication") -> None:
        self._app = app

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        return self._app({**environ, "REMOTE_ADDR": _FAR_AWAY}, start_response)


def filled(home: Path) -> tuple[Registry, dict[str, str]]:
    """A registry with hubs in every state, and the names that paths of pages.py use."""
    registry = Registry(
        home,
        VERBUND_CONTACT="redaktion@verbund.example",
        VERBUND_STEWARD_CONTACT="redaktion@verbund.example",
    )
    registry.add_hub("atlas", {"de": "Sozialatlas", "en": "Social atlas"}, priority=60)
    registry.add_hub("boerse", {"de": "Mitmach-Börse", "en": "Join-in exchange"})
    registry.add_hub("karte", {"de": "Nachbarschaftskarte Oberlausitz"})
    registry.say("atlas", ATLAS)
    registry.say("boerse", BOERSE, problems=_problems())
    many = {"mapped": 23_456, "added": 12_345, "notes": 34_567}
    houses = _houses() | _markets()
    lacking = {local: missing(said, kind_of(said)) for local, said in houses.items()}
    unread = {"slogan": 45_678}
    registry.add_source("karte", "oberlausitzniederschlesien-sprees")
    registry.say("karte", houses, unread=unread, counts=many, problems=lacking)
    _end_run(registry, "karte", "failed", explanation={"de": "Keine Antwort.", "en": "No answer."})
    registry.say("karte", {}, removed=("haus-0",))
    build = {"bau": {"type": "Project", "name": {"de": "Wir bauen"}}}
    lacking = {"bau": missing(build["bau"], "project")}
    registry.say("karte", build, source="oberlausitzniederschlesien-sprees", problems=lacking)
    told = {local: {**said, "topic": ["rural-areas"]} for local, said in houses.items()}
    some = {local: told[local] for local in ("fest-1", "fest-2", "fest-3")}
    still = {one: missing(some[one], "event") for one in some}
    registry.say("karte", some, unread=unread, counts={"mapped": 23_456}, problems=still)
    _end_run(registry, "atlas", "unchanged")
    _end_run(registry, "atlas", "unchanged", summarising=True)
    _hubs_in_trouble(registry)
    registry.projector.follow()
    registry.projector.dump(at_most_every=timedelta(0))
    names = {
        local: registry.entity_of(hub, local)
        for hub, locals_ in (("atlas", ATLAS), ("boerse", BOERSE))
        for local in locals_
    }
    names["record"] = registry.record_of("boerse", "w1")
    names["gone"] = registry.entity_of("karte", "haus-0")
    names["market"] = registry.entity_of("karte", "markt-0")
    names["house"] = registry.entity_of("karte", "haus-1")
    return registry, names


def applications(full: Registry, empty: Registry, folder: Path) -> dict[Site, "WSGIApplication"]:
    """The application of each site."""
    imprint = folder / "imprint.txt"
    imprint.write_text("# Betreiber\n\nVerein Beispiel, post@verein.example.", encoding="utf-8")
    limited = full.app(rate_limit_pages="1/hour")
    limited.test_client().get("/hubs", environ_overrides={"REMOTE_ADDR": _FAR_AWAY})
    return {
        "full": full.app(imprint_file=imprint, accessibility_file=folder / "absent.txt"),
        "empty": empty.app(),
        "limited": Limited(limited),
    }


def kind_of(said: dict[str, Any]) -> Kind:
    """The kind that a document's type names."""
    return "event" if said["type"] == "Event" else "actor"


def _problems() -> dict[str | None, list[Any]]:
    unknown = finding(
        "concept.unknown", path="/topic/0", value="Nachbarschaft", scheme="topics", similar="x",
        allowed="a",
    )  # fmt: skip
    return {
        "w1": [unknown, finding("name.required", path="/name")],
        None: [finding("language.undetermined")],
    }


def _markets() -> dict[str, dict[str, Any]]:
    """More records of one actor than have a strand of their own."""
    return {
        f"markt-{n}": {
            "type": "Actor",
            "name": {"de": "Markthalle Beispielstadt"},
            "homepage": "https://markt.example/",
            "address": [{"type": "Address", "postName": f"Langenbeispiel-Oberdorf {n}"}],
        }
        for n in range(10)
    }


def _houses() -> dict[str, dict[str, Any]]:
    """Many actors with long texts, and as many events of theirs."""
    houses: dict[str, dict[str, Any]] = {}
    for n in range(_MANY):
        point = f"POINT({12.1 + n % 9 * 0.3:.2f} {50.6 + n * 0.01:.2f})"
        houses[f"haus-{n}"] = {
            "type": "Actor",
            "name": {"de": f"Nachbarschaftswerkstatt Łužica {n} e. V."},
            "description": {"de": _TEXT},
            "actorType": ["civil-society-initiative"],
            "topic": ["climate-change", "rural-areas"],
            "homepage": f"https://haus-{n}.example/{'sehr-langer-pfad-' * 4}",
            "geometry": {"type": "Geometry", "asWKT": point},
            "seeks": [{"type": "Demand", "name": {"de": "Raum für Treffen"}, "offerKind": "space"}],
        }  # fmt: skip
        houses[f"fest-{n}"] = {
            "type": "Event",
            "name": {"de": f"Hoffest {n}"},
            "description": {"de": _TEXT},
            "startDate": f"2026-12-{n % 28 + 1:02}T15:00:00+01:00",
            "organizer": [f"haus-{n}"],
        }
    return houses


def _hubs_in_trouble(registry: Registry) -> None:
    """One that is held, one that failed, one that is paused and was never read, one removed."""
    registry.add_hub("halten", {"de": "Vereinsverzeichnis"})
    registry.say("halten", {"a": {"type": "Actor", "name": {"de": "Verein A"}}})
    held = {
        "de": "40 von 50 Einträgen fehlen. Annehmen: verbund run halten --accept-removals",
        "en": "40 of 50 entries are missing. To accept: verbund run halten --accept-removals",
    }
    _end_run(registry, "halten", "held", explanation=held)
    registry.add_hub("fehler", {"de": "Fördermittel", "en": "Grants"})
    _end_run(registry, "fehler", "failed", explanation={"de": "Keine Antwort.", "en": "No answer."})
    registry.add_hub("neu", {"de": "Neues Portal"})
    registry.add_hub("weg", {"de": "Altes Portal"})
    registry.say("weg", {"b": {"type": "Actor", "name": {"de": "Verein B"}}})
    with registry.store.write() as connection:
        hubs.set_hub_state(connection, "neu", "paused")
        records.mark_removed(connection, [registry.record_of("weg", "b")], registry.now)
        hubs.remove_hub(connection, "weg", registry.now)


def _end_run(
    registry: Registry,
    hub_id: str,
    state: runs.State,
    *,
    explanation: dict[str, str] | None = None,
    summarising: bool = False,
) -> None:
    """A run that published nothing."""
    registry.now += timedelta(minutes=1)
    with registry.store.write() as connection:
        run = runs.begin_run(
            connection, f"{hub_id}/all", holder="test", now=registry.now, lease_s=60
        )
        assert run is not None
        ended = registry.now + timedelta(seconds=20)
        runs.finish_run(connection, run.id, state, now=ended, counts={}, explanation=explanation)
        if summarising:
            runs.drop_unchanged_before(connection, run)
