"""`verbund harvest`: read sources now."""

import sys
from dataclasses import asdict

import click
from rich.table import Table

from registry.cli.surface import (
    HELD,
    UNREAD,
    json_option,
    now,
    progress,
    registry,
    show_json,
    show_table,
    show_text,
)
from registry.instance import Instance
from registry.run.endings import Report
from registry.run.harvest import harvest as harvest_sources
from registry.run.hubs import source_ids
from registry.store import hubs

_COLUMNS = ("read", "added", "changed", "unchanged", "removed", "rejected", "skipped")
_UNREAD = {"failed", "abandoned", "busy"}


@click.command()
@click.argument("names", nargs=-1, metavar="[HUB | HUB/SOURCE]...")
@click.option(
    "--accept-removals", is_flag=True, help="Publish although much vanishes; you have looked."
)
@json_option
def harvest(names: tuple[str, ...], accept_removals: bool, as_json: bool) -> None:
    """Harvest the named hubs or sources now (unnamed: all active ones) and publish what is new."""
    with registry() as instance:
        wanted = _wanted(instance, names)
        with progress("records") as tell:
            reports = harvest_sources(
                instance, wanted, now, accept_removals=accept_removals, progress=tell
            )
    if as_json:
        show_json([asdict(report) for report in reports])
    elif reports:
        show(reports)
    else:
        show_text("No source is active; take a hub in with `verbund hub add`.")
    states = {report.state for report in reports}
    sys.exit(UNREAD if states & _UNREAD else HELD if "held" in states else 0)


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
    show_table(table)
    for report in reports:
        if report.explanation:
            explain(report.source_id, report.explanation)


def explain(source_id: str, explanation: dict[str, str]) -> None:
    """Say in both languages why a run did not publish."""
    show_text(f"{source_id}: {explanation['en']}\n  {explanation['de']}")


def _wanted(instance: Instance, names: tuple[str, ...]) -> list[str]:
    """Ids of the sources to read, each once."""
    if names:
        return list(dict.fromkeys(id_ for name in names for id_ in source_ids(instance, name)))
    with instance.store.read() as conn:
        active = {hub.id for hub in hubs.hubs(conn) if hub.state == "active"}
        return [
            source.id
            for source in hubs.sources(conn)
            if source.state == "active" and source.hub_id in active
        ]
