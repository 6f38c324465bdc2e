"""Which contacts are an organisation's, and that all others leave every text."""

import pytest

from harvester.personal import (
    MASK,
    Actor,
    Kept,
    actor_of,
    is_contact,
    is_mobile,
    is_office_address,
    is_role_address,
    mask,
    named_like_a_person,
    scrub,
)
from schemas.masking import shown

CLUB = actor_of(
    {"name": {"de": "Musterverein (KISM)"}, "homepage": "https://www.muster-verein.example/start"}
)
NO_HOMEPAGE = actor_of({"name": {"de": "Musterverein"}})
ON_FACEBOOK = actor_of(
    {"name": {"de": "Musterverein"}, "homepage": "https://www.facebook.com/muster"}
)


@pytest.mark.parametrize(
    "address",
    [
        "info@muster-verein.example",
        "Kontakt@Muster-Verein.example",
        "verein@post.muster-verein.example",
        "info2@muster-verein.example",
        "info-kontakt@muster-verein.example",
        "büro@muster-verein.example",
        "muster-verein@web.de",
        "musterverein@gmx.de",
        "kism@amt.example",
    ],
)
def test_role_addresses_are_kept(address: str) -> None:
    assert is_role_address(address, CLUB)


@pytest.mark.parametrize(
    "address",
    [
        "erika.muster@muster-verein.example",
        "muster@muster-verein.example",
        "e.m@muster-verein.example",
        "info@anderer-verein.example",
        "info@web.de",
        "kism@web.de",
        "info.erika@muster-verein.example",
        "info@muster-verein.example.evil.example",
        "info@xmuster-verein.example",
        "@muster-verein.example",
        "info",
        "",
    ],
)
def test_personal_and_foreign_addresses_are_not(address: str) -> None:
    assert not is_role_address(address, CLUB)


JOBCENTER = actor_of(
    {"name": {"de": "Jobcenter Leipzig"}, "homepage": "https://www.stadt.example/jobcenter"}
)
UNIT = actor_of({"name": {"de": "Gewerberecht, Frau Zittau"}})


@pytest.mark.parametrize(
    ("address", "actor"),
    [
        ("jobcenter-leipzig@jobcenter-ge.example", JOBCENTER),
        ("Leipzig-Jobcenter.Team980@arbeit.example", JOBCENTER),
        ("jobcenter@jobcenter-ge.example", JOBCENTER),
        ("ordnungsamt@stadt.example", JOBCENTER),
        ("ordnungsamt@stadt.example", UNIT),
        ("Bürgeramt@stadt.example", UNIT),
    ],
)
def test_addresses_of_offices_are_kept(address: str, actor: Actor) -> None:
    assert is_office_address(address, actor)


@pytest.mark.parametrize(
    ("address", "actor"),
    [
        ("ordnungsamt@anderswo.example", JOBCENTER),  # neither its domain nor its name
        ("jobcenter-leipzig@web.de", JOBCENTER),
        ("jobcenter.muster@jobcenter-ge.example", JOBCENTER),
        ("jobcenter-zittau@jobcenter-ge.example", JOBCENTER),  # a town, or a surname
        ("ordnungsamt.gewerberecht@stadt.example", UNIT),
        ("ordnungsamt.zittau@stadt.example", UNIT),  # the office is not in the name
        ("leipzig@jobcenter-ge.example", JOBCENTER),
        ("klamt@stadt.example", UNIT),
        ("info@anderswo.example", JOBCENTER),
        ("ordnungsamt", UNIT),
    ],
)
def test_what_may_be_a_person_in_an_office_is_not(address: str, actor: Actor) -> None:
    assert not is_office_address(address, actor)


