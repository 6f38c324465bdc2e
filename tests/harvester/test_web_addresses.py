"""Web addresses are mended where that is certain and refused where it is not safe."""

import pytest

from harvester.web_addresses import host_of, read_web_address


@pytest.mark.parametrize(
    ("text", "iri"),
    [
        ("https://club.example/a?b=c&copy=1#d", "https://club.example/a?b=c&copy=1#d"),
        ("HTTP://Club.Example/Weg", "http://club.example/Weg"),
        ("https://bürger-müller.example/straße", "https://bürger-müller.example/straße"),
        ("https://club.example:8080/x", "https://club.example:8080/x"),
        ("https://club.example/a b[1]", "https://club.example/a%20b%5B1%5D"),
    ],
)
def test_a_full_address_stays(text: str, iri: str) -> None:
    assert read_web_address(text) == (iri, False)


@pytest.mark.parametrize(
    ("text", "iri"),
    [
        ("www.club.example", "https://www.club.example"),
        ("club.example/weg", "https://club.example/weg"),
        ("//club.example", "https://club.example"),
        ("http:/club.example", "http://club.example"),
        ("http//club.example", "http://club.example"),
        ("https:club.example", "https://club.example"),
        ("http://club.example,", "http://club.example"),
    ],
)
def test_a_scheme_is_mended(text: str, iri: str) -> None:
    assert read_web_address(text) == (iri, True)


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)//club.example",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://club.example",
        "mailto:info@club.example",
        "https://user:pw@club.example/",
        "https://bank.example@evil.example/",
        "keine",
        "siehe oben",
        "http://",
        "https://club",
        "http://[",
        "",
        "https://club.example/" + "x" * 2000,
        "\x00",
        "vbscript:x",
        " java\nscript:alert(1)",
    ],
)
def test_what_is_unsafe_or_no_address_is_refused(text: str) -> None:
    assert read_web_address(text) is None


def test_host() -> None:
    assert host_of("https://www.Club.example:80/x") == "club.example"
    assert host_of("http://[") == ""
