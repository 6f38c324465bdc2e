"""Reads the documents that the entries of one directory lead to."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from harvester.errors import SourceError
from harvester.fetch import Fetcher, FetchLimits, FetchPolicy, Page
from harvester.fetch.addresses import is_allowed, parse_target, split_url
from harvester.follow.addresses import host_of, leads_astray
from harvester.follow.leads import Answer, Document, Lead, Unread
from harvester.follow.reasons import NO_OBJECT, Reason, no_json, reason_of
from harvester.follow.rounds import ask_all
from harvester.formats.decoding import NotReadable, json_of
from harvester.source import Source

ACCEPT: Final = "application/json, application/*+json;q=0.9, */*;q=0.1"

CONNECT_S: Final = 5.0
SILENCE_S: Final = 10.0
LONGEST_S: Final = 20.0
"""How long one document may take, redirects included: a page of a hub has several minutes."""

_UNANSWERED: Final = frozenset(
    {
        "fetch.connect",
        "fetch.dns",
        "fetch.offline",
        "fetch.timeout",
        "fetch.tls",
        "fetch.too_many_requests",
    }
)
"""Errors that another document of the same host would most likely meet as well."""

_UNAVAILABLE: Final = 503


class Follower:
    """Follows the entries of one source within the operator's policy; may be used by threads."""

    def __init__(self, source: Source, policy: FetchPolicy, *, own_base: str) -> None:
        """`own_base` is the address of this registry, which is not to be harvested by itself."""
        self._source, self._policy, self._own_base = source, policy, own_base
        self._fetcher = Fetcher(policy, document_limits(source))
        self._page_urls: dict[str, str] = {}

    def refusal(self, url: str, page_url: str) -> Reason | None:
        """Why the address that an entry of a page names must not be asked, or None."""
        return leads_astray(
            url,
            page_url=page_url,
            source=self._source,
            private_hosts=self._policy.private_hosts,
            own_base=self._own_base,
        )

    def is_out_of_reach(self, url: str) -> bool:
        """Whether the operator's registry fetches nothing from there, being offline."""
        if not self._policy.offline or split_url(url).scheme == "file":
            return False
        return not is_allowed(parse_target(url), self._policy.private_hosts)

    def lead(self, key: str, url: str, page_url: str) -> Lead:
        """The lead of an address that `refusal` has nothing against."""
        self._page_urls[key] = page_url
        return Lead(key=key, url=url, host=host_of(url))

    def ask(
        self, leads: Iterable[Lead], go_on: Callable[[], bool]
    ) -> Iterator[tuple[Lead, Answer]]:
        """Each lead with what came of it; see `ask_all`."""
        return ask_all(leads, self._ask, go_on)

    def _ask(self, lead: Lead) -> Answer:
        try:
            page = self._fetcher.fetch(lead.url, accept=ACCEPT, validators=lead.validators)
        except SourceError as error:
            unanswered = error.code in _UNANSWERED or error.status == _UNAVAILABLE
            return Unread(reason=reason_of(error), unanswered=unanswered)
        # The redirects of a document lead where its address may lead, and no further.
        if page.url != lead.url:
            astray = self.refusal(page.url, self._page_urls[lead.key])
            if astray is not None:
                return Unread(reason=astray)
        if page.body is None:
            return Document(content=None, sha256="", validators=page.validators)
        return _read(page)


def document_limits(source: Source) -> FetchLimits:
    """What one document may cost: far less than a page, as there are many of them."""
    most = source.limits.max_document_bytes
    return FetchLimits(
        connect_timeout_s=CONNECT_S,
        read_timeout_s=SILENCE_S,
        total_timeout_s=LONGEST_S,
        max_page_bytes=most,
        max_decoded_bytes=most,
    )


def _read(page: Page) -> Answer:
    # An object that broke off is no JSON, so its end is proven by being read.
    try:
        content: Any = json_of(page)
    except NotReadable as error:
        return Unread(reason=no_json(error))
    if not isinstance(content, dict):
        return Unread(reason=NO_OBJECT)
    return Document(content=content, sha256=page.sha256, validators=page.validators)
