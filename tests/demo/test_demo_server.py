"""The server of the demo hubs: fresh files with validators, and nothing besides them."""

from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path
from shutil import copytree

import pytest
import requests

from demo.server import HUBS, RunningServer, serve
from registry import demo

FILE = "musterkreis/bestand.ttl"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(copytree(HUBS, tmp_path / "hubs"))


@pytest.fixture
def server(folder: Path) -> Iterator[RunningServer]:
    running = serve(folder)
    yield running
    running.close()


def get(server: RunningServer, path: str, **headers: str) -> requests.Response:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.get(f"http://127.0.0.1:{server.port}/{path}", headers=names, timeout=10)


def test_a_file_comes_as_it_is_with_its_media_type(server: RunningServer, folder: Path) -> None:
    answer = get(server, FILE)
    assert answer.status_code == 200
    assert answer.content == (folder / FILE).read_bytes()
    assert answer.headers["Content-Type"] == "text/turtle; charset=utf-8"


def test_what_a_client_has_already_is_not_sent_again(server: RunningServer) -> None:
    first = get(server, FILE)
    by_tag = get(server, FILE, If_None_Match=first.headers["ETag"])
    by_time = get(server, FILE, If_Modified_Since=first.headers["Last-Modified"])
    assert (by_tag.status_code, by_time.status_code) == (304, 304)
    assert by_tag.content == b""


def test_a_tag_counts_before_a_time(server: RunningServer) -> None:
    later = formatdate(4_000_000_000, usegmt=True)
    assert get(server, FILE, If_None_Match='"other"', If_Modified_Since=later).status_code == 200


def test_an_edit_shows_at_the_next_request(server: RunningServer, folder: Path) -> None:
    before = get(server, FILE)
    (folder / FILE).write_text("# nothing left\n", "utf-8")
    after = get(server, FILE, If_None_Match=before.headers["ETag"])
    assert (after.status_code, after.text) == (200, "# nothing left\n")


@pytest.mark.parametrize(
    "path",
    [
        "musterkreis/hub.toml",
        "musterkreis/tables/arten.csv",
        "musterkreis/none.ttl",
        "musterkreis",
        "",
        "..%2f..%2fetc/passwd.csv",
        "musterkreis/%2e%2e%2fsozialatlas%2feintraege.jsonld/x.csv",
        "musterkreis/%ff.ttl",
        "musterkreis/%00.ttl",
    ],
)
def test_nothing_but_data_files_is_served(server: RunningServer, path: str) -> None:
    assert get(server, path).status_code == 404


def test_the_port_is_free_again_after_closing(folder: Path) -> None:
    first = serve(folder)
    first.close()
    second = serve(folder, port=first.port)
    second.close()
    assert second.port == first.port


def test_the_copy_keeps_what_a_user_edits(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    demo.prepare(folder, 8801)
    (folder / FILE).write_text("# mine\n", "utf-8")
    manifest = folder / "musterkreis" / "hub.toml"
    manifest.write_text(manifest.read_text("utf-8").replace('"5s"', '"1h"'), "utf-8")

    assert {path.name for path in demo.prepare(folder, 9999)} == {
        "mitmach-boerse",
        "musterkreis",
        "sozialatlas",
    }
    assert (folder / FILE).read_text("utf-8") == "# mine\n"
    text = manifest.read_text("utf-8")
    assert 'every = "1h"' in text
    assert "http://127.0.0.1:9999/musterkreis/bestand.ttl" in text


def test_a_copy_that_was_broken_off_is_made_anew(tmp_path: Path) -> None:
    left_over = tmp_path / ".demo.unfinished" / "sozialatlas"
    left_over.mkdir(parents=True)
    demo.prepare(tmp_path / "demo", 8801)
    assert (tmp_path / "demo" / FILE).is_file()
    assert not left_over.exists()


def test_where_the_port_is_taken_another_one_is_written_into_the_manifests(tmp_path: Path) -> None:
    taken = serve(HUBS)
    try:
        folder = tmp_path / "demo"
        demo.prepare(folder, taken.port)
        with demo.serve(folder) as server:
            assert server.port != taken.port
            text = (folder / "musterkreis" / "hub.toml").read_text("utf-8")
            assert f"127.0.0.1:{server.port}/" in text
            assert get(server.server, FILE).status_code == 200
        with demo.serve(folder) as again:
            assert again.port == server.port
    finally:
        taken.close()
