"""`verbund hub`: which hubs take part."""

import shlex
import sys
from pathlib import Path

import click
from rich.table import Table

from harvester.errors import SourceError
from harvester.fetch import permitted
from harvester.manifest import Manifest, ManifestError
from registry.cli.surface import (
    Group,
    json_option,
    moment,
    now,
    registry,
    show_json,
    show_table,
    show_text,
)
from registry.errors import BadRequest, NotFound
from registry.run.hubs import add_hub, read_hub
from registry.run.publish import publish_removal
from registry.store import hubs, records

_FOLDERS = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group(cls=Group)
def hub() -> None:
    """The hubs that take part in the federation."""


@hub.command()
@click.argument("folders", nargs=-1, required=True, type=_FOLDERS)
@click.option("--replace", is_flag=True, help="Let a hub's manifest lie in another folder now.")
def add(folders: tuple[Path, ...], replace: bool) -> None:
    """Take in (or renew) the hub whose hub.toml lies in each FOLDER.

    Harvest it with `verbund harvest`. Where one manifest cannot be used, none is taken in.
    """
    with registry() as instance:
        _checked(folders)
        for folder in folders:
            manifest = add_hub(instance, folder, now(), replace=replace)
            sources = ", ".join(source.id for source in manifest.sources)
            show_text(f"{manifest.hub.id} is taken in, its sources are due now: {sources}")
            _warn(folder, manifest, instance.settings.file_roots)


@hub.command()
@click.argument("folders", nargs=-1, required=True, type=_FOLDERS)
def check(folders: tuple[Path, ...]) -> None:
    """Check the hub.toml in each FOLDER and say what is wrong with it; nothing is stored."""
    for folder, manifest in zip(folders, _checked(folders), strict=True):
        show_text(f"{folder}: {manifest.hub.id} with {len(manifest.sources)} source(s) is in order")
        for advice in manifest.advice:
            show_text(f"- {advice.path}: {advice.fix['en']}\n  {advice.fix['de']}")


@hub.command("list")
@json_option
def list_hubs(as_json: bool) -> None:
    """List hubs and sources with their state and number of records."""
    with registry() as instance, instance.store.read() as conn:
        counts = records.counts(conn)
        rows = [
            {
                "source": source.id,
                "state": source.state,
                "live": counts.get(source.id, {}).get("live", 0),
                "refused": counts.get(source.id, {}).get("refused", 0),
                "last_ok_at": source.last_ok_at,
                "next_due_at": source.next_due_at,
                "url": source.manifest["url"],
            }
            for source in hubs.sources(conn)
        ]
    if as_json:
        show_json(rows)
        return
    table = Table("source", "state", "live", "refused", "last good run", "address")
    for row in rows:
        table.add_row(
            row["source"],
            row["state"],
            f"{row['live']:,}",
            f"{row['refused']:,}",
            moment(row["last_ok_at"]),
            row["url"],
        )
    show_table(table)


@hub.command()
@click.argument("hub_id")
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove(hub_id: str, yes: bool) -> None:
    """Remove a hub with all that it said; tombstones remain under the published addresses."""
    with registry() as instance:
        with instance.store.read() as conn:
            known = hubs.hub(conn, hub_id)
        if known is None or known.state == "removed":
            raise NotFound(
                f"Den Hub »{hub_id}« gibt es nicht; »verbund hub list« nennt alle.",
                f"There is no hub “{hub_id}”; `verbund hub list` names all.",
                code="hub_unknown",
            )
        if not yes:
            click.confirm(f"Remove {hub_id} and everything that only it says?", abort=True)
        release = publish_removal(instance, hub_id, now())
    show_text(f"{hub_id} removed" + (f" in release {release}" if release else ""))


def _warn(folder: Path, manifest: Manifest, file_roots: tuple[Path, ...]) -> None:
    """What the first harvest would stumble over, and that there is advice."""
    for source in manifest.sources:
        if source.url.startswith("file:"):
            try:
                permitted(source.url, file_roots)
            except SourceError as error:
                show_text(f"- {source.id}: {error.en}\n  {error.de}")
    if manifest.advice:
        count = len(manifest.advice)
        show_text(f"- {count} piece(s) of advice: verbund hub check {shlex.quote(str(folder))}")


def _checked(folders: tuple[Path, ...]) -> list[Manifest]:
    """The manifests of all folders; ends with code 1 and everything wrong in any of them."""
    manifests = []
    broken = False
    for folder in folders:
        try:
            manifests.append(read_hub(folder))
        except (ManifestError, BadRequest) as error:
            broken = True
            click.echo(f"Error: {error.en}\n{error.de}", err=True)
    if broken:
        sys.exit(1)
    return manifests
