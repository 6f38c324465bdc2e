"""The address of a SPARQL 1.1 server; standard library only, as every process reads settings."""

import json
from dataclasses import asdict, dataclass
from typing import Self
from urllib.parse import unquote, urlsplit, urlunsplit


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """Where a SPARQL 1.1 server is asked and changed; with user and password where it wants them.

    Both are kept apart from the addresses, which are shown in messages.
    """

    query_url: str
    update_url: str
    user: str = ""
    password: str = ""

    @classmethod
    def of(cls, query_url: str, update_url: str) -> Self:
        """From addresses that may name `user:password@` in front of the host."""
        query, update = urlsplit(query_url), urlsplit(update_url)
        named = update if update.username else query
        return cls(
            query_url=_bare(query_url),
            update_url=_bare(update_url),
            user=unquote(named.username or ""),
            password=unquote(named.password or ""),
        )


@dataclass(frozen=True, slots=True)
class GraphAddress:
    """The graph of one registry, whose IRIs begin with `base`, on a server."""

    server: ServerAddress
    base: str

    def dumped(self) -> str:
        """As text, for another process."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str) -> Self:
        """From what `dumped` gave."""
        said = json.loads(text)
        return cls(ServerAddress(**said["server"]), said["base"])


def _bare(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rsplit("@", 1)[-1]))
