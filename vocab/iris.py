"""Which IRIs we publish: those that every RDF parser takes (RFC 3987, without IP literals)."""

import re
from typing import Final

_UNICODE = (
    "\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef"
    + "".join(f"{chr(plane * 0x10000)}-{chr(plane * 0x10000 + 0xFFFD)}" for plane in range(1, 14))
    + "\U000e1000-\U000efffd"
)
_HOST_SIGNS = r"A-Za-z0-9\-._~!$&'()*+,;=" + _UNICODE
_ESCAPE = "%[0-9A-Fa-f]{2}"


def _any_of(signs: str) -> str:
    """Any number of these signs and percent escapes, written so that a match never backtracks."""
    return f"[{signs}]*(?:{_ESCAPE}[{signs}]*)*"


_PATH = _any_of(_HOST_SIGNS + ":@/")
_REST = rf"(?:\?{_any_of(_HOST_SIGNS + ':@/?')})?(?:#{_any_of(_HOST_SIGNS + ':@/?')})?"
_HOST = rf"(?=[^/?#:]){_any_of(_HOST_SIGNS)}(?::[0-9]{{1,5}})?"

HTTP_IRI: Final = rf"^https?://{_HOST}(?:/{_PATH})?{_REST}$"
"""An absolute web address, as a pattern that JSON Schema can use too."""

_HTTP: Final = re.compile(HTTP_IRI)
_OTHER: Final = (
    rf"(?!https?:)[A-Za-z][A-Za-z0-9+.\-]*:(?:(?!//){_PATH}|//{_any_of(_HOST_SIGNS)}(?:/{_PATH})?)"
)
_ABSOLUTE: Final = re.compile(rf"(?:https?://{_HOST}(?:/{_PATH})?|{_OTHER}){_REST}")


def is_http_iri(value: str) -> bool:
    """Whether this is an absolute http or https IRI without a user name and with a host name."""
    return _HTTP.fullmatch(value) is not None


def is_absolute_iri(value: str) -> bool:
    """Whether this is an absolute IRI of any scheme (`urn:`, `tag:`, `file:` …)."""
    return _ABSOLUTE.fullmatch(value) is not None
