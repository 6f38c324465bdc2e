"""Redirects are followed by hand, each hop checked like the first."""

import pytest


def redirect(hub, location, status="302 Found"):
    return hub.page(b"", f"Location: {location}", status=status)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed_and_the_page_names_where_it_came_from(hub, fetcher, status):
    hub.answer("/new", hub.page(b"here", "Link: <2>; rel=next"))
    page = fetcher.fetch(hub.answer("/old/", redirect(hub, "../new#top", f"{status} Moved")))
    assert (page.body, page.url) == (b"here", f"{hub.url}/new")
    assert page.links == {"next": f"{hub.url}/2"}


def test_a_location_in_utf8_is_followed(hub, fetcher):
    hub.answer("/gr%C3%BC%C3%9Fe", hub.page(b"here"))
    location = "/grüße".encode().decode("latin-1")
    assert fetcher.fetch(hub.answer("/", redirect(hub, location))).body == b"here"


def test_five_redirects_are_followed_and_a_sixth_is_not(hub, fetcher, problem_of):
    for n in range(6):
        hub.answer(f"/{n}", redirect(hub, f"/{n + 1}"))
    hub.answer("/6", hub.page(b"end"))
    assert fetcher.fetch(f"{hub.url}/1").body == b"end"
    hub.requests.clear()
    assert problem_of(fetcher, f"{hub.url}/0").code == "fetch.redirects"
    assert len(hub.requests) == 6


def test_a_circle_is_left_at_once(hub, fetcher, problem_of):
    hub.answer("/a", redirect(hub, "/b"))
    hub.answer("/b", redirect(hub, "/a"))
    assert problem_of(fetcher, f"{hub.url}/a").code == "fetch.redirects"
    assert len(hub.requests) == 2


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://hub.example/x", "data:,x"])
def test_a_redirect_does_not_leave_the_web(hub, fetcher, problem_of, location):
    problem = problem_of(fetcher, hub.answer("/", redirect(hub, location)))
    assert problem.code == "fetch.redirect_refused"


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ("http://169.254.169.254/latest/meta-data/", "fetch.address_refused"),
        ("http://127.0.0.1:1/", "fetch.address_refused"),
        ("http://[::1]/", "fetch.address_refused"),
        ("http://user:secret@hub.example/", "fetch.userinfo"),
        ("http://2130706433/", "fetch.url"),
        ("http://[/", "fetch.url"),
    ],
)
def test_a_redirect_leads_nowhere_that_a_manifest_may_not(hub, fetcher, problem_of, location, code):
    assert problem_of(fetcher, hub.answer("/", redirect(hub, location))).code == code


def test_a_redirect_without_a_location_is_a_problem(hub, fetcher, problem_of):
    assert problem_of(fetcher, hub.answer("/", hub.page(status="302 Found"))).code == "fetch.status"


def test_every_hop_is_looked_up_and_checked(hub, new_fetcher, internet, problem_of):
    """A public hub redirects to a name that points inward."""
    internet.hubs["1.2.3.4"] = hub
    answers = {"public.example": ["1.2.3.4"], "inward.example": ["10.0.0.7"]}
    fetcher = new_fetcher(resolve=lambda host, port: answers[host])
    hub.answer("/", redirect(hub, "http://inward.example/"))
    assert problem_of(fetcher, "http://public.example/").code == "fetch.address_refused"
    assert internet.dialled == ["1.2.3.4"]


def test_a_public_hub_cannot_lead_to_a_private_host_that_is_allowed(
    hub, open_hub, new_fetcher, internet, problem_of
):
    """The operator allowed it for the hub that lives there, not for strangers to read from."""
    inside = open_hub()
    secret = inside.answer("/", inside.page(b"secret"))
    internet.hubs = {"1.2.3.4": hub, "127.0.0.1": inside}
    fetcher = new_fetcher(inside.authority, resolve=lambda host, port: ["1.2.3.4"])
    assert fetcher.fetch(secret).body == b"secret"
    hub.answer("/", redirect(hub, secret))
    assert problem_of(fetcher, "http://public.example/").code == "fetch.address_refused"
    assert len(inside.requests) == 1
