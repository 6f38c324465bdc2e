"""`verbund init, status, rebuild, relink`: the registry as a whole."""

import click

from registry.cli.surface import console, json_option, now, progress, registry, settings, show_json
from registry.instance import initialise
from registry.project.projector import Projector
from registry.run.base_iri import move_base
from registry.run.publish import relink as relink_all
from registry.standing import standing


@click.command()
def init() -> None:
    """Create the registry in VERBUND_HOME, or bring an older one to this version after a backup."""
    chosen = settings()
    done = initialise(chosen)
    if done.before == "empty":
        click.echo(f"A new registry in {chosen.home}, published below {chosen.base_iri}")
    elif done.before == "older":
        click.echo(
            f"Schema {done.revision_before} -> {done.revision}; backup: {done.backup or 'none'}"
        )
    else:
        click.echo(f"{chosen.home} is of this version ({done.revision})")


@click.command()
@json_option
def status(as_json: bool) -> None:
    """Show the release, this host's projections and the hubs' last runs."""
    with registry() as instance:
        found = standing(instance)
    if as_json:
        show_json(found)
        return
    for name, value in found.items():
        console.print(f"[bold]{name}[/bold]: {value}")


@click.command()
def rebuild() -> None:
    """Make this host's projections anew from the latest release; stop `work` and `project` first.

    If base_iri in the settings is another one than at `init`, everything moves there in a new
    release.
    """
    with registry() as instance:
        instance = move_base(instance, now())
        with progress("resources") as tell:
            projector = Projector(instance.store, instance.home, instance.iris)
            try:
                release = projector.rebuild(tell)
            finally:
                projector.close()
    click.echo(f"Graph, search index and dump hold release {release}")


@click.command()
def relink() -> None:
    """Link and merge all records anew; makes a release only if something comes out differently."""
    with registry() as instance:
        release = relink_all(instance, now())
    click.echo(f"Release {release}" if release else "Nothing changed")
