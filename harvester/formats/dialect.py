"""What a CSV file does not say of itself: its encoding and the sign between its cells.

Neither charset-normalizer nor `csv.Sniffer` does it. The first took `Fahrradküche` in Windows-1252
for DOS's code page 850; the second takes letters for delimiters, and quadratic time.
"""

import codecs
import csv
import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

_CANDIDATES: Final = ("cp1252", "cp1250", "cp1251", "cp850", "mac-roman")
"""The likeliest first: where two read without anything odd, the text mostly is the same."""

_PIECE: Final = 2**20
_MOST_SAMPLED: Final = 2**16
_LINE: Final = re.compile(rb"[^\r\n]{0,500}[\x80-\xff][^\r\n]{0,500}")

_USUAL: Final = frozenset(
    "äöüßÄÖÜẞ" "áàâãåæçéèêëíìîïñóòôõøœúùûýÿÁÀÂÃÅÆÇÉÈÊËÍÌÎÏÑÓÒÔÕØŒÚÙÛÝ"
    "ąćęłńśźżĄĆĘŁŃŚŹŻ" "čďěňřšťůžČĎĚŇŘŠŤŮŽ" "ľĺŕôĽőűŐŰăâîșțşţ"
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюяієїґАБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯІЄЇҐ"
    "„“”\u201a‘’«»\u2039\u203a–—…•·€§°²³½\u00b4£©®×\u00a0\u00ad"
)  # fmt: skip
_ODD: Final = re.compile(
    # A quotation mark inside of a word, and words that have hardly a letter of ASCII.
    r"(?<=[^\W\d_])[„“”\u201a‘«»\u2039\u203a…•·€§²³½£©®×](?=[^\W\d_])|[À-ÖØ-öø-ž]{3,}"
)

_DELIMITERS: Final = (",", ";", "\t", "|")
_MOST_ROWS: Final = 50


def guess_encoding(body: bytes) -> str:
    """UTF-8 where nothing, or less than half of what is no ASCII, speaks against it.

    Else the single-byte encoding of Europe in which the least looks odd.
    """
    if _is_utf8(body):
        return "utf-8"
    sample = _sample(body)
    read = sample.decode("utf-8", "surrogateescape")
    damaged = sum("\udc80" <= sign <= "\udcff" for sign in read)
    if damaged < sum(sign > "\x7f" for sign in read) - damaged:
        return "utf-8"  # some rows of it are damaged
    return min(_CANDIDATES, key=lambda encoding: _odd(sample, encoding))


def guess_delimiter(head: str, *, quote: str, skip_rows: int) -> str:
    """The delimiter that splits the beginning of a file into rows of equal length; or a comma."""
    best, best_score = _DELIMITERS[0], (0.0, 1)
    for delimiter in _DELIMITERS:
        rows = _rows(head, delimiter, quote)
        widths = [len(row) for row in islice(rows, skip_rows, skip_rows + _MOST_ROWS) if row]
        if not widths or widths[0] < 2:
            continue
        score = (sum(width == widths[0] for width in widths) / len(widths), widths[0])
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _is_utf8(body: bytes) -> bool:
    if body.isascii():
        return True
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(body), _PIECE):
            decoder.decode(body[start : start + _PIECE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _sample(body: bytes) -> bytes:
    """Lines with something in them that is no ASCII."""
    size, lines = 0, []
    for match in _LINE.finditer(body):
        lines.append(match[0])
        size += len(match[0])
        if size > _MOST_SAMPLED:
            break
    return b"\n".join(lines)


def _odd(sample: bytes, encoding: str) -> int:
    """How much of a sample reads like nothing that people write."""
    text = sample.decode(encoding, "replace")
    unusual = sum(sign > "\x7f" and sign not in _USUAL for sign in text)
    return unusual + len(_ODD.findall(text))


def _rows(head: str, delimiter: str, quote: str) -> Iterator[list[str]]:
    lines = head.splitlines(keepends=True)
    reader = csv.reader(lines, delimiter=delimiter, quotechar=quote)
    while True:
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error:
            continue
