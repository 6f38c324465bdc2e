"""Hostile hubs: what a hub answers at its second harvest, and what has to come of it.

One list for the test and for the table in `docs/`. At the first harvest every hub is a good one.
"""

import gzip
import json
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import zstandard

from tests.harvester.fetch.conftest import Hub

GOOD_NAMES: Final = ("Gemeinschaftsgarten", "Fahrradwerkstatt", "Nachbarschaftscafé")
INSIDE: Final = "inside.example"
"""A name that leads to a service on loopback which no hub may reach."""

PATH: Final = "/data"
_PAD: Final = b" " * 4_000_000


@dataclass(frozen=True, slots=True)
class HostileHub:
    """`expected`: how its run ends and why, and how many of its three things are published then.

    `prepare` gets the hub and the URL of the service that nobody may reach, and sets what `PATH`
    and others answer. `names`: what the resolver answers for a name, one list after the other.
    """

    name: str
    expected: str
    prepare: Callable[[Hub, str], Any]
    format: str = "json"
    source: str = ""  # further lines of its [[source]]
    host: str | None = None  # the name under which it is asked for
    names: Mapping[str, list[list[str]]] = field(default_factory=dict)


def things(*names: str, **more: Any) -> bytes:
    """A good page of JSON."""
    items = [{"id": str(number), "name": name} for number, name in enumerate(names)]
    return json.dumps({"items": items, **more}, ensure_ascii=False).encode()


GOOD: Final = things(*GOOD_NAMES)
AGAIN: Final = GOOD + b"\n"
"""The same in other bytes, so that it is read anew."""

GOOD_CSV: Final = (
    "id,name\n" + "".join(f"{n},{name}\n" for n, name in enumerate(GOOD_NAMES))
).encode()
_SCHEMA: Final = "https://schema.org/"
GOOD_TURTLE: Final = "".join(
    f'<https://HUB.example/{n}> a <{_SCHEMA}Organization> ; <{_SCHEMA}name> "{name}" .\n'
    for n, name in enumerate(GOOD_NAMES)
).encode()  # fmt: skip


def _answer(reply: bytes | Callable[[Hub], Any]) -> Callable[[Hub, str], Any]:
    def prepare(hub: Hub, inside: str) -> None:
        made = reply(hub) if callable(reply) else reply
        hub.answer(PATH, *(made if isinstance(made, tuple) else (made,)))

    return prepare


def _redirect(location: str, status: str = "302 Found") -> Callable[[Hub, str], Any]:
    """`INSIDE` in it stands for the service's URL, `HUB` for the hub's own port."""

    def prepare(hub: Hub, inside: str) -> None:
        place = location.replace("INSIDE", inside).replace("HUB", str(hub.port))
        hub.answer(PATH, Hub.page(b"", f"Location: {place}", status=status))

    return prepare


def _packed(coding: str, body: bytes) -> bytes:
    return Hub.page(body, f"Content-Encoding: {coding}")


def _chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    framed = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks)
    return Hub.head("Transfer-Encoding: chunked") + framed + end


def _bomb(layers: int) -> bytes:
    body = b"[" + b"0," * 4_000_000 + b"0]"
    for _ in range(layers):
        body = gzip.compress(body)
    return body


def _pages(count: int, link: Callable[[int], Any]) -> Callable[[Hub, str], Any]:
    """Pages at /data, /1, /2 …, each with a link to the next."""

    def prepare(hub: Hub, inside: str) -> None:
        for number in range(count):
            page = things(f"Ding {number}", next=str(link(number)).replace("INSIDE", inside))
            hub.answer(f"/{number}" if number else PATH, Hub.page(page))

    return prepare


