"""Personal data: which contacts are an organisation's, and the removal of all others.

A mail address is kept where
- its local part is a role (info, kontakt, verein …) and its domain is that of the actor's homepage;
- the same without a homepage of its own, unless the domain is a provider's for private mail;
- its local part is the name of the actor's own domain (`musterverein` of musterverein.example), at
  any provider, or a short name in capitals that stands in its name (`kiss` of »KISS«);
- it is a public office's (`ordnungsamt@`, `jobcenter-musterstadt@`), see `offices.py`.

A telephone number is kept beside a kept mail address. Without any mail address, or beside that of
an office, it is kept where no person is named with it and it is no mobile number. All others go,
from free text too.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

from harvester.offices import names_office
from harvester.suspicion import (
    IN_QUERY,
    is_plain_number,
    key_of_words,
    odd,
    odd_name,
    suspect,
    tells_of_telephones,
)
from harvester.telephones import separate
from harvester.texts import decode_entities, whole_characters
from harvester.web_addresses import host_of
from schemas.disguises import hides_at_sign, undisguised
from vocab.folding import fold
from vocab.types import Document

MASK: Final = "[…]"
"""Stands where a mail address, telephone number or bank account was taken out of a text."""

_WORDS: Final[dict[str, list[str]]] = tomllib.loads(
    Path(__file__).with_suffix(".toml").read_text("utf-8")
)
_ROLES: Final = frozenset(_WORDS["roles"])
_PRIVATE_MAIL: Final = frozenset(_WORDS["private_mail"])
_SHARED_HOSTS: Final = frozenset(_WORDS["shared_hosts"])
_NOT_OWN: Final = _SHARED_HOSTS | _PRIVATE_MAIL
_SEPARATORS: Final = re.compile(r"[._+-]+")

_AT: Final = r"(?:@|\s?[\[({]\s?(?:at|ät)\s?[\])}]\s?)"
_DOT: Final = r"(?:\.|\s?[\[({]\s?(?:dot|punkt)\s?[\])}]\s?)"
_MAIL: Final = re.compile(
    rf"(?:mailto:)?([\w.!$%*+^~-]{{1,64}}|\"[^\"@\n]{{1,64}}\"){_AT}((?:[\w-]{{1,63}}{_DOT}){{1,5}}[^\W\d_]{{2,24}})",
    re.IGNORECASE,
)
_AT_SIGNS: Final = frozenset("@([{")
"""One of these stands in every mail address, however it is hidden."""

_DIGITS: Final = r"(?:[\s\u00a0]?[-/().–\s\u00a0]?[\s\u00a0]?\d)"
_NUMBER: Final = (
    rf"(?:\+|00)[1-9]{_DIGITS}{{6,16}}|\(?0[1-9]\d{{1,4}}\)?{_DIGITS}{{4,12}}"  # +49 …, 0351 …
)
_BETWEEN: Final = r"[\s,;/()–-]"
_NOT_TELEPHONE: Final = (
    r"\d{1,2}\.\s?\d{1,2}\.(?:\s?\d{4}|\s?\d{2})?(?!\d)"  # 24.12.2021
    r"|\d{4}-\d{2}-\d{2}(?:T[\d:.+Z-]*)?"  # 2021-12-24
    r"|\d{1,2}[.:]\d{2}(?:\s?(?:Uhr)?\s?(?:-|–|bis)\s?\d{1,2}[.:]\d{2})?(?!\d)"  # 08.00–12.00
    # A postcode written twice, behind which a number may follow all the same.
    rf"|(?P<twice>\d{{5}}){_BETWEEN}{{1,5}}(?P=twice)(?!\d)(?:{_BETWEEN}{{1,3}}(?P<behind>{_NUMBER})(?!\d))?"
    r"|(?P<address>https?://\S+)"
)
_WRITTEN_AS_NUMBER: Final = re.compile(rf"(?:tel:)?(?:{_NUMBER})")
_CODE: Final = re.compile(r"[\d.,-]+")
# With five digits close together somewhere, as `suspect` asks: codes of letters are no accounts.
_IBAN: Final = (
    r"(?=[\s\S]{0,30}?\d(?:\D{0,4}\d){4})[A-Z]{2}\s?\d{2}(?:\s?[\dA-Z]{4}){3,7}(?:\s?[\dA-Z]{1,3})?"
)
_SAID: Final = r"(?:Tel(?:efon|\.)?|Fon|Phone|Fax|Telefax|Mobil|Handy|Ruf)(?:nummer)?"
_TELEPHONE: Final = re.compile(
    rf"(?P<other>{_NOT_TELEPHONE})"
    rf"|(?<![\w+/])(?<!\d[ .-])(?P<iban>{_IBAN})(?!\w)"
    rf"|(?<![\w+])(?<!\d[ .,/-])(?P<tel>{_NUMBER})(?!\d)"
    rf"|(?<!\w){_SAID}[.:\s]{{1,4}}(?P<said>\d{_DIGITS}{{4,14}})",
    re.IGNORECASE,
)
_ONLY_NUMBER: Final = re.compile(r"[\d\s+/().–-]{5,30}")
_MOBILE: Final = re.compile(
    r"(?:\+49|0049)?0?1[567]\d{6,}|(?:\+44|0044)0?7\d{7,}|(?:\+43|0043)0?6[5-9]?\d{6,}|(?:\+41|0041)0?7[5-9]\d{5,}"
    r"|(?:\+420|00420)[67]\d{8}|(?:\+48|0048)(?:45|5[0137]|6[069]|7[2389]|88)\d{7}"
)
_SHORTEST_MOBILE: Final = 10
"""Digits of a mobile number with its leading zero; shorter ones are somebody's codes."""
_CAPITALS: Final = re.compile(r"(?<!\w)[A-ZÄÖÜ]{3,12}(?!\w)")
_GIVEN_NAMES: Final = frozenset(_WORDS["given_names"])
_NAME_WORDS: Final = re.compile(
    r"(?:(?:Dr|Prof|Dipl)\.?(?:-\w+\.?)? )*([A-ZÄÖÜ][\w-]+) (?:[A-ZÄÖÜ]\. )?"
    r"(?:von |van |de )?([A-ZÄÖÜ][\w-]+)"
)


