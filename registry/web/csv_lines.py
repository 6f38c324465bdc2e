"""Lines of CSV (RFC 4180) that a spreadsheet may open."""

import csv
import io
from collections.abc import Iterable
from typing import Any


def csv_line(cells: Iterable[Any]) -> bytes:
    """One line in which no cell is a formula."""
    buffer = io.StringIO()
    csv.writer(buffer).writerow(harmless(cell) for cell in cells)
    return buffer.getvalue().encode()


def harmless(cell: Any) -> Any:
    """A text that a spreadsheet would run as a formula gets a quote in front."""
    if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")):
        return "'" + cell
    return cell