def _addresses() -> Iterable[HostileHub]:
    refused = "failed fetch.address_refused; 3 published"
    inward = {
        "127.0.0.1 on another port": "http://127.0.0.1:1/",
        "the inner service itself": "INSIDE",
        "localhost": "http://localhost/",
        "a cloud's metadata": "http://169.254.169.254/latest/meta-data/",
        "a private network": "http://10.0.0.1/",
        "IPv6 loopback": "http://[::1]/",
        "IPv6-mapped loopback": "http://[::ffff:127.0.0.1]/",
        "NAT64 loopback": "http://[64:ff9b::7f00:1]/",
        "6to4 loopback": "http://[2002:7f00:1::]/",
        "0.0.0.0": "http://0.0.0.0/",
        "an address in fullwidth digits": "http://１２７.0.0.1/".encode().decode("latin-1"),
        "another port of the same machine by https": "https://127.0.0.1:1/",
    }
    for what, location in inward.items():
        yield HostileHub(f"redirect to {what}", refused, _redirect(location))
    doubtful = {
        "a decimal address": "http://2130706433/",
        "an octal address": "http://0177.0.0.1/",
        "a hexadecimal address": "http://0x7f.0.0.1/",
        "a short address": "http://127.1/",
        "an IPv6 address with a zone": "http://[fe80::1%25lo]/",
        "a port that is none": "http://127.0.0.1:99999/",
    }
    for what, location in doubtful.items():
        yield HostileHub(
            f"redirect to {what}", "failed fetch.url; 3 published", _redirect(location)
        )
    yield HostileHub(
        "redirect to user@host",
        "failed fetch.userinfo; 3 published",
        _redirect("http://127.0.0.1:HUB@169.254.169.254/"),
    )
    yield HostileHub(
        "redirect with a backslash",
        "failed fetch.userinfo; 3 published",
        _redirect("http://a.example\\@127.0.0.1:1/"),
    )
    for what, location in {
        "a file": "file:///etc/passwd", "ftp": "ftp://127.0.0.1/", "gopher": "gopher://127.0.0.1/",
        "data": "data:application/json,{}", "javascript": "javascript:alert(1)",
    }.items():  # fmt: skip
        yield HostileHub(
            f"redirect to {what}", "failed fetch.redirect_refused; 3 published", _redirect(location)
        )
    yield HostileHub("redirect to itself", "failed fetch.redirects; 3 published", _redirect(PATH))
    yield HostileHub(
        "redirects without end",
        "failed fetch.redirects; 3 published",
        lambda hub, inside: [
            hub.answer(
                f"/{n}" if n else PATH,
                Hub.page(b"", f"Location: /{n + 1}", status="307 Temporary Redirect"),
            )
            for n in range(20)
        ],
    )
    yield HostileHub(
        "redirect to nowhere",
        "failed fetch.status; 3 published",
        _answer(Hub.page(b"", status="302 Found")),
    )
    yield HostileHub(
        "redirect with a line break in it",
        "failed fetch.not_found; 3 published",
        _redirect("/a\r\nHost: evil.example"),
    )
    public = "198.41.0.4"
    yield HostileHub(
        "a name that leads to a public and a private address",
        refused,
        lambda hub, inside: None,
        host="both.example",
        names={"both.example": [[public, "127.0.0.1"]]},
    )
    yield HostileHub(
        "a name that led outside when it was checked, then inside (rebinding)",
        "unchanged; 3 published",
        _answer(Hub.page(AGAIN)),
        host="rebinding.example",
        names={"rebinding.example": [[public], ["127.0.0.1"], ["127.0.0.1"]]},
    )
    yield HostileHub(
        "a public hub that redirects to an allowed private one",
        refused,
        _redirect("http://127.0.0.1:HUB/other"),
        host="public.example",
        names={"public.example": [[public]]},
    )
    yield HostileHub(
        "a name without an address",
        "failed fetch.dns; 3 published",
        lambda hub, inside: None,
        host="nowhere.example",
        names={"nowhere.example": [[]]},
    )


