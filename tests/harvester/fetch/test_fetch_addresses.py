"""Which addresses are reached at all, and that the one reached is the one that was checked."""

import ipaddress
import re

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from harvester.errors import SourceError
from harvester.fetch.addresses import parse_target, special_network, system_resolve

INWARD = [
    "127.0.0.1",
    "127.255.255.254",
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.178.1",
    "100.64.0.1",
    "169.254.169.254",
    "100.100.100.200",
    "168.63.129.16",
    "0.0.0.0",  # noqa: S104 (nothing is bound to it)
    "0.1.2.3",
    "192.0.0.192",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "192.88.99.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "2002:7f00:1::1",
    "2001::1",
    "2001:db8::1",
    "3fff::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "5f00::1",
    "4000::1",
]


@pytest.mark.parametrize("address", INWARD)
def test_an_address_that_is_not_public_is_refused(new_fetcher, internet, problem_of, address):
    """Written into the URL or given by DNS, and even if a public one is given beside it."""
    by_name = new_fetcher(resolve=lambda host, port: ["1.2.3.4", address, "8.8.8.8"])
    literal = f"[{address}]" if ":" in address else address
    for fetcher, url in [
        (by_name, "http://hub.example/"),
        (new_fetcher(), f"http://{literal}/"),
        (new_fetcher(), f"https://{literal}:8443/"),
    ]:
        problem = problem_of(fetcher, url)
        assert problem.code == "fetch.address_refused"
        assert "VERBUND_PRIVATE_HOSTS" in problem.de
        assert "VERBUND_PRIVATE_HOSTS" in problem.en
    assert internet.dialled == []


@given(st.ip_addresses())
def test_what_counts_as_public_is_public_for_python_too(ip):
    if special_network(str(ip)) is None:
        assert ip.is_global
        assert not ip.is_multicast


@given(st.ip_addresses(network="8.0.0.0/8") | st.ip_addresses(network="2a00::/12"))
def test_ordinary_addresses_are_public(ip):
    assert special_network(str(ip)) is None


@pytest.mark.parametrize(
    "spelling",
    [
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "127.1",
        "127.0.1",
        "127.0.0.1.",
        "127.000.000.001",
        "127.0.0.0x1",
        "\uff11\uff12\uff17.0.0.1",
        "127\u30020\u30020\u30021",
        "1.2.3.4.5",
        "256.1.1.1",
        "0x",
        "[127.0.0.1]",
        "[::1%25lo]",
        "[fe80::1%lo]",
        "[2a00::1%25lo]",
        "[::1",
        "::1",
        "",
        ".",
        "a..example",
        "-a.example",
        "a b.example",
        "hub%2eexample",
        "hub.example\\@127.0.0.1",
        "127.0.0.1\\.hub.example",
        "127.0.0.1\t.hub.example",
        "x" * 64 + ".example",
        ".".join(["x" * 60] * 5),
        "xn--\u1e9e\u0301.example",
        "hub.example:port",
        "hub.example:0",
        "hub.example:65536",
        "hub.example:-1",
    ],
)
def test_odd_spellings_of_a_host_never_reach_the_network(
    new_fetcher, internet, problem_of, spelling
):
    fetcher = new_fetcher(resolve=lambda host, port: pytest.fail(f"{host} was looked up"))
    code = problem_of(fetcher, f"http://{spelling}/").code
    assert code in ("fetch.url", "fetch.userinfo", "fetch.address_refused")
    assert internet.dialled == []


@pytest.mark.parametrize("userinfo", ["user", "user:secret", ":", "", "127.0.0.1", "a@b"])
def test_a_url_with_credentials_is_refused_and_does_not_show_them(
    new_fetcher, problem_of, userinfo
):
    problem = problem_of(new_fetcher(), f"http://{userinfo}@hub.example/")
    assert problem.code == "fetch.userinfo"
    assert "secret" not in problem.de + problem.en


@pytest.mark.parametrize(
    "url", ["ftp://hub.example/", "gopher://x/", "data:,x", "javascript:alert(1)", "/x", "", "x:"]
)
def test_other_schemes_are_refused(new_fetcher, problem_of, url):
    assert problem_of(new_fetcher(), url).code == "fetch.scheme"


@pytest.mark.parametrize(
    ("url", "authority", "host_header"),
    [
        ("HTTP://Hub.Example", "hub.example:80", "hub.example"),
        ("https://hub.example.:443/", "hub.example:443", "hub.example"),
        ("https://hub.example:80/", "hub.example:80", "hub.example:80"),
        (
            "http://under_score.example:8080/",
            "under_score.example:8080",
            "under_score.example:8080",
        ),
        ("http://straße.example/", "xn--strae-oqa.example:80", "xn--strae-oqa.example"),
        ("http://[2A00:0:0::1]:81/", "[2a00::1]:81", "[2a00::1]:81"),
    ],
)
def test_one_host_has_one_spelling(url, authority, host_header):
    target = parse_target(url)
    assert (target.authority, target.host_header) == (authority, host_header)


