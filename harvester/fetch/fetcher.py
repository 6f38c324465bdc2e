"""Fetches one URL: follows its redirects, asks whether it changed, tells what went wrong."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import TracebackType
from typing import Self
from urllib.parse import urljoin

import requests
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    MaxRetryError,
    NewConnectionError,
    ReadTimeoutError,
)

from harvester.errors import SourceError
from harvester.fetch import headers
from harvester.fetch.addresses import (
    Resolve,
    Route,
    Target,
    find_route,
    is_allowed,
    parse_target,
    split_url,
    system_resolve,
)
from harvester.fetch.body import CODINGS, proves_its_end, read_body
from harvester.fetch.files import read_file
from harvester.fetch.page import FetchLimits, FetchPolicy, Page, Validators
from harvester.fetch.problems import problem
from harvester.fetch.wire import Bounds, send

_PAGES = frozenset({200, 203, 204})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PROBLEM_OF_STATUS = {
    401: "fetch.forbidden",
    403: "fetch.forbidden",
    404: "fetch.not_found",
    410: "fetch.gone",
    429: "fetch.too_many_requests",
}


class Fetcher:
    """Reads pages within a policy and limits; keeps nothing between two of them.

    Every page has its own connection, so a Fetcher may be shared by threads.
    """

    def __init__(
        self,
        policy: FetchPolicy,
        limits: FetchLimits | None = None,
        *,
        resolve: Resolve = system_resolve,
    ) -> None:
        self._policy = policy
        self._limits = limits or FetchLimits()
        self._resolve = resolve
        self._closed = False

    def fetch(
        self, url: str, *, accept: str | None = None, validators: Validators | None = None
    ) -> Page:
        """The page at an http:, https: or file: URL; its body is None if `validators` still hold.

        Raises SourceError for whatever keeps the page from being read whole.
        """
        if self._closed:
            raise RuntimeError("this Fetcher is closed; make a new one")
        if split_url(url).scheme == "file":
            return read_file(url, self._policy, self._limits, validators)
        request_headers = {
            "User-Agent": self._policy.user_agent,
            "Accept": accept or "*/*",
            "Accept-Encoding": ", ".join(CODINGS),
            **headers.conditions(validators),
        }
        return self._follow(parse_target(url), request_headers)

    def close(self) -> None:
        """End the use of this Fetcher; there is no connection left to close."""
        self._closed = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _follow(self, target: Target, request_headers: dict[str, str]) -> Page:
        first = target
        bounds = Bounds(self._limits, first.url)
        private_hosts = self._policy.private_hosts
        seen: set[str] = set()
        while target.url not in seen and len(seen) <= self._limits.max_redirects:
            seen.add(target.url)
            if self._policy.offline and not is_allowed(target, self._policy.private_hosts):
                raise problem("fetch.offline", authority=target.authority)  # no look-up either
            route = find_route(target, self._resolve, private_hosts)
            if not route.private:
                # What the operator allowed is for hubs that live there. A hub on the public
                # internet must not lead us inside.
                private_hosts = frozenset()
            with self._answer(target, route, request_headers, bounds) as response:
                location = response.headers.get("location")
                if response.status_code not in _REDIRECTS or location is None:
                    return self._page(response, bounds)
            target = _redirected(target, location)
        raise problem("fetch.redirects", url=first.url, limit=self._limits.max_redirects)

    @contextmanager
    def _answer(
        self, target: Target, route: Route, request_headers: dict[str, str], bounds: Bounds
    ) -> Iterator[requests.Response]:
        """The response of the first address that lets itself be connected to."""
        verify = True if self._policy.ca_bundle is None else str(self._policy.ca_bundle)
        try:
            for address in route.addresses:
                try:
                    response = send(target, address, request_headers, bounds, verify)
                    break
                except requests.ConnectionError as error:
                    if address == route.addresses[-1] or not _never_connected(error):
                        raise
            with response:
                yield response
        except (requests.RequestException, HTTPError, TimeoutError) as error:
            raise self._told(error, target) from error

    def _page(self, response: requests.Response, bounds: Bounds) -> Page:
        status = response.status_code
        asked = headers.asked(response.request.headers)
        unchanged = status == 304 and asked is not None
        if status not in _PAGES and not unchanged:
            raise _refused(response)
        body = None if unchanged else self._body(response, bounds)
        media_type, charset = headers.media_type_and_charset(response.headers)
        return Page(
            url=response.url,
            status=status,
            media_type=media_type,
            charset=charset,
            validators=headers.validators(response.headers, asked if unchanged else None),
            links=headers.links(response.headers, response.url),
            body=body,
            sha256="" if body is None else hashlib.sha256(body).hexdigest(),
            end_proven=unchanged or proves_its_end(response),
        )

    def _body(self, response: requests.Response, bounds: Bounds) -> bytes:
        try:
            return read_body(response, self._limits, bounds)
        except ReadTimeoutError:
            raise
        except (HTTPError, ValueError) as error:  # ValueError: a chunk of a negative length
            raise problem("fetch.length", url=response.url, reason=error) from error

    def _told(self, error: Exception, target: Target) -> SourceError:
        """The problem behind what requests or urllib3 raised."""
        if isinstance(error, requests.exceptions.SSLError):
            return problem("fetch.tls", authority=target.authority, reason=error)
        if isinstance(error, requests.Timeout | ReadTimeoutError | TimeoutError):
            return problem(
                "fetch.timeout",
                url=target.url,
                seconds=self._limits.read_timeout_s,
                total=self._limits.total_timeout_s,
            )
        if isinstance(error, requests.ConnectionError) and _never_connected(error):
            return problem("fetch.connect", authority=target.authority)
        return problem("fetch.protocol", url=target.url, reason=error)


def _redirected(target: Target, location: str) -> Target:
    """Where a redirect leads; raises SourceError if it leaves the web or its encryption."""
    # Header values come as Latin-1; a Location outside of ASCII is UTF-8 in practice.
    location = location.encode("latin-1", "replace").decode("utf-8", "replace")
    try:
        found = parse_target(urljoin(target.url, location))
    except ValueError as error:
        raise problem("fetch.url", url=location, reason=error) from error
    except SourceError as error:
        if error.code == "fetch.scheme":
            raise problem(
                "fetch.redirect_refused", url=target.url, location=location, reason="http(s) only"
            ) from error
        raise
    if target.scheme == "https" and found.scheme == "http":
        raise problem(
            "fetch.redirect_refused", url=target.url, location=found.url, reason="https -> http"
        )
    return found


def _refused(response: requests.Response) -> SourceError:
    status = response.status_code
    fallback = "fetch.server_error" if 500 <= status < 600 else "fetch.status"
    return problem(
        _PROBLEM_OF_STATUS.get(status, fallback),
        status=status,
        retry_after_s=headers.retry_after_s(response.headers, datetime.now(UTC)),
        url=response.url,
    )


def _never_connected(error: requests.ConnectionError) -> bool:
    """Whether no connection came about, so that another address is worth a try."""
    cause = error.args[0] if error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(
        cause.reason, ConnectTimeoutError | NewConnectionError
    )