def _sizes() -> Iterable[HostileHub]:
    too_large = "failed fetch.too_large_decoded; 3 published"
    yield HostileHub("a bomb in gzip", too_large, _answer(_packed("gzip", _bomb(1))))
    yield HostileHub("a bomb in a bomb", too_large, _answer(_packed("gzip, gzip", _bomb(2))))
    yield HostileHub(
        "a bomb in deflate", too_large, _answer(_packed("deflate", zlib.compress(_PAD)))
    )
    yield HostileHub(
        "a bomb in many members of gzip",
        too_large,
        _answer(_packed("gzip", gzip.compress(b" " * 100_000) * 100)),
    )
    unpackable = "failed fetch.encoding; 3 published"
    yield HostileHub(
        "ten codings on top of each other",
        unpackable,
        _answer(_packed(", ".join(["gzip"] * 10), _bomb(2))),
    )
    yield HostileHub(
        "a bomb in zstd, which nobody asked for",
        unpackable,
        _answer(_packed("zstd", zstandard.compress(_PAD))),
    )
    yield HostileHub("br, which nobody asked for", unpackable, _answer(_packed("br", b"\x0b\x02")))
    yield HostileHub("gzip that is none", unpackable, _answer(_packed("gzip", GOOD)))
    yield HostileHub(
        "gzip that breaks off", unpackable, _answer(_packed("gzip", gzip.compress(GOOD)[:-6]))
    )
    yield HostileHub(
        "gzip with something behind it",
        unpackable,
        _answer(_packed("gzip", gzip.compress(GOOD) + b"<html>")),
    )
    large = "failed fetch.too_large; 3 published"
    yield HostileHub("a page beyond the limit", large, _answer(Hub.page(b"[" + b" " * 300_000)))
    yield HostileHub(
        "a page that never ends",
        large,
        _answer(lambda hub: lambda: (part for part in [Hub.head(), *[b" " * 10_000] * 100])),
    )
    yield HostileHub(
        "a header of 200 kB",
        "failed fetch.too_large; 3 published or failed fetch.protocol; 3 published",
        _answer(Hub.page(GOOD, "X-Long: " + "a" * 300_000)),
    )
    yield HostileHub(
        "a thousand headers",
        "failed fetch.protocol; 3 published",
        _answer(Hub.page(GOOD, *(f"X-{n}: a" for n in range(1_000)))),
    )
    yield HostileHub(
        "an ETag of 150 kB",
        "failed fetch.protocol; 3 published",
        _answer(Hub.page(GOOD, f'ETag: "{"e" * 150_000}"')),
    )
    yield HostileHub(
        "1,000 cookies in one header",
        "unchanged; 3 published",
        _answer(Hub.page(AGAIN, "Set-Cookie: " + "; ".join(f"a{n}=b" for n in range(1_000)))),
    )
    yield HostileHub(
        "Content-Length of 20 digits",
        "failed fetch.protocol; 3 published",
        _answer(Hub.head("Content-Length: 99999999999999999999") + GOOD),
    )


