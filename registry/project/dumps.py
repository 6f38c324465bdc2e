"""The dump of a release: every quad of it as gzipped N-Quads, with its checksum beside it."""

import gzip
import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Self

NAME = "latest.nq.gz"
DUMP_EVERY: Final = timedelta(minutes=10)
"""A dump is made at most this often; `/status` tells when the next is due."""
_LEVEL = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Dump:
    """What is known of the present dump; stands beside it as `latest.json`."""

    release: int
    made_at: str  # ISO 8601, UTC
    sha256: str  # of the gzipped file
    size: int  # bytes
    quads: int
    set_hash: str = ""  # of the release; "" in a dump of a version that did not note it

    @classmethod
    def present(cls, folder: Path) -> Self | None:
        """The dump in `folder`, or None before the first."""
        try:
            return cls(**json.loads((folder / "latest.json").read_bytes()))
        except FileNotFoundError:
            return None


def write_dump(
    folder: Path, pieces: Iterable[str], *, release: int, now: datetime, set_hash: str = ""
) -> Dump:
    """Write all N-Quads of a release; readers see the old dump until the new one is whole.

    Pieces are whole lines; the same lines give the same bytes. Raises OSError when the disk is
    full; the old dump stays.
    """
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f".{NAME}"
    quads = 0
    with unfinished.open("wb") as raw, gzip.GzipFile("", "wb", _LEVEL, raw, mtime=0) as out:
        for piece in pieces:
            out.write(piece.encode())
            quads += piece.count("\n")
    with unfinished.open("rb") as written:
        digest = hashlib.file_digest(written, "sha256").hexdigest()
    dump = Dump(
        release=release,
        made_at=now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        sha256=digest,
        size=unfinished.stat().st_size,
        quads=quads,
        set_hash=set_hash,
    )
    unfinished.replace(folder / NAME)
    _replace(folder / f"{NAME}.sha256", f"{digest}  {NAME}\n")
    _replace(folder / "latest.json", json.dumps(asdict(dump)))
    return dump


def remove_halves(folder: Path) -> None:
    """What a crash left: unfinished files, and a description of another file than the present one.

    Then the next dump is due at once. To be called by the one process that writes dumps.
    """
    for path in folder.glob(".*"):
        path.unlink()
    present = Dump.present(folder)
    if present:
        with (folder / NAME).open("rb") as file:
            whole = hashlib.file_digest(file, "sha256").hexdigest() == present.sha256
        if not whole or not (folder / f"{NAME}.sha256").exists():
            (folder / "latest.json").unlink()


def _replace(path: Path, text: str) -> None:
    unfinished = path.with_name(f".{path.name}")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(path)
