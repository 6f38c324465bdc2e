"""Text from hubs made plain: entities decoded, markup, control and invisible characters removed."""

import html
import re
from functools import lru_cache
from typing import Final

import nh3

from vocab.strings import without_controls

_LONGEST_READ: Final = 500_000
"""Characters of a value that are looked at at all: markup may be longer than the text in it."""

_ENTITY: Final = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_TAG: Final = re.compile(
    r"<(?:!--|!\[CDATA|/?(?:a|abbr|article|aside|audio|b|big|blockquote|body|br|button|center|cite|code|dd|"
    r"del|details|div|dl|dt|em|embed|figure|font|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|"
    r"ins|li|link|main|mark|meta|nav|object|ol|option|p|pre|q|s|script|section|select|small|source|span|"
    r"strike|strong|style|sub|summary|sup|svg|table|tbody|td|template|textarea|th|thead|title|tr|tt|u|ul|"
    r"video|wbr)(?=[\s/>]))",
    re.IGNORECASE,
)
_BREAK: Final = re.compile(
    r"<(?:br|hr|li|tr|/?p|/?div|/?ul|/?ol|/?h[1-6]|/?table|/?section|/?blockquote)(?=[\s/>])",
    re.IGNORECASE,
)
_NOT_TEXT: Final = {
    "script",
    "style",
    "template",
    "iframe",
    "object",
    "svg",
    "textarea",
    "title",
    "noscript",
}


def decode_entities(text: str) -> str:
    """The text with `&auml;` and `&#38;amp;` resolved, up to three layers of them.

    Only entities that end in a semicolon count, so that `?a=1&copy=2` stays what it is.
    """
    for _ in range(3):
        if "&" not in text:
            break
        decoded = _ENTITY.sub(lambda match: _resolved(match[0]), text)
        if decoded == text:
            break
        text = decoded
    return text


@lru_cache(maxsize=1_000)
def _resolved(entity: str) -> str:
    # Remembered: a text of megabytes may consist of nothing but one of them.
    return html.unescape(entity)


def has_markup(text: str) -> bool:
    """Whether a text holds HTML elements; a lone `<` does not count."""
    return "<" in text and _TAG.search(text) is not None


def html_to_text(text: str) -> str:
    """The words of a piece of HTML, paragraphs as lines; scripts and styles vanish whole."""
    broken = _BREAK.sub(lambda match: "\n" + match[0], without_controls(text[:_LONGEST_READ]))
    stripped = nh3.clean(broken, tags=set(), clean_content_tags=_NOT_TEXT)
    return tidy(html.unescape(stripped))


def whole_characters(text: str) -> str:
    """The text with `\ufffd` for halves of characters (lone surrogates), which UTF-8 lacks."""
    return _HALF.sub("\ufffd", text) if has_half_characters(text) else text


def has_half_characters(text: str) -> bool:
    """Whether lone surrogates stand in a text."""
    # None is printable, so the pattern is for the few texts with line breaks and the like.
    return not text.isprintable() and _HALF.search(text) is not None


_HALF: Final = re.compile("[\ud800-\udfff]")


def tidy(text: str) -> str:
    """Single spaces, at most one empty line in a row, nothing at the ends."""
    if "\n" not in text and "\r" not in text:
        return " ".join(text.split())
    lines = [
        " ".join(line.split())
        for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    ]
    kept = [line for i, line in enumerate(lines) if line or (i and lines[i - 1])]
    return "\n".join(kept).strip()


def one_line(text: str) -> str:
    """The text with every run of white space as one space."""
    return " ".join(text.split())


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters, cut at a space where one is near, with an ellipsis."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    space = cut.rfind(" ", limit - 80)
    return (cut[:space] if space > 0 else cut).rstrip() + "…"