def test_a_private_host_is_allowed_by_name_and_port_only(hub, open_hub, new_fetcher, problem_of):
    """Whoever may reach one port of a machine may not therefore reach another."""
    other = open_hub()
    fetcher = new_fetcher(hub.authority, resolve=lambda host, port: ["127.0.0.1"])
    assert fetcher.fetch(hub.answer("/", hub.page(b"allowed"))).body == b"allowed"
    for url in [
        other.answer("/", other.page(b"secret")),
        f"http://localhost:{hub.port}/",
        f"https://localhost:{hub.port}/",
        "http://127.0.0.1/",
    ]:
        assert problem_of(fetcher, url).code == "fetch.address_refused"
    assert other.requests == []


@pytest.mark.parametrize("address", ["169.254.169.254", "::ffff:127.0.0.1", "0.0.0.1", "ff02::1"])
def test_some_addresses_not_even_the_operator_can_allow(new_fetcher, problem_of, address):
    fetcher = new_fetcher("hub.example:80", resolve=lambda host, port: [address])
    assert problem_of(fetcher, "http://hub.example/").code == "fetch.address_refused"


def test_a_name_is_looked_up_once_and_the_checked_address_is_dialled(
    hub, open_hub, new_fetcher, internet
):
    """DNS rebinding: a second answer would lead inward."""
    inside = open_hub()
    inside.answer("/", inside.page(b"secret"))
    hub.answer("/", hub.page(b"public"))
    internet.hubs = {"1.2.3.4": hub, "127.0.0.1": inside}
    answers = iter([["1.2.3.4"], ["127.0.0.1"], ["127.0.0.1"]])
    fetcher = new_fetcher(resolve=lambda host, port: next(answers))
    page = fetcher.fetch("http://rebinding.example/")
    assert page.body == b"public"
    assert internet.dialled == ["1.2.3.4"]
    assert next(answers) == ["127.0.0.1"], "only one answer was asked for"
    assert "Host: rebinding.example\r\n" in hub.requests[0]
    assert inside.requests == []


def test_every_page_is_looked_up_and_checked_again(hub, new_fetcher, internet, problem_of):
    hub.answer("/", hub.page(b"public"))
    internet.hubs = {"1.2.3.4": hub}
    answers = iter([["1.2.3.4"], ["127.0.0.1"]])
    fetcher = new_fetcher(resolve=lambda host, port: next(answers))
    fetcher.fetch("http://rebinding.example/")
    assert problem_of(fetcher, "http://rebinding.example/").code == "fetch.address_refused"


def test_the_next_address_is_tried_where_the_first_accepts_no_connection(hub, new_fetcher):
    """As with a name that has an IPv6 address on a machine without IPv6."""
    hub.answer("/", hub.page(b"here"))
    fetcher = new_fetcher(
        f"hub.example:{hub.port}", resolve=lambda host, port: ["::1", "127.0.0.1"]
    )
    assert fetcher.fetch(f"http://hub.example:{hub.port}/").body == b"here"


def test_a_page_that_fails_half_way_is_not_asked_for_at_another_address(
    hub, new_fetcher, problem_of
):
    hub.answer("/", b"")
    fetcher = new_fetcher(
        f"hub.example:{hub.port}", resolve=lambda host, port: ["127.0.0.1", "::1"]
    )
    assert problem_of(fetcher, f"http://hub.example:{hub.port}/").code == "fetch.protocol"
    assert len(hub.requests) == 1


def test_ipv6_is_spoken(open_hub, new_fetcher):
    try:
        hub = open_hub(host="::1")
    except OSError:
        pytest.skip("no IPv6 on this machine (switch it on for the loopback interface)")
    fetcher = new_fetcher(hub.authority)
    assert fetcher.fetch(hub.answer("/", hub.page(b"six"))).body == b"six"
    assert f"Host: [::1]:{hub.port}\r\n" in hub.requests[0]


def test_a_closed_port_is_a_problem(hub, fetcher, problem_of):
    hub.stop()
    assert problem_of(fetcher, hub.url).code == "fetch.connect"


@pytest.mark.parametrize("answer", [[], ["not an address"], OSError("no such name")])
def test_a_name_that_leads_nowhere_is_a_problem(new_fetcher, problem_of, answer):
    def resolve(host, port):
        if isinstance(answer, OSError):
            raise answer
        return answer

    assert problem_of(new_fetcher(resolve=resolve), "http://hub.example/").code == "fetch.dns"


def test_localhost_is_found_by_the_systems_resolver(hub):
    found = [ipaddress.ip_address(address) for address in system_resolve("localhost", hub.port)]
    assert found
    assert all(ip.is_loopback for ip in found)


ANY_TEXT = st.text(alphabet=st.characters(codec=None))


@given(
    ANY_TEXT
    | st.builds("http://{}{}".format, ANY_TEXT, ANY_TEXT)
    | st.builds("http://1.2.3.4/{}?{}".format, ANY_TEXT, ANY_TEXT)
    | st.builds("http://hub.example{}".format, st.text(alphabet="09abcx.:@/\\[]%?#ßİ"))
)
def test_any_text_is_a_url_that_http_can_carry_or_a_problem(text):
    try:
        target = parse_target(text)
    except SourceError as error:
        assert error.code.startswith("fetch.")
    else:
        prepared = requests.Request("GET", target.url).prepare()
        assert re.fullmatch("[!-~]+", prepared.url)
        assert re.fullmatch("[!-~]+", target.authority)