@pytest.mark.parametrize("actor", [NO_HOMEPAGE, ON_FACEBOOK])
def test_without_a_domain_of_its_own_a_role_word_decides(actor: object) -> None:
    """Except at a provider where anyone has a mailbox."""
    assert is_role_address("info@verband.example", actor)  # type: ignore[arg-type]
    assert not is_role_address("info@gmail.com", actor)  # type: ignore[arg-type]
    assert not is_role_address("erika@verband.example", actor)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("number", "mobile"),
    [
        ("0170 0000001", True),
        ("+49 151 00000005", True),
        ("+49 (0)170 000000", True),
        ("0049 160 0000000", True),
        ("0351 0000002", False),
        ("+49 341 000001", False),
        ("0161", False),
        ("+44 7700 900000", True),
        ("+420 601 000000", True),
    ],
)
def test_mobile_numbers(number: str, mobile: bool) -> None:
    assert is_mobile(number) is mobile


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("bei erika@muster.example.", f"bei {MASK}."),
        ("erika (at) muster.example", MASK),
        ("erika[at]muster[dot]example", MASK),
        ("mailto:erika@muster.example?subject=x", f"{MASK}?subject=x"),
        ("Tel. 0351/0000002", f"Tel. {MASK}"),
        ("Telefon: 12345", f"Telefon: {MASK}"),
        ("(0351) 1000002", MASK),
        ("+49 (0)351 000 000 2", MASK),
        ("0351 - 10 00 002, Fax -3", f"{MASK}, Fax -3"),
        ("Konto DE00 1234 5678 9012 3456 78", f"Konto {MASK}"),
        ("am 09.11.2018 / 0351 123456", f"am 09.11.2018 / {MASK}"),
    ],
)
def test_contacts_leave_texts(text: str, masked: str) -> None:
    assert mask(text, Kept(NO_HOMEPAGE)) == (masked, 1)


@pytest.mark.parametrize(
    "text",
    [
        "24.12.2021, 18.00–20.00 Uhr",
        "Sa 10:00-12:00, So 09:00 – 11:30",
        "01099 Dresden",
        "2018-2020",
        "VR 1234 AG Leipzig",
        "HRB 30077",
        "0000 0004 0492 3830",
        "ISBN 978-3-16-148410-0",
        "51.3705, 12.375",
        "02977 02977 Hoyerswerda",
        "https://x.example/0351-1234567",
        "2021-10-07T17:00:00",
        "DE292903859",
        "@muster",
        "11.05.-13.05.2021, 02826 Görlitz",
        "10 000 Euro",
        "Haus 7, Etage 3",
    ],
)
def test_dates_codes_and_addresses_stay(text: str) -> None:
    assert mask(text, Kept(NO_HOMEPAGE)) == (text, 0)


def test_a_role_address_stays_in_texts() -> None:
    text = "Mehr: info@muster-verein.example"
    assert mask(text, Kept(CLUB)) == (text, 0)


def test_scrubbing_reaches_every_string_and_spares_identifiers() -> None:
    """Also behind entities, in numbers below a telling key, and in RDF values."""
    kept = Kept(CLUB, telephones=frozenset({"0351000002"}), strings=frozenset({"VR 0351 123456"}))
    data = {
        "a": ["erika&#64;muster.example", {"deep": "Tel 0351 1000003"}],
        "telefon": 3511000003,
        "phone": "0351 000002",
        "fax": "0351 1000004",
        "register": "VR 0351 123456",
        "code": "0351123456",
        "foaf:phone": [{"@value": "3511000005"}],
        "n": 12,
    }
    assert scrub(data, kept) == {
        "a": [MASK, {"deep": f"Tel {MASK}"}],
        "telefon": MASK,
        "phone": "0351 000002",
        "fax": MASK,
        "register": "VR 0351 123456",
        "code": "0351123456",
        "foaf:phone": [{"@value": MASK}],
        "n": 12,
    }


def test_names_like_a_persons() -> None:
    assert named_like_a_person("Andrea Muster")
    assert named_like_a_person("Dr. Hans-Peter Muster")
    assert not named_like_a_person("Andrea Muster Stiftung")
    assert not named_like_a_person("Haus Muster")


@pytest.mark.parametrize("between", [" ", ", ", "\n", "\u00a0", "/", " - ", "–", " (", ") "])
def test_a_postcode_written_twice_is_no_telephone_number(between: str) -> None:
    """Not in an address and not in the report of a finding; a number behind it is one."""
    text = f"Musterstraße 5, 04999{between}04999 Musterstadt"
    assert mask(text, Kept(NO_HOMEPAGE)) == (text, 0)
    assert "[tel]" not in shown(text)
    with_number = f"04999{between}04999 0351 1000002"
    assert mask(with_number, Kept(NO_HOMEPAGE)) == (f"04999{between}04999 {MASK}", 1)


