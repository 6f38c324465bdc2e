"""The licences of DCAT-AP.de: their names, their addresses elsewhere, and which are open.

The entries of the list of 2021-07-21, http://dcat-ap.de/def/licenses, of which a German portal
wants one (DCAT-AP.de, convention 31).
"""

from typing import Final

LICENCES: Final = "http://dcat-ap.de/def/licenses"

_NAMES: Final[dict[str, str]] = {
    "apache": "Apache",
    "bsd": "BSD",
    "cc-by": "CC BY",
    "cc-by/4.0": "CC BY 4.0",
    "cc-by-de/3.0": "CC BY 3.0 DE",
    "cc-by-nc": "CC BY-NC",
    "cc-by-nc/4.0": "CC BY-NC 4.0",
    "cc-by-nc-de/3.0": "CC BY-NC 3.0 DE",
    "cc-by-nd": "CC BY-ND",
    "cc-by-nd/3.0": "CC BY-ND 3.0",
    "cc-by-nd/4.0": "CC BY-ND 4.0",
    "cc-by-sa": "CC BY-SA",
    "cc-by-sa/4.0": "CC BY-SA 4.0",
    "cc-by-sa-de/3.0": "CC BY-SA 3.0 DE",
    "cc-zero": "CC0",
    "ccpdm/1.0": "Public Domain",
    "dl-by-de/1.0": "dl-de/by-1-0",
    "dl-by-de/2.0": "dl-de/by-2-0",
    "dl-by-nc-de/1.0": "dl-de/by-nc-1-0",
    "dl-zero-de/2.0": "dl-de/zero-2-0",
    "geoNutz/20131001": "geoNutz Berlin",
    "geonutz/20130319": "GeoNutzV",
    "gfdl": "GFDL",
    "gpl/3.0": "GPL 3.0",
    "mozilla": "MPL 2.0",
    "odbl": "ODbL",
    "odby": "ODC-BY",
    "odcpddl": "ODC PDDL",
    "officialWork": "§ 5 UrhG",
    "other-closed": "other-closed",
    "other-commercial": "other-commercial",
    "other-freeware": "other-freeware",
    "other-open": "other-open",
    "other-opensource": "other-opensource",
}

_HOMES: Final = {
    "https://creativecommons.org/licenses/by/4.0": "cc-by/4.0",
    "https://creativecommons.org/licenses/by-sa/4.0": "cc-by-sa/4.0",
    "https://creativecommons.org/publicdomain/mark/1.0": "ccpdm/1.0",
    "https://creativecommons.org/publicdomain/zero/1.0": "cc-zero",
    "https://opendatacommons.org/licenses/odbl/1-0": "odbl",
    "https://opendatacommons.org/licenses/odbl/1.0": "odbl",
    "https://www.govdata.de/dl-de/by-2-0": "dl-by-de/2.0",
    "https://www.govdata.de/dl-de/zero-2-0": "dl-zero-de/2.0",
}
"""Addresses that licences have at home, with their entry in the list."""

ENTRIES: Final = tuple(f"{LICENCES}/{entry}" for entry in _NAMES)

OPEN: Final = frozenset(
    f"{LICENCES}/{entry}"
    for entry in (
        "cc-by", "cc-by/4.0", "cc-by-de/3.0", "cc-by-sa", "cc-by-sa/4.0", "cc-by-sa-de/3.0",
        "cc-zero", "ccpdm/1.0", "dl-by-de/1.0", "dl-by-de/2.0", "dl-zero-de/2.0",
        "geoNutz/20131001", "geonutz/20130319", "odbl", "odby", "odcpddl", "officialWork",
        "other-open",
    )
)  # fmt: skip
"""Entries that permit any use by anybody, at most with attribution or share-alike."""


def listed(licence: str) -> str:
    """The entry of the list that an address means; "" of one that is in no place of ours."""
    address = "https://" + licence.partition("://")[2].rstrip("/")
    if address in _HOMES:
        return f"{LICENCES}/{_HOMES[address]}"
    own = "http://" + address.removeprefix("https://")
    return own if own in ENTRIES else ""


def meant_by(name: str) -> list[str]:
    """The entries that somebody may mean by a name such as CC0 or CC-BY-4.0; none for others."""
    wanted = _letters(name)
    return [
        f"{LICENCES}/{entry}"
        for entry, short in _NAMES.items()
        if wanted and wanted in (_letters(short), _letters(entry))
    ]


def _letters(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())


def licence_name(licence: str) -> str:
    """CC BY 4.0 for its IRI; "" for a licence that nobody stated; an unknown IRI is its own."""
    if licence == "unknown":
        return ""
    return _NAMES.get(listed(licence).removeprefix(f"{LICENCES}/"), licence)
