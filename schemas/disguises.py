"""Sees through the ways in which contacts are written so that programs overlook them."""

import re
import unicodedata
from typing import Final

_ELLIPSIS: Final = "\u2026"  # of the mask itself
_DASHES: Final = frozenset("\u2010\u2011\u2012\u2013\u2014\u2015\u2212")
_DROPPED: Final = frozenset({"Cf", "Mn"})
"""Zero-width spaces, joiners, soft hyphens, variation selectors."""

_PERCENT_AT: Final = re.compile(r"%(?:25){0,3}40")
_INLINE: Final = re.compile(
    r"<!--.{0,200}?-->|</?(?:a|b|big|code|em|font|i|mark|small|span|strong|sub|sup|tt|u|wbr)\b[^<>]{0,200}>",
    re.IGNORECASE | re.DOTALL,
)
_TAG: Final = re.compile(r"</?[a-z][^<>]{0,200}>", re.IGNORECASE)
_DOT_WORD: Final = re.compile(r"(?<=\w) (?:DOT|PUNKT) (?=\w)")
_AT_WORD: Final = re.compile(r"(?<=\w) AT (?!www\.)(?=(?:[\w-]{1,63}\.){1,4}[^\W\d_]{2,24}\b)")
_SPACED_AT: Final = re.compile(
    r"(?<=[\w\"])\s{0,3}@\s{1,3}(?=[\w-]{1,63}\.)"
    # A handle may have a dot in it (»Fotos: @muster.verein«), yet seldom ends like a domain.
    r"|(?<=[\w\"])\s{1,3}@(?=(?:[\w-]{1,63}\.){1,4}[a-z]{2,3}\b)",
    re.IGNORECASE,
)
_ODD_SEPARATOR: Final = re.compile(r"(?<=\d)\s{0,2}[\u2022\u00b7\u2219\u2027*_|~]\s{0,2}(?=\d)")
_SINGLE_DIGITS: Final = re.compile(r"(?<![\d.,])\d(?:[ \t]\d(?!\d)){6,}")


class _PlainSigns(dict[int, str]):
    """Characters as ASCII where they only look different; made as they turn up."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        if code < 0x80 or sign == _ELLIPSIS:
            plain = sign
        elif sign in _DASHES:
            plain = "-"
        elif unicodedata.category(sign) in _DROPPED:
            plain = ""
        elif (digit := unicodedata.decimal(sign, None)) is not None:
            plain = str(digit)
        else:
            plain = unicodedata.normalize("NFKC", sign)
        self[code] = plain
        return plain


_PLAIN_SIGNS: Final = _PlainSigns()


def undisguised(text: str) -> str:
    """The text as a contact in it would usually be written; to look for contacts, not to publish.

    Look-alikes and invisible characters (Unicode NFKC, UAX 15), `%40`, tags, spaces around an at
    sign, a shouted `AT`, digits one by one, and odd signs between digits.
    """
    if not text.isascii():
        text = text.translate(_PLAIN_SIGNS)
    if "%" in text:
        text = _PERCENT_AT.sub("@", text)
    if "<" in text:
        text = _TAG.sub("\n", _INLINE.sub("", text))
    if " AT " in text:
        text = _AT_WORD.sub("@", _DOT_WORD.sub(".", text))
    if "@" in text:
        text = _SPACED_AT.sub("@", text)
    text = _ODD_SEPARATOR.sub("-", text)
    return _SINGLE_DIGITS.sub(lambda match: re.sub(r"[ \t]", "", match[0]), text)


def hides_at_sign(text: str) -> bool:
    """Whether there may be an at sign that is not written as one; quick."""
    if "%" in text and _PERCENT_AT.search(text) is not None:
        return True
    return " AT " in text or (not text.isascii() and ("\uff20" in text or "\ufe6b" in text))
