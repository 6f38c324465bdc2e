"""TLS: connected to an address, checked against the name."""

import socket
import ssl

import pytest
import trustme

from harvester.fetch import FetchLimits


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def ca_bundle(authority, tmp_path):
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return path


@pytest.fixture
def secure_hub(authority, open_hub):
    """Speaks TLS as hub.example."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("hub.example").configure_cert(context)
    return open_hub(tls=context)


def loopback(host, port):
    return ["127.0.0.1"]


def test_certificate_sni_and_host_speak_of_the_name(secure_hub, new_fetcher, ca_bundle):
    name = f"hub.example:{secure_hub.port}"
    secure_hub.answer("/", secure_hub.page(b"sealed"))
    fetcher = new_fetcher(name, resolve=loopback, ca_bundle=ca_bundle)
    assert fetcher.fetch(f"https://{name}/").body == b"sealed"
    assert secure_hub.server_names == ["hub.example"]
    assert f"Host: {name}\r\n" in secure_hub.requests[0]


def test_the_certificate_of_another_name_is_refused(secure_hub, new_fetcher, ca_bundle, problem_of):
    name = f"other.example:{secure_hub.port}"
    fetcher = new_fetcher(name, resolve=loopback, ca_bundle=ca_bundle)
    assert problem_of(fetcher, f"https://{name}/").code == "fetch.tls"
    assert secure_hub.requests == []


def test_the_certificate_of_an_unknown_authority_is_refused(secure_hub, new_fetcher, problem_of):
    name = f"hub.example:{secure_hub.port}"
    fetcher = new_fetcher(name, resolve=loopback)
    assert problem_of(fetcher, f"https://{name}/").code == "fetch.tls"
    assert secure_hub.requests == []


def test_the_environment_cannot_change_whom_we_trust(
    secure_hub, new_fetcher, ca_bundle, problem_of, monkeypatch
):
    name = f"hub.example:{secure_hub.port}"
    for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.setenv(variable, str(ca_bundle))
    fetcher = new_fetcher(name, resolve=loopback)
    assert problem_of(fetcher, f"https://{name}/").code == "fetch.tls"


def test_a_server_that_speaks_no_tls_is_a_problem(hub, new_fetcher, problem_of):
    assert problem_of(new_fetcher(hub.authority), f"https://{hub.authority}/").code == "fetch.tls"


def test_a_server_that_is_silent_in_the_handshake_is_left(new_fetcher, problem_of):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        name = f"127.0.0.1:{silent.getsockname()[1]}"
        fetcher = new_fetcher(name, limits=FetchLimits(connect_timeout_s=0.3))
        assert problem_of(fetcher, f"https://{name}/").code == "fetch.timeout"


def test_a_redirect_from_https_to_http_is_refused(
    secure_hub, hub, new_fetcher, ca_bundle, problem_of
):
    name = f"hub.example:{secure_hub.port}"
    fetcher = new_fetcher(name, hub.authority, resolve=loopback, ca_bundle=ca_bundle)
    plain = hub.answer("/", hub.page(b"plain"))
    secure_hub.answer("/", secure_hub.page(b"", f"Location: {plain}", status="302 Found"))
    assert problem_of(fetcher, f"https://{name}/").code == "fetch.redirect_refused"
    assert hub.requests == []


def test_a_redirect_from_http_to_https_is_followed(secure_hub, hub, new_fetcher, ca_bundle):
    name = f"hub.example:{secure_hub.port}"
    fetcher = new_fetcher(name, hub.authority, resolve=loopback, ca_bundle=ca_bundle)
    secure_hub.answer("/", secure_hub.page(b"sealed"))
    url = hub.answer("/", hub.page(b"", f"Location: https://{name}/", status="301 Moved"))
    assert fetcher.fetch(url).body == b"sealed"


def test_a_sealed_page_that_drips_is_left(secure_hub, new_fetcher, ca_bundle, problem_of):
    name = f"hub.example:{secure_hub.port}"
    limits = FetchLimits(total_timeout_s=0.5)
    fetcher = new_fetcher(name, resolve=loopback, ca_bundle=ca_bundle, limits=limits)
    secure_hub.answer("/", secure_hub.drip(secure_hub.head("Content-Length: 400"), b"y"))
    assert problem_of(fetcher, f"https://{name}/").code == "fetch.timeout"
