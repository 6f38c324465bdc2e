"""What a server needs before it listens: a free address, and room for many connections."""

import asyncio
import resource
from typing import Final

from registry.errors import RegistryError

_MOST_FILES: Final = 65_536


class AddressUnusable(RegistryError):
    """Nothing of ours can listen there; free the address, or choose another one."""

    code = "address_unusable"


def claim(host: str, port: int) -> None:
    """Make sure that nobody listens on the address.

    Granian's workers share their port, and so would two registries, which then answer by turns.

    Raises:
        AddressUnusable: somebody does, or the address is none of this machine.
    """
    try:
        asyncio.run(_listen_once(host, port))
    except OSError as error:
        raise address_unusable(host, port, error.strerror or str(error)) from None


def make_room() -> int:
    """Open as many files as the machine permits; returns how many connections fit a process.

    Systems hand out 1,024, and a thousand clients who only connect would be all that fit. Half of
    the files are left for all that is no connection.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, _MOST_FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    return max(soft, wanted) // 2


def address_unusable(host: str, port: int, reason: str) -> AddressUnusable:
    """The error for an address, with what the operating system says of it."""
    where = f"{host}:{port}"
    return AddressUnusable(
        f"Auf {where} kann nicht gelauscht werden ({reason}). Bitte das andere Programm beenden "
        "oder mit VERBUND_PORT oder VERBUND_HOST eine andere Adresse wählen.",
        f"Cannot listen on {where} ({reason}). Please end the other program, or choose another "
        "address by VERBUND_PORT or VERBUND_HOST.",
    )


async def _listen_once(host: str, port: int) -> None:
    server = await asyncio.get_running_loop().create_server(asyncio.Protocol, host, port)
    server.close()
    await server.wait_closed()
