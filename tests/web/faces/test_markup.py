"""Every page and style sheet as the Nu HTML checker reads it, and where the links lead."""

import json
import re
import subprocess
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from werkzeug.test import Client

from registry.web.frame import STATIC_FOLDER
from registry.web.language import LANGUAGES
from tests.web.faces.conftest import ACCEPT, World
from tests.web.faces.pages import FACES, NO_PAGES, Face

STYLED = ("style.css", "fonts.css", "logo.svg")
FILE = re.compile(r"\.[a-z0-9]+$")


@pytest.fixture(scope="module")
def complaints(
    world: World, need: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[str]]:
    """What the checker says of each file, errors and warnings; it is started once for all."""
    java, checker = need("java"), need("vnu")
    folder = tmp_path_factory.mktemp("markup")
    for name in STYLED:
        (folder / name).write_bytes((STATIC_FOLDER / name).read_bytes())
    for number, face in enumerate(FACES):
        for tag in LANGUAGES:
            (folder / f"{number}-{tag}.html").write_text(world.html(face, tag), encoding="utf-8")
    done = subprocess.run(
        # The schema of HTML is a deep recursion.
        [java, "-Xss8m", "-jar", checker, "--format", "json", "--stdout", "--also-check-css",
         "--also-check-svg", "--exit-zero-always", folder],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    found: dict[str, list[str]] = defaultdict(list)
    for message in json.loads(done.stdout)["messages"]:
        where = f"line {message.get('lastLine')}: {message.get('extract', '')[:120]}"
        found[Path(message.get("url", "")).name].append(f"{message['message']} {where}")
    return found


@pytest.mark.slow
@pytest.mark.parametrize("face", FACES, ids=str)
def test_the_checker_finds_nothing_in_a_page(complaints: dict[str, list[str]], face: Face) -> None:
    number = FACES.index(face)
    assert [complaints[f"{number}-{tag}.html"] for tag in LANGUAGES] == [[], []]


@pytest.mark.slow
@pytest.mark.parametrize("name", STYLED)
def test_the_checker_finds_nothing_in_a_style_sheet(
    complaints: dict[str, list[str]], name: str
) -> None:
    assert complaints[name] == []


@pytest.mark.slow
def test_the_checker_would_find_something(need: Callable[[str], Path], tmp_path: Path) -> None:
    (tmp_path / "wrong.html").write_text("<!doctype html><p><div></p>", encoding="utf-8")
    done = subprocess.run(
        [need("java"), "-Xss8m", "-jar", need("vnu"), tmp_path], capture_output=True, check=False
    )
    assert done.returncode == 1


@pytest.mark.slow
def test_no_link_leads_nowhere(world: World) -> None:
    known = {world.path(face): face.status for face in FACES if face.site == "full"}
    client = Client(world.apps["full"])
    answered: dict[str, int] = {}
    dead: dict[str, set[str]] = defaultdict(set)
    for face in FACES:
        if face.site != "full":
            continue
        page = BeautifulSoup(world.html(face, "de"), "html.parser")
        anchors = {node["id"] for node in page.select("[id]")}
        for link in {node["href"] for node in page.select("a[href], link[href]")}:
            if link.startswith("#") and link[1:] not in anchors:
                dead[str(face)].add(link)
            path = link.partition("#")[0]
            if not path.startswith("/"):
                continue
            if path not in answered:
                response = client.get(path, headers={"Accept": ACCEPT, "Accept-Language": "de"})
                answered[path] = response.status_code
                response.close()
            # An error leads to itself in the other language, what is gone to its data.
            of_itself = face.status if path.startswith(world.path(face).partition("?")[0]) else 0
            if answered[path] not in (200, 303, known.get(path), of_itself):
                dead[str(face)].add(path)
    assert dict(dead) == {}


@pytest.mark.parametrize("face", FACES, ids=str)
def test_whatever_can_be_pressed_works_without_a_script(world: World, face: Face) -> None:
    page = BeautifulSoup(world.html(face, "de"), "html.parser")
    assert page.select("button:not(form[action] *), form:not([action]), [hidden], [onclick]") == []
    assert page.select("a:not([href]), a[href=''], a[href='#'], a[href^='javascript:']") == []


def test_every_page_of_the_application_is_in_the_list(app: Flask, world: World) -> None:
    """A new address that ends like a file is none; all others are in one of the two lists."""
    addresses = app.url_map.bind("verbund.example")
    listed = {
        addresses.match(world.path(face).partition("?")[0])[0]
        for face in FACES
        if face.status != 404
    }
    pages = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if not FILE.search(re.sub(r"<.*?>", "", rule.rule).rstrip("."))
        and not rule.rule.endswith(":ending>")
    }
    assert pages - NO_PAGES == listed
