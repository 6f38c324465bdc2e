"""`verbund backup, restore`: the registry in one file, and back."""

from pathlib import Path

import click

from registry import backups
from registry.cli.surface import now, progress, registry, settings, show_text

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.option("--folder", type=_FOLDER, help="Where to; default: `backups` in VERBUND_HOME.")
def backup(folder: Path | None) -> None:
    """Write all of the registry into one file, while its processes go on."""
    with registry() as instance, progress("rows") as tell:
        target = folder or instance.home / "backups"
        written, release = backups.backup(instance, target, now(), tell)
    show_text(
        f"{written.path}\n{written.rows:,} rows, {written.size:,} bytes, "
        + (f"release {release.number}, set hash {_short(release.set_hash)}" if release else "empty")
    )


@click.command()
@click.argument("file", type=_FILE)
def restore(file: Path) -> None:
    """Make the registry of a backup in an empty folder or database."""
    with progress("rows") as tell:
        restored = backups.restore(settings(), file, now(), tell)
    release = restored.release
    show_text(
        f"{restored.rows:,} rows, "
        + (
            f"release {release.number}, set hash {_short(release.set_hash)}, verified; below "
            f"{release.base_iri}"
            if release
            else "empty"
        )
    )
    for folder in restored.folders:
        show_text(f"Not here: {folder}. Put it there, or `verbund hub add --replace` another one.")


def _short(set_hash: bytes) -> str:
    return f"{set_hash.hex()[:16]}…"
