"""Whether two values differ in their spelling alone, so that neither gave way to the other."""

import re
from collections.abc import Mapping
from decimal import ROUND_DOWN, Decimal
from typing import Any, Final

from registry.merge.rules import WHOLE
from vocab.properties import Property, Range, properties_of

_POINT: Final = re.compile(r"POINT\((-?\d+(?:\.\d+)?) (-?\d+(?:\.\d+)?)\)")
_BETWEEN: Final = re.compile(r"(?<!\d)[\W_]+|[\W_]+(?!\d)")
"""What parts words; between digits it says something: house 1-3 is not house 13."""


def given_way(
    kind: str, decision: Mapping[str, Any], merged: Mapping[str, Any]
) -> list[Mapping[str, Any]]:
    """The claims that a decision went against and that say something else than what holds now.

    `decision` and `merged` as they stand in a published document.
    """
    prop = properties_of(kind)[decision["property"]]
    holds = merged.get(prop.name)
    if decision["language"] and isinstance(holds, Mapping):
        holds = holds.get(decision["language"])
    return [claim for claim in decision["lost"] if not says_same(prop, claim["value"], holds)]


def says_same(prop: Property, one: Any, other: Any) -> bool:
    """»e. V.« and »e.V.«; a point and the same point with fewer digits."""
    if prop.name == "geometry":
        return _same_point(one, other)
    if prop.range in (Range.TEXT, Range.STRING) or prop.name in WHOLE:
        return bool(_bare(one) == _bare(other))
    return bool(one == other)


def _bare(value: Any) -> Any:
    if isinstance(value, str):
        return _BETWEEN.sub("", value)
    if isinstance(value, dict):
        return {key: _bare(part) for key, part in value.items()}
    return [_bare(part) for part in value] if isinstance(value, list) else value


def _same_point(one: Any, other: Any) -> bool:
    pair = [_POINT.fullmatch(node.get("asWKT", "")) for node in (one, other)]
    if pair[0] is None or pair[1] is None:
        return bool(one == other)
    return all(map(_same_number, pair[0].groups(), pair[1].groups()))


def _same_number(one: str, other: str) -> bool:
    shorter, longer = sorted((Decimal(one), Decimal(other)), key=_digits)
    step = Decimal(1).scaleb(-_digits(shorter))
    return shorter in (longer.quantize(step), longer.quantize(step, rounding=ROUND_DOWN))


def _digits(number: Decimal) -> int:
    """After the point."""
    return max(0, -int(number.as_tuple().exponent))
