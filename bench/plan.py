"""What one run of the bench is about: sizes, repetitions, and the federations made so far."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bench.federation import Federation

_USUAL: Final = 100_000


@dataclass
class Plan:
    """Everything is made below `folder`; federations are made when a row needs them."""

    folder: Path
    sizes: tuple[int, ...]
    repeat: int
    seconds: float  # of each run of wrk
    releases: int
    _made: dict[int, Federation] = field(default_factory=dict)

    @property
    def usual(self) -> int:
        """The size that rows of one size are measured at: 100,000 where it is asked for."""
        return _USUAL if _USUAL in self.sizes else max(self.sizes)

    def federation(self, records: int) -> Federation:
        """The federation of that size."""
        if records not in self._made:
            print(f"generating {records:,} records", flush=True)
            self._made[records] = Federation(self.folder / str(records), records)
        return self._made[records]
