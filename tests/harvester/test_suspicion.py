"""The quick look for contacts never overlooks what the close one would take out."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harvester.personal import Kept, actor_of, mask, scrub
from harvester.suspicion import may_need_scrubbing, suspect

NOTHING_KEPT = Kept(actor_of({}))
_PIECES = [
    "erika@muster.example", " (at) muster.example", "[ät]", "&#64;muster.example", "0351", "/",
    "1234567", "+49", " ", "-", "(0)", "Tel.", "Fax: ", "DE00", "1234 5678", ".", "24.12.2021",
    "https://x.example/", "٠٣٥١", "१२३४५६७", "ä", "\ud800", "\n", "a", "POINT(", "🄀",
]  # fmt: skip
_texts = st.lists(st.sampled_from(_PIECES) | st.text(max_size=4), max_size=6).map("".join)
_keys = st.sampled_from(["telefon", "name", "@value", "@id", "fax\ud800", "ä", "x"])
_objects = st.recursive(
    _texts | st.integers() | st.booleans() | st.none() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_keys, inner, max_size=3),
    max_leaves=6,
)


@given(_texts)
@example("DE00DE00AAAAA000")
@example("Tel.٠٣٥١")
@example("٠٣٥١🄀🄀🄀")
def test_a_text_that_is_not_suspect_holds_no_contact(text: str) -> None:
    if not suspect(text):
        # Asked behind a contact, the close look cannot take the short way.
        masked, count = mask("erika@muster.example \n– –\n " + text, NOTHING_KEPT)
        assert masked.endswith(text)
        assert count == 1


@given(st.dictionaries(_keys, _objects, max_size=4))
def test_an_object_that_needs_no_scrubbing_stays_as_it_is(data: dict) -> None:
    if not may_need_scrubbing(data):
        assert scrub(data, NOTHING_KEPT) == data


@pytest.mark.parametrize(
    "data",
    [
        {"name": "Bunte Werkstatt e. V.", "plz": "04999", "haus": "12-14"},
        {"web": "https://muster.example/verein/123456789"},
        {"geo": "POINT(14.6 51.5)", "am": "24.12.2021", "jahre": [2019, 2020]},
        {"rdfs:label": [{"@value": "Haus „Sonne“ – für alle", "@language": "de"}]},
    ],
)
def test_what_most_objects_hold_is_not_suspect(data: dict) -> None:
    assert not may_need_scrubbing(data)


@pytest.mark.parametrize(
    "data",
    [
        {"telefon": 3511234567},
        {"fax": "0351123456"},
        {"foaf:phone": [{"@value": "3511234567"}]},
        {"a": [{"b": "bei erika&#64;muster.example"}]},
        {"half\ud800": 1},
        {"a": "half\ud800"},
        {"a": "Tel ٠٣٥١ ١٢٣٤٥٦٧"},
    ],
)
def test_what_might_be_a_contact_is_looked_at(data: dict) -> None:
    assert may_need_scrubbing(data)
