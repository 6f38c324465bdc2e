"""How many findings of one record are told."""

from collections.abc import Sequence
from typing import Final

from schemas.rules import finding
from vocab.types import Finding

MOST_FINDINGS: Final = 100
"""Of one record: whoever mends so many runs the check again anyway."""

_MORE: Final = "record.more-findings"
_WEIGHT: Final = ("error", "warning", "info")


def any_error(problems: Sequence[Finding]) -> bool:
    """Whether the record is refused."""
    return any(problem.severity == "error" for problem in problems)


def most_telling(problems: Sequence[Finding]) -> list[Finding]:
    """All, or what rejects the record first and then how many are not told."""
    if len(problems) <= MOST_FINDINGS:
        return list(problems)
    # Mapping may have left some out before; the two counts are of different findings.
    counted = [problem for problem in problems if problem.rule == _MORE]
    others = [problem for problem in problems if problem.rule != _MORE]
    others.sort(key=lambda problem: _WEIGHT.index(problem.severity))
    kept = MOST_FINDINGS - 1 - len(counted)
    return [*others[:kept], *counted, finding(_MORE, count=len(others) - kept)]
