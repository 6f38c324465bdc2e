"""Language tags as hubs write them: BCP 47, three letters, EU authority IRIs."""

import re
from typing import Final

_THREE: Final = {
    "deu": "de", "ger": "de", "eng": "en", "fra": "fr", "fre": "fr", "pol": "pl", "ces": "cs",
    "cze": "cs", "nld": "nl", "dut": "nl", "spa": "es", "ita": "it", "por": "pt", "rus": "ru",
    "ukr": "uk", "tur": "tr", "ara": "ar", "fas": "fa", "per": "fa", "ell": "el", "gre": "el",
    "ron": "ro", "rum": "ro", "hun": "hu", "slk": "sk", "slo": "sk", "slv": "sl", "hrv": "hr",
    "srp": "sr", "bul": "bg", "vie": "vi", "zho": "zh", "chi": "zh", "kur": "ku", "swe": "sv",
    "dan": "da", "fin": "fi", "nor": "no", "lit": "lt", "lav": "lv",
}  # fmt: skip
_PROPER: Final = frozenset(_THREE.values())
_NAMES: Final = {
    "deutsch": "de", "german": "de", "englisch": "en", "english": "en", "französisch": "fr",
    "french": "fr", "polnisch": "pl", "polish": "pl", "tschechisch": "cs", "czech": "cs",
    "obersorbisch": "hsb", "niedersorbisch": "dsb", "russisch": "ru", "russian": "ru",
    "ukrainisch": "uk", "ukrainian": "uk", "arabisch": "ar", "arabic": "ar", "türkisch": "tr",
    "turkish": "tr", "spanisch": "es", "spanish": "es", "italienisch": "it", "italian": "it",
    "persisch": "fa", "farsi": "fa", "vietnamesisch": "vi",
}  # fmt: skip
_TAG: Final = re.compile(r"([a-z]{2,3})((?:-[a-z0-9]{1,8}){0,5})")
_REGION: Final = re.compile(r"-(?:[a-z]{2}|\d{3})(?=-|$)")


def read_language(text: str) -> str | None:
    """The BCP 47 tag that is meant, in lower case and without region; None where it is none.

    `de_DE`, `GER`, `Deutsch` and `…/authority/language/DEU` are all `de`. "Sorbian" alone is none:
    Upper and Lower Sorbian are two languages.
    """
    if text in _PROPER:
        return text
    word = " ".join(text.split()).rsplit("/", 1)[-1].replace("_", "-").lower()
    word = _NAMES.get(word, word)
    match = _TAG.fullmatch(word)
    if match is None:
        return None
    own, machine, by = match[2].partition("-t-")  # en-t-de-t0-deepl: a machine's, from German
    return _THREE.get(match[1], match[1]) + _REGION.sub("", own) + machine + by
