"""The address of a SPARQL 1.1 server; standard library only, as every process reads settings."""

import json
from dataclasses import asdict, dataclass, field
from typing import Self
from urllib.parse import unquote, urlsplit, urlunsplit


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address, with user and password where the server wants them.

    They are kept apart from the address, which is shown in messages.
    """

    url: str
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def of(cls, url: str) -> Self:
        """From an address that may name `user:password@` in front of the host."""
        parts = urlsplit(url)
        bare = urlunsplit(parts._replace(netloc=parts.netloc.rsplit("@", 1)[-1]))
        return cls(bare, unquote(parts.username or ""), unquote(parts.password or ""))


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """Where a SPARQL 1.1 server is asked and changed; a query never goes with the other's login."""

    query: Endpoint
    update: Endpoint

    @classmethod
    def of(cls, query_url: str, update_url: str) -> Self:
        """From the two settings."""
        return cls(Endpoint.of(query_url), Endpoint.of(update_url))


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
        query, update = said["server"]["query"], said["server"]["update"]
        return cls(ServerAddress(Endpoint(**query), Endpoint(**update)), said["base"])
