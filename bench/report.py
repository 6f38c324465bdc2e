"""What the bench found: the table on the screen and bench/results.md."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from bench.machine import machine, versions

RESULTS: Final = Path(__file__).with_name("results.md")
_REMARKS: Final = Path(__file__).with_name("remarks.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table; `reached` is None where a figure stands for information only."""

    key: str  # of the remark on what limits it, and of --rows
    what: str
    reach: str
    found: str
    reached: bool | None
    beside: str = ""  # the figures that it was computed from


def show(rows: Sequence[Row]) -> None:
    """Print the table."""
    table = Table("what", "reach", "found", "reached", "figures", show_lines=True)
    for row in rows:
        table.add_row(row.what, row.reach, row.found, _word(row), row.beside)
    Console(width=160).print(table)


def write(rows: Sequence[Row], path: Path, *, command: str, took_s: float) -> None:
    """Write the results page: machine, versions, the table, and what limits each figure."""
    lines = [
        "# What `make bench` found",
        "",
        "Written by `bench/bench.py` after a run; medians. What limits a figure stands in",
        "`bench/remarks.toml` and is copied below the table.",
        "",
        f"- {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, `{command}`, {took_s / 60:.0f} minutes",
        *(f"- {fact}" for fact in (*machine(), versions())),
        "",
        "| what | reach | found | reached | figures |",
        "|---|---|---|---|---|",
        *(_line(row) for row in rows),
        "",
        *_remarks(rows),
    ]
    path.write_text("\n".join(lines), "utf-8")


def _line(row: Row) -> str:
    cells = (row.what, row.reach, row.found, _word(row), row.beside)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _word(row: Row) -> str:
    return {True: "yes", False: "**no**", None: "–"}[row.reached]


def _remarks(rows: Sequence[Row]) -> list[str]:
    """What limits each figure, and the next idea where one is not reached."""
    known = tomllib.loads(_REMARKS.read_text("utf-8"))
    lines = ["## What limits each", ""]
    for key in dict.fromkeys(row.key for row in rows):
        remark = known.get(key, {})
        short = any(row.reached is False for row in rows if row.key == key)
        lines.append(f"- **{key}**: {remark.get('limit', 'nothing said yet.')}")
        if short:
            lines.append(f"  Not reached. Next: {remark.get('next', 'nothing said yet.')}")
    return [*lines, ""]
