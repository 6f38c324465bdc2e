"""Time, size and length: a page is whole and within the limits, or it is none."""

import gzip
import time
import tracemalloc
import zlib

import pytest

from harvester.fetch import FetchLimits

MIB = 2**20


def bare_deflate(body):
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


def chunked(*chunks):
    framed = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks)
    return framed + b"0\r\n\r\n"


# Time. The servers go on for eight seconds and more, far beyond the limits.


@pytest.mark.parametrize("begun", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\n\r\nhalf"])
def test_a_server_that_falls_silent_is_left(hub, new_fetcher, problem_of, begun):
    fetcher = new_fetcher(hub.authority, limits=FetchLimits(read_timeout_s=0.3))
    assert problem_of(fetcher, hub.answer("/", hub.hold(begun))).code == "fetch.timeout"


@pytest.mark.parametrize(
    ("first", "again", "then"),
    [
        (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n", b"Content-Length: 0\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nX: ", b"y", b"\r\nContent-Length: 0\r\n\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n", b"y", b""),
        (b"HTTP/1.1 200 OK\r\n\r\n", b"y", b""),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\ny\r\n", b"0\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", b"y", b"\r\nx\r\n0\r\n\r\n"),
    ],
    ids=["headers", "one header", "1xx", "body", "endless body", "chunks", "chunk extension"],
)
def test_a_server_that_drips_is_left_when_the_total_time_is_up(
    hub, hurried, problem_of, first, again, then
):
    url = hub.answer("/", hub.drip(first, again, then))
    assert problem_of(hurried, url).code == "fetch.timeout"


def test_redirects_share_one_deadline(hub, hurried, problem_of):
    """Each hop takes less than the limit; together they are too slow."""
    for n in range(5):
        location = hub.head(f"Location: /{n + 1}", "Content-Length: 0", status="302 Found")
        slow = [location[i : i + 8] for i in range(0, len(location), 8)]
        hub.answer(f"/{n}", _paced(slow))
    hub.answer("/5", hub.page(b"end"))
    assert problem_of(hurried, f"{hub.url}/0").code == "fetch.timeout"


def _paced(pieces):
    def answer():
        for piece in pieces:
            time.sleep(0.03)
            yield piece

    return answer


# Size on the wire.


def test_a_page_that_announces_too_much_is_not_read(hub, fetcher, problem_of):
    answer = hub.hold(hub.head("Content-Length: 200001"))
    assert problem_of(fetcher, hub.answer("/", answer)).code == "fetch.too_large"


@pytest.mark.parametrize(
    "headers", [[], ["Transfer-Encoding: chunked"]], ids=["until closed", "chunked"]
)
def test_a_page_that_turns_out_too_large_is_cut_off(hub, fetcher, problem_of, headers):
    body = chunked(*[b"y" * 1000] * 300) if headers else b"y" * 300_000
    url = hub.answer("/", hub.head(*headers) + body)
    assert problem_of(fetcher, url).code == "fetch.too_large"


def test_framing_counts_as_size(hub, fetcher, problem_of):
    """Ten bytes of body in chunks whose extensions are 300 kB."""
    frames = b"".join(b"1;%b\r\ny\r\n" % (b"x" * 30_000) for _ in range(10))
    url = hub.answer("/", hub.head("Transfer-Encoding: chunked") + frames + b"0\r\n\r\n")
    assert problem_of(fetcher, url).code == "fetch.too_large"


def test_headers_count_as_size(hub, fetcher, problem_of):
    headers = [f"X-{n}: {'y' * 30_000}" for n in range(10)]
    assert problem_of(fetcher, hub.answer("/", hub.page(b"", *headers))).code == "fetch.too_large"


def test_a_page_just_within_the_limit_is_read(hub, fetcher):
    body = b"y" * 199_000
    assert fetcher.fetch(hub.answer("/", hub.page(body))).body == body


# Length.


@pytest.mark.parametrize("claimed", [0, 1, 7, 9, 5000])
def test_a_length_that_lies_is_a_problem(hub, fetcher, problem_of, claimed):
    """The body has eight bytes."""
    url = hub.answer("/", hub.page(b"12345678", length=claimed))
    assert problem_of(fetcher, url).code == "fetch.length"


def test_excess_that_comes_later_is_noticed(hub, fetcher, problem_of):
    url = hub.answer("/", _paced([hub.page(b"12345678"), b"9"]))
    assert problem_of(fetcher, url).code == "fetch.length"


def test_a_server_that_keeps_the_connection_open_has_still_sent_its_page(hub, fetcher):
    url = hub.answer("/", hub.hold(hub.page(b"12345678")))
    assert fetcher.fetch(url).body == b"12345678"


@pytest.mark.parametrize(
    "headers",
    [
        ["Content-Length: 8", "Content-Length: 9"],
        ["Content-Length: 8, 9"],
        ["Content-Length: eight"],
        ["Content-Length: -8"],
        ["Content-Length: +8"],
        ["Content-Length: 0_8"],
        ["Content-Length: ²"],
        ["Content-Length: "],
        ["Transfer-Encoding: gzip, chunked"],
        ["Transfer-Encoding: identity", "Content-Length: 8"],
        ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"],
    ],
)
def test_framing_that_could_be_read_in_two_ways_is_refused(hub, fetcher, problem_of, headers):
    url = hub.answer("/", hub.head(*headers) + b"12345678")
    assert problem_of(fetcher, url).code == "fetch.protocol"


def test_the_same_length_twice_is_one_length(hub, fetcher):
    url = hub.answer("/", hub.head("Content-Length: 8", "Content-Length: 8, 8") + b"12345678")
    assert fetcher.fetch(url).body == b"12345678"


def test_chunks_are_put_together(hub, fetcher):
    answer = hub.head("Transfer-Encoding: chunked") + chunked(b"Gr", b"u", b"ss")
    page = fetcher.fetch(hub.answer("/", answer))
    assert (page.body, page.end_proven) == (b"Gruss", True)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"5\r\nhel",
        b"5\r\nhello\r\n",
        b"xyz\r\nhello\r\n0\r\n\r\n",
        b"-1\r\nhello",
        b"-5\r\nhello",
    ],
)
def test_chunks_that_break_off_are_no_page(hub, fetcher, problem_of, body):
    url = hub.answer("/", hub.head("Transfer-Encoding: chunked") + body)
    assert problem_of(fetcher, url).code == "fetch.length"


