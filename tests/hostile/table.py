"""The tables in `docs/hostile-*.md`: written by `make hostile`, compared by the tests."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

DOCS: Final = Path(__file__).parents[2] / "docs"


def write(name: str, text: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Path:
    """Write a page: its text, then the table."""
    lines = [_line(columns), "|" + "---|" * len(columns), *(_line(row) for row in rows)]
    path = DOCS / f"{name}.md"
    path.write_text(text.strip() + "\n\n" + "\n".join(lines) + "\n", "utf-8")
    return path


def read(name: str) -> list[list[str]]:
    """The rows of a page's table."""
    lines = (DOCS / f"{name}.md").read_text("utf-8").splitlines()
    table = [line for line in lines if line.startswith("|")][2:]
    return [_cells(line) for line in table]


def cell(text: str) -> str:
    """A text as it stands in a cell: what has a meaning in Markdown is shown as it is."""
    for sign in "\\`*_<>[]":
        text = text.replace(sign, "\\" + sign)
    return text.replace("|", "&#124;")


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _cells(line: str) -> list[str]:
    return [part.strip() for part in line.strip("|").split("|")]