class Actor:
    """What is known of the thing that a contact belongs to; looked for only once one turns up."""

    def __init__(self, document: Document) -> None:
        self._document = document

    @cached_property
    def hosts(self) -> frozenset[str]:
        """The host of its own homepage."""
        host = host_of(str(self._document.get("homepage", "")))
        return frozenset({host}) if host and not _shared(host) else frozenset()

    @cached_property
    def short_names(self) -> frozenset[str]:
        """The words in capitals in its names, in lower case."""
        return frozenset(word.lower() for name in self._names for word in _CAPITALS.findall(name))

    @cached_property
    def words(self) -> frozenset[str]:
        """The folded words of its names."""
        return frozenset(word for name in self._names for word in fold(name).split())

    @cached_property
    def _names(self) -> list[str]:
        return [
            str(text)
            for key in ("name", "alternateName", "legalName")
            for texts in self._document.get(key, {}).values()
            for text in (texts if isinstance(texts, list) else [texts])
        ]


def actor_of(document: Document) -> Actor:
    """The actor behind a document, for `is_role_address`."""
    return Actor(document)


def is_role_address(address: str, actor: Actor) -> bool:
    """Whether a mail address is that of an organisation's role; see the module's rules."""
    local, _, domain = address.lower().rpartition("@")
    domain = domain.removeprefix("www.")
    if not local or "." not in domain:
        return False
    if _joined(local) in {_joined(_label(host)) for host in actor.hosts}:
        return True
    if domain in _PRIVATE_MAIL:
        return False
    if local in actor.short_names:
        return True
    own = any(_related(domain, host) for host in actor.hosts) if actor.hosts else True
    return own and _is_role(local, actor)


