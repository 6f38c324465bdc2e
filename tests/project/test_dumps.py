"""A dump is whole and described as what it is, whatever moment its writer was killed at."""

import gzip
import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from registry.project import dumps
from registry.project.dumps import NAME, Dump, remove_others, write_dump

NOW = datetime(2026, 11, 22, tzinfo=UTC)


LINE = "<a:a> <a:b> <a:{}> .\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_dump(tmp_path, [LINE.format("c")], release=1, now=NOW, set_hash="00ff")
    return tmp_path


def lies_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_dump_is_what_its_description_says(folder: Path) -> None:
    dump = Dump.present(folder)
    assert dump
    raw = (folder / dump.file).read_bytes()
    assert gzip.decompress(raw).decode() == LINE.format("c")
    assert (dump.release, dump.quads, dump.size) == (1, 1, len(raw))
    assert dump.set_hash == "00ff"
    assert dump.sha256 == hashlib.sha256(raw).hexdigest()


def test_the_next_one_takes_its_place_and_nothing_else_stays(folder: Path) -> None:
    made = write_dump(folder, [LINE.format("d")], release=2, now=NOW, set_hash="00ff")
    assert Dump.present(folder) == made
    assert lies_in(folder) == {made.file, "latest.json"}


def test_an_unfinished_dump_goes_and_the_last_whole_one_stays(folder: Path) -> None:
    before = Dump.present(folder)
    assert before
    (folder / f".{NAME}").write_bytes(b"half")
    remove_others(folder)
    assert Dump.present(folder) == before
    assert lies_in(folder) == {before.file, "latest.json"}


def test_until_a_dump_is_described_the_one_before_is_the_present_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = Dump.present(folder)

    def killed(path: Path, content: bytes) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(dumps, "write_atomically", killed)
    with pytest.raises(KeyboardInterrupt):
        write_dump(folder, [LINE.format("d")], release=2, now=NOW, set_hash="00ff")
    assert before
    assert Dump.present(folder) == before
    assert hashlib.sha256((folder / before.file).read_bytes()).hexdigest() == before.sha256
    remove_others(folder)
    assert lies_in(folder) == {before.file, "latest.json"}


@pytest.mark.parametrize("described", ["", "{}", '{"release": 1, "sha256": "0"}'])
def test_what_another_version_described_counts_for_nothing(folder: Path, described: str) -> None:
    (folder / "latest.json").write_text(described)
    assert Dump.present(folder) is None
    remove_others(folder)
    assert lies_in(folder) == set()


def test_a_dump_that_somebody_removed_is_due_at_once(folder: Path) -> None:
    dump = Dump.present(folder)
    assert dump
    (folder / dump.file).unlink()
    remove_others(folder)
    assert Dump.present(folder) is None


def test_there_need_not_be_any_dump_yet(tmp_path: Path) -> None:
    remove_others(tmp_path / "dumps")
