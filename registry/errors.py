"""The registry's one tree of errors: the status on the class, the words in German and English."""

from collections.abc import Mapping
from typing import ClassVar, Self


class RegistryError(Exception):
    """Something the caller or the operator must hear of; the web layer answers it as problem+json.

    `de` and `en` say what happened to this request and what to do next; `title` names the class of
    problem (RFC 9457, section 3.1.3), `code` the case within it, for programs.
    """

    status: ClassVar[int] = 500
    title: ClassVar[Mapping[str, str]] = {"de": "Interner Fehler", "en": "Internal error"}
    code: str = "internal"
    retry_after_s: int | None = None

    def __init__(
        self, de: str, en: str, *, code: str | None = None, retry_after_s: int | None = None
    ) -> None:
        # Both texts go to Exception, so that the error survives pickling between processes.
        super().__init__(de, en)
        self.de = de
        self.en = en
        if code is not None:
            self.code = code
        if retry_after_s is not None:
            self.retry_after_s = retry_after_s

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers that belong to the answer, beside Retry-After."""
        return {}

    def __str__(self) -> str:
        return self.en


class BadRequest(RegistryError):
    """The request cannot be understood; change it before sending it again."""

    status = 400
    title: ClassVar[Mapping[str, str]] = {"de": "Ungültige Anfrage", "en": "Bad request"}
    code = "bad_request"


class NotFound(RegistryError):
    """Nothing was ever published under this address."""

    status = 404
    title: ClassVar[Mapping[str, str]] = {"de": "Nicht gefunden", "en": "Not found"}
    code = "not_found"


class NotAcceptable(RegistryError):
    """None of the accepted media types is offered here; the text names those that are."""

    status = 406
    title: ClassVar[Mapping[str, str]] = {"de": "Format nicht verfügbar", "en": "Not acceptable"}
    code = "not_acceptable"


class Gone(RegistryError):
    """It was published once and has been removed; do not ask again."""

    status = 410
    title: ClassVar[Mapping[str, str]] = {"de": "Entfernt", "en": "Gone"}
    code = "gone"


class Busy(RegistryError):
    """Too much is going on; ask again after `retry_after_s` seconds."""

    status = 503
    title: ClassVar[Mapping[str, str]] = {"de": "Ausgelastet", "en": "Busy"}
    code = "busy"
    retry_after_s = 5


class LeaseLost(RegistryError):
    """Another worker took the source over; stop this run, nothing of it was published."""

    status = 503
    title: ClassVar[Mapping[str, str]] = {"de": "Lauf abgelöst", "en": "Run superseded"}
    code = "lease_lost"

    @classmethod
    def of(cls, run_id: int) -> Self:
        """The error for a run that is not, or no longer, running."""
        return cls(
            de=f"Der Lauf {run_id} läuft nicht mehr: Er wurde beendet oder für verloren erklärt. "
            "Nichts hiervon wurde veröffentlicht; der nächste Lauf der Quelle beginnt von vorn.",
            en=f"The run {run_id} is no longer running: it was ended or given up for lost. Nothing "
            "of this was published; the source's next run starts afresh.",
        )


class StoreUnavailable(RegistryError):
    """The database cannot be used now: gone, locked, damaged or of another schema version.

    `code` tells which: store_gone, store_locked, store_busy, store_damaged, store_schema,
    store_url, store_backup, store_not_empty.
    """

    status = 503
    title: ClassVar[Mapping[str, str]] = {
        "de": "Datenbank nicht verfügbar",
        "en": "Database unavailable",
    }
    code = "store_gone"
    retry_after_s = 10
