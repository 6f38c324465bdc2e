"""Evidence that was not believed becomes findings of the records on both sides."""

from sqlalchemy import Connection

from registry.link.evidence import MOST_DOUBTS
from registry.release.make import Made
from registry.store import findings
from schemas.rules import finding
from vocab.types import Finding

RULES = (
    "sameas.names-differ",
    "sameas.kinds-differ",
    "id.names-differ",
    "id.conflict",
    "link.unsupported",
)


def note_doubts(conn: Connection, made: Made) -> None:
    """Renew the linking findings of every record that this release looked at."""
    told: dict[str, list[Finding]] = {record: [] for record in made.looked_at}
    for doubt in made.doubts:
        for own, other in ((doubt.a, doubt.b), (doubt.b, doubt.a)):
            if len(told[own]) < MOST_DOUBTS:
                told[own].append(finding(doubt.rule, value=doubt.detail, other=other))
    for refusal in made.refused:
        for own, other in ((refusal.a, refusal.b), (refusal.b, refusal.a)):
            if len(told[own]) >= MOST_DOUBTS:
                continue
            if refusal.reason == "registered_id":
                told[own].append(finding("id.conflict", other=other))
            elif refusal.reason in ("names", "too_many"):
                told[own].append(finding("link.unsupported", other=other))
    findings.replace_linking_findings(conn, told, RULES)
