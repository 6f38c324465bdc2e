"""What goes wrong is said in both languages, on standard error, with an exit code that tells."""

import re
import sqlite3

import pytest
from click.testing import Result

from tests.cli.conftest import Verbund

NEED_A_REGISTRY = [
    ("status",),
    ("harvest",),
    ("hub", "list"),
    ("hub", "remove", "musterhub", "--yes"),
    ("rebuild",),
    ("relink",),
    ("serve",),
    ("work",),
    ("project",),
]


def refused(result: Result, english: str, german: str) -> None:
    assert result.exit_code == 1
    assert english in result.stderr
    assert german in result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("harvest", "--nonsense"),
        ("hub",),
        ("hub", "add"),
        ("hub", "add", "/nonexistent"),
        ("hub", "remove"),
        ("serve", "--workers", "many"),
        ("init", "surplus"),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_code_2(verbund: Verbund, arguments: tuple[str, ...]) -> None:
    result = verbund(*arguments)
    assert result.exit_code == 2
    assert "Usage: " in result.stderr


@pytest.mark.parametrize("arguments", NEED_A_REGISTRY, ids=" ".join)
def test_without_a_registry_a_command_says_how_to_make_one(
    verbund: Verbund, arguments: tuple[str, ...]
) -> None:
    refused(verbund(*arguments), "run `verbund init`", "„verbund init“ ausführen")
    assert not verbund.home.exists()


@pytest.mark.parametrize("arguments", [("init",), *NEED_A_REGISTRY], ids=" ".join)
def test_a_registry_of_a_newer_version_is_left_alone(
    verbund: Verbund, arguments: tuple[str, ...]
) -> None:
    verbund("init")
    with sqlite3.connect(verbund.home / "verbund.sqlite") as database:
        database.execute("UPDATE verbund_schema SET version_num = '9999'")
    database.close()
    before = (verbund.home / "verbund.sqlite").read_bytes()
    refused(verbund(*arguments), "Please use the newer version", "Bitte die neuere Version")
    assert (verbund.home / "verbund.sqlite").read_bytes() == before


def test_another_programs_database_is_left_alone(verbund: Verbund) -> None:
    verbund.home.mkdir()
    with sqlite3.connect(verbund.home / "verbund.sqlite") as database:
        database.execute("CREATE TABLE orders (id INTEGER)")
    database.close()
    for command in ("init", "status"):
        refused(verbund(command), "tables of another program", "Tabellen eines anderen Programms")


def test_a_damaged_database_is_said_to_be(verbund: Verbund) -> None:
    verbund.home.mkdir()
    (verbund.home / "verbund.sqlite").write_bytes(b"no database at all " * 100)
    refused(verbund("status"), "restore the last backup", "Bitte die letzte Sicherung")


def test_the_operator_is_told_what_the_database_said(verbund: Verbund, pg_url: str) -> None:
    absent = pg_url.replace("/test_", "/nobody_made_")
    assert absent != pg_url
    result = verbund("status", VERBUND_STORE_URL=absent)
    refused(result, "The database cannot be reached", "Die Datenbank ist nicht erreichbar")
    assert re.search(r'database "nobody_made_\d+" does not exist', result.stderr)


def test_no_password_is_among_what_the_database_said(verbund: Verbund) -> None:
    url = "postgresql://verbund:geheim@127.0.0.1:1/verbund"
    result = verbund("status", VERBUND_STORE_URL=url)
    refused(result, "The database cannot be reached", "Die Datenbank ist nicht erreichbar")
    assert "127.0.0.1" in result.stderr
    assert "geheim" not in result.stderr


@pytest.mark.parametrize("command", ["init", "status", "up"])
def test_a_setting_that_cannot_be_used_is_named(verbund: Verbund, command: str) -> None:
    refused(
        verbund(command, VERBUND_PORT="many"),
        "VERBUND_PORT: expected a whole number",
        "VERBUND_PORT: erwartet wird eine ganze Zahl",
    )


@pytest.mark.parametrize(
    ("text", "english", "german"),
    [
        ("prot = 1", "which is no setting", "diese Einstellung gibt es nicht"),
        ("port = ", "is not valid TOML", "ist kein gültiges TOML"),
        ("port = 70000", "a port between 1 and 65535", "ein Port zwischen 1 und 65535"),
    ],
)
def test_a_settings_file_that_cannot_be_used_is_named(
    verbund: Verbund, text: str, english: str, german: str
) -> None:
    verbund.home.mkdir()
    (verbund.home / "verbund.toml").write_text(text, "utf-8")
    refused(verbund("init"), english, german)
    refused(verbund("init", VERBUND_CONFIG="/nonexistent.toml"), "is missing", "diese Datei fehlt")


@pytest.mark.parametrize(
    "arguments", [("harvest", "nobody"), ("harvest", "musterhub/nothing")], ids=" ".join
)
def test_harvesting_what_nobody_knows_is_an_error(
    registry: Verbund, arguments: tuple[str, ...]
) -> None:
    refused(registry(*arguments), "is no hub and no source", "ist kein Hub und keine Quelle")


def test_removing_what_nobody_knows_is_an_error(registry: Verbund) -> None:
    refused(registry("hub", "remove", "nobody"), "There is no hub", "gibt es nicht")


BROKEN = """
[hub]
id = "NICHT GUT"
name = { de = "Musterhub" }
nonsense = 1

[[source]]
id = "data"
url = "https://musterhub.example/"
format = "nonsense"
every = "manchmal"
"""


@pytest.mark.parametrize("command", ["add", "check"])
def test_a_broken_manifest_is_told_everything_that_is_wrong_with_it(
    registry: Verbund, command: str
) -> None:
    broken, other = registry.folder / "broken", registry.folder / "other"
    broken.mkdir()
    (broken / "hub.toml").write_text(BROKEN, "utf-8")
    other.mkdir()
    (other / "hub.toml").write_text("not toml", "utf-8")
    result = registry("hub", command, registry.hub("guthub"), broken, other)
    assert result.exit_code == 1
    english, german = (line for line in result.stderr.splitlines() if str(broken) in line)
    assert "cannot be used" in english
    assert "nicht brauchbar" in german
    for path in ("hub.id", "hub.nonsense", "format", "every"):
        assert result.stderr.count(f"{path}:") == 2  # once in each language
    assert str(other) in result.stderr
    assert "guthub" not in registry("hub", "list").stdout  # all of them, or none
