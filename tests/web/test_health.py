"""Whether the process lives, whether this host can answer, and the figures for Prometheus."""

from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network

import pytest
from flask.testing import FlaskClient
from prometheus_client.openmetrics.parser import text_string_to_metric_families as of_openmetrics
from prometheus_client.parser import text_string_to_metric_families as of_text

from registry.app import create_app
from registry.errors import StoreUnavailable
from tests.web.conftest import ATLAS, Registry

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
OPENMETRICS = "application/openmetrics-text; version=1.0.0"


@pytest.fixture
def released(registry: Registry) -> Registry:
    """A registry of one hub with a release that all copies hold."""
    registry.add_hub("atlas", {"de": "Sozialatlas"})
    registry.say("atlas", {"werkhof": ATLAS["werkhof"]})
    return registry


def _unprojected(registry: Registry) -> None:
    """A further release that no copy holds."""
    registry.projector.follow, follow = lambda: 0, registry.projector.follow  # type: ignore[method-assign]
    registry.say("atlas", {"mobil": ATLAS["mobil"]})
    registry.projector.follow = follow  # type: ignore[method-assign]


class _Gone:
    """A database that does not answer."""

    def read(self) -> None:
        raise StoreUnavailable("Die Datenbank antwortet nicht.", "The database does not answer.")


def _without_database(registry: Registry) -> FlaskClient:
    return create_app(replace(registry.services(), store=_Gone())).test_client()


def test_a_process_lives_though_its_database_is_gone(registry: Registry) -> None:
    client = _without_database(registry)
    assert client.get("/healthz").json == {"status": "ok"}
    assert client.get("/readyz").status_code == 503


def test_a_host_with_all_copies_is_ready(released: Registry) -> None:
    response = released.app().test_client().get("/readyz")
    assert response.status_code == 200
    assert response.json == {"status": "ready", "release": 1}
    assert response.headers["Release"] == "1"
    assert response.headers["Cache-Control"] == "no-store"


def test_an_empty_registry_is_ready_as_there_is_nothing_to_lack(registry: Registry) -> None:
    assert registry.app().test_client().get("/readyz").status_code == 200


def test_a_host_that_lags_a_little_is_ready_and_one_far_behind_is_not(released: Registry) -> None:
    released.now += timedelta(hours=1)
    _unprojected(released)
    client = released.app().test_client()
    assert client.get("/readyz").status_code == 200
    released.now += timedelta(seconds=601)
    response = client.get("/readyz?lang=en")
    assert response.status_code == 503
    assert response.mimetype == "application/problem+json"
    assert "graph: release 1 instead of 2, 601 seconds behind" in response.json["detail"]
    assert "search: release 1 instead of 2" in response.json["detail"]
    released.projector.follow()
    assert client.get("/readyz").json["release"] == 2


def test_a_host_without_a_graph_is_not_ready(released: Registry) -> None:
    (released.settings.home / "graph" / "CURRENT").unlink()
    response = released.app().test_client().get("/readyz", headers={"Accept": BROWSER})
    assert response.status_code == 503
    assert "graph: fehlt noch" in response.text


def test_an_index_that_counts_otherwise_is_not_ready(
    released: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(released.search), "counts", lambda self: {"actor": 7})
    client = released.app().test_client()
    response = client.get("/readyz?lang=en")
    assert response.status_code == 503
    assert "search: 7 entities instead of 1" in response.json["detail"]
    assert _figures(client)['verbund_copy_agrees{"copy": "search"}'] == 0


def _figures(client: FlaskClient) -> dict[str, float]:
    """Every sample by its name and labels, the process's own label left out."""
    text = client.get("/metrics").text
    return {
        _named(sample.name, sample.labels): sample.value
        for family in of_text(text)
        for sample in family.samples
    }


def _named(name: str, labels: dict[str, str]) -> str:
    rest = {key: value for key, value in sorted(labels.items()) if key != "worker"}
    words = ", ".join(f'"{key}": "{value}"' for key, value in rest.items())
    return f"{name}{{{words}}}" if words else name


def test_the_figures_tell_release_copies_hubs_and_runs(released: Registry) -> None:
    released.now += timedelta(hours=1)
    _unprojected(released)
    released.now += timedelta(seconds=90)
    figures = _figures(released.app().test_client())
    expected = {
        "verbund_database_up": 1,
        "verbund_release": 2,
        "verbund_release_age_seconds": 90,
        'verbund_entities{"kind": "actor"}': 2,
        'verbund_copy_release{"copy": "graph"}': 1,
        'verbund_copy_behind_releases{"copy": "search"}': 1,
        'verbund_copy_behind_seconds{"copy": "graph"}': 90,
        'verbund_copy_agrees{"copy": "search"}': 1,
        'verbund_copy_release{"copy": "dumps"}': 0,
        'verbund_hub_checked_seconds{"hub": "atlas"}': 90,
        'verbund_hub_changed_seconds{"hub": "atlas"}': 49,  # the fixture's runs take 41 seconds
        'verbund_runs{"state": "published"}': 2,
        "verbund_queries_running": 0,
        "verbund_queries_waiting": 0,
    }
    assert {name: figures[name] for name in expected} == expected


def test_requests_and_queries_are_counted_by_kind_and_outcome(released: Registry) -> None:
    client = released.app(rate_limit_pages="2/minute").test_client()
    away = {"REMOTE_ADDR": "203.0.113.5"}
    for _ in range(3):
        client.get("/actors", environ_overrides=away)
    client.get("/nowhere")
    client.get("/sparql?query=ASK%7B%7D")
    client.get("/sparql?query=nonsense%20{")
    figures = _figures(client)
    assert figures['verbund_requests_total{"kind": "pages", "status": "200"}'] == 2
    assert figures['verbund_requests_total{"kind": "pages", "status": "429"}'] == 1
    assert figures['verbund_requests_total{"kind": "pages", "status": "404"}'] == 1
    assert figures['verbund_requests_total{"kind": "sparql", "status": "200"}'] == 1
    assert figures['verbund_request_seconds_count{"kind": "pages"}'] == 4
    assert figures['verbund_queries_ended_total{"outcome": "answered"}'] == 1
    assert "203.0.113.5" not in client.get("/metrics").text


def test_without_the_database_the_figures_say_so_and_the_rest_goes_on(registry: Registry) -> None:
    figures = _figures(_without_database(registry))
    assert figures["verbund_database_up"] == 0
    assert "verbund_release" not in figures
    assert "verbund_queries_running" in figures


def test_figures_come_as_openmetrics_where_that_is_asked_for(released: Registry) -> None:
    response = released.app().test_client().get("/metrics", headers={"Accept": OPENMETRICS})
    assert response.mimetype == "application/openmetrics-text"
    assert "verbund_release" in {family.name for family in of_openmetrics(response.text)}


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 403),
        ("10.1.2.3", {}, 403),
        ("192.0.2.7", {}, 200),
        ("192.0.2.7", {"X-Forwarded-For": "192.0.2.7"}, 403),
        ("203.0.113.5", {"X-Forwarded-For": "192.0.2.7"}, 403),
    ],
)
def test_only_this_machine_and_named_readers_read_the_figures(
    filled: Registry, address: str, headers: dict[str, str], status: int
) -> None:
    settings = {"metrics_readers": (ip_network("192.0.2.0/24"),)}
    for proxies in (0, 1):
        client = filled.app(trusted_proxies=proxies, **settings).test_client()
        response = client.get(
            "/metrics", headers=headers, environ_overrides={"REMOTE_ADDR": address}
        )
        assert response.status_code == status
