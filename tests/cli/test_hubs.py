"""`verbund hub`: hubs come in, are listed, and go."""

from datetime import datetime

from registry.store import entities
from registry.store.engine import open_store
from tests.cli.conftest import Verbund, page


def test_a_hub_comes_in_by_its_folder(verbund: Verbund) -> None:
    verbund("init")
    result = verbund("hub", "add", verbund.hub(), verbund.hub("zweithub"))
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "musterhub is taken in, its sources are due now: musterhub/data",
        f"- 2 piece(s) of advice: verbund hub check {verbund.folder / 'musterhub'}",
        "zweithub is taken in, its sources are due now: zweithub/data",
        f"- 2 piece(s) of advice: verbund hub check {verbund.folder / 'zweithub'}",
    ]  # an unknown licence and no minimum
    [first, second] = verbund.json("hub", "list")
    assert (first["source"], first["state"], first["live"]) == ("musterhub/data", "active", 0)
    assert first["url"] == verbund.site.url()
    assert second["source"] == "zweithub/data"


def test_what_the_first_harvest_would_stumble_over_is_told_at_once(verbund: Verbund) -> None:
    verbund("init")
    folder = verbund.hub()
    file = folder / "export.json"
    manifest = folder / "hub.toml"
    text = manifest.read_text("utf-8").replace(verbund.site.url("/data"), file.as_uri())
    manifest.write_text(text, "utf-8")
    lines = verbund("hub", "add", folder).stdout.splitlines()
    assert lines[0] == "musterhub is taken in, its sources are due now: musterhub/data"
    assert f"Set VERBUND_FILE_ROOTS={folder}" in lines[1]
    assert f"VERBUND_FILE_ROOTS={folder} setzen" in lines[2]
    allowed = verbund("hub", "add", folder, VERBUND_FILE_ROOTS=str(folder))
    assert "VERBUND_FILE_ROOTS" not in allowed.stdout


def test_a_renamed_hub_is_published_though_its_sources_stay_the_same(registry: Verbund) -> None:
    folder = registry.hub()
    manifest = folder / "hub.toml"
    manifest.write_text(manifest.read_text("utf-8").replace("Musterhub", "Neuer Hub"), "utf-8")
    assert registry("hub", "add", folder).exit_code == 0
    assert registry("hub", "add", folder).exit_code == 0  # no news, no release
    assert registry.json("status")["release"] == 2
    store = open_store(f"sqlite:///{registry.home / 'verbund.sqlite'}")
    with store.read() as connection:
        found = entities.resource(connection, "musterhub")
    assert found is not None
    assert found.document["name"]["de"] == "Neuer Hub"


def test_checking_stores_nothing_and_needs_no_registry(verbund: Verbund) -> None:
    result = verbund("hub", "check", verbund.hub())
    assert result.exit_code == 0
    assert "musterhub with 1 source(s) is in order" in result.stdout
    assert not verbund.home.exists()


def test_the_list_tells_what_each_source_has(registry: Verbund) -> None:
    registry.site.says(*page(10)["items"][:9], {"id": "https://musterhub.example/9", "name": ""})
    registry("harvest")
    [row] = registry.json("hub", "list")
    assert (row["live"], row["refused"]) == (10, 1)
    assert datetime.fromisoformat(row["last_ok_at"]).tzinfo
    line = next(x for x in registry("hub", "list").stdout.splitlines() if "musterhub" in x)
    cells = [cell.strip() for cell in line.strip("│").split("│")]
    assert cells[:4] == ["musterhub/data", "active", "10", "1"]
    assert cells[5] == registry.site.url()


def test_what_a_hub_writes_is_text_and_no_markup(registry: Verbund) -> None:
    """Square brackets mean colours to the library that draws tables."""
    registry.hub(path="/data?topic[red]=[/]")
    registry("hub", "add", registry.folder / "musterhub")
    assert "/data?topic[red]=[/]" in registry("hub", "list").stdout


def test_a_hub_is_removed_only_after_a_yes(registry: Verbund) -> None:
    refused = registry("hub", "remove", "musterhub", answer="n\n")
    assert refused.exit_code == 1
    assert registry.json("hub", "list")[0]["live"] == 10
    result = registry("hub", "remove", "musterhub", answer="y\n")
    assert result.exit_code == 0
    assert "musterhub removed in release 2" in result.stdout
    [row] = registry.json("hub", "list")
    assert (row["state"], row["live"]) == ("removed", 0)
    assert registry("hub", "remove", "musterhub", "--yes").exit_code == 1
    # It may come back.
    assert registry("hub", "add", registry.hub()).exit_code == 0
    [report] = registry.json("harvest", "musterhub")
    assert (report["state"], report["counts"]["added"]) == ("published", 10)


def test_a_script_removes_without_being_asked(registry: Verbund) -> None:
    assert registry("hub", "remove", "musterhub", "--yes").exit_code == 0
    assert registry.json("status")["entities"]["actor"] == 0


def test_a_hub_of_another_folder_with_a_known_id_is_refused(registry: Verbund) -> None:
    moved = registry.folder / "moved"
    moved.mkdir()
    manifest = (registry.folder / "musterhub" / "hub.toml").read_text("utf-8")
    (moved / "hub.toml").write_text(manifest.replace("/data", "/elsewhere"), "utf-8")
    registry.site.pages["/elsewhere"] = page(3, name="Gekapert")
    result = registry("hub", "add", moved)
    assert result.exit_code == 1
    assert "--replace" in result.stderr
    assert str(registry.folder / "musterhub") in result.stderr
    assert registry.json("hub", "list")[0]["url"] == registry.site.url()
    # The same folder renews it as ever, under whatever name it is reached.
    assert registry("hub", "add", registry.folder / "moved" / ".." / "musterhub").exit_code == 0


def test_a_hub_may_move_to_another_folder(registry: Verbund) -> None:
    moved = registry.folder / "moved"
    moved.mkdir()
    manifest = registry.folder / "musterhub" / "hub.toml"
    renamed = manifest.read_text("utf-8").replace('id = "data"', 'id = "more"')
    renamed = renamed.replace("example/data", "example/more")
    (moved / "hub.toml").write_text(renamed, "utf-8")
    assert registry("hub", "add", "--replace", moved).exit_code == 0
    assert registry("hub", "add", moved).exit_code == 0
    assert registry("hub", "add", registry.folder / "musterhub").exit_code == 1


def test_checking_knows_the_id_that_is_the_registrys_own(verbund: Verbund) -> None:
    result = verbund("hub", "check", verbund.hub("registry"))
    assert result.exit_code == 1
    assert "belongs to the registry itself" in result.stderr
    assert "gehört dem Verzeichnis selbst" in result.stderr
