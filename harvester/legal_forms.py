"""The legal form that an organisation's name tells, as a notation of our scheme."""

import re
from typing import Final

_FORMS: Final = tuple(
    (notation, re.compile(rf"(?<!\w)(?:{pattern})(?!\w)"))
    for notation, pattern in (
        ("ev", r"[eE]\. ?[vV]\.?|e ?V\.?|[eE]ingetragener Verein"),
        (
            "commercial-partnership",
            r"(?:GmbH|UG|AG|gGmbH) ?& ?Co\.? ?(?:KG|OHG|oHG)(?:aA)?|OHG|oHG|KG$",
        ),
        (
            "ggmbh",
            r"gGmbH|g\.? ?GmbH|[gG]emeinnützige (?:GmbH|Gesellschaft mit beschränkter Haftung)",
        ),
        ("gmbh", r"GmbH|mbH|m\.b\.H\.|Gesellschaft mit beschränkter Haftung"),
        ("gug", r"gUG|[gG]emeinnützige (?:UG|Unternehmergesellschaft)"),
        ("ug", r"UG|UG \(haftungsbeschränkt\)|Unternehmergesellschaft"),
        ("gag", r"gAG|[gG]emeinnützige (?:AG|Aktiengesellschaft)"),
        # "AG" in front is an Arbeitsgemeinschaft.
        ("ag", r"AG$|Aktiengesellschaft$"),
        ("eg", r"e\. ?G\.?|eG|[eE]ingetragene Genossenschaft"),
        ("sce", r"SCE(?: mbH)?"),
        ("gbr", r"GbR|Gesellschaft bürgerlichen Rechts"),
        ("professional-partnership", r"PartG(?: ?mbB)?|Partnerschaftsgesellschaft"),
        ("foundation", r"(?:[rR]echtsfähige )?Stiftung (?:des )?bürgerlichen Rechts"),
        ("trust-foundation", r"Treuhandstiftung"),
        ("public-foundation", r"Stiftung (?:des )?öffentlichen Rechts"),
        (
            "public-corporation",
            r"KdöR|K\. ?d\. ?ö\. ?R\.|Körperschaft (?:des )?öffentlichen Rechts",
        ),
        ("public-institution", r"AöR|AdöR|A\. ?d\. ?ö\. ?R\.|Anstalt (?:des )?öffentlichen Rechts"),
    )
)


def legal_form(name: str) -> str | None:
    """The notation of the legal form at the end of a name, or None where the name tells none.

    `Stiftung` alone is no legal form: foundations may be clubs, companies or trusts.
    """
    line = " ".join(name.split())[:300]
    found = [
        (match.end(), -i, notation)
        for i, (notation, form) in enumerate(_FORMS)
        for match in form.finditer(line)
    ]
    return max(found)[2] if found else None