DISGUISED_MAIL = [
    "erika.muster@\ngmx.example",
    "erika.muster @ gmx.example",
    "erika.muster @gmx.de",
    "erika.muster AT gmx.example",
    "erika.muster AT gmx DOT example",
    "erika.muster\uff20gmx.example",
    "erika.muster\ufe6bgmx.example",
    "erika.muster%40gmx.example",
    "erika.muster%2540gmx.example",
    "erika.muster@\u200bgmx.example",
    "erika.muster\u2060@gmx.example",
    "erika.mus\u00adter@gmx\u00ad.example",
    "erika.muster<b>@</b>gmx.example",
    "erika.muster<!-- x -->@<!-- -->gmx.example",
    '"erika muster"@gmx.example',
]
DISGUISED_TELEPHONE = [
    "0171\u201123456789",
    "0171\u221223456789",
    "0171_23456789",
    "0171 \u2022 23456789",
    "0171*23456789",
    "0171\u200b23456789",
    "0171\u00a02345\u00a06789",
    "\uff10\uff11\uff17\uff11 \uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19",
    "0 1 7 1 2 3 4 5 6 7 8 9",
]


@pytest.mark.parametrize("contact", DISGUISED_MAIL + DISGUISED_TELEPHONE)
def test_disguised_contacts_leave_texts_raw_forms_and_reports(contact: str) -> None:
    text = f"Schreiben Sie: {contact} – bald"
    kept = Kept(NO_HOMEPAGE)
    masked, count = mask(text, kept)
    assert count == 1
    assert masked.startswith("Schreiben Sie: ")
    assert masked.endswith("bald")
    for clean in (masked, scrub({"text": text, contact: 1}, kept), shown(text)):
        remains = str(clean).lower()
        assert not any(part in remains for part in ("erika", "gmx", "234", "\uff12", "4 5")), clean


def test_texts_without_contacts_keep_their_look_alikes() -> None:
    for text in (
        "Treffpunkt\u00a0\u2013 die \uff21\uff22\uff23-Gruppe @ Rathaus",
        "Folgt uns: @muster.verein",
        "100\u00a0% bio, 2 * 3 * 4",
        "Find us at muster.example",
        "ERREICHBAR AT www.muster.example",
        "https://karte.example/@51.0504,13.7373,15z",
        "https://muster.example/?id=0351123456",
    ):
        assert mask(text, Kept(NO_HOMEPAGE)) == (text, 0)
    text = "Mehr: info @ muster-verein.example"
    assert mask(text, Kept(CLUB)) == (text, 0)


def test_a_telephone_number_in_the_query_of_an_address_goes() -> None:
    for query in ("t=01712345678", "tel=0351123456", "a=b&m=%2B491712345678"):
        assert mask(f"https://muster.example/?{query}", Kept(NO_HOMEPAGE))[1] == 1


def test_contacts_are_no_identifiers() -> None:
    for text in (
        "https://muster.example/u/erika@gmx.example",
        "https://muster.example/u/erika%40gmx.example",
        "0171 23456789",
        "+49 351 1234567",
        "01712345678",
        "tel:+491712345678",
    ):
        assert is_contact(text), text
    for text in (
        "12",
        "0351123456",
        "VR 1234",
        "2021-10-07",
        "01067",
        "https://muster.example/20211007123456",
        "https://muster.example/@verein",
        "0000-0004-0492-3830",
    ):
        assert not is_contact(text), text


def test_repeated_signs_do_not_hold_up_the_masking() -> None:
    """Each of these would take minutes with a pattern that tries every division."""
    for sign in ("@", " @", "1 ", "0 1", '"', "<", "<a ", "%40", " AT ", "a.", "\u200b", "*1"):
        mask(sign * 20_000, Kept(NO_HOMEPAGE))
