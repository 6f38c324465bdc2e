"""Several telephone numbers in one field, told apart."""

import re
from typing import Final

_NEXT: Final = re.compile(
    r"[\s;,|/]{1,40}(?:[^\W\d_]{1,12}[.:]{0,2}\s{1,3}){0,2}(?=\+[1-9]|\(\+|\(?0)"
)
"""What may stand between two numbers: signs, white space, a word (`Mobil:`, `oder`)."""

_SIGNS: Final = " \t\r\n,;|/"
_FEWEST_DIGITS: Final = 7
_SHORTEST: Final = 2 * _FEWEST_DIGITS + 1
_LONGEST: Final = 300


def separate(text: str) -> list[str]:
    """The numbers of `0351 123456 / 0176 1234567`; a number that is only grouped stays one.

    Each of them has seven digits or more and begins with a plus sign or a zero.
    """
    numbers, start = [], 0
    if _SHORTEST <= len(text) <= _LONGEST and _digits(text) >= 2 * _FEWEST_DIGITS:
        for between in _NEXT.finditer(text):
            before, after = text[start : between.start()], text[between.end() :]
            if _digits(before) >= _FEWEST_DIGITS and _digits(after) >= _FEWEST_DIGITS:
                numbers.append(before.strip(_SIGNS))
                start = between.end()
    return [*numbers, text[start:].strip(_SIGNS)]


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))
