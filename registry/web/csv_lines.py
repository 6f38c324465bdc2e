"""Lines of CSV (RFC 4180) that a spreadsheet may open."""

import csv
import io
import unicodedata
from collections.abc import Iterable
from typing import Any, Final

_FORMULA: Final = frozenset("=+-@\t\r\n")


def csv_line(cells: Iterable[Any]) -> bytes:
    """One line in which no cell is a formula."""
    buffer = io.StringIO()
    csv.writer(buffer).writerow(harmless(cell) for cell in cells)
    return buffer.getvalue().encode()


def harmless(cell: Any) -> Any:
    """A text that a spreadsheet would run as a formula gets a quote in front.

    Some read the full-width forms of the signs (U+FF1D and others) as the signs themselves.
    """
    if isinstance(cell, str) and unicodedata.normalize("NFKC", cell[:1]) in _FORMULA:
        return "'" + cell
    return cell
