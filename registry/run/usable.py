"""Whether a record can go all the way to publication, found out before it can stop a release.

Readers and rules should have refused whatever fails here; this is the belt to those braces.
"""

import logging
from collections.abc import Callable
from typing import Any, Final

from registry.iris import Iris
from registry.link.evidence import keys_of
from registry.link.features import features_of
from registry.release.references import targets_of
from registry.store.staging import StagedRecord
from schemas.rules import finding
from vocab.documents import place
from vocab.nquads import iri, literal, to_nquads
from vocab.terms import UNKNOWN_LICENCE
from vocab.types import Finding

log = logging.getLogger(__name__)

Step = Callable[[StagedRecord, str, Iris], Any]


def check_usable(row: StagedRecord, source_id: str, iris: Iris) -> list[Finding]:
    """An error finding where linking or writing this record by itself would raise."""
    for path, step in _STEPS.items():
        try:
            step(row, source_id, iris)
        except Exception as error:  # whatever it is, it is about this record alone
            log.debug("%s: record %s is refused", source_id, row.record_id, exc_info=True)
            return [unusable(path, error)]
    return []


def unusable(path: str, error: Exception) -> Finding:
    """The finding for a record on which the program failed; the value is not told, as it may be
    a person's."""
    return finding("record.unusable", path=path, reason=type(error).__name__)


def _write(row: StagedRecord, _source_id: str, iris: Iris) -> None:
    record = iris.record(row.record_id)
    placed = place(
        row.document or {},
        subject=iris.entity(row.record_id),
        owner=record,
        resolve=iris.absolute,
    )
    to_nquads(placed, record)


def _link(row: StagedRecord, source_id: str, _iris: Iris) -> None:
    document = row.document or {}
    keys_of(features_of(row.record_id, source_id, row.local_id, row.kind, document))
    for _ in targets_of(document, row.kind):
        pass


def _name_page(row: StagedRecord, _source_id: str, _iris: Iris) -> None:
    if row.page_url:
        iri(row.page_url)


def _name_licence(row: StagedRecord, _source_id: str, _iris: Iris) -> None:
    iri(UNKNOWN_LICENCE if row.licence == "unknown" else row.licence)


def _date(row: StagedRecord, _source_id: str, _iris: Iris) -> None:
    literal(row.modified_at or "")


_STEPS: Final[dict[str, Step]] = {
    "": _write,
    "id": _link,
    "page": _name_page,
    "licence": _name_licence,
    "modified": _date,
}
