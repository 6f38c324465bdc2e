"""The set hash of a release, held against the vectors in docs/release-hash.md."""

import hashlib
import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from registry.publish.quads import resource_hash
from registry.release.sethash import SIZE, SetHash

DOCS = Path(__file__).parents[2] / "docs" / "release-hash.md"
members = st.lists(
    st.tuples(st.text(min_size=1), st.from_regex(r"[0-9a-f]{64}", fullmatch=True)), max_size=8
)


def test_the_documented_vectors_hold() -> None:
    text = DOCS.read_text("utf-8")
    rows = dict(re.findall(r"^\| (A|B|A and B) \| `([0-9a-f]{512})` \|$", text, re.M))
    one, two = re.findall(r"`(https://verbund\.example/id/[ab]{16})`", text)
    line = re.search(r"`(<https://verbund\.example/id/a> .* \.)`", text)
    assert line
    empty, name = resource_hash([]), resource_hash([line[1] + "\n"])
    assert empty in text
    assert name in text
    for wanted, chosen in (
        ("A", [(one, empty)]),
        ("B", [(two, name)]),
        ("A and B", [(one, empty), (two, name)]),
    ):
        assert summed(chosen).hex() == rows[wanted]
    assert SetHash().digest == bytes(SIZE)


def test_one_share_is_as_the_text_says() -> None:
    digest = hashlib.shake_256(b"https://verbund.example/id/x " + b"0" * 64).digest(256)
    assert summed([("https://verbund.example/id/x", "0" * 64)]) == digest


@given(members, members)
def test_order_does_not_matter_and_what_is_taken_out_leaves_no_trace(
    kept: list, passing: list
) -> None:
    assert summed(kept + passing) == summed(passing + kept)
    hashed = SetHash(summed(kept + passing))
    for iri, value in passing:
        hashed.remove(iri, value)
    assert hashed.digest == summed(kept)


def summed(chosen: list) -> bytes:
    hashed = SetHash()
    for iri, value in chosen:
        hashed.add(iri, value)
    return hashed.digest
