"""Headers that every answer carries: what a page may load, who may read it, what it reveals."""

from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from flask import Response, request

_CSP: Final = "Content-Security-Policy"
_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "font-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
EMBEDDABLE: Final = _POLICY.replace("frame-ancestors 'none'", "frame-ancestors *")
"""The policy of a view that is meant to be shown within other sites' pages."""

_HEADERS: Final = {
    "Server": "",  # or Granian names itself
    _CSP: _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "cross-origin",  # open data: other sites' pages may use it
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "ETag, Link, Location, RateLimit, RateLimit-Policy, Release, Retry-After"
    ),
}
_HTTPS: Final = {"Strict-Transport-Security": "max-age=31536000"}


def given_headers(base_iri: str, tiles: str = "") -> list[tuple[str, str]]:
    """The headers of an answer that has no policy of its own.

    `tiles` is the address of a map's tiles, which may be loaded from their host.

    Browsers are told to insist on HTTPS only where that is how the registry is published.
    """
    headers = dict(_HEADERS)
    if tiles:
        headers[_CSP] = _POLICY.replace("img-src", f"img-src https://{urlsplit(tiles).netloc}")
    return [*headers.items(), *(_HTTPS.items() if base_iri.startswith("https://") else ())]


def protection(base_iri: str, tiles: str = "") -> Callable[[Response], Response]:
    """What adds the policy to an answer (nothing inline, nothing from other hosts), open to all.

    Everything here is public and no cookie exists, so any origin may read it (`*`). A view that is
    meant to be shown within other sites' pages sets a policy of its own, which stays.
    """
    given = given_headers(base_iri, tiles)
    but_policy = [header for header in given if header[0] != _CSP]

    def protect(response: Response) -> Response:
        headers = response.headers
        headers.extend(but_policy if _CSP in headers else given)
        if request.method == "OPTIONS":
            headers["Access-Control-Allow-Methods"] = headers.get("Allow", "GET, HEAD")
            headers["Access-Control-Allow-Headers"] = "Accept, Content-Type, If-None-Match"
            headers["Access-Control-Max-Age"] = "86400"
        return response

    return protect
