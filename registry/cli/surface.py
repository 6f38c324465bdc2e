"""What all commands share: settings, the open registry, errors as words, tables, progress, JSON."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn
from rich.table import Table

from harvester.errors import HarvestError
from registry.errors import RegistryError, StoreUnavailable
from registry.instance import Instance, open_instance
from registry.settings import Settings, SettingsError, load_settings
from registry.store.trouble import told_by_database

HELD: Final = 3
UNREAD: Final = 4

_WIDE: Final = 200  # columns of a table that goes into a file or a pipe


class Group(click.Group):
    """A group whose commands end with words and code 1 where the registry says what is wrong."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; see the class."""
        try:
            return super().invoke(ctx)
        except (SettingsError, RegistryError, HarvestError) as error:
            said = told_by_database(error) if isinstance(error, StoreUnavailable) else ""
            raise click.ClickException(
                "\n".join(filter(None, (error.en, error.de, said)))
            ) from None


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for a script.")


def settings() -> Settings:
    """The settings of this call."""
    return load_settings(os.environ)


@contextmanager
def registry() -> Iterator[Instance]:
    """The registry of this call's settings."""
    with open_instance(settings()) as instance:
        yield instance


def now() -> datetime:
    """The present moment, UTC."""
    return datetime.now(UTC)


def show_json(value: Any) -> None:
    """Print a value as JSON on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def show_table(table: Table) -> None:
    """Print a table on standard output, as wide as the terminal, and wide where there is none."""
    # What hubs say is text: no markup is read in it, and control characters are dropped.
    width = None if sys.stdout.isatty() else _WIDE
    Console(markup=False, emoji=False, highlight=False, width=width).print(table)


def show_text(text: str) -> None:
    """Print lines on standard output, unbroken."""
    Console(markup=False, emoji=False, highlight=False).print(text, soft_wrap=True)


def moment(at: datetime | None) -> str:
    """A moment as a person reads it in a table; a dash for none."""
    return at.strftime("%Y-%m-%d %H:%M") if at else "–"


@contextmanager
def progress(unit: str) -> Iterator[Callable[[str, int], None]]:
    """A line of progress on a terminal's standard error; silent elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _name, _count: None
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        TextColumn("{task.completed:,.0f} " + unit),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, Any] = {}

        def tell(name: str, count: int) -> None:
            if name not in tasks:
                tasks[name] = bar.add_task(name, total=None)
            bar.update(tasks[name], completed=count)

        yield tell


@contextmanager
def working(what: str) -> Iterator[None]:
    """Show on a terminal that something long is going on that cannot be counted."""
    if not sys.stderr.isatty():
        yield
        return
    with Console(stderr=True).status(what):
        yield


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
