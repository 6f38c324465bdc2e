"""What one run may still take: objects and time, so that no source is read without an end."""

from datetime import datetime, timedelta

from harvester.errors import SourceError
from harvester.source import Source


class Budget:
    """Counts down what the manifest's limits give to one run of a source."""

    def __init__(self, source: Source, begun_at: datetime) -> None:
        self._source = source
        self._left = source.limits.max_records
        self._ends_at = begun_at + timedelta(seconds=source.limits.max_seconds)

    def take(self) -> None:
        """Count one row, usable or not. Raises SourceError when there were too many."""
        self._left -= 1
        if self._left < 0:
            raise _too_many_records(self._source)

    def check_time(self, now: datetime) -> None:
        """Raises SourceError when the run has lasted too long."""
        if now > self._ends_at:
            raise _too_long(self._source)

    def share_left(self, share: float, now: datetime) -> bool:
        """Whether this share of the run's time is not over yet."""
        left = self._ends_at - now
        return left.total_seconds() > (1 - share) * self._source.limits.max_seconds


def _too_many_records(source: Source) -> SourceError:
    limit = source.limits.max_records
    return SourceError(
        "records.too-many",
        de=f"Die Quelle hat mehr als {limit} Einträge. Ist das richtig, im Manifest "
        "limits.max_records erhöhen.",
        en=f"The source has more than {limit} records. If that is right, raise limits.max_records "
        "in the manifest.",
    )


def _too_long(source: Source) -> SourceError:
    limit = source.limits.max_seconds
    return SourceError(
        "run.too-long",
        de=f"Das Lesen der Quelle dauerte länger als {limit} Sekunden und wurde abgebrochen. "
        "Veröffentlicht bleibt der letzte gute Stand. Antwortet die Quelle langsam, hat aber ein "
        "Ende, im Manifest limits.max_seconds erhöhen; sonst prüfen, ob sie endlos blättert.",
        en=f"Reading the source took longer than {limit} seconds and was broken off. The last good "
        "state stays published. If the source answers slowly but comes to an end, raise "
        "limits.max_seconds in the manifest; otherwise check whether it pages without end.",
    )
