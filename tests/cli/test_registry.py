"""`verbund init, status, rebuild, relink`: the registry as a whole."""

from datetime import datetime

from registry.instance import open_instance
from registry.project.dumps import Dump
from registry.project.projector import Projector
from registry.settings import load_settings
from tests.cli.conftest import Verbund, page


def test_init_may_be_repeated(verbund: Verbund) -> None:
    first = verbund("init")
    assert (first.exit_code, first.stderr) == (0, "")
    assert f"A new registry in {verbund.home}" in first.stdout
    assert "https://verbund.example" in first.stdout
    again = verbund("init")
    assert again.exit_code == 0
    assert "is of this version" in again.stdout


def test_init_keeps_the_base_iri_that_was_set_first(verbund: Verbund) -> None:
    verbund("init")
    verbund("init", VERBUND_BASE_IRI="https://other.example")
    assert verbund.json("status")["base_iri"] == "https://verbund.example"


def test_the_status_is_words_and_tables(registry: Verbund) -> None:
    registry("rebuild")
    result = registry("status")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0].startswith("Release 1 of ")
    assert "10 actors, 0 projects, 0 events; below https://verbund.example" in lines[0]
    cells = [[c.strip() for c in line.strip("│").split("│")] for line in lines if "│" in line]
    assert ["graph", "1", "current"] in cells
    assert ["search", "1", "current"] in cells
    assert ["dump", "1", "current"] in cells
    [source] = [row for row in cells if row[0] == "musterhub/data"]
    assert source[:5] == ["musterhub/data", "active", "10", "0", "1 published"]
    assert "{" not in result.stdout
    assert "datetime" not in result.stdout


def test_the_status_tells_what_a_run_waits_for(registry: Verbund) -> None:
    registry.site.pages["/data"] = page(2)
    registry("harvest")
    said = registry("status").stdout
    assert "2 held" in said
    assert "8 of 10 records (80 %) are missing" in said
    assert "8 von 10 Einträgen (80 %) fehlen" in said
    last = registry.json("status")["sources"][0]["last_run"]
    assert (last["state"], last["explanation"]["code"]) == ("held", "run.mass-removal")


def test_the_status_for_scripts_has_times_and_hashes(registry: Verbund) -> None:
    found = registry.json("status")
    assert found["release"] == 1
    assert datetime.fromisoformat(found["released_at"]).tzinfo
    assert len(found["set_hash"]) == 512
    assert found["entities"] == {"actor": 10, "project": 0, "event": 0}
    assert found["projections"]["graph"] == {"release": 0, "current": False}


def test_projections_that_stayed_behind_are_said_to_be(registry: Verbund) -> None:
    registry("rebuild")
    registry.site.pages["/data"] = page(11)
    registry("harvest")
    found = registry.json("status")["projections"]
    assert {name: held["current"] for name, held in found.items()} == dict.fromkeys(
        ("graph", "search", "dump"), False
    )
    assert "behind" in registry("status").stdout


def test_rebuild_makes_the_projections_of_the_latest_release(registry: Verbund) -> None:
    result = registry("rebuild")
    assert result.exit_code == 0
    assert "hold release 1" in result.stdout
    dump = Dump.present(registry.home / "dumps")
    assert dump and dump.release == 1


def test_rebuild_moves_the_registry_to_another_base_iri(registry: Verbund) -> None:
    registry.environment["VERBUND_BASE_IRI"] = "https://new.example"
    # A setting alone, or another port, must not break published addresses.
    assert "hold release 1" in registry("rebuild").stdout
    assert registry.json("status")["base_iri"] == "https://verbund.example"
    assert registry("rebuild", "--base-iri", "not an IRI").exit_code != 0
    assert "hold release 2" in registry("rebuild", "--base-iri", "https://new.example/").stdout
    assert registry.json("status")["base_iri"] == "https://new.example"


def test_rebuild_beside_a_running_process_changes_nothing(registry: Verbund) -> None:
    settings = load_settings(registry.environment)
    with open_instance(settings) as instance:
        projector = Projector(instance.store, instance.home, instance.iris)
        try:
            registry.environment["VERBUND_BASE_IRI"] = "https://new.example"
            result = registry("rebuild")
        finally:
            projector.close()
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) >= 2  # in both languages
    found = registry.json("status")
    assert (found["release"], found["base_iri"]) == (1, "https://verbund.example")


def test_relinking_what_is_linked_changes_nothing(registry: Verbund) -> None:
    result = registry("relink")
    assert (result.exit_code, result.stdout) == (0, "Nothing changed\n")
    assert registry.json("status")["release"] == 1
