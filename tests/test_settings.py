"""Settings: where they come from, and that every one is documented."""

import dataclasses
from pathlib import Path

import pytest

from registry.project.remote.address import Endpoint
from registry.settings import SETTINGS, Settings, SettingsError, load_settings

DOCUMENTATION = Path(__file__).parents[1] / "docs" / "configuration.md"


def test_the_table_holds_every_setting_once() -> None:
    assert [s.name for s in SETTINGS] == [f.name for f in dataclasses.fields(Settings)]


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_is_described_and_documented(setting) -> None:
    line = f"| `{setting.name}` | `{setting.variable}` |"
    text = DOCUMENTATION.read_text(encoding="utf-8")
    assert line in text
    assert setting.en in text
    assert setting.de in text


def test_without_anything_the_registry_lives_in_var_on_port_8000() -> None:
    settings = load_settings({})
    assert settings.home == Path.cwd() / "var"
    assert settings.base_iri == "http://127.0.0.1:8000"
    assert settings.store_url == f"sqlite:///{settings.home}/verbund.sqlite"


def test_the_base_follows_host_and_port() -> None:
    settings = load_settings({"VERBUND_PORT": "8123", "VERBUND_HOST": "::1"})
    assert settings.base_iri == "http://[::1]:8123"


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "verbund.toml").write_text('title = "Aus der Datei"\nport = 9000\n')
    settings = load_settings({"VERBUND_HOME": str(tmp_path), "VERBUND_PORT": "9001"})
    assert (settings.title, settings.port) == ("Aus der Datei", 9001)


def test_paths_in_the_file_count_from_its_folder(tmp_path: Path) -> None:
    config = tmp_path / "etc" / "registry.toml"
    config.parent.mkdir()
    config.write_text('hub_folders = ["hubs"]\nimprint_file = "impressum.txt"\n')
    settings = load_settings({"VERBUND_CONFIG": str(config)})
    assert settings.hub_folders == (config.parent / "hubs",)
    assert settings.imprint_file == config.parent / "impressum.txt"


def test_lists_in_the_environment_stand_between_commas() -> None:
    settings = load_settings({"VERBUND_PRIVATE_HOSTS": "127.0.0.1:9, localhost:10"})
    assert settings.private_hosts == ("127.0.0.1:9", "localhost:10")


def test_the_steward_is_reached_as_the_operator_unless_set() -> None:
    assert load_settings({"VERBUND_CONTACT": "a@b.example"}).steward_contact == "a@b.example"


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"VERBUND_PORT": "http"}, "VERBUND_PORT: expected a whole number"),
        ({"VERBUND_PORT": "70000"}, "VERBUND_PORT: expected a port between 1 and 65535"),
        ({"VERBUND_DEMO": "perhaps"}, "VERBUND_DEMO: expected true or false"),
        ({"VERBUND_BASE_IRI": "verbund.example"}, "VERBUND_BASE_IRI: expected an address"),
        ({"VERBUND_SPARQL_DEADLINE_S": "inf"}, "VERBUND_SPARQL_DEADLINE_S: expected"),
        ({"VERBUND_CONFIG": "/nowhere/verbund.toml"}, "VERBUND_CONFIG names /nowhere"),
    ],
)
def test_an_unusable_value_is_named_with_its_fix(environ: dict[str, str], words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        load_settings(environ)


def test_an_unknown_name_in_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "verbund.toml").write_text("prot = 8000\n")
    with pytest.raises(SettingsError, match="'prot', which is no setting"):
        load_settings({"VERBUND_HOME": str(tmp_path)})


def test_a_number_is_no_boolean_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "verbund.toml").write_text("port = true\n")
    with pytest.raises(SettingsError, match=r"port in .*: expected a whole number"):
        load_settings({"VERBUND_HOME": str(tmp_path)})


@pytest.mark.parametrize(
    "tiles",
    [
        "http://tiles.example/{z}/{x}/{y}.png",
        "https://tiles.example/{z}/{x}.png",
        "https://x.example; script-src *//{z}/{x}/{y}",
        "https://someone@tiles.example/{z}/{x}/{y}.png",
        "/{z}/{x}/{y}.png",
    ],
)
def test_tiles_come_by_https_from_one_host(tiles: str) -> None:
    with pytest.raises(SettingsError, match="VERBUND_MAP_TILES"):
        load_settings({"VERBUND_MAP_TILES": tiles})
    good = "https://tiles.example:8443/{z}/{x}/{y}.png"
    assert load_settings({"VERBUND_MAP_TILES": good}).map_tiles == good


def test_a_graph_server_is_read_with_its_login_apart() -> None:
    found = load_settings(
        {
            "VERBUND_GRAPH_URL": "http://127.0.0.1:8890/sparql",
            "VERBUND_GRAPH_UPDATE_URL": "http://dba:ge%40heim@127.0.0.1:8890/sparql-auth",
        }
    ).graph_server
    assert found is not None
    assert found.query == Endpoint("http://127.0.0.1:8890/sparql")
    assert found.update == Endpoint("http://127.0.0.1:8890/sparql-auth", "dba", "ge@heim")


def test_no_message_shows_a_password() -> None:
    for url in ("ftp://u:geheim77@h/x", "http://u:geheim77@h:port/x", "http://u:geh@geheim77@h/x"):
        with pytest.raises(SettingsError) as told:
            load_settings({"VERBUND_GRAPH_UPDATE_URL": url})
        assert "geheim77" not in told.value.en + told.value.de


def test_without_a_graph_server_the_graph_is_here() -> None:
    found = load_settings({})
    assert found.graph_server is None
    assert found.graph_folder == found.home / "graph"


@pytest.mark.parametrize(
    "address", ["127.0.0.1:7878", "ftp://a/query", "http:///query", "http://a:b/"]
)
def test_what_is_no_address_of_a_server_is_said(address: str) -> None:
    with pytest.raises(SettingsError, match="VERBUND_GRAPH_URL: expected an address"):
        load_settings({"VERBUND_GRAPH_URL": address})
