"""Web addresses as hubs write them: mended where that is certain, refused where it is not safe."""

import re
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import quote, urlsplit

_LONGEST: Final = 2_000
_HOST: Final = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,24}(?::\d{1,5})?")
_WITHOUT_SCHEME: Final = re.compile(rf"(?://)?({_HOST.pattern})(?=[/?#]|$)")
_FLAWLESS: Final = re.compile(
    r"https?://(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}"
    r"(?:/(?:[A-Za-z0-9/._~%=&?+-]*[A-Za-z0-9/_~%=&?+-])?)?"
)
"""What most addresses look like; in them there is nothing to mend, nor to look at more closely."""

_MANGLED: Final = re.compile(r"(?:https?|htp|htpp|hhttps?)[:;]?/{0,3}(?=[^/])", re.IGNORECASE)
_PROPER: Final = re.compile(r"(https?)://", re.IGNORECASE)
_FORBIDDEN: Final = re.compile(r"[\x00-\x20<>\"{}|\\^`\x7f]")


class WebAddress(NamedTuple):
    """An absolute http(s) IRI, and whether its scheme had to be added."""

    iri: str
    mended: bool


@lru_cache(maxsize=10_000)
def read_web_address(text: str) -> WebAddress | None:
    """The absolute http(s) IRI that is meant, or None (other scheme, user name, no host).

    `www.club.example`, `//club.example/x` and `http:/club.example` are mended.
    """
    if len(text) <= _LONGEST and _FLAWLESS.fullmatch(text):
        return WebAddress(text, False)
    iri = "".join(text.split()) if "\n" in text else text.strip()
    if not iri or len(iri) > _LONGEST:
        return None
    # A sentence's comma; a full stop only behind the host, since a path may end in one.
    bare = iri.rstrip(",;")
    if bare.count("/") <= 2:
        bare = bare.rstrip(".")
    mended = bare != iri
    iri = bare
    if not _PROPER.match(iri):
        mended = True
        if _WITHOUT_SCHEME.match(iri):
            iri = "https://" + iri.removeprefix("//")
        elif match := _MANGLED.match(iri):
            scheme = "https://" if "s" in match[0].lower() else "http://"
            iri = scheme + iri[match.end() :]
        else:
            return None
    return _checked(iri, mended)


def _checked(iri: str, mended: bool) -> WebAddress | None:
    try:
        parts = urlsplit(iri)
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname or ""
    local = host in ("localhost", "127.0.0.1", "::1")
    # No user names or passwords, and no host that only a local network knows.
    if "@" in parts.netloc or not (_HOST.fullmatch(host) or local) or " " in parts.netloc:
        return None
    netloc = host if port is None else f"{host}:{port}"
    rest = iri[iri.index("//") + 2 + len(parts.netloc) :]
    if _FORBIDDEN.search(rest) or "[" in rest or "]" in rest:
        rest = _quoted(rest)
    return WebAddress(f"{parts.scheme.lower()}://{netloc}{rest}", mended)


def _quoted(rest: str) -> str:
    # Only what no IRI may hold; percent signs and letters beyond ASCII stay (RFC 3987).
    return "".join(
        quote(c, safe="") if _FORBIDDEN.match(c) or c in "[]" else c for c in rest.replace("\t", "")
    )


def host_of(iri: str) -> str:
    """The host of a web address without `www.`, lower case; empty where there is none."""
    try:
        return (urlsplit(iri).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
