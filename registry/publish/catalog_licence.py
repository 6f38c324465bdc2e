"""Under which licence the registry's data can be offered as a whole, honestly."""

from collections.abc import Iterable
from typing import Final

from vocab.licences import LICENCES, OPEN, listed

OTHER_OPEN: Final = f"{LICENCES}/other-open"
OTHER_CLOSED: Final = f"{LICENCES}/other-closed"


def licence_of_whole(licences: Iterable[str]) -> str:
    """The entry of the licence list that no hub's terms contradict.

    One licence for everything is that licence; several open ones are "other-open", because each
    record keeps its own; one that is unknown, closed or not in our table makes it "other-closed",
    as nobody may promise more than the hubs did. So does no licence at all.
    """
    found = {listed(licence) for licence in licences}
    if not found or not found <= OPEN:
        return OTHER_CLOSED
    return found.pop() if len(found) == 1 else OTHER_OPEN


def is_open(licence: str) -> bool:
    """Whether we know that a licence permits any use by anybody; not of one that is "unknown"."""
    return listed(licence) in OPEN
