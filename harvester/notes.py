"""What there is to say of one source object: findings, and what was assumed."""

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from schemas.rules import finding
from vocab.types import Finding


@dataclass(slots=True)
class Notes:
    """Collects findings while one source object is mapped; never shared between objects."""

    language: str | None  # of texts without a tag
    zone: ZoneInfo  # of times without an offset
    findings: list[Finding] = field(default_factory=list)
    untagged: int = 0  # texts whose language was assumed
    path: str = ""  # JSON pointer of the property that is being read

    def add(self, rule: str, value: object, **params: object) -> None:
        """A finding at the current path."""
        found = finding(rule, path=self.path, value=value, **params)
        if found not in self.findings:
            self.findings.append(found)
