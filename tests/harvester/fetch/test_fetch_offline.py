"""A registry that runs offline asks nobody, not even for a name."""

import pytest


@pytest.mark.parametrize(
    "url", ["https://muster.example/", "http://127.0.0.1:9/", "http://8.8.8.8/"]
)
def test_offline_nothing_is_looked_up_or_connected_to(new_fetcher, problem_of, url):
    """The fetcher's resolver of these tests fails the test when it is asked."""
    problem = problem_of(new_fetcher(offline=True), url)
    assert problem.code == "fetch.offline"
    assert "VERBUND_OFFLINE" in problem.de and "VERBUND_OFFLINE" in problem.en


def test_offline_what_the_operator_opened_is_read(hub, new_fetcher):
    url = hub.answer("/", hub.page(b"{}"))
    assert new_fetcher(hub.authority, offline=True).fetch(url).body == b"{}"


def test_offline_a_redirect_leads_nowhere_else(hub, new_fetcher, problem_of):
    url = hub.answer("/", hub.page(b"", "Location: https://muster.example/", status="302 Found"))
    fetcher = new_fetcher(hub.authority, offline=True)
    assert problem_of(fetcher, url).code == "fetch.offline"
