"""What there is to say of one source object: findings, and what was assumed."""

from dataclasses import dataclass, field
from typing import Final
from zoneinfo import ZoneInfo

from schemas.rules import RULES, finding
from vocab.types import Finding

MOST_FINDINGS: Final = 99
"""Findings of one object that are kept beside their count; a hub could bring about millions."""


@dataclass(slots=True)
class Notes:
    """Collects findings while one source object is mapped; never shared between objects."""

    language: str | None  # of texts without a tag
    zone: ZoneInfo  # of times without an offset
    findings: list[Finding] = field(default_factory=list)
    untagged: int = 0  # texts whose language was assumed
    path: str = ""  # JSON pointer of the property that is being read
    left_out: int = 0  # findings beyond MOST_FINDINGS
    _known: set[tuple[str, ...]] = field(default_factory=set)

    def add(self, rule: str, value: object, **params: object) -> None:
        """A finding at the current path, once; an error always, for it rejects the object."""
        if len(self.findings) >= MOST_FINDINGS and RULES[rule].severity != "error":
            self.left_out += 1
            return
        found = finding(rule, path=self.path, value=value, **params)
        key = (rule, found.path, found.value, *found.fix.values())
        if key in self._known:
            return
        self._known.add(key)
        if len(self.findings) < MOST_FINDINGS or all(f.rule != rule for f in self.findings):
            self.findings.append(found)
        else:
            self.left_out += 1

    def all_findings(self) -> list[Finding]:
        """The findings, the last of which says how many were left out, if any were."""
        if not self.left_out:
            return self.findings
        return [*self.findings, finding("record.more-findings", count=self.left_out)]
