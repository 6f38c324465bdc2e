"""What a query worker takes from itself before it opens a graph: memory, files, new connections.

Standard library only: the workers import this module and have to start quickly.
"""

import ctypes
import errno
import os
import platform
import resource
import signal
import struct
from contextlib import suppress
from pathlib import Path
from typing import Final

_PR_SET_PDEATHSIG: Final = 1
_PR_SET_NO_NEW_PRIVS: Final = 38
_PR_SET_SECCOMP: Final = 22
_SECCOMP_MODE_FILTER: Final = 2
_CLONE_NEWUSER: Final = 0x10000000
_CLONE_NEWNET: Final = 0x40000000
_AF_INET: Final = 2
_SOCK_DGRAM: Final = 2

# Classic BPF (linux/bpf_common.h, linux/seccomp.h): load a word, jump if equal or greater, return.
_LOAD: Final = 0x20
_IF_EQUAL: Final = 0x15
_IF_AT_LEAST: Final = 0x35
_RETURN: Final = 0x06
_ALLOW: Final = 0x7FFF0000
_DENY: Final = 0x00050000 | errno.EACCES
_AT_NUMBER: Final = 0
_AT_ARCHITECTURE: Final = 4
_FOREIGN_ABI: Final = 0x40000000

# For each machine: its AUDIT_ARCH number, and the system calls that open sockets, start programs,
# look into other processes, or do such things out of the filter's sight (io_uring).
_FORBIDDEN: Final = {
    # socket connect bind listen execve execveat ptrace process_vm_readv process_vm_writev io_uring
    "x86_64": (0xC000003E, (41, 42, 49, 50, 59, 322, 101, 310, 311, 425)),
    "aarch64": (0xC00000B7, (198, 203, 200, 201, 221, 281, 117, 270, 271, 425)),
}

_MAX_FILE_BYTES: Final = 1 << 20
"""A worker writes nothing but its last words to stderr."""


def die_with_parent(parent_pid: int) -> None:
    """Have the kernel kill this process when the thread that started it ends."""
    _libc().prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent_pid:  # it ended before the call
        os._exit(0)


def limit_resources(memory_bytes: int) -> None:
    """Limit address space and files, and be the first that the kernel sacrifices for memory."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_MAX_FILE_BYTES, _MAX_FILE_BYTES))
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def leave_network() -> str:
    """Give up the network for this process; returns what holds it back.

    "seccomp" (no socket can be made), "namespace" (there is only an empty network), or "none",
    where the machine permits neither. To be called while the process has one thread.
    """
    machine = _FORBIDDEN.get(platform.machine())
    if machine and _install_filter(*machine) and not _can_make_socket():
        return "seccomp"
    for flags in (_CLONE_NEWNET, _CLONE_NEWUSER | _CLONE_NEWNET):
        if _libc().unshare(flags) == 0:
            return "namespace"
    return "none"


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))


def _install_filter(architecture: int, numbers: tuple[int, ...]) -> bool:
    deny = len(numbers) + 1  # distance from the first comparison to the last instruction
    code = [
        (_LOAD, 0, 0, _AT_ARCHITECTURE),
        (_IF_EQUAL, 0, deny + 2, architecture),
        (_LOAD, 0, 0, _AT_NUMBER),
        (_IF_AT_LEAST, deny, 0, _FOREIGN_ABI),
        *((_IF_EQUAL, deny - place - 1, 0, number) for place, number in enumerate(numbers)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _DENY),
    ]
    packed = b"".join(struct.pack("=HBBI", *instruction) for instruction in code)
    program = _Program(len(code), packed)
    libc = _libc()
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    done = libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0)
    return bool(done == 0)


def _can_make_socket() -> bool:
    fd = _libc().socket(_AF_INET, _SOCK_DGRAM, 0)
    if fd < 0:
        return False
    os.close(fd)
    return True


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
