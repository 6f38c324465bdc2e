"""What a run holds ready until it is published."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harvester.source import Source
from registry.run.guard import Ruling
from registry.store.runs import Run
from vocab.types import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """What one run holds ready; `counts` are finished when it is published."""

    run: Run
    source: Source
    begun_active: bool  # hub and source were in use when the run began
    processing_version: str
    counts: Mapping[str, int]
    removals: list[str]
    forgotten: list[str]  # records that never were good and are no longer there
    validators: dict[str, Any]
    proof: dict[str, Any]
    unread: dict[str, int]
    findings: list[Finding]
    ruling: Ruling

    @property
    def read_nothing(self) -> bool:
        """Whether the hub had nothing new, and we had no other reading of what it said before."""
        return bool(self.proof["unchanged"]) and not self.counts.get("mapped")

    @property
    def anything(self) -> bool:
        """Whether there is something to take over."""
        return bool(self.removals or self.counts.get("staged"))
