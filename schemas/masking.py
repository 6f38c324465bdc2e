"""Values from hubs made fit to be shown in a report: short, printable, without personal data."""

import json
import re
from typing import Final

from schemas.disguises import undisguised

_LONGEST_READ: Final = 600
"""Characters of a value that are read: more than a report shows, few enough for patterns."""

MAIL: Final = re.compile(
    r"(?:\"[^\"@\n]{1,64}\"|[^\s@<>\"'(),;:/\[\]]{1,64})@[^\s@<>\"'(),;:/\[\]]+\.\w{2,}"
)
TELEPHONE: Final = re.compile(
    r"""
    (?<![\w+])(?<!\d[.,/-])(?<!\w/)                # not in a word, number, date or web address
    (?!\d{1,2}[./-]\d{1,2}[./-]\d{2,4}(?!\d))      # 05.06.2021 is a date
    (?!(?P<twice>\d{5})[\s,;/()\u2013-]{1,5}(?P=twice)(?!\d))  # a postcode written twice
    (?:\+|00?)[1-9](?:[\s/().\u2013-]{0,3}\d){5,14}     # +49 …, 0049 … or 0351 …
    (?!\w)
    """,
    re.VERBOSE,
)


def mask(text: str) -> str:
    """The text with mail addresses and telephone numbers replaced by `[mail]` and `[tel]`.

    Where one was disguised, the text comes back without disguises.
    """
    masked = _masked(text)
    plain = undisguised(masked)
    clean = _masked(plain)
    return masked if clean == plain else clean


def _masked(text: str) -> str:
    return TELEPHONE.sub("[tel]", MAIL.sub("[mail]", text))


def shown(value: object, most: int = 80) -> str:
    """A value as a report shows it: masked, and shortened to `most` characters.

    Control and invisible characters are escaped. What is no string appears as JSON.
    """
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    # Masked before it is cut, so that no half of an address escapes the pattern.
    printable = "".join(
        c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode()
        for c in mask(text[:_LONGEST_READ])
    )
    return printable if len(printable) <= most else printable[: most - 1] + "…"