def is_office_address(address: str, actor: Actor) -> bool:
    """Whether a mail address is a public office's: at the actor's domain, or one that names it."""
    local, _, domain = address.lower().rpartition("@")
    if not local or "." not in domain or _shared(domain):
        return False
    own = not actor.hosts or any(_related(domain, host) for host in actor.hosts)
    others = [part for part in _parts(local) if not _is_role_part(part, actor)]
    return names_office(others, actor.words, own=own)


def _is_role(local: str, actor: Actor) -> bool:
    """`info`, `info2`, `kontakt-leipzig`: every part is a role or a number."""
    parts = _parts(local)
    return bool(parts) and all(_is_role_part(part, actor) for part in parts)


def _parts(local: str) -> list[str]:
    return [part for part in _SEPARATORS.split(_plain(local)) if part]


def _is_role_part(part: str, actor: Actor) -> bool:
    return (
        part in _ROLES
        or part.isdigit()
        or part.rstrip("0123456789") in _ROLES
        or part in actor.short_names
    )


def _plain(text: str) -> str:
    return text.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ß", "ss")


def _shared(host: str) -> bool:
    labels = host.split(".")
    return any(".".join(labels[start:]) in _NOT_OWN for start in range(len(labels)))


def _related(domain: str, host: str) -> bool:
    return domain == host or domain.endswith("." + host) or host.endswith("." + domain)


def _label(host: str) -> str:
    """`adfc-leipzig` of adfc-leipzig.de."""
    parts = host.split(".")
    return parts[-2] if len(parts) > 1 else host


def _joined(name: str) -> str:
    return _SEPARATORS.sub("", name)


def is_mobile(number: str) -> bool:
    """Whether a telephone number is a mobile one (Germany and its neighbours, United Kingdom)."""
    return _MOBILE.match(digits_of(number).replace("+490", "+49")) is not None


def digits_of(number: str) -> str:
    """A telephone number's digits, with a plus sign in front where it had one."""
    text = re.sub(r"\(0\)", "", number)
    return ("+" if text.strip().startswith("+") else "") + re.sub(r"\D", "", text)


def named_like_a_person(name: str) -> bool:
    """Whether a name reads like given name and surname; no more than a suspicion."""
    match = _NAME_WORDS.fullmatch(name.strip())
    return match is not None and match[1].split("-")[0].lower() in _GIVEN_NAMES


@dataclass(frozen=True, slots=True)
class Kept:
    """What stays in a record: the rule for mail addresses and the numbers that passed."""

    actor: Actor
    telephones: frozenset[str] = frozenset()  # digits
    strings: frozenset[str] = frozenset()  # identifiers, which stay as they are

    def keeps(self, address: str) -> bool:
        return is_role_address(address, self.actor) or is_office_address(address, self.actor)


def mask(text: str, kept: Kept) -> tuple[str, int]:
    """The text with personal mail, telephone and account numbers as `[…]`, and their count."""
    if not suspect(text) or not _may_be_masked(text):
        return text, 0
    masked, count = _mask(text, kept)
    plain = undisguised(masked)
    if plain == masked:
        return masked, count
    # Only where something was disguised does the text lose its disguises.
    clean, more = _mask(plain, kept)
    return (clean, count + more) if more else (masked, count)


@lru_cache(maxsize=1024)
def _may_be_masked(text: str) -> bool:
    """Whether there is a contact in a suspect text, be it one that is kept or not.

    A text of a record is looked at in its document and in its source object, and mostly in vain:
    the numbers in it are a house's, a year's or a postcode.
    """
    return any(
        _MAIL.search(words) or any(_says_number(match) for match in _TELEPHONE.finditer(words))
        for words in {text, undisguised(text)}
    )


def _says_number(match: re.Match[str]) -> bool:
    """Whether what `_TELEPHONE` found may be more than a date, a time or a web address."""
    return bool(not match["other"] or match["behind"] or match["address"])


