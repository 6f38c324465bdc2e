"""Where a reader reports an error: to the steward, or to those who say it."""

from collections.abc import Sequence
from dataclasses import dataclass

from registry.web.frame import contact_address, href, language, t
from registry.web.language import in_language
from registry.web.reading import Read
from registry.web.strands import Voice
from registry.web.wiring import services


@dataclass(frozen=True, slots=True)
class Report:
    """One way to report an error: its words and where it leads."""

    words: str
    address: str


def reports(iri: str, read: Read, heard: Sequence[Voice]) -> list[Report]:
    """The steward alone where one is named, else every hub that speaks; never empty.

    A mail names the entry's address in its subject. A hub without a contact is reported to by its
    website, and without that by its page here.
    """
    subject = str(t("entity.report_subject", iri=iri))
    steward = contact_address(services().settings.steward_contact, subject)
    if steward:
        return [Report(t("entity.report"), steward)]
    found: dict[str, Report] = {}
    for voice in heard:
        known = read.hub_contacts.get(voice.hub_id, ())
        addresses = (contact_address(contact, subject) for contact in known)
        address = next(filter(None, addresses), href(f"/hubs/{voice.hub_id}"))
        name = in_language(voice.hub_name, language())[0]
        words = t("entity.report_to", hub=name)
        if address.startswith(("http://", "https://")):
            # Behind it may be anything, such as the pages of a code repository.
            words = t(
                "entity.report_page" if address in known[:1] else "entity.report_site", to=words
            )
        found.setdefault(voice.hub_id, Report(words, address))
    return list(found.values())