def test_a_page_that_ends_with_its_connection_does_not_prove_its_end(hub, fetcher):
    page = fetcher.fetch(hub.answer("/", hub.head() + b"all or a part"))
    assert (page.body, page.end_proven) == (b"all or a part", False)


@pytest.mark.parametrize("answer", [b"", b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/9.9 200 OK\r\n\r\n"])
def test_what_does_not_speak_http_is_a_problem(hub, fetcher, problem_of, answer):
    assert problem_of(fetcher, hub.answer("/", answer)).code == "fetch.protocol"


# Content codings.

CODERS = {
    "gzip": gzip.compress,
    "X-GZIP": gzip.compress,
    "deflate": zlib.compress,
    "deflate, identity": bare_deflate,
    "deflate, gzip": lambda body: gzip.compress(zlib.compress(body)),
}
BODIES = {
    "empty": b"",
    "short": b"x",
    "compressible": b"Verbund " * 100_000,
    "a byte more than a piece": b"x" * (2**16 + 1),
    "incompressible": b"".join(n.to_bytes(3, "big") for n in range(0, 2**24, 337)),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
@pytest.mark.parametrize("coding", CODERS)
def test_a_coded_body_is_decoded(hub, fetcher, coding, body):
    coded = CODERS[coding](body)
    page = fetcher.fetch(hub.answer("/", hub.page(coded, f"Content-Encoding: {coding}")))
    assert page.body == body


def test_a_coded_body_may_come_byte_by_byte(hub, fetcher):
    for coding in CODERS:
        coded = CODERS[coding](b"Verbund")
        answer = hub.head("Transfer-Encoding: chunked", f"Content-Encoding: {coding}")
        single = chunked(*[bytes([b]) for b in coded])
        assert fetcher.fetch(hub.answer("/", answer + single)).body == b"Verbund"


def test_gzip_members_are_joined_and_zero_padding_is_ignored(hub, fetcher):
    coded = gzip.compress(b"one ") + gzip.compress(b"two") + b"\0" * 100
    assert fetcher.fetch(hub.answer("/", hub.page(coded, "Content-Encoding: gzip"))).body == (
        b"one two"
    )


@pytest.mark.parametrize("coding", ["gzip", "deflate", "deflate, identity", "deflate, gzip"])
@pytest.mark.parametrize("harm", ["cut", "trailing", "garbage", "one byte"])
def test_a_coded_body_that_is_damaged_is_no_page(hub, fetcher, problem_of, coding, harm):
    """Even if the connection ends properly, and even where the length is right."""
    whole = CODERS[coding](b"Verbund " * 1000)
    coded = {
        "cut": whole[: len(whole) // 2],
        "trailing": whole + b"garbage",
        "garbage": b"\xff\xfe no such coding",
        "one byte": whole[:1],
    }[harm]
    url = hub.answer("/", hub.page(coded, f"Content-Encoding: {coding}"))
    assert problem_of(fetcher, url).code == "fetch.encoding"


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, br", "deflate;q=1", "gzip, compress"])
def test_codings_that_were_not_asked_for_are_refused(hub, fetcher, problem_of, coding):
    url = hub.answer("/", hub.page(b"whatever", f"Content-Encoding: {coding}"))
    assert problem_of(fetcher, url).code == "fetch.encoding"


def test_three_codings_on_top_of_each_other_are_refused(hub, fetcher, problem_of):
    coded = gzip.compress(gzip.compress(gzip.compress(b"whatever")))
    url = hub.answer("/", hub.page(coded, "Content-Encoding: gzip, gzip, gzip"))
    assert problem_of(fetcher, url).code == "fetch.encoding"


def test_the_limit_for_decoded_pages_holds_for_those_that_were_never_coded(
    hub, new_fetcher, problem_of
):
    fetcher = new_fetcher(hub.authority, limits=FetchLimits(max_decoded_bytes=1000))
    url = hub.answer("/", hub.page(b"y" * 1001))
    assert problem_of(fetcher, url).code == "fetch.too_large_decoded"


@pytest.fixture(scope="module")
def zeros():
    """A hundred megabytes of nothing."""
    return bytes(100 * MIB)


@pytest.mark.parametrize("coding", ["gzip", "deflate, identity", "gzip, gzip"])
def test_a_bomb_is_noticed_before_it_unfolds(hub, fetcher, problem_of, zeros, coding):
    """A hundred megabytes, in two layers five hundred bytes; the limit is one megabyte."""
    coder = CODERS.get(coding) or (lambda body: gzip.compress(gzip.compress(body)))
    url = hub.answer("/", hub.page(coder(zeros), f"Content-Encoding: {coding}"))
    tracemalloc.start()
    try:
        problem = problem_of(fetcher, url)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert problem.code == "fetch.too_large_decoded"
    assert peak_bytes < 8 * MIB


def test_a_layer_in_between_is_limited_too(hub, fetcher, problem_of):
    """The middle layer is huge, what it holds is empty: a hundred thousand members of nothing."""
    middle = gzip.compress(b"") * 100_000
    url = hub.answer("/", hub.page(gzip.compress(middle), "Content-Encoding: gzip, gzip"))
    assert problem_of(fetcher, url).code == "fetch.too_large_decoded"
