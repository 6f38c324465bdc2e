"""Evidence that was not believed becomes findings of the records on both sides."""

from sqlalchemy import Connection

from registry.release.make import Made
from registry.store import findings
from schemas.rules import finding
from vocab.types import Finding

RULES = ("sameas.names-differ", "sameas.kinds-differ", "id.names-differ", "id.conflict")


def note_doubts(conn: Connection, made: Made) -> None:
    """Renew the linking findings of every record that this release looked at."""
    told: dict[str, list[Finding]] = {record: [] for record in made.looked_at}
    for doubt in made.doubts:
        for own, other in ((doubt.a, doubt.b), (doubt.b, doubt.a)):
            told[own].append(finding(doubt.rule, value=doubt.detail, other=other))
    for refusal in made.refused:
        if refusal.reason == "registered_id":
            for own, other in ((refusal.a, refusal.b), (refusal.b, refusal.a)):
                told[own].append(finding("id.conflict", other=other))
    findings.replace_linking_findings(conn, told, RULES)
