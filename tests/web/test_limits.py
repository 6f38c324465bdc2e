"""Rate limits: who is counted, what is not, what the answer says, and that counters stay small."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from limits.errors import StorageError
from werkzeug.test import TestResponse

from registry.settings import SettingsError, load_settings
from registry.web import counters, limits
from registry.web.clients import client_of, is_this_machine
from registry.web.counters import BoundedCounters
from registry.web.limits import group_of

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
Ask = Callable[..., TestResponse]


@pytest.fixture
def ask(filled) -> Ask:
    """Asks an application with low limits, from an address far away."""
    client = filled.app(
        rate_limit_pages="3/minute", rate_limit_sparql="2/minute", rate_limit_downloads="1/minute"
    ).test_client()
    return _asking(client)


def _asking(client: FlaskClient) -> Ask:
    def ask(path: str, address: str = "203.0.113.5", **headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return client.get(path, headers=named, environ_overrides={"REMOTE_ADDR": address})

    return ask


def _statuses(ask: Ask, path: str, times: int, address: str = "203.0.113.5", **headers: str):
    return [ask(path, address, **headers).status_code for _ in range(times)]


def test_who_asks_too_often_is_told_when_to_return(ask: Ask) -> None:
    assert _statuses(ask, "/hubs", 3) == [200, 200, 200]
    refused = ask("/hubs?lang=en")
    assert refused.status_code == 429
    assert refused.mimetype == "application/problem+json"
    assert refused.json["type"].endswith("#problem-too-many-requests")
    wait_s = int(refused.headers["Retry-After"])
    assert 1 <= wait_s <= 60
    assert f"{wait_s} seconds" in refused.json["detail"]
    assert refused.headers["RateLimit-Policy"] == '"pages";q=3;w=60'
    assert refused.headers["RateLimit"] == f'"pages";r=0;t={wait_s}'
    assert refused.headers["Cache-Control"] == "no-store"


def test_a_browser_is_told_on_a_page_in_its_language(ask: Ask) -> None:
    _statuses(ask, "/hubs", 3)
    refused = ask("/hubs", Accept=BROWSER, Accept_Language="de")
    assert (refused.status_code, refused.mimetype) == (429, "text/html")
    assert "Zu viele Anfragen" in refused.text


def test_each_kind_of_request_has_its_own_limit(ask: Ask) -> None:
    query = "/sparql?query=ASK%7B%7D"
    assert _statuses(ask, query, 3) == [200, 200, 429]
    assert _statuses(ask, "/actors.csv", 2) == [200, 429]
    assert ask("/actors?format=csv").status_code == 429
    assert ask("/actors").status_code == 200


def test_each_client_is_counted_for_itself(ask: Ask) -> None:
    _statuses(ask, "/hubs", 4)
    assert ask("/hubs", "203.0.113.6").status_code == 200


def test_addresses_of_one_ipv6_network_count_as_one(ask: Ask) -> None:
    asked = [ask("/hubs", f"2001:db8:1:2::{n}").status_code for n in range(4)]
    assert asked == [200, 200, 200, 429]
    assert ask("/hubs", "2001:db8:1:3::1").status_code == 200


def test_state_and_static_files_are_never_refused(ask: Ask) -> None:
    _statuses(ask, "/hubs", 4)
    assert _statuses(ask, "/healthz", 5) == [200] * 5
    for _ in range(5):
        with ask("/static/style.css") as response:
            assert response.status_code == 200


def test_a_program_of_this_machine_is_not_counted_but_a_proxy_on_it_is(ask: Ask) -> None:
    assert _statuses(ask, "/hubs", 5, "127.0.0.1") == [200] * 5
    forwarded = {"X_Forwarded_For": "203.0.113.9"}
    assert _statuses(ask, "/hubs", 4, "127.0.0.1", **forwarded) == [200, 200, 200, 429]


def test_no_header_makes_another_client_of_one(ask: Ask) -> None:
    asked = [ask("/hubs", X_Forwarded_For=f"198.51.100.{n}").status_code for n in range(4)]
    assert asked == [200, 200, 200, 429]


def test_behind_a_trusted_proxy_its_word_counts_and_not_the_clients(filled) -> None:
    app = filled.app(rate_limit_pages="2/minute", trusted_proxies=1)
    ask = _asking(app.test_client())

    def through(claimed: str, real: str) -> int:
        return ask("/hubs", "127.0.0.1", X_Forwarded_For=f"{claimed}, {real}").status_code

    assert [through(f"10.0.0.{n}", "203.0.113.5") for n in range(3)] == [200, 200, 429]
    assert through("203.0.113.5", "203.0.113.6") == 200
    assert [through("127.0.0.1", "203.0.113.7") for _ in range(3)] == [200, 200, 429]


def test_a_setting_turns_the_limits_off(filled) -> None:
    ask = _asking(filled.app(rate_limits=False, rate_limit_pages="1/minute").test_client())
    assert _statuses(ask, "/hubs", 3) == [200] * 3


def test_counters_that_cannot_be_reached_refuse_nobody_and_are_reported(
    filled, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Unreachable(BoundedCounters):
        def incr(self, key: str, expiry: float, amount: int = 1) -> int:
            raise StorageError(ConnectionError("refused"))

    monkeypatch.setattr(limits, "BoundedCounters", Unreachable)
    ask = _asking(filled.app(rate_limit_pages="1/minute").test_client())
    assert _statuses(ask, "/hubs", 3) == [200] * 3
    assert "rate limits cannot count" in caplog.text
    assert "203.0.113.5" not in caplog.text


@pytest.mark.parametrize("rate", ["often", "0", "5/fortnight"])
def test_a_rate_that_is_none_ends_the_start(rate: str) -> None:
    with pytest.raises(SettingsError, match="60/minute"):
        load_settings({"VERBUND_RATE_LIMIT_PAGES": rate})


def test_a_million_addresses_leave_a_bounded_number_of_counters() -> None:
    kept = BoundedCounters(most=1000)
    for number in range(1_000_000):
        kept.incr(str(number), 60)
    assert len(kept) == 1000
    assert kept.get("999999") == 1


def test_what_is_counted_is_forgotten_when_its_window_has_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept = BoundedCounters()
    now = [1000.0]
    monkeypatch.setattr(counters.time, "time", lambda: now[0])
    assert [kept.incr("a", 60), kept.incr("a", 60), kept.incr("b", 60)] == [1, 2, 1]
    now[0] += 61
    assert kept.get("a") == 0
    assert kept.incr("c", 60) == 1
    assert len(kept) == 1


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("203.0.113.5", "203.0.113.5"),
        ("2001:db8::1", "20010db800000000"),
        ("fe80::1%eth0", "fe80000000000000"),
        ("::ffff:203.0.113.5", "203.0.113.5"),
        ("no:address", "unknown"),
        ("", ""),
        ("x" * 1000, "x" * 15),
    ],
)
def test_a_client_is_an_address_or_a_network_of_ipv6(address: str, client: str) -> None:
    assert client_of({"REMOTE_ADDR": address}) == client


def test_only_loopback_that_asks_for_itself_is_this_machine() -> None:
    assert is_this_machine({"REMOTE_ADDR": "::1"})
    assert not is_this_machine({"REMOTE_ADDR": "127.0.0.1", "HTTP_FORWARDED": "for=192.0.2.1"})
    assert not is_this_machine({"REMOTE_ADDR": "10.0.0.1"})


@pytest.mark.parametrize(
    ("path", "query", "group"),
    [
        ("/sparql", "query=x", "sparql"),
        ("/dumps/latest.nq.gz", "", "downloads"),
        ("/hubs/x/findings.csv", "", "downloads"),
        ("/events.geojson", "", "downloads"),
        ("/actors", "q=a&format=geojson", "downloads"),
        ("/actors", "q=a", "pages"),
        ("/static/style.css", "v=1", "static"),
        ("/readyz", "", "state"),
        ("/readyz/x", "", "pages"),
        ("/sparql/", "query=x", "sparql"),
        ("/actors.csv/", "", "downloads"),
        ("/actors", "format=%63sv", "downloads"),
        ("/actors", "form%61t=csv", "downloads"),
        ("/actors", "format=text/csv", "downloads"),
        ("/actors", "q=format%3Dcsv", "pages"),
    ],
)
def test_requests_fall_into_few_groups(path: str, query: str, group: str) -> None:
    assert group_of({"PATH_INFO": path, "QUERY_STRING": query}) == group


@pytest.mark.parametrize(
    ("accept", "group"),
    [
        ("text/csv", "downloads"),
        ("TEXT/CSV", "downloads"),
        ("application/geo+json, text/html;q=0.5", "downloads"),
        ("text/html;q=0, text/*", "downloads"),
        ("text/html, text/csv;q=0", "pages"),
        ("*/*", "pages"),
        ("", "pages"),
    ],
)
def test_a_download_is_one_by_whatever_it_is_asked_for(accept: str, group: str) -> None:
    assert group_of({"PATH_INFO": "/actors", "HTTP_ACCEPT": accept}) == group


def test_the_developers_page_states_the_rates(filled) -> None:
    stated = filled.app(rate_limit_sparql="7/minute").test_client().get("/daten?lang=en").text
    assert "SPARQL 7/minute" in stated
    silent = filled.app(rate_limits=False).test_client().get("/daten?lang=en").text
    assert "/minute" not in silent
