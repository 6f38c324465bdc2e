"""What the catalog is made from, and the addresses that its nodes have."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from registry.project.dumps import Dump
from registry.publish.catalog_licence import licence_of_whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one hub contributes: its publisher's name and the licences of its sources."""

    publisher: str
    licences: tuple[str, ...]  # IRIs, or "unknown"

    def credit(self, language: Literal["de", "en"]) -> str:
        """The name with the licences."""
        unknown = {"de": "Lizenz unbekannt", "en": "licence unknown"}[language]
        named = [unknown if one == "unknown" else one for one in sorted(set(self.licences))]
        return f"{self.publisher} ({', '.join(named)})"


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogFacts:
    """The instance, its latest release, its hubs and its dump."""

    base: str  # without final slash
    title: str  # of the instance
    contact: str  # e-mail, URL, other words or ""
    release: int
    issued_at: datetime  # of the first release
    modified_at: datetime  # of the latest release
    shares: Sequence[Share]
    dump: Dump | None  # None before the first

    @property
    def iri(self) -> str:
        """The catalog's own."""
        return f"{self.base}/catalog"

    @property
    def home(self) -> str:
        """The start page."""
        return f"{self.base}/"

    @property
    def licence(self) -> str:
        """What the data can be offered under as a whole."""
        return licence_of_whole(one for share in self.shares for one in share.licences)

    def node(self, name: str) -> str:
        """One of the nodes below the catalog."""
        return f"{self.iri}#{name}"

    def credits(self, language: Literal["de", "en"]) -> str:
        """All who contribute, with their licences."""
        return "; ".join(sorted(share.credit(language) for share in self.shares))
