"""How many findings of one record are told."""

from collections.abc import Sequence
from typing import Final

from schemas.rules import finding
from vocab.types import Finding

MOST_FINDINGS: Final = 100
"""Of one record: whoever mends so many runs the check again anyway."""

_WEIGHT: Final = ("error", "warning", "info")


def any_error(problems: Sequence[Finding]) -> bool:
    """Whether the record is refused."""
    return any(problem.severity == "error" for problem in problems)


def most_telling(problems: Sequence[Finding]) -> list[Finding]:
    """All, or what rejects the record first and then how many are not told."""
    if len(problems) <= MOST_FINDINGS:
        return list(problems)
    by_weight = sorted(problems, key=lambda problem: _WEIGHT.index(problem.severity))
    more = len(problems) - (MOST_FINDINGS - 1)
    return [*by_weight[: MOST_FINDINGS - 1], finding("record.more-findings", count=more)]
