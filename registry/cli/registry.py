"""`verbund init, status, rebuild, relink`: the registry as a whole."""

from typing import Any

import click
from rich.table import Table

from registry.cli.runs import explain
from registry.cli.surface import (
    json_option,
    moment,
    now,
    progress,
    registry,
    settings,
    show_json,
    show_table,
    show_text,
    working,
)
from registry.instance import initialise
from registry.iris import Iris
from registry.project.host import projectors
from registry.run.base_iri import move_base
from registry.run.publish import relink as relink_all
from registry.settings import checked_base_iri
from registry.standing import standing


@click.command()
def init() -> None:
    """Create the registry in VERBUND_HOME, or bring an older one to this version after a backup."""
    chosen = settings()
    done = initialise(chosen)
    if done.before == "empty":
        show_text(f"A new registry in {chosen.home}, published below {chosen.base_iri}")
    elif done.before == "older":
        show_text(
            f"Schema {done.revision_before} -> {done.revision}; backup: {done.backup or 'none'}"
        )
    else:
        show_text(f"{chosen.home} is of this version ({done.revision})")


@click.command()
@json_option
def status(as_json: bool) -> None:
    """Show the release, this host's projections and the sources with their last runs."""
    with registry() as instance:
        found = standing(instance)
    if as_json:
        show_json(found)
    else:
        _show_standing(found)


@click.command()
@click.option("--base-iri", help="Move all that is published below this IRI, in a new release.")
def rebuild(base_iri: str | None) -> None:
    """Make this host's projections anew from the latest release; stop all other processes first."""
    with registry() as instance:
        wanted = checked_base_iri(base_iri) if base_iri else instance.iris.base
        # Before anything moves: this fails where another process has the projections.
        with projectors(instance, Iris(wanted)) as opened:
            move_base(instance, wanted, now())
            with progress("resources") as tell:
                release = max(projector.rebuild(tell) for projector in opened)
    show_text(f"Graph, search index and dump hold release {release}")


@click.command()
def relink() -> None:
    """Link and merge all records anew; makes a release only if something comes out differently."""
    with registry() as instance, working("Linking and merging all records …"):
        release = relink_all(instance, now())
    show_text(f"Release {release}" if release else "Nothing changed")


def _show_standing(found: dict[str, Any]) -> None:
    number = found["release"]
    released = f"Release {number} of {moment(found['released_at'])} UTC" if number else "No release"
    entities = ", ".join(f"{count:,} {kind}s" for kind, count in found["entities"].items())
    show_text(f"{released}: {entities}; below {found['base_iri']}")
    projections = Table("projection", "release", "state")
    for name, held in found["projections"].items():
        projections.add_row(name, str(held["release"] or "–"), _state(held) if number else "–")
    show_table(projections)
    sources = Table("source", "state", "live", "refused", "last run", "last good run", "next run")
    for source in found["sources"]:
        run = source["last_run"]
        sources.add_row(
            source["id"],
            source["state"],
            f"{source['live']:,}",
            f"{source['refused']:,}",
            f"{run['number']} {run['state']}" if run else "–",
            moment(source["last_ok_at"]),
            moment(source["next_due_at"]),
        )
    show_table(sources)
    for source in found["sources"]:
        run = source["last_run"]
        if run and run["explanation"]:
            explain(source["id"], run["explanation"])


def _state(held: dict[str, Any]) -> str:
    if not held.get("agrees", True):
        return "differs from the database: run `verbund rebuild`"
    return "current" if held["current"] else "behind"
