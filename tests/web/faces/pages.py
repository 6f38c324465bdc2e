"""The one list of what the registry shows to people; whoever adds a page adds a line."""

from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import quote

Site = Literal["full", "empty", "limited"]


@dataclass(frozen=True, slots=True)
class Face:
    """A page as a reader may meet it; `{names}` in its path are those of world.py."""

    path: str
    status: int = 200
    site: Site = "full"
    framed: bool = True  # has head, navigation and foot

    def __str__(self) -> str:
        return self.path if self.site == "full" else f"{self.path} ({self.site})"


def _sparql(query: str) -> str:
    return "/sparql?query=" + quote(query)


FACES: Final = (
    Face("/"),
    Face("/", site="empty"),
    Face("/search?q=werkhof"),
    Face("/search?q=nichts"),
    Face("/actors"),
    Face("/actors?page=2"),
    Face("/actors?q=werkhof&topic=rural-areas"),
    Face("/actors?q=reparierabend"),
    Face("/actors", site="empty"),
    Face("/projects"),
    Face("/events"),
    Face("/events?when=past"),
    Face("/events", site="empty"),
    Face("/actors/{werkhof}"),
    Face("/actors/{mobil}"),
    Face("/actors/{house}"),
    Face("/actors/{market}"),
    Face("/projects/{rad}"),
    Face("/events/{abend}"),
    Face("/actors/{gone}", 410),
    Face("/embed/{werkhof}", framed=False),
    Face("/embed/{gone}", 410, framed=False),
    Face("/records/{record}"),
    Face("/hubs"),
    Face("/hubs", site="empty"),
    Face("/hubs/atlas"),
    Face("/hubs/boerse"),
    Face("/hubs/karte"),
    Face("/hubs/karte/runs/1"),
    Face("/hubs/halten"),
    Face("/hubs/fehler"),
    Face("/hubs/neu"),
    Face("/hubs/weg", 410),
    Face("/hubs/boerse/runs/1"),
    Face("/hubs/halten/runs/2"),
    Face("/hubs/atlas/runs/2", 410),  # summarised in a later one
    Face("/hubs/karte/records"),
    Face("/hubs/boerse/records?q=nichts"),
    Face("/status"),
    Face("/status", site="empty"),
    Face("/sparql"),
    Face("/sparql?example=who"),
    Face(_sparql("SELECT * { ?s ?p ?o } LIMIT 30")),
    Face(_sparql("ASK { ?s ?p ?o }")),
    Face(_sparql("CONSTRUCT WHERE { ?s a ?type } LIMIT 5")),
    Face(_sparql("SELECT * { ?s <https://nowhere.example/p> ?o }")),
    Face(_sparql("SELECT * {"), 400),
    Face("/daten"),
    Face("/catalog.html"),
    Face("/vocab"),
    Face("/vocab/topics"),
    Face("/vocab/places"),
    Face("/impressum"),
    Face("/datenschutz"),  # nobody wrote it
    Face("/barrierefreiheit", 503),  # the operator's file is not there
    Face("/nowhere", 404),
    Face("/actors?bbox=1", 400),
    Face("/actors/{werkhof}?format=pdf", 406),
    Face("/actors/{werkhof}.pdf", 406),
    Face("/status", 429, site="limited"),
)

NO_PAGES: Final = {
    "downloads.dump_description", "entities.by_id", "health.health", "health.ready",
    "metrics.metrics", "near.show", "static",
}  # fmt: skip
"""Endpoints for programs whose addresses do not end like the name of a file."""
