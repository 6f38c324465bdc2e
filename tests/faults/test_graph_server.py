"""A graph server that goes away: all the rest goes on, and it catches up when it is back."""

import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from registry.app import create_app
from registry.project.search import SearchIndex
from registry.project.snapshots import newest_release
from registry.serving import build_services
from tests.faults.conftest import Registry, following, until
from tests.graph_servers import free_port, oxigraph

QUERY = "SELECT (COUNT(?s) AS ?n) { ?s <https://schema.org/name> ?name }"


@pytest.fixture
def on_server(registry: Registry) -> Registry:
    url = f"http://127.0.0.1:{free_port()}"
    registry.settings = replace(
        registry.settings, graph_url=f"{url}/query", graph_update_url=f"{url}/update"
    )
    registry.add()
    return registry


@pytest.fixture
def kept(on_server: Registry) -> Iterator[threading.Thread]:
    """The projections are kept, as `verbund project` does."""
    with following(on_server) as thread:
        yield thread


def test_pages_go_on_without_the_graph_which_catches_up(
    on_server: Registry, kept: threading.Thread, tmp_path: Path
) -> None:
    settings = on_server.settings
    index = SearchIndex(settings.home / "search")
    port = int(settings.graph_url.split(":")[2].split("/")[0])
    data = tmp_path / "data"

    def publish(name: str, release: int) -> None:
        on_server.says(name)
        assert on_server.harvest().state == "published"
        until(lambda: index.release() == release)

    publish("Vorher", 1)
    assert newest_release(settings.graph_folder) is None
    with ExitStack() as stack:
        client = create_app(build_services(settings, stack)).test_client()
        asked = {"query": QUERY, "format": "json"}
        with oxigraph(location=data, port=port):
            until(lambda: newest_release(settings.graph_folder) == 1)
            assert client.get("/sparql", query_string=asked).headers["Release"] == "1"
        until(lambda: newest_release(settings.graph_folder) is None)
        publish("Nachher", 2)
        away = client.get("/sparql", query_string=asked)
        assert away.status_code == 503
        assert int(away.headers["Retry-After"]) > 0
        assert "application/problem+json" in away.content_type
        copies = json.loads(client.get("/status.json").data)["copies"]
        assert {copy["name"]: copy["state"] for copy in copies}["graph"] == "absent"
        assert client.get("/readyz").status_code == 200
        assert client.get("/actors").status_code == 200
        with oxigraph(location=data, port=port):
            until(lambda: newest_release(settings.graph_folder) == 2)
            answer = client.get("/sparql", query_string=asked)
            assert (answer.status_code, answer.headers["Release"]) == (200, "2")
    assert kept.is_alive()