def _slowness() -> Iterable[HostileHub]:
    late = "failed fetch.timeout; 3 published"
    ok = b"HTTP/1.1 200 OK\r\n"
    yield HostileHub("silence", late, _answer(lambda hub: hub.hold(b"")))
    yield HostileHub(
        "silence after the headers",
        late,
        _answer(lambda hub: hub.hold(Hub.head("Content-Length: 100"))),
    )
    yield HostileHub(
        "a slow drip of headers", late, _answer(lambda hub: hub.drip(ok, b"X: y\r\n", b"\r\n"))
    )
    yield HostileHub(
        "a slow drip of one header",
        late,
        _answer(lambda hub: hub.drip(ok + b"X: ", b"y", b"\r\n\r\n")),
    )
    yield HostileHub(
        "a slow drip of the body",
        late,
        _answer(lambda hub: hub.drip(Hub.head("Content-Length: 5000"), b" ")),
    )
    yield HostileHub(
        "a slow drip of chunks",
        late,
        _answer(lambda hub: hub.drip(Hub.head("Transfer-Encoding: chunked"), b"1\r\n \r\n")),
    )
    yield HostileHub(
        "100 Continue without end",
        late,
        _answer(lambda hub: hub.drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n")),
    )


def _paging() -> Iterable[HostileHub]:
    yield HostileHub(
        "next links without end",
        "failed page.too-many; 3 published",
        _pages(30, lambda n: f"/{n + 1}"),
        source="limits = { max_pages = 8 }",
    )
    yield HostileHub(
        "next links in a circle",
        "failed page.repeated; 3 published",
        _pages(3, lambda n: "/1" if n == 2 else f"/{n + 1}"),
    )
    yield HostileHub(
        "next link to the page itself",
        "failed page.repeated; 3 published",
        _pages(1, lambda n: PATH),
    )
    yield HostileHub(
        "the same page under ever new addresses",
        "failed page.repeated; 3 published",
        lambda hub, inside: [
            hub.answer(path, Hub.page(things("Ding", next="/x?b"))) for path in (PATH, "/x?b")
        ],
    )
    yield HostileHub(
        "next link to another port",
        "failed page.elsewhere; 3 published",
        _pages(1, lambda n: "INSIDE"),
    )
    yield HostileHub(
        "next link to a file",
        "failed page.elsewhere; 3 published",
        _pages(1, lambda n: "file:///etc/passwd"),
    )
    yield HostileHub(
        "next link with a user name",
        "failed fetch.userinfo; 3 published",
        _pages(1, lambda n: "http://a:b@127.0.0.1/"),
    )
    yield HostileHub(
        "more records than permitted",
        "failed records.too-many; 3 published",
        _answer(Hub.page(things(*(f"Ding {n}" for n in range(30))))),
        source="limits = { max_records = 20 }",
    )
    yield HostileHub(
        "a total that is a lie",
        "unchanged; 3 published",
        _answer(Hub.page(things("Gemeinschaftsgarten", total=1_000_000))),
    )
    yield HostileHub("200 and an empty list", "held; 3 published", _answer(Hub.page(things())))


def _framing() -> Iterable[HostileHub]:
    length, protocol = "failed fetch.length; 3 published", "failed fetch.protocol; 3 published"
    yield HostileHub(
        "Content-Length greater than the body",
        length,
        _answer(Hub.page(GOOD, length=len(GOOD) + 9)),
    )
    yield HostileHub(
        "Content-Length smaller than the body",
        length,
        _answer(Hub.page(GOOD, length=len(GOOD) - 9)),
    )
    yield HostileHub(
        "two different lengths",
        protocol,
        _answer(Hub.head("Content-Length: 5", f"Content-Length: {len(GOOD)}") + GOOD),
    )
    yield HostileHub(
        "a length beside chunks (smuggling)",
        "unchanged; 3 published",
        _answer(
            Hub.head("Transfer-Encoding: chunked", "Content-Length: 5")
            + b"%x\r\n%b\r\n0\r\n\r\n" % (len(GOOD) + 1, GOOD + b" ")
        ),
    )
    yield HostileHub(
        "a second answer behind the first (smuggling)",
        length,
        _answer(Hub.page(GOOD) + Hub.page(things("Eingeschmuggelt"))),
    )
    yield HostileHub("chunks that end too early", length, _answer(_chunked(GOOD, end=b"")))
    yield HostileHub(
        "a chunk of a length that is none",
        length,
        _answer(Hub.head("Transfer-Encoding: chunked") + b"xyz\r\n" + GOOD),
    )
    yield HostileHub(
        "a chunk of a negative length",
        length,
        _answer(Hub.head("Transfer-Encoding: chunked") + b"-5\r\n" + GOOD),
    )
    yield HostileHub(
        "a chunk of 2^64 bytes",
        length + " or failed fetch.too_large; 3 published",
        _answer(Hub.head("Transfer-Encoding: chunked") + b"ffffffffffffffff\r\n" + GOOD),
    )
    yield HostileHub(
        "an unknown transfer coding",
        protocol,
        _answer(Hub.head("Transfer-Encoding: gzip, chunked") + GOOD),
    )
    yield HostileHub("a status line that is none", protocol, _answer(b"HTTP/9.9 abc\r\n\r\n"))
    yield HostileHub("no status line, only a page", protocol, _answer(GOOD))
    yield HostileHub("SSH in place of HTTP", protocol, _answer(b"SSH-2.0-OpenSSH_9.2\r\n"))
    yield HostileHub("nothing, and the connection ends", protocol, _answer(b""))
    yield HostileHub(
        "NUL in a header",
        "unchanged; 3 published or " + protocol,
        _answer(Hub.page(AGAIN, "X: a\0b")),
    )
    yield HostileHub(
        "a shorter page that only its connection ends",
        "unchanged; 3 published",
        _answer(Hub.head() + things("Gemeinschaftsgarten")),
    )


def _statuses() -> Iterable[HostileHub]:
    yield HostileHub(
        "304 that nobody asked for",
        "failed fetch.status; 3 published",
        _answer(Hub.page(status="304 Not Modified")),
    )
    yield HostileHub(
        "429 with a Retry-After of a year",
        "failed fetch.too_many_requests; 3 published",
        _answer(Hub.page(b"", "Retry-After: 31536000", status="429 Slow")),
    )
    yield HostileHub(
        "503 with a Retry-After of 5,000 digits",
        "failed fetch.server_error; 3 published",
        _answer(Hub.page(b"", "Retry-After: " + "9" * 5000, status="503 Busy")),
    )
    yield HostileHub(
        "410 for what is there",
        "failed fetch.gone; 3 published",
        _answer(Hub.page(status="410 Gone")),
    )
    yield HostileHub(
        "206, a part that nobody asked for",
        "failed fetch.status; 3 published",
        _answer(Hub.page(GOOD, "Content-Range: bytes 0-9/99", status="206 Partial")),
    )
    yield HostileHub(
        "a status of 999",
        "failed fetch.status; 3 published",
        _answer(Hub.page(GOOD, status="999 What")),
    )
    yield HostileHub(
        "a web page of an error with 200",
        "failed format.document.bad; 3 published",
        _answer(Hub.page(b"<!DOCTYPE html><h1>Wartung</h1>", "Content-Type: text/html")),
    )
    yield HostileHub(
        "200 and nothing", "failed format.document.bad; 3 published", _answer(Hub.page())
    )
    yield HostileHub(
        "204, no content",
        "failed format.document.bad; 3 published",
        _answer(Hub.head(status="204 No Content")),
    )
    yield HostileHub(
        "plain HTTP where TLS is expected",
        "failed fetch.tls; 3 published",
        _redirect("https://127.0.0.1:HUB/"),
    )


def _texts() -> Iterable[HostileHub]:
    bad = "failed format.document.bad; 3 published"
    encoding = "failed format.encoding.bad; 3 published"
    json_type = "Content-Type: application/json"
    csv = {"format": "csv"}
    yield HostileHub(
        "cp1252 declared as UTF-8",
        encoding,
        _answer(Hub.page(GOOD.decode().encode("cp1252"), f"{json_type}; charset=utf-8")),
    )
    yield HostileHub(
        "cp1252 declared as UTF-8, in CSV",
        "unchanged; 3 published",
        _answer(
            Hub.page(GOOD_CSV.decode().encode("cp1252"), "Content-Type: text/csv; charset=utf-8")
        ),
        **csv,
    )
    yield HostileHub(
        "UTF-7, which is read as the ASCII it consists of",
        "published; 3 published",
        _answer(Hub.page(GOOD.decode().encode("utf-7"), f"{json_type}; charset=utf-7")),
    )
    yield HostileHub(
        "UTF-16 without a mark",
        encoding,
        _answer(Hub.page(GOOD.decode().encode("utf-16-le"), json_type)),
    )
    yield HostileHub(
        "UTF-16 declared, UTF-8 sent",
        bad + " or " + encoding,
        _answer(Hub.page(AGAIN, f"{json_type}; charset=utf-16")),
    )
    for name in (
        "zip",
        "base64",
        "unicode_escape",
        "idna",
        "rot13",
        "../../etc/passwd",
        "x" * 5000,
    ):
        yield HostileHub(
            f"a charset named {name[:20]}",
            "unchanged; 3 published",
            _answer(Hub.page(AGAIN, f"{json_type}; charset={name}")),
        )
    yield HostileHub("JSON that breaks off", bad, _answer(Hub.page(GOOD[:-20])))
    yield HostileHub("JSON with something behind it", bad, _answer(Hub.page(GOOD + b"<html>")))
    yield HostileHub("JSON of 100,000 levels", bad, _answer(Hub.page(b"[" * 90_000)))
    yield HostileHub(
        "JSON of 90 levels that are closed",
        bad,
        _answer(Hub.page(b'{"items":' + b"[" * 90 + b"]" * 90 + b"}")),
    )
    yield HostileHub("JSON with NaN", bad, _answer(Hub.page(b'{"items":[],"total":NaN}')))
    yield HostileHub(
        "JSON with a number of 100,000 digits",
        "held; 3 published",
        _answer(Hub.page(b'{"items":[],"x":' + b"9" * 100_000 + b"}")),
    )
    yield HostileHub(
        "items that are no objects",
        "unchanged; 3 published",
        _answer(Hub.page(b'{"items":[1,null,"a",[],true,{}]}')),
    )
    yield HostileHub(
        "bytes of an image",
        encoding + " or " + bad,
        _answer(Hub.page(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))),
    )
    yield HostileHub(
        "CSV with a quote that never ends",
        "unchanged; 3 published",
        _answer(Hub.page(b'id,name\n0,"' + b"a\n" * 50_000)),
        **csv,
    )
    yield HostileHub(
        "CSV with 20,000 columns",
        "unchanged; 3 published",
        _answer(Hub.page(b",".join(b"c%d" % n for n in range(20_000)) + b"\n1\n")),
        **csv,
    )
    yield HostileHub(
        "CSV with NUL",
        "published; 3 published",
        _answer(Hub.page(b"id,name\n0,a\0b\n\0,\0\n")),
        **csv,
    )


