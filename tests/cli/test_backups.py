"""`verbund backup` while the registry works, and `verbund restore` on an empty machine."""

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from registry.project.dumps import Dump
from tests.cli.conftest import Verbund, free_port, page, until

pytestmark = pytest.mark.slow


@pytest.fixture(params=["sqlite", "postgresql"])
def elsewhere(
    request: pytest.FixtureRequest, registry: Verbund, tmp_path: Path
) -> Iterator[Verbund]:
    """The command on an empty machine: another home, no hub folders, either kind of database."""
    other = Verbund(tmp_path / "elsewhere", registry.site)
    if request.param == "postgresql":
        other.environment["VERBUND_STORE_URL"] = request.getfixturevalue("pg_url")
    yield other


def made(result: Any) -> Path:
    assert result.exit_code == 0, result.output
    return Path(result.stdout.splitlines()[0])


def quads(verbund: Verbund) -> bytes:
    assert verbund("rebuild").exit_code == 0
    dump = Dump.present(verbund.home / "dumps")
    assert dump
    return gzip.decompress((verbund.home / "dumps" / dump.file).read_bytes())


def test_a_registry_restored_elsewhere_is_the_same_and_goes_on(
    registry: Verbund, elsewhere: Verbund, tmp_path: Path
) -> None:
    file = made(registry("backup"))
    assert file.parent == registry.home / "backups"
    result = elsewhere("restore", file)
    assert result.exit_code == 0, result.output
    before, after = registry.json("status"), elsewhere.json("status")
    for name in ("release", "released_at", "set_hash", "base_iri", "entities"):
        assert after[name] == before[name]
    assert before["set_hash"][:16] in result.stdout
    assert quads(elsewhere) == quads(registry)

    # It goes on where the other was.
    registry.site.pages["/data"] = page(11)
    assert elsewhere("harvest").exit_code == 0
    assert elsewhere.json("status")["release"] == before["release"] + 1


def test_a_restore_names_the_hub_folders_that_are_not_there(
    registry: Verbund, elsewhere: Verbund
) -> None:
    file = made(registry("backup"))
    folder = registry.folder / "musterhub"
    moved = folder.rename(registry.folder / "moved")
    result = elsewhere("restore", file)
    assert str(folder) in result.stdout
    assert elsewhere("hub", "add", "--replace", moved).exit_code == 0
    assert elsewhere("harvest").exit_code == 0


def test_a_backup_is_made_while_serve_and_work_go_on(registry: Verbund, tmp_path: Path) -> None:
    registry("hub", "add", registry.hub(source='every = "1s"'))
    port = free_port()
    with (
        registry.process("work") as worker,
        registry.process("serve", VERBUND_PORT=str(port)) as server,
    ):
        until(lambda: _release(port) == 1)
        registry.site.pages["/data"] = page(12)
        files = []
        while _release(port) == 1:
            files.append(made(registry("backup", "--folder", tmp_path / "copies")))
        assert _release(port) == 2
        files.append(made(registry("backup", "--folder", tmp_path / "copies")))
        assert registry.ended(server)[0] == 0
        assert registry.ended(worker)[0] == 0
    assert len(set(files)) == len(files)
    for number, file in enumerate((files[0], files[-1])):
        other = Verbund(tmp_path / f"other{number}", registry.site)
        assert other("restore", file).exit_code == 0
        standing = other.json("status")
        assert standing["release"] == int(
            file.name.split("-release-")[1].split(".")[0].split("-")[0]
        )
        assert standing["entities"]["actor"] == (10 if standing["release"] == 1 else 12)
        assert [run["state"] for run in _last_runs(standing)] != ["running"]


def test_a_restore_overwrites_nothing(registry: Verbund) -> None:
    file = made(registry("backup"))
    before = registry.json("status")
    result = registry("restore", file)
    assert result.exit_code == 1
    assert "not empty" in result.stderr
    assert "nicht leer" in result.stderr
    assert registry.json("status") == before


def test_what_is_no_backup_is_refused_in_both_languages(verbund: Verbund, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no backup")
    result = verbund("restore", tmp_path / "file")
    assert result.exit_code == 1
    assert "Nothing was changed" in result.stderr
    assert "Nichts wurde geändert" in result.stderr
    assert verbund("init").exit_code == 0


def test_projections_of_another_history_are_made_anew(registry: Verbund) -> None:
    """The database was lost and restored, this host's files were not: they are ahead of it."""
    file = made(registry("backup"))
    registry.site.pages["/data"] = page(3, name="Verloren")
    registry("harvest", "--accept-removals")
    assert quads(registry)
    for path in registry.home.glob("verbund.sqlite*"):
        path.unlink()
    assert registry("restore", file).exit_code == 0
    registry.site.pages["/data"] = page(10, name="Verein Nummer") | {}
    registry.site.pages["/data"]["items"][0]["name"] = "Nach der Wiederherstellung"
    assert registry("harvest").exit_code == 0
    assert registry.json("status")["release"] == 2  # as before, and yet another one
    with registry.process("project") as projector:
        until(lambda: _indexed(registry) == 10)
        assert registry.ended(projector)[0] == 0
    followed = _snapshot(registry)
    quads(registry)
    assert followed == _snapshot(registry)


def _indexed(verbund: Verbund) -> int:
    from registry.project.search import SearchIndex

    return SearchIndex(verbund.home / "search").counts()["actor"]


def _snapshot(verbund: Verbund) -> list[str]:
    import pyoxigraph

    from registry.project.snapshots import SNAPSHOTS, newest_snapshot

    folder = verbund.home / "graph"
    store = pyoxigraph.Store.read_only(str(folder / SNAPSHOTS / str(newest_snapshot(folder))))
    return sorted(map(str, store))


def _release(port: int) -> int:
    try:
        answer = requests.get(f"http://127.0.0.1:{port}/status.json", timeout=10)
    except requests.ConnectionError:
        return 0
    return int(answer.json()["release"]) if answer.ok else 0


def _last_runs(standing: dict[str, Any]) -> list[dict[str, Any]]:
    return [source["last_run"] for source in standing["sources"]]
