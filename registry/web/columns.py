"""In which order the columns of an answer are shown."""

import re
from collections.abc import Sequence
from typing import Final

_UNSPOKEN: Final = re.compile(
    r"""<[^<>"{}|^`\\\s]*>|\"{3}[\s\S]*?\"{3}|'{3}[\s\S]*?'{3}"""
    r"""|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\#[^\n]*"""
)
"""IRIs, strings and comments of a query."""

_SELECT: Final = re.compile(r"\bselect\b\s*(?:distinct\b|reduced\b)?\s*(\*)?", re.IGNORECASE)
_VARIABLE: Final = re.compile(r"[?$](\w+)")


def in_order(query: str, columns: Sequence[str]) -> list[str]:
    """The columns as `SELECT *` meets them in the query; otherwise as they were chosen.

    SPARQL leaves the order of `*` to the engine, and ours sorts by name.
    """
    spoken = _UNSPOKEN.sub(" ", query)
    first = _SELECT.search(spoken)
    if first is None or first[1] is None:
        return list(columns)
    met = {name: place for place, name in reversed(list(enumerate(_VARIABLE.findall(spoken))))}
    return sorted(columns, key=lambda name: met.get(name, len(met)))