def _rdf() -> Iterable[HostileHub]:
    bad = "failed format.document.bad; 3 published"
    rdf = {"format": "rdf"}
    xml = "Content-Type: application/rdf+xml"
    head = b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:s="https://schema.org/">'
    body = b'<s:Organization rdf:about="https://x.example/1"><s:name>&x;</s:name></s:Organization></rdf:RDF>'
    laughs = (
        b'<!DOCTYPE l [<!ENTITY a "lol">'
        + b"".join(b'<!ENTITY %c "%b">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
        + b"]>"
    )
    yield HostileHub(
        "XXE: an entity that is a file",
        bad,
        _answer(
            Hub.page(
                b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
                + head
                + body,
                xml,
            )
        ),
        **rdf,
    )
    yield HostileHub(
        "XXE: a document type elsewhere",
        bad,
        lambda hub, inside: hub.answer(
            PATH, Hub.page(f'<!DOCTYPE r SYSTEM "{inside}x.dtd">'.encode() + head + body, xml)
        ),
        **rdf,
    )
    yield HostileHub(
        "XXE in UTF-16",
        bad,
        _answer(
            Hub.page(
                (
                    '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
                    + (head + body).decode()
                ).encode("utf-16"),
                xml,
            )
        ),
        **rdf,
    )
    yield HostileHub(
        "XXE behind a comment",
        bad,
        _answer(
            Hub.page(
                b'<!-- a --><?a b?> <!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
                + head
                + body,
                xml,
            )
        ),
        **rdf,
    )
    yield HostileHub("a billion laughs", bad, _answer(Hub.page(laughs + head + body, xml)), **rdf)
    yield HostileHub(
        "RDF/XML of 5,000 levels",
        bad + " or held; 3 published",
        _answer(
            Hub.page(head + b"<s:a><s:b>" * 5_000 + b"</s:b></s:a>" * 5_000 + b"</rdf:RDF>", xml)
        ),
        **rdf,
    )
    ld = "Content-Type: application/ld+json"
    remote = "failed format.document.remote-context; 3 published"
    for what, context in {
        "a remote context": '"INSIDE"', "a remote context in a list": '[{}, "INSIDE"]',
        "a remote context by @import": '{"@version": 1.1, "@import": "INSIDE"}',
        "a remote context in a term": '{"a": {"@id": "urn:a", "@context": "INSIDE"}}',
    }.items():  # fmt: skip
        document = f'{{"@context": {context}, "@id": "urn:x", "a": {{"b": "c"}}}}'
        yield HostileHub(
            f"JSON-LD: {what}",
            remote,
            lambda hub, inside, document=document: hub.answer(
                PATH, Hub.page(document.replace("INSIDE", inside).encode(), ld)
            ),
            **rdf,
        )
    yield HostileHub(
        "our own format with a remote context",
        remote,
        lambda hub, inside: hub.answer(
            PATH, Hub.page(f'{{"@context": "{inside}", "items": []}}'.encode(), ld)
        ),
        format="verbund",
    )
    turtle = "Content-Type: text/turtle"
    yield HostileHub(
        "Turtle of 10,000 nested blank nodes",
        "held; 3 published or " + bad,
        _answer(
            Hub.page(
                b"<urn:a> <urn:p> " + b"[<urn:p> " * 10_000 + b"1" + b"]" * 10_000 + b" .", turtle
            )
        ),
        **rdf,
    )
    yield HostileHub(
        "Turtle of 10,000 nested lists",
        "held; 3 published or " + bad,
        _answer(Hub.page(b"<urn:a> <urn:p> " + b"(" * 10_000 + b")" * 10_000 + b" .", turtle)),
        **rdf,
    )
    yield HostileHub(
        "Turtle that breaks off", bad, _answer(Hub.page(b'<urn:a> <urn:p> "', turtle)), **rdf
    )
    yield HostileHub(
        "Turtle whose @base is another host",
        "held; 3 published",
        _answer(Hub.page(b"@base <http://evil.example/> . <a> <p> <b> .", turtle)),
        **rdf,
    )
    yield HostileHub(
        "a media type that is none",
        bad,
        _answer(Hub.page(b"<urn:a> <urn:p> 1 .", "Content-Type: ;;;/\t")),
        **rdf,
    )


HOSTILE_HUBS: Final[tuple[HostileHub, ...]] = (
    *_addresses(),
    *_sizes(),
    *_slowness(),
    *_paging(),
    *_framing(),
    *_statuses(),
    *_texts(),
    *_rdf(),
)