def _mask(text: str, kept: Kept) -> tuple[str, int]:
    count = 0

    def mail(match: re.Match[str]) -> str:
        nonlocal count
        domain = re.sub(
            r"\s?[\[({]\s?(?:dot|punkt)\s?[\])}]\s?", ".", match[2], flags=re.IGNORECASE
        )
        if kept.keeps(f"{match[1]}@{domain}"):
            return match[0]
        count += 1
        return MASK

    def telephone(match: re.Match[str]) -> str:
        nonlocal count
        number = match["tel"] or match["said"] or match["behind"]
        if match["address"] and (found := _in_query(match["address"])):
            number = found
        harmless = match["other"] and not number
        if harmless or (number and digits_of(number) in kept.telephones):
            return match[0]
        count += 1
        return match[0].replace(number, MASK) if number else MASK

    if not _AT_SIGNS.isdisjoint(text):
        text = _MAIL.sub(mail, text)
    return _TELEPHONE.sub(telephone, text), count


def holds_mail_address(text: str) -> bool:
    """Whether a text has a mail address in it, be it an organisation's or not."""
    if "@" not in text and not hides_at_sign(text):
        return False
    return _MAIL.search(text) is not None or _MAIL.search(undisguised(text)) is not None


def is_contact(text: str) -> bool:
    """Whether an identifier is, or holds, a mail address or what is written as a telephone number.

    Bare digits are no telephone number, unless they read like a mobile one with its leading zero.
    """
    if not suspect(text):
        return False
    if holds_mail_address(text):
        return True
    plain = undisguised(text).strip()
    if _WRITTEN_AS_NUMBER.fullmatch(plain) is None:
        return False
    return _CODE.fullmatch(plain) is None or _is_mobile_in_full(plain)


def holds_mobile_number(text: str) -> bool:
    """Whether a mobile number stands in a text; other numbers may be those of a register."""
    plain = undisguised(text)
    return any(_is_mobile_in_full(match["tel"] or "") for match in _TELEPHONE.finditer(plain))


def _is_mobile_in_full(number: str) -> bool:
    digits = digits_of(number.removeprefix("tel:"))
    return digits.startswith(("+", "0")) and len(digits) >= _SHORTEST_MOBILE and is_mobile(digits)


def _in_query(address: str) -> str | None:
    """The telephone number in an address's query: a mobile one, or one below a telling name."""
    for name, number in IN_QUERY.findall(address):
        if tells_of_telephones(name) or _is_mobile_in_full(unquote(number)):
            return str(number)
    return None


def scrub(data: Any, kept: Kept, *, key: str = "") -> Any:
    """A source object as it may be stored: personal contacts masked wherever they stand.

    A string of digits alone counts as a telephone number only below a key that says so.
    """
    if isinstance(data, dict):
        of_words = key_of_words(key, data)
        return {
            _name(k, kept): scrub(v, kept, key=of_words if k.startswith("@") else k)
            for k, v in data.items()
        }
    if isinstance(data, list):
        return [scrub(entry, kept, key=key) for entry in data]
    if isinstance(data, int) and not isinstance(data, bool) and tells_of_telephones(key):
        return data if str(data) in kept.telephones else MASK
    if not isinstance(data, str) or not odd(data):
        return data
    return _scrub_text(data, kept, key)


def _name(name: str, kept: Kept) -> str:
    return _scrub_text(name, kept, "") if odd_name(name) else name


def _scrub_text(text: str, kept: Kept, key: str) -> str:
    text = whole_characters(text)
    if text.strip() in kept.strings:
        return text
    if "&" in text:
        decoded = decode_entities(text)
        # An address hidden behind entities is an address.
        if decoded != text and mask(decoded, kept)[1]:
            text = decoded
    if not suspect(text):
        return text
    if tells_of_telephones(key):
        numbers = separate(text)
        if len(numbers) > 1:
            return _of_several(text, numbers, kept)
        if _ONLY_NUMBER.fullmatch(text):
            return text if digits_of(text) in kept.telephones else MASK
    if is_plain_number(text):
        return text
    return mask(text, kept)[0]


def _of_several(text: str, numbers: list[str], kept: Kept) -> str:
    """A field of several telephone numbers without those that do not stay."""
    stays = [digits_of(number) in kept.telephones for number in numbers]
    if all(stays):
        return text
    return ", ".join(n if stay else MASK for n, stay in zip(numbers, stays, strict=True))
