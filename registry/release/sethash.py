"""The hash of a whole release: independent of order, kept up by adding and taking away.

A sum of hashes modulo 2^2048 (Bellare and Micciancio, "A New Paradigm for Collision-free Hashing",
EUROCRYPT 1997, AdHash). Test vectors stand in docs/release-hash.md.
"""

import hashlib
from typing import Final

SIZE: Final = 256
_MODULUS: Final = 1 << (8 * SIZE)


def member(iri: str, resource_hash: str) -> int:
    """The share of one resource: SHAKE-256 over IRI, space and hexadecimal hash.

    Read as 256 bytes, big-endian.
    """
    return int.from_bytes(hashlib.shake_256(f"{iri} {resource_hash}".encode()).digest(SIZE))


class SetHash:
    """The running sum; `digest` gives the 256 bytes that are published, all zero at first."""

    def __init__(self, digest: bytes = bytes(SIZE)) -> None:
        self._sum = int.from_bytes(digest)

    def add(self, iri: str, resource_hash: str) -> None:
        """Take one resource in."""
        self._sum = (self._sum + member(iri, resource_hash)) % _MODULUS

    def remove(self, iri: str, resource_hash: str) -> None:
        """Take one resource out again."""
        self._sum = (self._sum - member(iri, resource_hash)) % _MODULUS

    @property
    def digest(self) -> bytes:
        """The sum as 256 bytes, big-endian."""
        return self._sum.to_bytes(SIZE)
