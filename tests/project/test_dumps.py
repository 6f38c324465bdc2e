"""A dump is whole and described as what it is, whatever moment its writer was killed at."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from registry.project.dumps import NAME, Dump, remove_halves, write_dump

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_dump(tmp_path, ["<a:a> <a:b> <a:c> .\n"], release=1, now=NOW)
    return tmp_path


def test_a_whole_dump_stays(folder: Path) -> None:
    before = Dump.present(folder)
    remove_halves(folder)
    assert Dump.present(folder) == before is not None


def test_a_description_that_an_older_version_wrote_is_read(folder: Path) -> None:
    described = folder / "latest.json"
    noted = json.loads(described.read_text("utf-8"))
    del noted["set_hash"]
    described.write_text(json.dumps(noted), "utf-8")
    present = Dump.present(folder)
    assert present is not None
    assert (present.release, present.set_hash) == (1, "")


def test_an_unfinished_dump_goes_and_the_last_whole_one_stays(folder: Path) -> None:
    (folder / f".{NAME}").write_bytes(b"half")
    remove_halves(folder)
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        [NAME, f"{NAME}.sha256", "latest.json"]
    )


def test_a_dump_whose_description_is_of_the_one_before_is_due_at_once(folder: Path) -> None:
    (folder / NAME).write_bytes(b"the next one")  # killed before the description followed
    remove_halves(folder)
    assert Dump.present(folder) is None


def test_there_need_not_be_any_dump_yet(tmp_path: Path) -> None:
    remove_halves(tmp_path / "dumps")
