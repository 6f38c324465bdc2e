"""Follows the entries of a directory to the documents that its members keep elsewhere.

Which entries there are and what becomes of them is the business of `registry.run`; here it is
decided where an entry may lead, what is fetched at once, and what can be read.
"""

from harvester.follow.follower import Follower
from harvester.follow.leads import Answer, Document, Lead, Unread
from harvester.follow.reasons import Reason

__all__ = ["Answer", "Document", "Follower", "Lead", "Reason", "Unread"]
