"""Why a document could not be read, in a few words for the directory's steward and its member.

The texts of `harvester.fetch` speak to whoever keeps the manifest; an entry's address is another's.
"""

from collections.abc import Mapping
from typing import Final

from harvester.errors import SourceError

Reason = Mapping[str, str]
"""{"de": …, "en": …}, a part of a sentence."""


def _said(de: str, en: str) -> Reason:
    return {"de": de, "en": en}


_ADDRESS: Final = _said("keine brauchbare Adresse", "not a usable address")
_TOO_LARGE: Final = _said("zu groß", "too large")
_BROKEN: Final = _said("die Antwort ist beschädigt", "the answer is damaged")
_NOT_THERE: Final = _said("dort gibt es nichts", "there is nothing there")
_NO_FILE: Final = _said("keine lesbare Datei", "no readable file")

REASONS: Final[Mapping[str, Reason]] = {
    "fetch.url": _ADDRESS,
    "fetch.scheme": _ADDRESS,
    "fetch.userinfo": _said("die Adresse enthält Zugangsdaten", "the address holds credentials"),
    "fetch.offline": _said("es wird nichts aus dem Netz geholt", "nothing is fetched from the net"),
    "fetch.address_refused": _said(
        "die Adresse liegt nicht im öffentlichen Internet",
        "the address is not on the public internet",
    ),
    "fetch.dns": _said(
        "der Name des Servers lässt sich nicht auflösen", "the server's name cannot be resolved"
    ),
    "fetch.connect": _said(
        "der Server nimmt keine Verbindung an", "the server accepts no connection"
    ),
    "fetch.tls": _said(
        "das Zertifikat des Servers gilt nicht", "the server's certificate is not valid"
    ),
    "fetch.timeout": _said("keine rechtzeitige Antwort", "no answer in time"),
    "fetch.too_large": _TOO_LARGE,
    "fetch.too_large_decoded": _TOO_LARGE,
    "fetch.length": _BROKEN,
    "fetch.protocol": _BROKEN,
    "fetch.encoding": _BROKEN,
    "fetch.redirects": _said(
        "leitet im Kreis oder zu oft weiter", "redirects in a circle or too often"
    ),
    "fetch.redirect_refused": _said(
        "leitet dorthin weiter, wohin nicht gefolgt wird",
        "redirects to where it is not followed",
    ),
    "fetch.forbidden": _said("der Zugriff wird verweigert", "access is denied"),
    "fetch.not_found": _NOT_THERE,
    "fetch.gone": _NOT_THERE,
    "fetch.too_many_requests": _said(
        "der Server bittet um Zurückhaltung", "the server asks for restraint"
    ),
    "fetch.server_error": _said(
        "der Server meldet einen eigenen Fehler", "the server reports an error of its own"
    ),
    "fetch.status": _NOT_THERE,
    "fetch.file_roots_unset": _NO_FILE,
    "fetch.file_outside": _NO_FILE,
    "fetch.file_unreadable": _NO_FILE,
    "fetch.file_kind": _NO_FILE,
}
"""By the code of a fetch's error."""

DIRECTORY: Final = _said("führt zum Verzeichnis zurück", "leads back to the directory")
REGISTRY: Final = _said("führt in dieses Verbund-Verzeichnis", "leads into this registry")
FILE: Final = _said(
    "eine Datei außerhalb des Ordners, in dem das Verzeichnis liegt",
    "a file outside of the folder that the directory is in",
)
INSIDE: Final = REASONS["fetch.address_refused"]
NO_OBJECT: Final = _said("kein JSON-Objekt", "no JSON object")
SILENT: Final = _said(
    "der Server antwortete in diesem Lauf schon mehrmals nicht",
    "the server has failed to answer several times in this run",
)


def no_json(error: Exception) -> Reason:
    """The reason where a document cannot be parsed."""
    return _said(f"kein JSON ({error})", f"no JSON ({error})")


def reason_of(error: SourceError) -> Reason:
    """The reason behind a fetch's error, with the HTTP status where there was one."""
    said = REASONS[error.code]
    if error.status is None:
        return said
    return {language: f"{text} ({error.status})" for language, text in said.items()}
