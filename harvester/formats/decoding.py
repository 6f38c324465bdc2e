"""Bytes of a page to text or JSON, within limits."""

import codecs
import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import urljoin

import orjson

from harvester.errors import SourceError
from harvester.formats.encodings import text_encoding
from schemas.rules import RULES

if TYPE_CHECKING:
    from harvester.fetch import Page
    from harvester.source import Source

DEEPEST: Final = 64
"""Levels of lists and objects that a document may have."""

_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")
_INT64_DIGITS: Final = 18
_ALL_ZEROS: Final = bytes.maketrans(b"123456789", b"0" * 9)

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class NotReadable(ValueError):
    """A piece of a page is no JSON, or nested too deep; the message is the reason."""


def body_of(page: "Page") -> bytes:
    """The bytes of a page; a page that has not changed has none to read."""
    if page.body is None:
        raise ValueError("a page that has not changed is not read again")
    return page.body


def encoding_of(page: "Page", source: "Source") -> str:
    """The encoding of a page: by its byte order mark, the manifest, the response, or UTF-8."""
    return declared_encoding(page, source) or "utf-8"


def declared_encoding(page: "Page", source: "Source") -> str | None:
    """The encoding of a page by its byte order mark, the manifest or the response; or None."""
    return _encoding(page, source.options.get("encoding"))


def _encoding(page: "Page", by_manifest: str | None) -> str | None:
    body = body_of(page)
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return encoding
    declared = by_manifest or page.charset
    # A response may name what is none.
    return declared if declared is None or text_encoding(declared) else "utf-8"


def unreadable(source: "Source", rule: str, **params: object) -> SourceError:
    """A SourceError for a page that cannot be read, in the words of a rule of the catalogue."""
    fix = RULES[rule].fix
    title = RULES[rule].title
    return SourceError(
        f"format.{rule}",
        de=f"{source.id}: {title['de']}. {fix['de'].format_map(params)}",
        en=f"{source.id}: {title['en']}. {fix['en'].format_map(params)}",
    )


def decode(page: "Page", source: "Source") -> str:
    """The page as text; SourceError where its bytes are not of its encoding."""
    encoding = encoding_of(page, source)
    try:
        return body_of(page).decode(encoding)
    except UnicodeDecodeError as error:
        raise unreadable(source, "encoding.bad", encoding=encoding) from error


def json_of(page: "Page") -> Any:
    """A page of which no manifest tells anything, as JSON; NotReadable where it is none."""
    encoding = _encoding(page, None) or "utf-8"
    try:
        return parse_json(body_of(page).decode(encoding))
    except UnicodeDecodeError as error:
        raise NotReadable(f"not in {encoding}") from error


def parse_json(text: str) -> Any:
    """One JSON document (RFC 8259; no NaN); NotReadable where it is none or deeper than DEEPEST."""
    try:
        # Several times as quick, but it reads long numbers as floats and refuses half characters.
        document = _exactly(text) if _many_digits(text) else orjson.loads(text)
    except orjson.JSONDecodeError:
        document = _exactly(text)
    if text.count("{") + text.count("[") > DEEPEST and _too_deep(text):
        raise NotReadable(f"deeper than {DEEPEST} levels")
    return document


def _many_digits(text: str) -> bool:
    """Whether there may be a number that 64 bits do not hold; a regular expression takes longer."""
    digits = text.encode(errors="replace").translate(_ALL_ZEROS)
    return b"0" * _INT64_DIGITS in digits


def _exactly(text: str) -> Any:
    try:
        document = json.loads(text, parse_constant=_refuse, parse_int=_integer)
    except (json.JSONDecodeError, RecursionError) as error:
        raise NotReadable(str(error)) from error
    return _without_surrogates(document) if _SURROGATE.search(text) else document


def _refuse(name: str) -> float:
    raise NotReadable(f"{name} is no JSON number")


def _integer(digits: str) -> int | str:
    """A whole number; one that no 64 bits hold stays text, as nobody counts with such ids."""
    return int(digits) if len(digits) <= _INT64_DIGITS else digits


def _without_surrogates(value: Any) -> Any:
    """The document with replacement characters for halves of characters, which UTF-8 lacks."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_without_surrogates(entry) for entry in value]
    if isinstance(value, dict):
        return {_without_surrogates(k): _without_surrogates(v) for k, v in value.items()}
    return value


def _too_deep(text: str) -> bool:
    # Every round takes the innermost level away, at the speed of str.replace.
    brackets = _NO_BRACKETS.sub("", _STRINGS.sub("", text)).replace("{", "[").replace("}", "]")
    for _ in range(DEEPEST):
        brackets = brackets.replace("[]", "")
    return bool(brackets)


# Possessive: a way back for each character of a long string would take a hundred times its size.
_STRINGS: Final = re.compile(r'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_NO_BRACKETS: Final = re.compile(r"[^\[\]{}]+")


Content = TypeVar("Content")


def read_once(
    page: "Page", source: "Source", read: Callable[["Page", "Source"], Content]
) -> Content:
    """What `read` makes of a page: made at the first call, since objects, total and next page ask.

    It lives as long as the page; nobody may change it.
    """
    made: Content
    if source.id in page.made:
        made = page.made[source.id]
    else:
        made = page.made[source.id] = read(page, source)
    return made


def whole_json(page: "Page", source: "Source") -> Any:
    """A page that is one JSON document; SourceError where it cannot be read."""
    return read_once(page, source, _whole_json)


def _whole_json(page: "Page", source: "Source") -> Any:
    try:
        return parse_json(decode(page, source))
    except NotReadable as error:
        raise unreadable(source, "document.bad", reason=error) from error


def absolute(link: Any, page: "Page") -> str | None:
    """A link to a further page as an absolute URL without fragment, or None where it is none."""
    if not isinstance(link, str) or not link.strip():
        return None
    url = urljoin(page.url, link.strip()).partition("#")[0]
    return url if url.startswith(("http://", "https://", "file:")) else None


def count(number: Any) -> int | None:
    """A declared total, which may be written as text; None where it is none."""
    if isinstance(number, bool) or not isinstance(number, int | str):
        return None
    text = str(number).strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None
