"""The only door to the network: one URL in, one bounded, complete page out.

Only `Fetcher.fetch` opens a URL. Everything it refuses is a `harvester.errors.SourceError` whose
code starts with `fetch.`.
"""

from harvester.fetch.fetcher import Fetcher
from harvester.fetch.files import permitted
from harvester.fetch.page import FetchLimits, FetchPolicy, Page, Validators

__all__ = ["FetchLimits", "FetchPolicy", "Fetcher", "Page", "Validators", "permitted"]
