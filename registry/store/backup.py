"""A copy of the whole database, made before its tables are changed."""

import errno
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing, suppress
from pathlib import Path

from sqlalchemy import URL

from registry.errors import StoreUnavailable


def back_up(url: URL, folder: Path, name: str) -> Path:
    """Copy the database into a new file of that name in the folder, complete or not at all.

    SQLite by its own backup, PostgreSQL by `pg_dump` (custom format, for `pg_restore`). Raises
    `StoreUnavailable` when that is impossible.
    """
    sqlite = url.get_backend_name() == "sqlite"
    target = _unused(folder, name, ".sqlite" if sqlite else ".pgdump")
    unfinished = target.with_name(target.name + ".unfinished")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        unfinished.unlink(missing_ok=True)
        if sqlite:
            _copy_sqlite(Path(str(url.database)), unfinished)
        else:
            _dump_postgresql(url, unfinished)
        return unfinished.rename(target)
    except (OSError, sqlite3.Error) as error:
        with suppress(OSError):  # the folder may be what is wrong
            unfinished.unlink()
        raise _failed(str(error)) from error


def _unused(folder: Path, name: str, ending: str) -> Path:
    """An older backup is never overwritten."""
    candidate, number = folder / f"{name}{ending}", 1
    while candidate.exists():
        number += 1
        candidate = folder / f"{name}-{number}{ending}"
    return candidate


def _copy_sqlite(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as old:
        # Not a copy of the file: what was committed last may still stand in the write-ahead log.
        old.execute("VACUUM INTO ?", (str(target),))


def _dump_postgresql(url: URL, target: Path) -> None:
    program = shutil.which("pg_dump")
    if program is None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), "pg_dump")
    # The password goes by the environment, as every user may read a command line.
    address = URL.create(
        "postgresql", url.username, None, url.host, url.port, url.database, url.query
    ).render_as_string()
    environment = dict(os.environ)
    if url.password is not None:
        environment["PGPASSWORD"] = str(url.password)
    command = [program, "--format=custom", f"--file={target}", f"--dbname={address}"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise OSError(done.stderr.strip() or f"pg_dump: {done.returncode}")


def _failed(reason: str) -> StoreUnavailable:
    return StoreUnavailable(
        de=f"Die Datenbank ließ sich nicht sichern ({reason}); sie wurde nicht umgestellt. Bitte "
        "Platz und Rechte prüfen, bei PostgreSQL auch, ob ein pg_dump der passenden Version im "
        "Suchpfad liegt; oder selbst sichern und ohne Sicherung umstellen.",
        en=f"The database could not be backed up ({reason}); it was not migrated. Please check "
        "space and permissions, with PostgreSQL also that a pg_dump of the right version is on the "
        "path; or make a backup yourself and migrate without one.",
        code="store_backup",
    )
