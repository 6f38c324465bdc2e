"""The WSGI entry point: the application of the registry that the environment names."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from registry.instance import initialise
from registry.settings import load_settings

WSGI = Path(__file__).parents[1] / "wsgi.py"


@pytest.fixture
def wsgi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The module as a server loads it, over an empty registry."""
    monkeypatch.setenv("VERBUND_HOME", str(tmp_path))
    monkeypatch.setenv("VERBUND_BASE_IRI", "https://verbund.example")
    initialise(
        load_settings({"VERBUND_HOME": str(tmp_path), "VERBUND_BASE_IRI": "https://first.example"})
    )
    spec = importlib.util.spec_from_file_location("wsgi_under_test", WSGI)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    module._until_exit.close()


def test_it_serves_the_registry_of_the_environment(wsgi: ModuleType) -> None:
    response = wsgi.app.test_client().get("/status.json")
    assert (response.status_code, response.json["release"]) == (200, 0)


def test_what_is_published_keeps_the_base_of_init(wsgi: ModuleType) -> None:
    problem = wsgi.app.test_client().get("/nowhere").json
    assert problem["type"].startswith("https://first.example/")


def test_no_reader_waits_for_a_template_to_be_compiled(
    wsgi: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wsgi.app.jinja_env, "compile", None)
    for path in ("/", "/hubs", "/actors", "/sparql", "/nowhere"):
        answer = wsgi.app.test_client().get(path, headers={"Accept": "text/html"})
        assert "</html>" in answer.text


def test_queries_and_slow_clients_together_leave_threads_to_pages(wsgi: ModuleType) -> None:
    """Slots are a quarter of the threads that `verbund serve` has."""
    limits = wsgi.app.extensions["verbund"].queries().limits
    slots = 4  # where nobody told another number
    assert limits.workers + limits.queue + slots < 4 * slots
