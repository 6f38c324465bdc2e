"""Short names of the licences that occur in open data here; an unknown IRI is its own name."""

from typing import Final

_DCAT_AP_DE: Final = "http://dcat-ap.de/def/licenses/"
SHORT_NAMES: Final[dict[str, str]] = {
    _DCAT_AP_DE + "cc-by/4.0": "CC BY 4.0",
    _DCAT_AP_DE + "cc-by-sa/4.0": "CC BY-SA 4.0",
    _DCAT_AP_DE + "cc-zero": "CC0",
    _DCAT_AP_DE + "ccpdm/1.0": "Public Domain",
    _DCAT_AP_DE + "dl-by-de/2.0": "dl-de/by-2-0",
    _DCAT_AP_DE + "dl-zero-de/2.0": "dl-de/zero-2-0",
    _DCAT_AP_DE + "odbl": "ODbL",
    _DCAT_AP_DE + "other-closed": "other-closed",
    "https://creativecommons.org/licenses/by/4.0/": "CC BY 4.0",
    "https://creativecommons.org/publicdomain/zero/1.0/": "CC0",
}


def licence_name(licence: str) -> str:
    """CC BY 4.0 for its IRI; "" for a licence that nobody stated."""
    if licence == "unknown":
        return ""
    return SHORT_NAMES.get(licence, licence)
