"""Lines of CSV (RFC 4180) that a spreadsheet may open."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable
from typing import Any, Final

_FORMULA: Final = frozenset("=+-@\t\r\n")
_LISTED: Final = re.compile(r"[-+] ")  # an entry of a list within a text
_ENDS_A_CELL: Final = re.compile(r"([;\t\r\n][\s;\"\u200b-\u200f\u2060\ufeff]*)")


def csv_line(cells: Iterable[Any]) -> bytes:
    """One line in which no cell is a formula."""
    buffer = io.StringIO()
    csv.writer(buffer).writerow(harmless(cell) for cell in cells)
    return buffer.getvalue().encode()


def harmless(cell: Any) -> Any:
    """A text that a spreadsheet would run as a formula gets a quote in front.

    Some read the full-width forms of the signs (U+FF1D and others) as the signs themselves, and
    where numbers have a decimal comma, `;` ends a cell, whatever is quoted.
    """
    if not isinstance(cell, str):
        return cell
    parts = _ENDS_A_CELL.split(cell)  # ends of cells between texts
    parts[2::2] = ["'" + p if _is_formula(p) and not _LISTED.match(p) else p for p in parts[2::2]]
    return ("'" if _is_formula(cell) else "") + "".join(parts)


def _is_formula(text: str) -> bool:
    return unicodedata.normalize("NFKC", text[:1]) in _FORMULA
