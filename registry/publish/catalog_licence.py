"""Under which licence the registry's data can be offered as a whole, honestly."""

from collections.abc import Iterable
from typing import Final

LICENCES: Final = "http://dcat-ap.de/def/licenses"
"""The licence list of DCAT-AP.de, of which a German portal wants an entry (convention 31)."""

OTHER_OPEN: Final = f"{LICENCES}/other-open"
OTHER_CLOSED: Final = f"{LICENCES}/other-closed"

_SAME: Final = {
    "https://creativecommons.org/licenses/by/4.0": "cc-by/4.0",
    "https://creativecommons.org/licenses/by-sa/4.0": "cc-by-sa/4.0",
    "https://creativecommons.org/publicdomain/mark/1.0": "ccpdm/1.0",
    "https://creativecommons.org/publicdomain/zero/1.0": "cc-zero",
    "https://opendatacommons.org/licenses/odbl/1-0": "odbl",
    "https://www.govdata.de/dl-de/by-2-0": "dl-by-de/2.0",
    "https://www.govdata.de/dl-de/zero-2-0": "dl-zero-de/2.0",
}
"""Addresses that the licences have at home, with their entry in the list."""

OPEN: Final = frozenset(f"{LICENCES}/{entry}" for entry in _SAME.values())
"""Entries that permit any use by anybody, at most with attribution or share-alike."""


def licence_of_whole(licences: Iterable[str]) -> str:
    """The entry of the licence list that no hub's terms contradict.

    One licence for everything is that licence; several open ones are "other-open", because each
    record keeps its own; one that is unknown, closed or not in our table makes it "other-closed",
    as nobody may promise more than the hubs did. So does no licence at all.
    """
    found = {_listed(licence) for licence in licences}
    if not found or not found <= OPEN:
        return OTHER_CLOSED
    return found.pop() if len(found) == 1 else OTHER_OPEN


def is_open(licence: str) -> bool:
    """Whether we know that a licence permits any use by anybody; not of one that is "unknown"."""
    return _listed(licence) in OPEN


def _listed(licence: str) -> str:
    address = "https://" + licence.partition("://")[2].rstrip("/")
    return f"{LICENCES}/{_SAME[address]}" if address in _SAME else licence
