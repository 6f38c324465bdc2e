"""How often one client may ask; what is counted is forgotten when its window ends."""

import logging
import time
from collections.abc import Mapping, MutableMapping
from functools import lru_cache
from typing import Any, Final, Literal
from urllib.parse import parse_qs

from flask import Flask, request
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from registry.errors import RegistryError
from registry.settings import Settings
from registry.web.clients import client_of, is_this_machine
from registry.web.counters import BoundedCounters

log = logging.getLogger(__name__)

Group = Literal["sparql", "downloads", "pages", "static", "state"]

_COUNTED: Final = "verbund.counted"
_STATE: Final = frozenset(("/healthz", "/readyz", "/metrics"))
_EXPORTS: Final = (".csv", ".geojson", ".ics", ".nq.gz", ".sha256")
_EXPORT_TYPES: Final = ("text/csv", "application/geo+json", "text/calendar")
_EXPORT_FORMATS: Final = frozenset(("csv", "geojson", "ics", *_EXPORT_TYPES))


class TooManyRequests(RegistryError):
    """This client has asked too often; ask again after `retry_after_s` seconds."""

    status = 429
    title = {"de": "Zu viele Anfragen", "en": "Too many requests"}  # noqa: RUF012
    code = "too_many_requests"

    def __init__(self, group: str, rate: RateLimitItem, retry_after_s: int) -> None:
        super().__init__(
            f"Von Ihrer Adresse kamen zu viele Anfragen. Bitte in {retry_after_s} Sekunden noch "
            "einmal versuchen; wer alles braucht, lädt besser den Dump unter /dumps/.",
            f"Too many requests came from your address. Please try again in {retry_after_s} "
            "seconds; whoever needs everything had better take the dump at /dumps/.",
            retry_after_s=retry_after_s,
        )
        self.group, self.rate = group, rate

    @property
    def headers(self) -> dict[str, str]:
        """The limit and what is left of it (draft-ietf-httpapi-ratelimit-headers)."""
        return {
            "RateLimit-Policy": f'"{self.group}";q={self.rate.amount};w={self.rate.get_expiry()}',
            "RateLimit": f'"{self.group}";r=0;t={self.retry_after_s}',
        }


class RateLimits:
    """The limits of one web process, or of all that share a store of counters."""

    def __init__(self, settings: Settings) -> None:
        self._rates = {
            "sparql": parse(settings.rate_limit_sparql),
            "downloads": parse(settings.rate_limit_downloads),
            "pages": parse(settings.rate_limit_pages),
        }
        self._limiters = {group: _limiter(settings) for group in self._rates}

    def check(self, environ: MutableMapping[str, Any]) -> None:
        """Count this request; one that was let through is counted once, whoever checks it again.

        It needs nothing but the WSGI environ, so it can stand anywhere.

        Raises:
            TooManyRequests: its client has used up what it may ask in the window.
        """
        group = group_of(environ)
        rate = self._rates.get(group)
        if rate is None or is_this_machine(environ) or environ.get(_COUNTED):
            return
        client = client_of(environ)
        limiter = self._limiters[group]
        try:
            if limiter.hit(rate, group, client):
                environ[_COUNTED] = True
                return
            ends_at = limiter.get_window_stats(rate, group, client).reset_time
        except StorageError as error:
            # Better to answer too much than nobody: the pool of queries has limits of its own.
            log.warning("rate limits cannot count: %s", error)
            return
        raise TooManyRequests(group, rate, max(1, round(ends_at - time.time())))


def group_of(environ: Mapping[str, Any]) -> Group:
    """What kind of answer is asked for, as far as limits and metrics are concerned."""
    path = environ.get("PATH_INFO", "").rstrip("/")
    if path == "/sparql":
        return "sparql"
    if path in _STATE:
        return "state"
    if path.startswith("/static/"):
        return "static"
    query = environ.get("QUERY_STRING", "")
    asked = parse_qs(query).get("format", ()) if query else ()
    wished = environ.get("HTTP_ACCEPT", "")
    exported = path.endswith(_EXPORTS) or not _EXPORT_FORMATS.isdisjoint(asked)
    return "downloads" if exported or _prefers_export(wished) else "pages"


@lru_cache(maxsize=256)
def _prefers_export(header: str) -> bool:
    """Whether an Accept header wishes for a file more than for a page."""
    accept = parse_accept_header(header, MIMEAccept)
    return max(map(accept.quality, _EXPORT_TYPES)) > accept.quality("text/html")


def install(app: Flask, limits: RateLimits) -> None:
    """Counts every request before its view is called."""

    @app.before_request
    def count() -> None:
        limits.check(request.environ)


def _limiter(settings: Settings) -> FixedWindowRateLimiter:
    if settings.rate_limit_store == "memory://":
        return FixedWindowRateLimiter(BoundedCounters())
    return FixedWindowRateLimiter(
        storage_from_string(settings.rate_limit_store, wrap_exceptions=True)
    )
