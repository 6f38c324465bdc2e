"""`verbund harvest`: read sources now."""

import sys
from dataclasses import asdict

import click
from rich.table import Table

from registry.cli.surface import (
    HELD,
    UNREAD,
    console,
    json_option,
    now,
    progress,
    registry,
    show_json,
)
from registry.run.endings import Report
from registry.run.harvest import harvest as harvest_sources
from registry.run.hubs import source_ids
from registry.store import hubs

_COLUMNS = ("read", "added", "changed", "unchanged", "removed", "rejected", "skipped")


@click.command()
@click.argument("names", nargs=-1, metavar="[HUB | HUB/SOURCE]...")
@click.option(
    "--accept-removals", is_flag=True, help="Publish although much vanishes; you have looked."
)
@json_option
def harvest(names: tuple[str, ...], accept_removals: bool, as_json: bool) -> None:
    """Harvest the named hubs or sources now (unnamed: all active ones) and publish what is new."""
    with registry() as instance:
        if names:
            wanted = [id_ for name in names for id_ in source_ids(instance, name)]
        else:
            with instance.store.read() as conn:
                wanted = [source.id for source in hubs.sources(conn) if source.state == "active"]
        with progress("records") as tell:
            reports = harvest_sources(
                instance,
                list(dict.fromkeys(wanted)),
                now,
                accept_removals=accept_removals,
                progress=tell,
            )
    if as_json:
        show_json([asdict(report) for report in reports])
    else:
        show(reports)
    states = {report.state for report in reports}
    sys.exit(UNREAD if states & {"failed", "abandoned"} else HELD if "held" in states else 0)


def show(reports: list[Report]) -> None:
    """A table of runs, and below it why one did not publish."""
    table = Table("source", "run", "result", *_COLUMNS, "release")
    for report in reports:
        counts = report.counts or {}
        numbers = (f"{counts.get(column, 0):,}" for column in _COLUMNS)
        table.add_row(
            report.source_id,
            str(report.number or "–"),
            report.state,
            *numbers,
            str(report.release or "–"),
        )
    console.print(table)
    for report in reports:
        if report.explanation:
            click.echo(
                f"{report.source_id}: {report.explanation['en']}\n  {report.explanation['de']}"
            )
