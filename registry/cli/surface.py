"""What all commands share: settings, the open registry, errors as words, progress, JSON."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn

from harvester.errors import HarvestError
from registry.errors import RegistryError
from registry.instance import Instance, open_instance
from registry.settings import Settings, SettingsError, load_settings

console = Console()
errors = Console(stderr=True)

HELD, UNREAD = 3, 4


class Group(click.Group):
    """A group whose commands end with words and code 1 where the registry says what is wrong."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; see the class."""
        try:
            return super().invoke(ctx)
        except SettingsError as error:
            raise click.ClickException(str(error)) from None
        except (RegistryError, HarvestError) as error:
            raise click.ClickException(f"{error.en}\n{error.de}") from None


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
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


@contextmanager
def progress(unit: str) -> Iterator[Callable[[str, int], None]]:
    """A line of progress on a terminal's standard error; silent elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _name, _count: None
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TextColumn("{task.completed:,.0f} " + unit),
    )
    with Progress(*columns, console=errors, transient=True) as bar:
        tasks: dict[str, Any] = {}

        def tell(name: str, count: int) -> None:
            if name not in tasks:
                tasks[name] = bar.add_task(name, total=None)
            bar.update(tasks[name], completed=count)

        yield tell
