"""Folding: what people type finds what hubs write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocab.folding import fold


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller", "mueller"),
        ("Müller", "muller"),
        ("Straße", "STRASSE"),
        ("Běła Woda", "bela woda"),
        ("Łužica", "luzica"),
        ("Haus & Hof", "Haus und Hof"),
        ("Cafe\u0301", "café"),
        ("e.V.,  Leipzig", "e v leipzig"),
        ("ﬁt", "fit"),
    ],
)
def test_these_read_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet=st.characters(max_codepoint=127) | st.sampled_from("äöüÄÖÜßéae")))
def test_plain_letters_take_a_short_way_to_the_same_end(text: str) -> None:
    assert fold(text + "\u0301") in (fold(text), fold(text + " "))
